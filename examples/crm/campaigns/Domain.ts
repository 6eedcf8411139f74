/**
 * A campaign: planned, launched for the customers who were selected at that moment, and over when everybody was written
 * to. The selection is made outside, from what the read models say just then; whom it found is recorded, so it stays what
 * was decided however the read models change.
 */
import { accept, type Decision, domain, nothing, reject } from 'decider-ts'
import * as t from 'io-ts'
import { CampaignId, CustomerId } from './Words.js'

const about = <Type extends string, Props extends t.Props>(type: Type, props: Props) =>
  t.strict({ type: t.literal(type), campaign: CampaignId, ...props })

export const CampaignCommand = t.union([
  about('Plan', { title: t.string }),
  about('Launch', { audience: t.array(CustomerId) }),
  about('Contact', { customer: CustomerId }),
  about('Abandon', {}),
])
export type CampaignCommand = t.TypeOf<typeof CampaignCommand>

export const CampaignEvent = t.union([
  about('Planned', { title: t.string }),
  about('Launched', { audience: t.array(CustomerId) }),
  about('CustomerContacted', { customer: CustomerId }),
  about('Completed', {}),
  about('Abandoned', {}),
])
export type CampaignEvent = t.TypeOf<typeof CampaignEvent>

const refusal = <Type extends string>(type: Type) => t.strict({ type: t.literal(type) })

export const CampaignRejection = t.union([
  refusal('AlreadyPlanned'),
  refusal('NotPlanned'),
  refusal('AlreadyLaunched'),
  refusal('NotLaunched'),
  refusal('NobodySelected'),
  refusal('NotInAudience'),
  refusal('CampaignOver'),
])
export type CampaignRejection = t.TypeOf<typeof CampaignRejection>

export const CampaignState = t.strict({
  status: t.keyof({ unknown: null, planned: null, running: null, completed: null, abandoned: null }),
  audience: t.array(CustomerId),
  waiting: t.array(CustomerId),
})
export type CampaignState = t.TypeOf<typeof CampaignState>

type Answer = Decision<CampaignEvent, CampaignRejection>

const evolve = (state: CampaignState, event: CampaignEvent): CampaignState => {
  switch (event.type) {
    case 'Planned':
      return { ...state, status: 'planned' }
    case 'Launched':
      return { status: 'running', audience: event.audience, waiting: event.audience }
    case 'CustomerContacted':
      return { ...state, waiting: state.waiting.filter((customer) => customer !== event.customer) }
    case 'Completed':
      return { ...state, status: 'completed' }
    case 'Abandoned':
      return { ...state, status: 'abandoned', waiting: [] }
  }
}

const launch = (
  campaign: CampaignId,
  selected: ReadonlyArray<CustomerId>,
  { status }: CampaignState,
): Answer => {
  if (status !== 'planned') return reject({ type: status === 'unknown' ? 'NotPlanned' : 'AlreadyLaunched' })
  const audience = [...new Set(selected)]
  return audience.length === 0
    ? reject({ type: 'NobodySelected' })
    : accept({ type: 'Launched', campaign, audience })
}

/** Whoever was written to is not written to again. A campaign that was abandoned writes to nobody any more. */
const contact = (campaign: CampaignId, customer: CustomerId, state: CampaignState): Answer => {
  if (state.status === 'unknown' || state.status === 'planned') return reject({ type: 'NotLaunched' })
  if (!state.audience.includes(customer)) return reject({ type: 'NotInAudience' })
  if (!state.waiting.includes(customer)) return nothing
  return accept<CampaignEvent>(
    { type: 'CustomerContacted', campaign, customer },
    ...(state.waiting.length === 1 ? [{ type: 'Completed' as const, campaign }] : []),
  )
}

const decide =
  (command: CampaignCommand) =>
  (state: CampaignState): Answer => {
    const { campaign } = command
    switch (command.type) {
      case 'Plan':
        return state.status === 'unknown'
          ? accept({ ...command, type: 'Planned' })
          : reject({ type: 'AlreadyPlanned' })
      case 'Launch':
        return launch(campaign, command.audience, state)
      case 'Contact':
        return contact(campaign, command.customer, state)
      case 'Abandon': {
        if (state.status === 'unknown') return reject({ type: 'NotPlanned' })
        const isOver = state.status === 'completed' || state.status === 'abandoned'
        return isOver ? reject({ type: 'CampaignOver' }) : accept({ type: 'Abandoned', campaign })
      }
    }
  }

export const Campaign = domain({
  name: 'campaign',
  command: CampaignCommand,
  event: CampaignEvent,
  rejection: CampaignRejection,
  state: CampaignState,
  streamId: ({ campaign }) => campaign,
  initialState: { status: 'unknown', audience: [], waiting: [] },
  evolve,
  decide,
})
