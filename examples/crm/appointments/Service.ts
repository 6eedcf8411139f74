/** The appointments service: it follows the customers service, and is followed by relationships and campaigns. */
import { handleInput } from 'decider-ts'
import { publicFeed } from '../Publication.js'
import { eventsOf, kept, type Ports, reacting, type Service } from '../Service.js'
import { contract, publication } from './Contract.js'
import { Diary } from './Domain.js'
import { agenda, attendance } from './Projections.js'
import { admission } from './Reactions.js'

export const appointments = ({ store, feeds }: Ports<'customers'>): Service => {
  const handle = handleInput(store, Diary)
  return {
    name: 'appointments',
    store,
    published: publicFeed(store.feed, { events: Diary.event, contract, publication }),
    ask: (input, context) => eventsOf(handle(input, context)),
    projections: [kept(store.feed, agenda), kept(store.feed, attendance)],
    reactions: [reacting(feeds.customers, admission)],
  }
}
