/** The relationships service: it follows the three others, and campaigns follow it in turn. */
import { handleInput } from 'decider-ts'
import { publicFeed } from '../Publication.js'
import { eventsOf, kept, type Ports, reacting, type Service } from '../Service.js'
import { contract, publication } from './Contract.js'
import { Relationships } from './Domain.js'
import { agents, pipeline, products, standings } from './Projections.js'
import { acquaintance, contacts, growth } from './Reactions.js'

export const relationships = ({
  store,
  feeds,
}: Ports<'customers' | 'appointments' | 'campaigns'>): Service => {
  const handle = handleInput(store, Relationships)
  return {
    name: 'relationships',
    store,
    published: publicFeed(store.feed, { events: Relationships.event, contract, publication }),
    ask: (input, context) => eventsOf(handle(input, context)),
    projections: [
      kept(store.feed, standings),
      kept(store.feed, pipeline),
      kept(store.feed, agents),
      kept(store.feed, products),
    ],
    reactions: [
      reacting(feeds.customers, acquaintance),
      reacting(feeds.appointments, growth),
      reacting(feeds.campaigns, contacts),
    ],
  }
}
