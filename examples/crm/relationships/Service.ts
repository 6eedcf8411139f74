/** The relationships service: it follows the three others, and campaigns follow it in turn. */
import { handleInput } from 'decider-ts'
import { publicFeed } from '../Publication.js'
import { type Ask, eventsOf, exceptNews, kept, type Ports, reacting, type Service } from '../Service.js'
import { contract, publication } from './Contract.js'
import { Relationships } from './Domain.js'
import { agents, pipeline, products, standings } from './Projections.js'
import { acquaintance, contacts, growth } from './Reactions.js'

export const relationships = ({
  store,
  feeds,
}: Ports<'customers' | 'appointments' | 'campaigns'>): Service => {
  const handle = handleInput(store, Relationships)
  const obey: Ask = (input, context) => eventsOf(handle(input, context))
  return {
    name: 'relationships',
    store,
    contract,
    published: publicFeed(store.feed, { events: Relationships.event, contract, publication }),
    ask: exceptNews(['Begin', 'RecordVisit', 'RecordNoShow', 'RecordContact', 'End'], obey),
    projections: [
      kept(store.feed, standings),
      kept(store.feed, pipeline),
      kept(store.feed, agents),
      kept(store.feed, products),
    ],
    reactions: [
      reacting(feeds.customers, acquaintance, obey),
      reacting(feeds.appointments, growth, obey),
      reacting(feeds.campaigns, contacts, obey),
    ],
  }
}
