/** The appointments service: it follows the customers service, and is followed by relationships and campaigns. */
import { handleInput } from 'decider-ts'
import { publicFeed } from '../Publication.js'
import { type Ask, eventsOf, exceptNews, kept, type Ports, reacting, type Service } from '../Service.js'
import { contract, publication } from './Contract.js'
import { Diary } from './Domain.js'
import { agenda, attendance } from './Projections.js'
import { admission } from './Reactions.js'

export const appointments = ({ store, feeds }: Ports<'customers'>): Service => {
  const handle = handleInput(store, Diary)
  const obey: Ask = (input, context) => eventsOf(handle(input, context))
  return {
    name: 'appointments',
    store,
    contract,
    published: publicFeed(store.feed, { events: Diary.event, contract, publication }),
    ask: exceptNews(['Admit', 'Dismiss'], obey),
    projections: [kept(store.feed, agenda), kept(store.feed, attendance)],
    reactions: [reacting(feeds.customers, admission, obey)],
  }
}
