/**
 * The laws of `follow`, on the memory store: a log is followed, interrupted in some way after so many batches, and
 * followed again from the checkpoint, several times. What happened is written down in one list, which the laws read.
 */
import { deepStrictEqual, ok } from 'node:assert/strict'
import { type Checkpoint, type FollowEnd, type FollowOptions, follow, memoryCheckpoint } from 'decider-ts/run'
import { type GlobalPosition, globalPosition } from 'decider-ts/store'
import fc from 'fast-check'
import { either as E, option as O, taskEither as TE } from 'fp-ts'
import { describe, expect, test } from 'vitest'
import { law } from '../Law.js'
import { hasty, logOf, mine, placesOfMine, turn, turnsUntil } from './Followed.js'

type Follow = typeof follow<string>

/** How one following is interrupted, while it receives the n-th batch. */
interface Interruption {
  readonly batch: number
  readonly by: 'failure' | 'defect' | 'stop' | 'force'
  /** How often the checkpoint is busy before each time it is not. */
  readonly busy: number
}

type Entry =
  | { readonly _tag: 'Started'; readonly after: GlobalPosition }
  | { readonly _tag: 'Received'; readonly places: ReadonlyArray<GlobalPosition> }
  | { readonly _tag: 'Saved'; readonly place: GlobalPosition }
  | { readonly _tag: 'Given' | 'StopAsked' | 'ForceAsked' }
  | { readonly _tag: 'Ended'; readonly as: FollowEnd<string>['_tag'] | 'Defect' }

interface Sample {
  readonly log: ReadonlyArray<boolean>
  readonly batchSize: number
  readonly interruptions: ReadonlyArray<Interruption>
}

const sampleOf = (...by: ReadonlyArray<Interruption['by']>): fc.Arbitrary<Sample> =>
  fc.record({
    log: fc.array(fc.boolean(), { minLength: 1, maxLength: 14, size: 'max' }),
    batchSize: fc.integer({ min: 1, max: 3 }),
    interruptions: fc.array(
      fc.record({
        batch: fc.integer({ min: 1, max: 3 }),
        by: fc.constantFrom(...by),
        busy: fc.integer({ min: 0, max: 2 }),
      }),
      { maxLength: 5 },
    ),
  })

const anyInterruption = sampleOf('failure', 'defect', 'stop', 'force')

/** A checkpoint that is busy so many times before it answers, and writes down what it keeps. */
const writtenDown = (kept: Checkpoint, busy: number, entries: Array<Entry>): Checkpoint => {
  const afterBusy = <A>(answer: Checkpoint['load'] | ReturnType<Checkpoint['save']>) => {
    let failures = 0
    return (async () => {
      await turn()
      failures += 1
      return failures > busy ? answer() : E.left({ _tag: 'Busy', reason: 'at the moment' })
    }) as () => Promise<A>
  }
  return {
    load: afterBusy(kept.load),
    save: (place) =>
      afterBusy(async () => {
        entries.push({ _tag: 'Saved', place })
        return kept.save(place)()
      }),
  }
}

