/**
 * An opportunity to sell: found, perhaps before anybody knows for whom, engaged in, and then won or lost. Events carry
 * what figures need, so that no projection has to look at another event.
 */
import { accept, type Decision, domain, nothing, reject } from 'decider-ts'
import * as t from 'io-ts'
import { CustomerId, Day, OpportunityId, Value } from './Words.js'

const about = <Type extends string, Props extends t.Props>(type: Type, props: Props) =>
  t.strict({ type: t.literal(type), opportunity: OpportunityId, ...props })

const deal = { agent: t.string, product: t.string }
const closing = { ...deal, customer: CustomerId, engagedOn: Day, on: Day }

export const OpportunityCommand = t.union([
  about('Prospect', deal),
  about('Attribute', { customer: CustomerId }),
  about('Engage', { on: Day }),
  about('Win', { on: Day, value: Value }),
  about('Lose', { on: Day }),
])
export type OpportunityCommand = t.TypeOf<typeof OpportunityCommand>

export const OpportunityEvent = t.union([
  about('Prospected', deal),
  about('Attributed', { customer: CustomerId }),
  about('Engaged', { ...deal, on: Day }),
  about('Won', { ...closing, value: Value }),
  about('Lost', closing),
])
export type OpportunityEvent = t.TypeOf<typeof OpportunityEvent>

const refusal = <Type extends string>(type: Type) => t.strict({ type: t.literal(type) })

export const OpportunityRejection = t.union([
  refusal('AlreadyProspected'),
  refusal('OpportunityUnknown'),
  refusal('AlreadyEngaged'),
  refusal('NotEngaged'),
  refusal('NobodyToSellTo'),
  refusal('ClosedBeforeEngaged'),
  refusal('OpportunityClosed'),
])
export type OpportunityRejection = t.TypeOf<typeof OpportunityRejection>

const known = { ...deal, customer: t.union([CustomerId, t.null]) }

export const OpportunityState = t.union([
  t.strict({ stage: t.literal('unknown') }),
  t.strict({ stage: t.literal('prospecting'), ...known }),
  t.strict({ stage: t.literal('engaging'), ...known, engagedOn: Day }),
  t.strict({ stage: t.literal('won') }),
  t.strict({ stage: t.literal('lost') }),
])
export type OpportunityState = t.TypeOf<typeof OpportunityState>
type Open = Extract<OpportunityState, { readonly stage: 'prospecting' | 'engaging' }>

type Answer = Decision<OpportunityEvent, OpportunityRejection>

const isOpen = (state: OpportunityState): state is Open =>
  state.stage === 'prospecting' || state.stage === 'engaging'

const evolve = (state: OpportunityState, event: OpportunityEvent): OpportunityState => {
  if (event.type === 'Prospected') {
    const { agent, product } = event
    return state.stage === 'unknown' ? { stage: 'prospecting', agent, product, customer: null } : state
  }
  if (!isOpen(state)) return state
  switch (event.type) {
    case 'Attributed':
      return { ...state, customer: event.customer }
    case 'Engaged':
      return { ...state, stage: 'engaging', engagedOn: event.on }
    case 'Won':
      return { stage: 'won' }
    case 'Lost':
      return { stage: 'lost' }
  }
}

const close = (command: Extract<OpportunityCommand, { type: 'Win' | 'Lose' }>, state: Open): Answer => {
  if (state.stage === 'prospecting') return reject({ type: 'NotEngaged' })
  const { agent, product, customer, engagedOn } = state
  if (customer === null) return reject({ type: 'NobodyToSellTo' })
  if (command.on < engagedOn) return reject({ type: 'ClosedBeforeEngaged' })
  const facts = { agent, product, customer, engagedOn }
  return command.type === 'Win'
    ? accept({ ...command, ...facts, type: 'Won' })
    : accept({ ...command, ...facts, type: 'Lost' })
}

const decide =
  (command: OpportunityCommand) =>
  (state: OpportunityState): Answer => {
    if (state.stage === 'unknown')
      return command.type === 'Prospect'
        ? accept({ ...command, type: 'Prospected' })
        : reject({ type: 'OpportunityUnknown' })
    if (command.type === 'Prospect') return reject({ type: 'AlreadyProspected' })
    if (!isOpen(state)) return reject({ type: 'OpportunityClosed' })
    const { agent, product } = state
    switch (command.type) {
      case 'Attribute':
        return state.customer === command.customer ? nothing : accept({ ...command, type: 'Attributed' })
      case 'Engage':
        return state.stage === 'engaging'
          ? reject({ type: 'AlreadyEngaged' })
          : accept({ ...command, type: 'Engaged', agent, product })
      default:
        return close(command, state)
    }
  }

export const Opportunity = domain({
  name: 'opportunity',
  command: OpportunityCommand,
  event: OpportunityEvent,
  rejection: OpportunityRejection,
  state: OpportunityState,
  streamId: ({ opportunity }) => opportunity,
  initialState: { stage: 'unknown' },
  evolve,
  decide,
  isTerminal: ({ stage }) => stage === 'won' || stage === 'lost',
})
