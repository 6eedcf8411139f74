/**
 * Cases of following a log: what a feed says of it, and what who follows it gets, while others append. Nothing here
 * waits for a time: what has to come is waited for as long as the run is patient, and it is compared with what the store
 * reads.
 * Used by: `Suite`.
 * @since 0.1.0
 */
import { either as E, taskEither as TE } from 'fp-ts'
import { memoryCheckpoint } from '../../run/Checkpoint.js'
import { systemEnvironment } from '../../run/Environment.js'
import type { Feed, FeedPage, FollowedStore } from '../../run/Feed.js'
import { follow } from '../../run/Follow.js'
import { type Batch, type From, type Subscription, subscribe } from '../../run/Subscription.js'
import { beginning, type GlobalPosition, globalPosition } from '../../store/GlobalPosition.js'
import { anyOf, everything, matches, type Query } from '../../store/Query.js'
import type { RecordedEvent } from '../../store/RecordedEvent.js'
import { streamId } from '../../store/StreamId.js'
import { timestamp } from '../../store/Timestamp.js'
import { type Case, forFeeds, type Settings, type World } from './Case.js'
import { equal, fail, isTrue, right, textOf } from './Expect.js'
import { appendTo, count, course, event, eventsFrom, numbersOf, streamNamed } from './Samples.js'

type FeedCase = Case<FollowedStore>

const one = streamNamed('one')
const two = streamId('conformances', 'two')

/** The answer of something that has to come, or a failure that says what did not. */
const soon = async <A>(coming: Promise<A>, what: string, { patienceMs }: Settings): Promise<A> => {
  const late = systemEnvironment
    .sleep(patienceMs)()
    .then(() => fail(`${what}: nothing came in ${patienceMs} ms`))
  return Promise.race([coming, late])
}

const logOf = async (
  store: FollowedStore,
  query: Query = everything,
): Promise<ReadonlyArray<RecordedEvent>> => (await right(store.read(query), 'the log is read')).events

const write = async (store: FollowedStore, first: number, last: number, stream = one): Promise<void> => {
  await right(store.append(appendTo(stream, eventsFrom(first, last, stream))), 'the append succeeds')
}

/** One of each kind, in two streams of two categories, by appends of their own. */
const fill = async (store: FollowedStore): Promise<void> => {
  for (const n of count(1, 24)) {
    const stream = n % 3 === 0 ? one : two
    const tags = n % 4 === 0 ? [course('c1'), course(`c${n}`)] : []
    const each = event(n, stream, { type: n % 5 === 0 ? 'Rare' : 'Happened', tags })
    await right(store.append(appendTo(stream, [each])), 'the append succeeds')
  }
}

const pageOf = async (feed: Feed, query: Query, after: GlobalPosition, limit: number): Promise<FeedPage> => {
  const page = await right(feed.page(query, after, limit), `a page after ${after} is read`)
  isTrue(page.events.length <= limit, `a page of ${limit} has ${page.events.length} events`)
  isTrue(page.upTo >= after, `a page after ${after} reaches back to ${page.upTo}`)
  isTrue(
    page.events.every(({ position }) => position > after && position <= page.upTo),
    `the events of a page lie after ${after} and up to ${page.upTo}`,
  )
  return page
}

/** All events of a query by pages, and how far they reached. */
const byPages = async (
  { feed }: FollowedStore,
  query: Query,
  limit: number,
  settings: Settings,
): Promise<{ readonly events: ReadonlyArray<RecordedEvent>; readonly upTo: GlobalPosition }> => {
  const events: Array<RecordedEvent> = []
  const walk = async (): Promise<GlobalPosition> => {
    let after = beginning
    for (;;) {
      const page = await pageOf(feed, query, after, limit)
      events.push(...page.events)
      const isStuck = page.beyond === 'more' && page.upTo === after
      isTrue(!isStuck, `there is more after ${after}, and a page that does not get there`)
      after = page.upTo
      if (page.beyond === 'nothing') return after
    }
  }
  const upTo = await soon(walk(), 'the end of the log', settings)
  return { events, upTo }
}

