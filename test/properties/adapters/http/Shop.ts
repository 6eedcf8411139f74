/**
 * What the laws of the feed between services need: a shop with events that are published and events that are not, logs of
 * it with hostile texts, a server on a port of its own, and what ought to be published, said once more and in other words.
 */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { anyone, contract, type PublishedFeedOptions } from 'decider-ts/adapters/http'
import { type MemoryStore, memoryStore } from 'decider-ts/adapters/memory'
import { eventCodec, taggedCodec } from 'decider-ts/evolve'
import {
  anyVersion,
  eventId,
  eventToAppend,
  everything,
  type RecordedEvent,
  streamIdFrom,
  tagFrom,
  timestamp,
} from 'decider-ts/store'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import * as t from 'io-ts'

/** Stands wherever something must not go out. */
export const secret = 'SECRET'

export const ShopEvent = taggedCodec(
  t.union([
    t.type({ type: t.literal('Placed'), order: t.string, note: t.unknown, margin: t.string }),
    t.type({ type: t.literal('Shipped'), order: t.string, depot: t.string }),
    t.type({ type: t.literal('Audited'), finding: t.string }),
  ]),
)

export const orders = contract({
  'com.example.order.placed.v1': t.type({ order: t.string, note: t.unknown }),
  'com.example.order.shipped.v1': t.type({ order: t.string }),
})

type Event = Parameters<typeof ShopEvent.encode>[0]
type Types = {
  'com.example.order.placed.v1': { order: string; note: unknown }
  'com.example.order.shipped.v1': { order: string }
}

/** What the shop publishes: the margin, the depot and what was audited stay inside. */
export const shopOptions: PublishedFeedOptions<Event, Types> = {
  source: 'https://shop.example/orders',
  contract: orders,
  events: eventCodec(ShopEvent),
  publish: {
    // The whole event is handed over, with more than the contract says: the contract is what counts.
    Placed: { as: 'com.example.order.placed.v1', data: (event) => event },
    Shipped: {
      as: 'com.example.order.shipped.v1',
      data: ({ order }) => ({ order }),
      when: ({ order }) => order !== 'gift',
    },
  },
  tags: (tag) => tag.startsWith('public'),
  authorize: anyone,
}

/** An event to be recorded. */
export interface Line {
  readonly type: 'Placed' | 'Shipped' | 'Audited'
  readonly stream: string
  readonly order: string
  readonly note: unknown
  readonly tags: ReadonlyArray<string>
  readonly correlationId: string | undefined
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom(
    '\r\n\r\ndata: x',
    '</script>',
    '"',
    '\\',
    '\u2028',
    '%',
    '%2',
    '%41',
    '__proto__',
    'id: 7\n\n',
    '',
  ),
)

/** Names of streams: few, so that they meet, and some that no attribute can hold. */
export const streamName = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('order-1', 'order-2', 'parcel-1', '-') },
  hostile.filter((text) => text.isWellFormed() && !text.includes('\u0000')).map((text) => `order-${text}`),
)

const note = fc.oneof(
  hostile.filter((text) => text.isWellFormed()),
  fc.jsonValue({ maxDepth: 2 }),
  fc.constant(-0),
)

export const line: fc.Arbitrary<Line> = fc.record({
  type: fc.constantFrom('Placed', 'Shipped', 'Audited'),
  stream: streamName,
  order: fc.constantFrom('o1', 'o2', 'gift'),
  note,
  tags: fc.subarray(['public', 'public:a b', 'public:%\u0001', `private:${secret}`]),
  correlationId: fc.option(
    hostile.filter((text) => text.isWellFormed()),
    { nil: undefined },
  ),
})

export const lines = fc.array(line, { maxLength: 25 })

const idOf = (n: number) => eventId(`00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`)

/** Records lines, one after another. */
export const record = async (store: MemoryStore, log: ReadonlyArray<Line>, from = 1): Promise<void> => {
  for (const [index, { type, stream, order, note, tags, correlationId }] of log.entries()) {
    const data = {
      Placed: { order, note, margin: secret },
      Shipped: { order, depot: secret },
      Audited: { finding: secret },
    }[type]
    const id = streamIdFrom(stream)
    const metadata = {
      actor: secret,
      [secret]: 1,
      ...(correlationId === undefined ? {} : { correlationId, causationId: `by ${correlationId}` }),
    }
    const event = eventToAppend({
      id: idOf(from + index),
      stream: id,
      type,
      data,
      tags: tags.map(tagFrom),
      metadata,
    })
    const appended = await store.append({
      events: [event],
      expected: [{ stream: id, version: anyVersion }],
    })()
    if (E.isLeft(appended)) throw new Error(JSON.stringify(appended.left))
  }
}

/** A store with a log, whose clock says a second more each time. */
export const shopWith = async (log: ReadonlyArray<Line>): Promise<MemoryStore> => {
  let seconds = 0
  const store = memoryStore({
    now: () => {
      seconds += 1
      return timestamp(1_000 * seconds)
    },
  })
  await record(store, log)
  return store
}

/** All that is recorded. */
export const logOf = async (store: MemoryStore): Promise<ReadonlyArray<RecordedEvent>> => {
  const slice = await store.read(everything)()
  return E.isRight(slice) ? slice.right.events : []
}

/** What ought to be published of an event, as a consumer sees it; undefined where nothing is. */
export const publicView = (event: RecordedEvent): RecordedEvent | undefined => {
  const data = event.data as { readonly order: string; readonly note: string }
  if (event.type === 'Audited' || (event.type === 'Shipped' && data.order === 'gift')) return undefined
  const { correlationId = '', causationId = '' } = event.metadata
  const isPlaced = event.type === 'Placed'
  return {
    ...event,
    type: isPlaced ? 'com.example.order.placed.v1' : 'com.example.order.shipped.v1',
    data: isPlaced ? { order: data.order, note: data.note } : { order: data.order },
    tags: event.tags.filter((tag) => tag.startsWith('public')),
    metadata: {
      ...(correlationId === '' ? {} : { correlationId }),
      ...(causationId === '' ? {} : { causationId }),
    },
  }
}

/** What ought to be published of a log. */
export const publicLogOf = async (store: MemoryStore): Promise<ReadonlyArray<RecordedEvent>> =>
  (await logOf(store)).flatMap((event) => publicView(event) ?? [])

/** Serves a listener on a port of its own while it is used. */
export const serving = async <A>(listener: RequestListener, use: (url: string) => Promise<A>): Promise<A> => {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  try {
    return await use(`http://127.0.0.1:${port}/feed`)
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}
