/**
 * The campaigns service: it follows the three others. Besides the commands of its domain it takes one that begins with a
 * question to its read models: `SelectAndLaunch`.
 */
import { handleInput, type Projection, type ReadModelError } from 'decider-ts'
import { either as E, function as F, taskEither as TE } from 'fp-ts'
import * as t from 'io-ts'
import { publicFeed } from '../Publication.js'
import {
  type Ask,
  entriesOf,
  eventsOf,
  exceptNews,
  kept,
  type Ports,
  reacting,
  type Service,
} from '../Service.js'
import { audienceOf, Selection } from './Audience.js'
import { contract, publication } from './Contract.js'
import { Campaign } from './Domain.js'
import { bonds, habits, overview, people } from './Projections.js'
import { mailing } from './Reactions.js'
import { CampaignId, type CustomerId } from './Words.js'

const SelectAndLaunch = t.type({
  type: t.literal('SelectAndLaunch'),
  campaign: CampaignId,
  selection: Selection,
})

export const campaigns = ({
  store,
  readModels,
  feeds,
}: Ports<'customers' | 'appointments' | 'relationships'>): Service => {
  const handle = handleInput(store, Campaign)
  const read = <State, Event>(projection: Projection<State, Event>) => entriesOf(readModels, projection)
  const select = (selection: Selection): TE.TaskEither<ReadModelError, ReadonlyArray<CustomerId>> =>
    F.pipe(
      TE.Do,
      TE.bind('people', () => read(people)),
      TE.bind('habits', () => read(habits)),
      TE.bind('bonds', () => read(bonds)),
      TE.map(audienceOf(selection)),
    )
  const obey: Ask = (input, context) => eventsOf(handle(input, context))
  const ask: Ask = (input, context) => {
    const request = SelectAndLaunch.decode(input)
    if (E.isLeft(request)) return obey(input, context)
    const { campaign, selection } = request.right
    return F.pipe(
      select(selection),
      TE.chainW((audience) => obey({ type: 'Launch', campaign, audience }, context)),
    )
  }
  return {
    name: 'campaigns',
    store,
    contract,
    published: publicFeed(store.feed, { events: Campaign.event, contract, publication }),
    ask: exceptNews(['Launch', 'Contact'], ask),
    projections: [
      kept(feeds.customers, people),
      kept(feeds.appointments, habits),
      kept(feeds.relationships, bonds),
      kept(store.feed, overview),
    ],
    reactions: [reacting(store.feed, mailing, obey)],
  }
}