/** Follows until it is interrupted, or has come to the end of the log. */
const followOnce = async (
  followWith: Follow,
  store: Parameters<Follow>[0],
  kept: Checkpoint,
  { batch: nth, by, busy }: Interruption,
  { batchSize }: Sample,
  entries: Array<Entry>,
): Promise<void> => {
  const start = await kept.load()
  const after = E.isRight(start) && O.isSome(start.right) ? start.right.value : globalPosition(0)
  entries.push({ _tag: 'Started', after })
  let batches = 0
  let isOver = false
  let isAsked = false
  const stop = (tag: 'StopAsked' | 'ForceAsked'): void => {
    isAsked = true
    entries.push({ _tag: tag })
    void following.stop().catch(() => {})
  }
  const receive: FollowOptions<string>['receive'] =
    ({ events }) =>
    async () => {
      batches += 1
      entries.push({ _tag: 'Given' })
      const isNow = batches === nth
      if (isNow && (by === 'stop' || by === 'force')) stop('StopAsked')
      if (isNow && by === 'force') stop('ForceAsked')
      await turn()
      if (isNow && by === 'failure') return E.left('refused')
      if (isNow && by === 'defect') throw new Error('a defect')
      entries.push({ _tag: 'Received', places: events.map(({ position }) => position) })
      return E.right(undefined)
    }
  const following = followWith(store, {
    query: mine,
    batchSize,
    environment: hasty,
    checkpoint: writtenDown(kept, busy, entries),
    receive,
    onKept: ({ state }) => {
      if (state === 'live' && !isAsked) stop('StopAsked')
    },
  })
  const done = following.done.then(
    ({ _tag }) => _tag,
    () => 'Defect' as const,
  )
  void done.then((as) => {
    isOver = true
    entries.push({ _tag: 'Ended', as })
  })
  await turnsUntil(() => isOver)
  if (!isOver) void following.stop()
  for (let turns = 0; turns < 6; turns++) await turn()
}

const unhindered: Interruption = { batch: 0, by: 'stop', busy: 0 }

const historyOf = async (followWith: Follow, sample: Sample) => {
  const { store } = await logOf(sample.log)
  const kept = memoryCheckpoint()
  const entries: Array<Entry> = []
  for (const interruption of [...sample.interruptions, unhindered])
    await followOnce(followWith, store, kept, interruption, sample, entries)
  return { entries, places: await placesOfMine(store) }
}

type History = Awaited<ReturnType<typeof historyOf>>

const lawOn = (samples: fc.Arbitrary<Sample>, judge: (history: History) => void) => (followWith: Follow) =>
  fc.asyncProperty(samples, async (sample) => judge(await historyOf(followWith, sample)))

const receivedIn = (entries: ReadonlyArray<Entry>): ReadonlyArray<GlobalPosition> =>
  entries.flatMap((entry) => (entry._tag === 'Received' ? entry.places : []))

const atLeastOnce = lawOn(anyInterruption, ({ entries, places }) => {
  let expected: ReadonlyArray<GlobalPosition> = []
  for (const entry of entries) {
    if (entry._tag === 'Started') expected = places.filter((place) => place > entry.after)
    if (entry._tag !== 'Received') continue
    deepStrictEqual(entry.places, expected.slice(0, entry.places.length))
    expected = expected.slice(entry.places.length)
  }
  deepStrictEqual([...new Set(receivedIn(entries))], places)
})

const kept = lawOn(anyInterruption, ({ entries, places }) => {
  let last = globalPosition(0)
  for (const [index, entry] of entries.entries()) {
    if (entry._tag !== 'Saved') continue
    ok(entry.place >= last, 'places do not go back')
    last = entry.place
    const received = new Set(receivedIn(entries.slice(0, index)))
    deepStrictEqual(
      places.filter((place) => place <= entry.place && !received.has(place)),
      [],
    )
  }
})

const once = lawOn(sampleOf('stop'), ({ entries, places }) => deepStrictEqual(receivedIn(entries), places))

const stopsWell = lawOn(sampleOf('stop', 'force'), ({ entries }) => {
  for (const [index, entry] of entries.entries()) {
    if (entry._tag !== 'StopAsked') continue
    const rest = entries.slice(index + 1)
    const next = rest.findIndex(({ _tag }) => _tag === 'Started')
    const after = rest.slice(0, next === -1 ? rest.length : next)
    const isForced = after[0]?._tag === 'ForceAsked'
    const isInHand = entries[index - 1]?._tag === 'Given'
    const expected: ReadonlyArray<ReadonlyArray<Entry['_tag']>> = isForced
      ? [
          ['ForceAsked', 'Ended', 'Received'],
          ['ForceAsked', 'Received', 'Ended'],
        ]
      : [isInHand ? ['Received', 'Saved', 'Ended'] : ['Ended']]
    const tags = after.map(({ _tag }) => _tag)
    ok(
      expected.some((each) => each.join() === tags.join()),
      `after the stop came ${tags.join()}`,
    )
    const end = after.find((each) => each._tag === 'Ended')
    deepStrictEqual(end, { _tag: 'Ended', as: isForced ? 'StoppedByForce' : 'Stopped' })
  }
})

