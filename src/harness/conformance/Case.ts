/**
 * A case of the conformance suite, and the world it runs in: an empty store of its own, perhaps with a second
 * connection to it. A store may leave out a feature; a case that needs it then checks that the store says so, because
 * a case that is skipped in silence looks like one that passed.
 * Used by: `Suite` and every module of cases.
 * @since 0.1.0
 */
import fc from 'fast-check'
import type { FollowedStore } from '../../run/Feed.js'
import type { EventStore } from '../../store/EventStore.js'
import { anyVersion } from '../../store/ExpectedVersion.js'
import { everything } from '../../store/Query.js'
import type { Supports } from '../../store/StoreError.js'
import { equal, left, right } from './Expect.js'
import { event, streamNamed } from './Samples.js'

/** An empty store, and how to be rid of it. */
export interface Opened<Store extends EventStore = EventStore> {
  readonly store: Store
  /** One more connection to the same store, for races; `close` closes it too. */
  readonly connect?: () => Promise<Store>
  readonly close: () => Promise<void>
}

/** How thorough a run is. */
export interface ConformanceOptions {
  /** Where generated samples begin; printed with each failure. 20260101 unless given. */
  readonly seed?: number
  /** Samples for each property. */
  readonly runs?: number
  /** How often each race is run. */
  readonly rounds?: number
  /** How many writers race each other. */
  readonly racers?: number
  /** Whether a failing sample is made smaller before it is shown. */
  readonly shrink?: boolean
  /** How long something may take that has to happen, and of which nobody says when. */
  readonly patienceMs?: number
}

/** How thorough a run is, with nothing left open. */
export type Settings = Required<ConformanceOptions>

/** What a case is given. */
export interface World<Store extends EventStore = EventStore> {
  readonly store: Store
  /** Connections to the same store, the first one being `store`. */
  readonly connections: ReadonlyArray<Store>
  /** One more store, empty too: a property takes one for each sample. */
  readonly open: () => Promise<Opened<Store>>
  readonly settings: Settings
}

/** A numbered behaviour, and how to find out whether a store has it. */
export interface Case<Store extends EventStore = EventStore> {
  readonly name: string
  readonly needs: ReadonlyArray<keyof Supports>
  readonly body: (world: World<Store>) => Promise<void>
}

/** A case that any store must pass. */
export const forAnyStore = (name: string, body: Case['body']): Case => ({ name, needs: [], body })

/** A case for stores that read by query and check append conditions. */
export const forQueries = (name: string, body: Case['body']): Case => ({ name, needs: ['queries'], body })

/** A case for stores that write to several streams at once. */
export const forSeveralStreams = (name: string, body: Case['body']): Case => ({
  name,
  needs: ['severalStreams'],
  body,
})

/** A case for stores whose log can be followed. */
export const forFeeds = (name: string, body: Case<FollowedStore>['body']): Case<FollowedStore> => ({
  name,
  needs: [],
  body,
})

/** A case for stores that keep a decision journal. */
export const forDecisions = (name: string, body: Case['body']): Case => ({ name, needs: ['decisions'], body })

/** Runs a case in a world of its own, and closes that world whatever happens. */
export const runCase = async <Store extends EventStore>(
  { needs, body }: Case<Store>,
  open: () => Promise<Opened<Store>>,
  settings: Settings,
): Promise<void> => {
  await using(open, async ({ store, connect }) => {
    const missing = needs.filter((feature) => !store.supports[feature])
    if (missing.length > 0) {
      for (const feature of missing) await refusals[feature](store)
      return
    }
    const connections = connect === undefined ? [store] : [store, await connect()]
    await body({ store, connections, open, settings })
  })
}

/** Opens a store, uses it and closes it. */
export const using = async <Store extends EventStore>(
  open: () => Promise<Opened<Store>>,
  use: (opened: Opened<Store>) => Promise<void>,
): Promise<void> => {
  const opened = await open()
  try {
    await use(opened)
  } finally {
    await opened.close()
  }
}

/** Checks a property with the seed of the run, and says how to meet the same failure again. */
export const holds = async <Sample>(
  property: fc.IAsyncProperty<Sample>,
  { seed, runs, shrink }: Settings,
): Promise<void> => {
  const details = await fc.check(property, { seed, numRuns: runs, endOnFailure: !shrink })
  if (!details.failed) return
  const { errorInstance, counterexample, numRuns, numShrinks } = details
  const reason = errorInstance instanceof Error ? errorInstance.message : fc.stringify(errorInstance)
  const found = `found in sample ${numRuns}, made smaller ${numShrinks} times`
  const again = `To meet it again: conformanceSuite(open, { seed: ${seed} }).`
  throw new Error(`${reason}\n${found}\n${fc.stringify(counterexample)}\n${again}`, { cause: errorInstance })
}

const refusals: Readonly<Record<keyof Supports, (store: EventStore) => Promise<void>>> = {
  queries: async (store) => {
    const one = streamNamed('one')
    const read = await left(store.read(everything), 'Unsupported', 'a store without queries says so')
    equal(read.feature, 'queries', 'it names the feature')
    const guarded = { events: [event(1, one)], expected: [], condition: { failIfEventsMatch: everything } }
    const append = await left(store.append(guarded), 'Unsupported', 'a store without conditions says so')
    equal(append.feature, 'queries', 'it names the feature')
    const { version } = await right(store.readStream(one), 'the stream is read')
    equal(version, 0n, 'nothing was written')
  },
  severalStreams: async (store) => {
    const streams = [streamNamed('one'), streamNamed('two')]
    const events = streams.map((stream, index) => event(index + 1, stream))
    const expected = streams.map((stream) => ({ stream, version: anyVersion }))
    const refusal = await left(store.append({ events, expected }), 'Unsupported', 'such a store says so')
    equal(refusal.feature, 'severalStreams', 'it names the feature')
    for (const stream of streams) {
      const { version } = await right(store.readStream(stream), 'the stream is read')
      equal(version, 0n, 'nothing was written')
    }
  },
  decisions: async (store) => {
    const one = streamNamed('one')
    const decided = {
      commandId: 'c1',
      handler: 'conformance',
      seen: '0',
      outcome: 'accepted',
      events: 1,
    } as const
    const append = { events: [event(1, one)], expected: [], decisions: [decided] }
    const refusal = await left(store.append(append), 'Unsupported', 'a store without a journal says so')
    equal(refusal.feature, 'decisions', 'it names the feature')
    equal(store.decisions, undefined, 'it has nothing to read decisions by')
    const { version } = await right(store.readStream(one), 'the stream is read')
    equal(version, 0n, 'nothing was written')
  },
}
