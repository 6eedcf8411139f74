/** The customers service: it reads nobody, and everybody reads it. */
import { handleInput } from 'decider-ts'
import { publicFeed } from '../Publication.js'
import { eventsOf, kept, type Ports, type Service } from '../Service.js'
import { contract, publication } from './Contract.js'
import { Customer } from './Domain.js'
import { directory, segments } from './Projections.js'

export const customers = ({ store }: Ports): Service => {
  const handle = handleInput(store, Customer)
  return {
    name: 'customers',
    store,
    contract,
    published: publicFeed(store.feed, { events: Customer.event, contract, publication }),
    ask: (input, context) => eventsOf(handle(input, context)),
    projections: [kept(store.feed, directory), kept(store.feed, segments)],
    reactions: [],
  }
}
