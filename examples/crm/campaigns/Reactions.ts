/**
 * How a campaign that was launched gets on: everybody in its audience is written to. It reads the log of its own service,
 * so it hears what became of each command, and owes exactly the rest.
 */
import { processManager } from 'decider-ts'
import * as t from 'io-ts'
import type { Process } from '../Service.js'
import { CampaignCommand, CampaignEvent } from './Domain.js'
import { CampaignId, CustomerId } from './Words.js'

const Mailing = t.strict({ campaign: t.union([CampaignId, t.null]), waiting: t.array(CustomerId) })
type Mailing = t.TypeOf<typeof Mailing>

const contactsOf = (
  campaign: CampaignId | null,
  customers: ReadonlyArray<CustomerId>,
): ReadonlyArray<CampaignCommand> =>
  campaign === null ? [] : customers.map((customer) => ({ type: 'Contact', campaign, customer }))

export const mailing: Process<CampaignEvent, Mailing, CampaignCommand> = {
  name: 'mailing',
  event: CampaignEvent,
  state: Mailing,
  command: CampaignCommand,
  keyOf: ({ campaign }) => campaign,
  manager: processManager.make({
    initialState: { campaign: null, waiting: [] },
    evolve: (state: Mailing, event: CampaignEvent): Mailing => {
      switch (event.type) {
        case 'Launched':
          return { campaign: event.campaign, waiting: event.audience }
        case 'CustomerContacted':
          return { ...state, waiting: state.waiting.filter((customer) => customer !== event.customer) }
        case 'Abandoned':
          return { ...state, waiting: [] }
        default:
          return state
      }
    },
    react: ({ campaign, waiting }, event) => (event.type === 'Launched' ? contactsOf(campaign, waiting) : []),
    pending: ({ campaign, waiting }) => contactsOf(campaign, waiting),
    isTerminal: () => false,
  }),
}