const wholePages = forFeeds(
  'C56 feed: pages of any size, put together, are the log',
  async ({ store, settings }) => {
    const empty = await pageOf(store.feed, everything, beginning, 1)
    equal(empty, { events: [], upTo: beginning, beyond: 'nothing' }, 'an empty log has nothing')
    await fill(store)
    const log = await logOf(store)
    for (const limit of [1, 2, 7, 23, 24, 25]) {
      const { events, upTo } = await byPages(store, everything, limit, settings)
      equal(events, log, `pages of ${limit}`)
      equal(upTo, log.at(-1)?.position, 'the last page reaches the end of the log')
    }
    for (const after of [7, 1_000].map(globalPosition)) {
      const page = await pageOf(store.feed, everything, after, 100)
      equal(
        page.events,
        log.filter(({ position }) => position > after),
        `what is after ${after}`,
      )
    }
    const refusal = await store.feed.page(everything, beginning, 0)()
    equal(E.isLeft(refusal) && refusal.left._tag, 'InvalidInput', 'a page of no events is refused')
  },
)

/** Writers append one event after another, each over its connection, and each in the order of its numbers. */
const writeAtOnce = async (
  { connections, store, settings }: World<FollowedStore>,
  each: number,
  base = 0,
): Promise<void> => {
  await Promise.all(
    count(1, settings.racers).map(async (writer) => {
      const connection = connections[writer % connections.length] ?? store
      for (const n of count(1, each)) {
        const first = base + writer * 1_000 + 10 * n
        await write(connection, first, first + (n % 3), streamNamed(`${writer}`))
      }
    }),
  )
}

/** So many rounds are enough for what is raced for in each of them all the time. */
const roundsMax = 5

const finalPages = forFeeds('C56 race: what a page has passed never changes', async (world) => {
  const { store, settings } = world
  let isWriting = true
  const writing = writeAtOnce(world, roundsMax).finally(() => {
    isWriting = false
  })
  let before: FeedPage = { events: [], upTo: beginning, beyond: 'nothing' }
  for (let isLast = false; !isLast; ) {
    isLast = !isWriting
    const page = await pageOf(store.feed, everything, beginning, 100_000)
    isTrue(page.upTo >= before.upTo, 'a page reaches as far as the one before it')
    const passed = page.events.filter(({ position }) => position <= before.upTo)
    equal(numbersOf(passed), numbersOf(before.events), `what is up to ${before.upTo} is what it was`)
    before = page
  }
  await writing
  const { events } = await byPages(store, everything, 1_000, settings)
  equal(events, await logOf(store), 'and in the end it is the log')
})

/** Reads batches until one is the last that is wanted, and stops. */
const collect = async (
  subscription: Subscription,
  isLast: (batch: Batch) => boolean,
  what: string,
  settings: Settings,
): Promise<ReadonlyArray<Batch>> => {
  const batches: Array<Batch> = []
  for (;;) {
    const { value } = await soon(subscription.next(), what, settings)
    if (value === undefined) return fail(`${what}: the subscription has ended`)
    if (E.isLeft(value)) return fail(`${what}: the subscription failed with ${textOf(value.left)}`)
    batches.push(value.right)
    if (isLast(value.right)) return batches
  }
}

const isLive = ({ state }: Batch): boolean => state === 'live'

const reaches =
  (place: GlobalPosition) =>
  ({ upTo }: Batch): boolean =>
    upTo >= place

const has =
  (n: number) =>
  ({ events }: Batch): boolean =>
    numbersOf(events).includes(n)

const eventsIn = (batches: ReadonlyArray<Batch>): ReadonlyArray<RecordedEvent> =>
  batches.flatMap(({ events }) => events)

const starts = forFeeds('C59 subscription: it begins where it is told to', async ({ store, settings }) => {
  await fill(store)
  const log = await logOf(store)
  const [third, last] = [log[2], log.at(-1)]
  if (third === undefined || last === undefined) return fail('the log has events')
  const since = log.slice(log.findIndex(({ recordedAt }) => recordedAt >= third.recordedAt))
  const cases = [
    { from: 'origin', expected: log },
    { from: { after: third.position }, expected: log.slice(3) },
    { from: { time: timestamp(0) }, expected: log },
    { from: { time: third.recordedAt }, expected: since },
  ] as const
  for (const { from, expected } of cases) {
    const subscription = subscribe(store, { from })
    const batches = await collect(subscription, reaches(last.position), 'what there is', settings)
    await subscription.stop()
    equal(eventsIn(batches), expected, `from ${textOf(from)}`)
  }
})

