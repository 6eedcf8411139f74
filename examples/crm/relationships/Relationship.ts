/**
 * The relationship with one customer: it grows with each appointment that is kept, cools with each that is missed, and a
 * missed one calls for a follow-up until the customer comes again or somebody sees to it.
 * News of visits come from the appointments service, and news of customers from the customers service. Nothing keeps the
 * two in step, so each command that follows from news can be taken in any state, more than once, and before or after any
 * other, and leads to the same relationship in the end: what counts are sets of meetings and the latest day of a visit,
 * never who came first.
 */
import { accept, type Decision, domain, nothing, reject } from 'decider-ts'
import * as t from 'io-ts'
import { CampaignId, CustomerId, Day, Level, Meeting } from './Words.js'

const about = <Type extends string, Props extends t.Props>(type: Type, props: Props) =>
  t.strict({ type: t.literal(type), customer: CustomerId, ...props })
const met = { meeting: Meeting, on: Day }

export const RelationshipCommand = t.union([
  about('Begin', {}),
  about('RecordVisit', met),
  about('RecordNoShow', met),
  about('RecordContact', { campaign: CampaignId }),
  about('SeeTo', { meeting: Meeting }),
  about('End', {}),
])
export type RelationshipCommand = t.TypeOf<typeof RelationshipCommand>

export const RelationshipEvent = t.union([
  about('Begun', {}),
  about('VisitRecorded', { ...met, level: Level }),
  about('NoShowRecorded', { ...met, level: Level }),
  about('FollowUpPlanned', met),
  about('FollowUpSeenTo', { meeting: Meeting }),
  about('ContactRecorded', { campaign: CampaignId }),
  about('Ended', {}),
])
export type RelationshipEvent = t.TypeOf<typeof RelationshipEvent>

export const RelationshipRejection = t.strict({ type: t.literal('NoFollowUp') })
export type RelationshipRejection = t.TypeOf<typeof RelationshipRejection>

export const RelationshipState = t.strict({
  status: t.keyof({ unknown: null, ongoing: null, ended: null }),
  visits: t.array(Meeting),
  noShows: t.array(Meeting),
  lastVisitOn: t.union([Day, t.null]),
  followUps: t.array(t.strict(met)),
  contacts: t.array(CampaignId),
})
export type RelationshipState = t.TypeOf<typeof RelationshipState>

type Answer = Decision<RelationshipEvent, RelationshipRejection>

/** A missed appointment undoes a kept one. */
export const levelOf = (visits: number, noShows: number): Level => {
  const score = visits - noShows
  if (score <= 0) return 'distant'
  return score < 3 ? 'warm' : 'close'
}

const laterOf = (left: Day | null, right: Day): Day => (left !== null && left > right ? left : right)

const evolve = (state: RelationshipState, event: RelationshipEvent): RelationshipState => {
  switch (event.type) {
    case 'Begun':
      return state.status === 'unknown' ? { ...state, status: 'ongoing' } : state
    case 'VisitRecorded':
      return {
        ...state,
        visits: [...state.visits, event.meeting],
        lastVisitOn: laterOf(state.lastVisitOn, event.on),
        followUps: state.followUps.filter(({ on }) => on > event.on),
      }
    case 'NoShowRecorded':
      return { ...state, noShows: [...state.noShows, event.meeting] }
    case 'FollowUpPlanned':
      return { ...state, followUps: [...state.followUps, { meeting: event.meeting, on: event.on }] }
    case 'FollowUpSeenTo':
      return { ...state, followUps: state.followUps.filter(({ meeting }) => meeting !== event.meeting) }
    case 'ContactRecorded':
      return { ...state, contacts: [...state.contacts, event.campaign] }
    case 'Ended':
      return { ...state, status: 'ended', followUps: [] }
  }
}

type Met<Type> = Extract<RelationshipCommand, { readonly type: Type }>

const recordVisit = ({ customer, meeting, on }: Met<'RecordVisit'>, state: RelationshipState): Answer => {
  const level = levelOf(state.visits.length + 1, state.noShows.length)
  return state.visits.includes(meeting)
    ? nothing
    : accept({ type: 'VisitRecorded', customer, meeting, on, level })
}

/** No follow-up is due where the customer has come since, or has left. */
const recordNoShow = ({ customer, meeting, on }: Met<'RecordNoShow'>, state: RelationshipState): Answer => {
  if (state.noShows.includes(meeting)) return nothing
  const level = levelOf(state.visits.length, state.noShows.length + 1)
  const hasCome = state.lastVisitOn !== null && state.lastVisitOn >= on
  const isDue = !hasCome && state.status !== 'ended'
  return accept<RelationshipEvent>(
    { type: 'NoShowRecorded', customer, meeting, on, level },
    ...(isDue ? [{ type: 'FollowUpPlanned' as const, customer, meeting, on }] : []),
  )
}

const decide =
  (command: RelationshipCommand) =>
  (state: RelationshipState): Answer => {
    const { customer } = command
    switch (command.type) {
      case 'Begin':
        return state.status === 'unknown' ? accept({ type: 'Begun', customer }) : nothing
      case 'RecordVisit':
        return recordVisit(command, state)
      case 'RecordNoShow':
        return recordNoShow(command, state)
      case 'RecordContact':
        return state.contacts.includes(command.campaign)
          ? nothing
          : accept({ ...command, type: 'ContactRecorded' })
      case 'SeeTo':
        return state.followUps.some(({ meeting }) => meeting === command.meeting)
          ? accept({ ...command, type: 'FollowUpSeenTo' })
          : reject({ type: 'NoFollowUp' })
      case 'End':
        return state.status === 'ended' ? nothing : accept({ type: 'Ended', customer })
    }
  }

export const Relationship = domain({
  name: 'relationship',
  command: RelationshipCommand,
  event: RelationshipEvent,
  rejection: RelationshipRejection,
  state: RelationshipState,
  streamId: ({ customer }) => customer,
  initialState: {
    status: 'unknown',
    visits: [],
    noShows: [],
    lastVisitOn: null,
    followUps: [],
    contacts: [],
  },
  evolve,
  decide,
})
