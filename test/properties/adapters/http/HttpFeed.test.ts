import { httpFeed, publishedFeed } from 'decider-ts/adapters/http'
import { exponential, type Feed, follow, memoryCheckpoint } from 'decider-ts/run'
import {
  anyOf,
  everything,
  globalPosition,
  matches,
  type Query,
  type RecordedEvent,
  tagFrom,
} from 'decider-ts/store'
import fc from 'fast-check'
import { either as E, option as O, taskEither as TE } from 'fp-ts'
import { law } from '../../Law.js'
import { textOf } from '../../store/Samples.js'
import { line, lines, publicLogOf, record, serving, shopOptions, shopWith } from './Shop.js'

/** What happens to the requests for pages, one after another; a number cuts the answer after so many bytes. */
type Mishap = 'none' | 'refused' | 'busy' | 'broken' | number

const mishap: fc.Arbitrary<Mishap> = fc.oneof(
  fc.constantFrom('none' as const, 'refused' as const, 'busy' as const, 'broken' as const),
  fc.nat(900),
)

/** A `fetch` over a bad line. */
const over = (mishaps: ReadonlyArray<Mishap>): typeof globalThis.fetch => {
  let met = 0
  return async (...asked) => {
    const each = mishaps[met] ?? 'none'
    met += 1
    if (each === 'refused') throw new TypeError('fetch failed', { cause: new Error('refused') })
    if (each === 'busy') return new Response('{"detail":"come again"}', { status: 503 })
    const response = await fetch(...asked)
    if (each === 'none') return response
    if (each === 'broken') return new Response('<html>Hello</html>', { status: 200 })
    const bytes = new Uint8Array(await response.arrayBuffer()).slice(0, each)
    const cut = new ReadableStream({
      start: (controller) => controller.enqueue(bytes),
      pull: (controller) => controller.error(new TypeError('terminated')),
    })
    return new Response(cut, { status: response.status, headers: response.headers })
  }
}

const query: fc.Arbitrary<Query> = fc.constantFrom(
  everything,
  anyOf({ types: ['com.example.order.shipped.v1'] }),
  anyOf({ categories: ['parcel'] }),
  anyOf({ tags: [tagFrom('public:a b')] }),
  anyOf({ types: ['com.example.order.placed.v1'], categories: ['order'] }, { tags: [tagFrom('public')] }),
)

type Make = (url: string, mishaps: ReadonlyArray<Mishap>) => Feed

const make: Make = (url, mishaps) =>
  httpFeed({ url, fetch: over(mishaps), hints: 'none', reads: shopOptions.contract.names })

const environment = {
  polling: { firstMs: 1, maxMs: 2 },
  retry: exponential({ attemptsMax: 50, firstMs: 1, maxMs: 1 }),
}

/** Follows to a place, stopping and beginning again after so many batches. */
const followTo = async (
  feed: Feed,
  asked: Query,
  end: bigint,
  batchSize: number,
  stops: ReadonlyArray<number>,
) => {
  const checkpoint = memoryCheckpoint()
  const received: Array<RecordedEvent> = []
  for (const stop of [...stops, Number.POSITIVE_INFINITY]) {
    let batches = 0
    // A second stop would wait for nothing.
    let isStopped = false
    const stopOnce = () => {
      if (!isStopped) void following.stop()
      isStopped = true
    }
    const following = follow(
      { feed },
      {
        ...environment,
        ...{ checkpoint, query: asked, batchSize },
        receive: ({ events }) => {
          received.push(...events)
          batches += 1
          if (batches >= stop) stopOnce()
          return TE.right(undefined)
        },
        onKept: ({ upTo }) => {
          if (upTo >= end) stopOnce()
        },
      },
    )
    const ended = await following.done
    if (ended._tag !== 'Stopped') throw new Error(textOf(ended))
    const kept = await checkpoint.load()
    if (E.isRight(kept) && O.isSome(kept.right) && kept.right.value >= end) return received
  }
  return received
}

const givesTheSame = (of: Make) =>
  fc.asyncProperty(
    fc.record({
      log: lines,
      later: fc.array(line, { maxLength: 5 }),
      asked: query,
      mishaps: fc.array(mishap, { maxLength: 8 }),
      stops: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }),
      batchSize: fc.integer({ min: 1, max: 7 }),
    }),
    async ({ log, later, asked, mishaps, stops, batchSize }) => {
      const store = await shopWith(log)
      return serving(publishedFeed(store, shopOptions), async (url) => {
        const end = BigInt(log.length + later.length)
        const following = followTo(of(url, mishaps), asked, end, batchSize, stops)
        await record(store, later, log.length + 1)
        const received = await following
        return textOf(received) === textOf((await publicLogOf(store)).filter(matches(asked)))
      })
    },
  )

/** The pages of a feed, altered. */
const altered =
  (alter: (page: { readonly events: ReadonlyArray<RecordedEvent>; readonly upTo: bigint }) => object): Make =>
  (url, mishaps) => {
    const feed = make(url, mishaps)
    return {
      ...feed,
      page: (...asked) =>
        TE.map((page: object) => ({ ...page, ...alter(page as never) }) as never)(feed.page(...asked)),
    }
  }

law('HFD-1 the same', givesTheSame(make), { numRuns: 60 })
law.rejects(
  'HFD-1',
  'a place that goes too far',
  givesTheSame(
    altered(({ upTo, events }) => (events.length === 1 ? { upTo: globalPosition(upTo + 1n) } : {})),
  ),
  {
    numRuns: 60,
  },
)
law.rejects(
  'HFD-1',
  'pages that lose their first event',
  givesTheSame(altered(({ events }) => ({ events: events.slice(1) }))),
  {
    numRuns: 60,
  },
)
