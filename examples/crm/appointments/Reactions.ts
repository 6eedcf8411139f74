/** How the appointments service follows the customers service: it admits who registered, and dismisses who left. */
import { processManager } from 'decider-ts'
import * as t from 'io-ts'
import type { Process } from '../Service.js'
import { DiaryCommand } from './Domain.js'
import { CustomerNews } from './View.js'

const Owed = t.array(DiaryCommand)
type Owed = t.TypeOf<typeof Owed>

const commandFor = ({ type, customer }: CustomerNews): DiaryCommand => ({
  type: type === 'crm.customers.customer-left.v1' ? 'Dismiss' : 'Admit',
  customer,
})

const isNews = (event: CustomerNews): boolean => CustomerNews.is(event)

/**
 * Nobody tells it that a command was handled, so it would owe what it ever sent: two commands a customer at most, and it
 * does no harm to send them again.
 */
export const admission: Process<CustomerNews, Owed, DiaryCommand> = {
  name: 'admission',
  event: CustomerNews,
  state: Owed,
  command: DiaryCommand,
  keyOf: ({ customer }) => customer,
  manager: processManager.make({
    initialState: [],
    evolve: (owed: Owed, event: CustomerNews) => {
      if (!isNews(event)) return owed
      const command = commandFor(event)
      const others = owed.filter(
        ({ type, customer }) => type !== command.type || customer !== command.customer,
      )
      return [...others, command]
    },
    react: (_owed, event) => (isNews(event) ? [commandFor(event)] : []),
    pending: (owed) => owed,
    isTerminal: () => false,
  }),
}