const startsLater = forFeeds(
  'C59 subscription: from the end on, only what is added comes',
  async ({ store, settings }) => {
    await fill(store)
    const { recordedAt } = await lastOf(store)
    const ends: ReadonlyArray<() => Promise<From>> = [
      async () => 'now',
      async () => ({ time: timestamp(recordedAt + 1_000_000_000) }),
      async () => ({ after: (await lastOf(store)).position }),
    ]
    for (const [n, end] of ends.entries()) {
      // Where appends are in flight, a subscription begins below them.
      await byPages(store, everything, 1_000, settings)
      const from = await end()
      const subscription = subscribe(store, { from })
      const [first] = await collect(subscription, isLive, 'that there is nothing', settings)
      equal(first?.events, [], `from ${textOf(from)}: nothing is there yet`)
      await write(store, 100 + n, 100 + n)
      const then = await collect(subscription, has(100 + n), 'what is added', settings)
      await subscription.stop()
      equal(numbersOf(eventsIn(then)), [100 + n], `from ${textOf(from)}: what is added comes`)
    }
  },
)

const lastOf = async (store: FollowedStore): Promise<RecordedEvent> =>
  (await logOf(store)).at(-1) ?? fail('the log has events')

const beyondTheEnd = forFeeds(
  'C59 subscription: from beyond the end, nothing comes before that place is passed',
  async ({ store, settings }) => {
    await write(store, 1, 3)
    const after = globalPosition((await lastOf(store)).position + 5n)
    const subscription = subscribe(store, { from: { after } })
    const [first] = await collect(subscription, isLive, 'that there is nothing', settings)
    equal(first, { events: [], upTo: after, state: 'live' }, 'there is nothing')
    for (const n of count(4, 20)) await write(store, n, n)
    const expected = (await logOf(store)).filter(({ position }) => position > after)
    const batches = await collect(subscription, has(20), 'what is added', settings)
    await subscription.stop()
    equal(eventsIn(batches), expected, 'what is beyond the place')
  },
)

const switches = forFeeds(
  'C60 subscription: from catching up to live nothing is lost, repeated or out of order',
  async (world) => {
    const { store, settings } = world
    await fill(store)
    const last = 99_999
    const subscription = subscribe(store, { batchSize: 5 })
    // Once while it catches up, and once when it is live, or nearly: nobody knows which page comes first.
    const [caughtUp] = await Promise.all([
      collect(subscription, isLive, 'that there is no more', settings),
      writeAtOnce(world, roundsMax),
    ])
    const [live] = await Promise.all([
      collect(subscription, has(last), 'the last event', settings),
      writeAtOnce(world, roundsMax, 100_000).then(() => write(store, last, last)),
    ])
    const batches = [...caughtUp, ...live]
    await subscription.stop()
    equal(numbersOf(eventsIn(batches)), numbersOf(await logOf(store)), 'what came is the log')
    equal(eventsIn(batches), await logOf(store), 'to the letter')
  },
)

const filters = forFeeds(
  'C61 subscription: only the events of its query come',
  async ({ store, settings }) => {
    const queries = [
      anyOf({ types: ['Rare'] }),
      anyOf({ tags: [course('c1')] }),
      anyOf({ types: ['Happened'], tags: [course('c1'), course('c4')] }),
      anyOf({ types: ['Rare'] }, { tags: [course('c1')] }),
      anyOf({ types: ['Never'] }),
      anyOf({ categories: ['conformance'] }),
      anyOf({ categories: ['conformances'], types: ['Rare'] }),
      anyOf({ categories: ['conformance'], tags: [course('c1')] }, { types: ['Never'] }),
      anyOf({ categories: ['conform'] }),
    ]
    await fill(store)
    const log = await logOf(store)
    const end = (await lastOf(store)).position
    for (const query of store.supports.queries ? queries : [everything]) {
      const subscription = subscribe(store, { query, batchSize: 2 })
      const batches = await collect(subscription, reaches(end), 'what there is', settings)
      await subscription.stop()
      equal(
        numbersOf(eventsIn(batches)),
        numbersOf(log.filter(matches(query))),
        `what came of ${textOf(query)}`,
      )
    }
  },
)

const passesOver = forFeeds(
  'C61 subscription: its place moves over events it leaves out',
  async ({ store, settings }) => {
    const query = store.supports.queries ? anyOf({ types: ['Rare'] }) : everything
    const batchSize = 10
    for (const n of count(0, 9)) await write(store, 20 * n + 1, 20 * n + 20)
    const subscription = subscribe(store, { query, batchSize })
    await collect(subscription, reaches((await lastOf(store)).position), 'the end as its place', settings)
    await write(store, 1_001, 1_000 + 3 * batchSize)
    const end = (await lastOf(store)).position
    const isNear = ({ upTo }: Batch): boolean => upTo + BigInt(batchSize) > end
    await collect(subscription, isNear, `a place near ${end}`, settings)
    await subscription.stop()
  },
)