const ignoringFailures: Follow = (store, options) =>
  follow(store, {
    ...options,
    receive: (batch) => TE.orElse(() => TE.right<string, unknown>(undefined))(options.receive(batch)),
  })

const savingFirst: Follow = (store, options) =>
  follow(store, {
    ...options,
    receive: (batch) =>
      TE.chain(() => options.receive(batch))(
        TE.mapLeft(({ _tag }: { readonly _tag: string }) => _tag)(options.checkpoint.save(batch.upTo)),
      ),
  })

law('FLW-1 at least once', atLeastOnce(follow))
law.rejects('FLW-1', 'one that goes on after a failure', atLeastOnce(ignoringFailures))
law('FLW-2 kept', kept(follow))
law.rejects('FLW-2', 'one that saves before it receives', kept(savingFirst))
law('FLW-3 once', once(follow))
law.rejects(
  'FLW-3',
  'one that never saves',
  once((store, options) =>
    follow(store, { ...options, checkpoint: { ...options.checkpoint, save: () => TE.right(undefined) } }),
  ),
)
law('FLW-4 stop', stopsWell(follow))
law.rejects(
  'FLW-4',
  'one whose every stop is forced',
  stopsWell((store, options) => {
    const following = follow(store, options)
    return {
      ...following,
      stop: () => {
        void following.stop()
        return following.stop()
      },
    }
  }),
)
law.rejects(
  'FLW-4',
  'one that cannot be forced',
  stopsWell((store, options) => {
    const following = follow(store, options)
    let isAsked = false
    return {
      ...following,
      stop: () => {
        if (isAsked) return following.done
        isAsked = true
        return following.stop()
      },
    }
  }),
)

describe('why it ends', () => {
  const endOf = async (options: Partial<FollowOptions<string>>, isMine = [true, true, true]) => {
    const { store } = await logOf(isMine)
    return follow(store, {
      checkpoint: memoryCheckpoint(),
      receive: () => TE.right(undefined),
      environment: hasty,
      ...options,
    }).done
  }

  test('a receiver that fails is told of with its batch', async () => {
    const end = await endOf({ receive: () => TE.left('no') })
    expect(end).toMatchObject({ _tag: 'ReceiverFailed', failure: 'no', batch: { upTo: 3n } })
  })

  test('a read that cannot succeed', async () => {
    const end = await endOf({ query: { _tag: 'AnyOf', items: [{ categories: [], types: [''], tags: [] }] } })
    expect(end).toMatchObject({ _tag: 'ReadFailed', error: { _tag: 'InvalidInput' } })
  })

  test.each(['load', 'save'] as const)('a checkpoint that fails too often to %s', async (what) => {
    const error = { _tag: 'Busy', reason: 'at the moment' } as const
    const failing = { load: TE.left(error), save: () => TE.left(error) }
    const attempts: Array<number> = []
    const end = await endOf({
      checkpoint: { ...memoryCheckpoint(), [what]: failing[what] },
      retry: { attemptsMax: 3, delayMs: () => 0 },
      onRetry: ({ attempt }) => attempts.push(attempt),
    })
    expect(end).toEqual({ _tag: 'CheckpointFailed', error })
    expect(attempts).toEqual([1, 2])
  })

  test('a receiver that throws is a defect', async () => {
    const thrown = new Error('a defect')
    await expect(endOf({ receive: () => () => Promise.reject(thrown) })).rejects.toBe(thrown)
  })

  test('a following that is stopped at once receives nothing', async () => {
    const { store } = await logOf([true])
    const following = follow(store, {
      checkpoint: memoryCheckpoint(),
      receive: () => TE.left('received'),
      environment: hasty,
    })
    expect(await following.stop()).toEqual({ _tag: 'Stopped' })
  })
})
