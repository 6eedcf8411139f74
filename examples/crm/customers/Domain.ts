/**
 * A customer: registered once, put into another segment now and then, asked whether we may write, and gone one day for
 * good. The e-mail address is an affair of this service alone: it is in the events here, and in nothing that is published.
 */
import { accept, type Decision, domain, nothing, reject } from 'decider-ts'
import * as t from 'io-ts'
import { CustomerId, Segment } from './Words.js'

const about = <Type extends string, Props extends t.Props>(type: Type, props: Props) =>
  t.strict({ type: t.literal(type), customer: CustomerId, ...props })

export const CustomerCommand = t.union([
  about('Register', { name: t.string, email: t.string, segment: Segment }),
  about('Reclassify', { segment: Segment }),
  about('AllowContact', {}),
  about('ForbidContact', {}),
  about('Leave', {}),
])
export type CustomerCommand = t.TypeOf<typeof CustomerCommand>

export const CustomerEvent = t.union([
  about('Registered', { name: t.string, email: t.string, segment: Segment }),
  about('Reclassified', { from: Segment, to: Segment }),
  about('ContactAllowed', {}),
  about('ContactForbidden', {}),
  about('Left', { segment: Segment }),
])
export type CustomerEvent = t.TypeOf<typeof CustomerEvent>

const refusal = <Type extends string>(type: Type) => t.strict({ type: t.literal(type) })

export const CustomerRejection = t.union([
  refusal('AlreadyRegistered'),
  refusal('NotRegistered'),
  refusal('CustomerHasLeft'),
])
export type CustomerRejection = t.TypeOf<typeof CustomerRejection>

export const CustomerState = t.union([
  t.strict({ status: t.literal('unknown') }),
  t.strict({ status: t.literal('registered'), segment: Segment, mayContact: t.boolean }),
  t.strict({ status: t.literal('left') }),
])
export type CustomerState = t.TypeOf<typeof CustomerState>
type Registered = Extract<CustomerState, { readonly status: 'registered' }>

type Answer = Decision<CustomerEvent, CustomerRejection>

/** Total: an event that cannot have happened in a state changes nothing. */
const evolve = (state: CustomerState, event: CustomerEvent): CustomerState => {
  if (event.type === 'Registered')
    return state.status === 'unknown'
      ? { status: 'registered', segment: event.segment, mayContact: false }
      : state
  if (state.status !== 'registered') return state
  switch (event.type) {
    case 'Reclassified':
      return { ...state, segment: event.to }
    case 'ContactAllowed':
      return { ...state, mayContact: true }
    case 'ContactForbidden':
      return { ...state, mayContact: false }
    case 'Left':
      return { status: 'left' }
  }
}

const decideRegistered = (command: CustomerCommand, { segment, mayContact }: Registered): Answer => {
  const { customer } = command
  switch (command.type) {
    case 'Register':
      return reject({ type: 'AlreadyRegistered' })
    case 'Reclassify':
      return command.segment === segment
        ? nothing
        : accept({ type: 'Reclassified', customer, from: segment, to: command.segment })
    case 'AllowContact':
      return mayContact ? nothing : accept({ type: 'ContactAllowed', customer })
    case 'ForbidContact':
      return mayContact ? accept({ type: 'ContactForbidden', customer }) : nothing
    case 'Leave':
      return accept({ type: 'Left', customer, segment })
  }
}

const decide =
  (command: CustomerCommand) =>
  (state: CustomerState): Answer => {
    if (state.status === 'registered') return decideRegistered(command, state)
    if (state.status === 'left') return reject({ type: 'CustomerHasLeft' })
    return command.type === 'Register'
      ? accept({ ...command, type: 'Registered' })
      : reject({ type: 'NotRegistered' })
  }

export const Customer = domain({
  name: 'customer',
  command: CustomerCommand,
  event: CustomerEvent,
  rejection: CustomerRejection,
  state: CustomerState,
  streamId: ({ customer }) => customer,
  initialState: { status: 'unknown' },
  evolve,
  decide,
  isTerminal: ({ status }) => status === 'left',
})