/** The store, and how often a page was asked of it. */
const counted = (store: FollowedStore) => {
  const asked = { pages: 0 }
  const feed: Feed = {
    ...store.feed,
    page: (query, after, limit) => {
      asked.pages += 1
      return store.feed.page(query, after, limit)
    },
  }
  return { store: { ...store, feed }, asked }
}

const slow = forFeeds(
  'C68 subscription: a slow consumer is not run over, and misses nothing',
  async (world) => {
    const { store, asked } = counted(world.store)
    const prefetch = 2
    const batchSize = 5
    for (const n of count(0, 9)) await write(store, 10 * n + 1, 10 * n + 10)
    const subscription = subscribe(store, { batchSize, prefetch })
    const first = await collect(subscription, () => true, 'the first batch', world.settings)
    for (const n of count(1, 5)) await write(store, 100 + n, 100 + n)
    // One page was delivered. An unsettled page may be asked for again, but here all appends have ended.
    isTrue(asked.pages <= 1 + prefetch, `${asked.pages} pages were asked for, though nobody took them`)
    const rest = await collect(subscription, has(105), 'the rest', world.settings)
    await subscription.stop()
    const batches = [...first, ...rest]
    isTrue(
      batches.every(({ events }) => events.length <= batchSize),
      `no batch has more than ${batchSize} events`,
    )
    equal(eventsIn(batches), await logOf(store), 'all of them came')
  },
)

const hints = forFeeds(
  'C69 feed: an append wakes who listens, until they listen no more',
  async ({ store, settings }) => {
    let woken = 0
    let tell = () => {}
    const awake = new Promise<void>((resolve) => {
      tell = resolve
    })
    const unlisten = store.feed.onRecorded(() => {
      woken += 1
      tell()
    })
    await write(store, 1, 1)
    await soon(awake, 'a hint', settings)
    unlisten()
    const before = woken
    for (const n of count(2, 6)) await write(store, n, n)
    equal(woken, before, 'who listens no more is not woken')
  },
)

const polls = forFeeds(
  'C70 subscription: where no hint comes, everything comes',
  async ({ store, settings }) => {
    const deaf: FollowedStore = { ...store, feed: { ...store.feed, onRecorded: () => () => {} } }
    const subscription = subscribe(deaf)
    await collect(subscription, isLive, 'that there is nothing', settings)
    for (const n of count(1, 3)) {
      await write(store, n, n)
      const batches = await collect(subscription, has(n), `event ${n}`, settings)
      equal(numbersOf(eventsIn(batches)), [n], 'it comes, and nothing else')
    }
    await subscription.stop()
  },
)

const stops = forFeeds(
  'C71 following: it is stopped and begun again, and everything is received once',
  async ({ store, settings }) => {
    const checkpoint = memoryCheckpoint()
    const received: Array<RecordedEvent> = []
    for (const n of count(0, 3)) await write(store, 10 * n + 1, 10 * n + 10)
    for (const round of count(1, 4)) {
      const following = follow(store, {
        checkpoint,
        batchSize: 3,
        receive: ({ events }) => {
          received.push(...events)
          void following.stop()
          return TE.right(undefined)
        },
      })
      equal(await soon(following.done, 'the stop', settings), { _tag: 'Stopped' }, 'it was stopped')
      const { position } = received.at(-1) ?? fail('a batch was received')
      equal(await checkpoint.load(), E.right({ _tag: 'Some', value: position }), 'the place is kept')
      await write(store, 100 + round, 100 + round)
    }
    const end = (await lastOf(store)).position
    const rest = follow(store, {
      checkpoint,
      receive: ({ events }) => {
        received.push(...events)
        return TE.right(undefined)
      },
      onKept: ({ upTo }) => {
        if (upTo >= end) void rest.stop()
      },
    })
    equal(await soon(rest.done, 'the end', settings), { _tag: 'Stopped' }, 'it was stopped')
    equal(numbersOf(received), numbersOf(await logOf(store)), 'all was received, in order, each once')
  },
)

/** In the order of their numbers. */
export const feedCases: ReadonlyArray<FeedCase> = [
  wholePages,
  finalPages,
  starts,
  startsLater,
  beyondTheEnd,
  switches,
  filters,
  passesOver,
  slow,
  hints,
  polls,
  stops,
]
