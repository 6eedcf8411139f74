/**
 * How the relationships service follows its neighbours. A relationship begins and ends with the customer; a kept
 * appointment makes it grow, and a missed one calls for a follow-up; a campaign's message counts as a contact.
 */
import { processManager } from 'decider-ts'
import * as t from 'io-ts'
import type { Process } from '../Service.js'
import { RelationshipCommand } from './Relationship.js'
import { CampaignNews, CustomerNews, MeetingNews } from './View.js'

const Owed = t.array(RelationshipCommand)
type Owed = t.TypeOf<typeof Owed>

/**
 * One piece of news, one command. No news tells that a command was handled, so a process owes what it ever sent. Its keys
 * are chosen so that this is little, and every command can be handled again without harm.
 */
const following = <News extends { readonly type: string }>(
  name: string,
  news: t.Type<News, unknown>,
  keyOf: (event: News) => string,
  commandFor: (event: News) => RelationshipCommand,
): Process<News, Owed, RelationshipCommand> => ({
  name,
  event: news,
  state: Owed,
  command: RelationshipCommand,
  keyOf,
  manager: processManager.make({
    initialState: [],
    evolve: (owed: Owed, event: News) => {
      if (!news.is(event)) return owed
      const command = commandFor(event)
      return owed.some((each) => isSame(each, command)) ? owed : [...owed, command]
    },
    react: (_owed, event) => (news.is(event) ? [commandFor(event)] : []),
    pending: (owed) => owed,
    isTerminal: () => false,
  }),
})

const isSame = (left: RelationshipCommand, right: RelationshipCommand): boolean =>
  JSON.stringify(left) === JSON.stringify(right)

export const acquaintance = following(
  'acquaintance',
  CustomerNews,
  ({ customer }) => customer,
  ({ type, customer }) => ({
    type: type === 'crm.customers.customer-left.v1' ? 'End' : 'Begin',
    customer,
  }),
)

export const growth = following(
  'growth',
  MeetingNews,
  ({ customer, appointment }) => `${customer}/${appointment}`,
  ({ type, customer, appointment, on }) => ({
    type: type === 'crm.appointments.appointment-kept.v1' ? 'RecordVisit' : 'RecordNoShow',
    customer,
    meeting: appointment,
    on,
  }),
)

export const contacts = following(
  'contacts',
  CampaignNews,
  ({ customer, campaign }) => `${customer}/${campaign}`,
  ({ customer, campaign }) => ({ type: 'RecordContact', customer, campaign }),
)
