/**
 * decider-ts as an application uses it: the built package, one store and one `handle` for the process, defaults only.
 * What it recorded is read through its own log, whose order and versions are part of what is verified.
 */
import {
  accept,
  anyOf,
  decodeHistory,
  domain,
  type EventStore,
  eventToAppend,
  everything,
  type FollowedStore,
  handle,
  noStream,
  queryPages,
  streamId,
  streamPages,
  subscribe,
  systemEnvironment,
  tag,
  toStream,
  view,
} from 'decider-ts'
import { memoryStore } from 'decider-ts/adapters/memory'
import { migrate, postgresStore } from 'decider-ts/adapters/postgres'
import { either as E, type taskEither as TE } from 'fp-ts'
import * as t from 'io-ts'
import postgres from 'postgres'
import { AddedCodec } from './Codec.js'
import { type Contender, type Entry, type Open, poolSize, type Recorded } from './Contender.js'
import { type Added, dataOf, decide, evolve, initialState } from './Domain.js'

const Counter = domain({
  name: 'counter',
  command: t.type({ type: t.literal('Add'), counter: t.string, key: t.string }),
  event: AddedCodec,
  rejection: t.type({ type: t.literal('Never') }),
  state: t.number,
  streamId: (command) => command.counter,
  initialState,
  evolve,
  decide: (command) => (sum) => accept(decide(command.key)(sum)),
})

const orThrow = async <A>(task: TE.TaskEither<{ readonly _tag: string }, A>): Promise<A> => {
  const answer = await task()
  if (E.isLeft(answer)) throw Object.assign(new Error(answer.left._tag), answer.left)
  return answer.right
}

const counterStream = (name: string) => streamId('counter', name)

const toAppend = ({ stream, event }: Entry) =>
  eventToAppend({
    id: systemEnvironment.newEventId(),
    stream: counterStream(stream),
    type: event.type,
    data: dataOf(event),
  })

const append = (store: EventStore) => async (entry: Entry) => {
  await orThrow(store.append(toStream(counterStream(entry.stream), noStream)([toAppend(entry)])))
}

const claimTag = (stream: string) => tag('name', stream)

const tagged = (entry: Entry) => ({ ...toAppend(entry), tags: [claimTag(entry.stream)] })

/** Events of the conditional workload carry tags; the others would only grow by them. */
const fill = (store: EventStore) => async (entries: ReadonlyArray<Entry>) => {
  const shape = entries[0]?.stream.startsWith('claim') ? tagged : toAppend
  await orThrow(store.append({ events: entries.map(shape), expected: [] }))
}

const claim = (store: EventStore) => async (entry: Entry) => {
  const condition = { failIfEventsMatch: anyOf({ types: ['Added'], tags: [claimTag(entry.stream)] }) }
  const answer = await store.append({ events: [tagged(entry)], expected: [], condition })()
  if (E.isRight(answer)) return true
  if (answer.left._tag === 'ConditionConflict') return false
  throw Object.assign(new Error(answer.left._tag), answer.left)
}

const decode = decodeHistory(Counter.event)

const replay = (store: EventStore) => async (name: string) => {
  let state = initialState
  for await (const page of streamPages(store, counterStream(name))) {
    const events = E.chainW(decode)(page)
    if (E.isLeft(events)) throw Object.assign(new Error(events.left._tag), events.left)
    state = view.fold(Counter)(events.right, state)
  }
  return state
}

const recorded = (store: EventStore) => async (): Promise<ReadonlyArray<Recorded>> => {
  const found: Array<Recorded> = []
  for await (const page of queryPages(store, everything)) {
    if (E.isLeft(page)) throw new Error(page.left._tag)
    for (const { stream, version, data } of page.right) {
      const { key, total } = data as Added
      found.push({ stream, version: Number(version), key, total })
    }
  }
  return found
}

const follow =
  (store: FollowedStore): NonNullable<Contender['follow']> =>
  async (from, read) => {
    const subscription = subscribe(store, { from })
    const first = subscription.next()
    const reading = (async () => {
      for (let next = await first; next.done !== true; next = await subscription.next()) {
        if (E.isLeft(next.value)) throw new Error(next.value.left._tag)
        for (const { data } of next.value.right.events) read((data as Added).key)
      }
    })()
    // From now on, the first batch tells that reading has begun; from the origin nobody has to wait.
    if (from === 'now') await first
    return async () => {
      await subscription.stop()
      await reading
    }
  }

export const openOnPostgres: Open = (url) => {
  const schema = 'decider'
  const sql = postgres(url, { max: poolSize, onnotice: () => undefined })
  const store = postgresStore(sql, { schema })
  const run = handle(store, Counter)
  return {
    install: async () => {
      await orThrow(migrate(sql, { schema }))
    },
    fill: fill(store),
    append: append(store),
    command: async (counter, key) => {
      await orThrow(run({ type: 'Add', counter, key }))
    },
    claim: claim(store),
    replay: replay(store),
    follow: follow(store),
    recorded: recorded(store),
    close: () => sql.end(),
  }
}

export const openInMemory: Open = () => {
  const store = memoryStore()
  return { append: append(store), recorded: recorded(store) }
}

export const openFold: Open = (): Contender => ({ fold: (events) => view.fold(Counter)(events) })
