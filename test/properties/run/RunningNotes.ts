/**
 * What is asked of running projections, in a world whose time is a number: several processes share the partitions, stall,
 * die and come back, while notes are written. At the end one is left, which nothing happens to, and the read model must be
 * what the log says. It is asked of the keeper that is opened, whichever it is.
 */
import { deepStrictEqual, ok } from 'node:assert/strict'
import type { MemoryTransaction } from 'decider-ts/adapters/memory'
import type { ProjectionHandler, ReadModels, RunningProjection, runProjection } from 'decider-ts/run'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import {
  type Desk,
  deskInMemory,
  expectedOf,
  keptOf,
  type Note,
  names,
  notes,
  type OpenDesk,
  partitions,
  type Written,
  writtenOf,
} from './Notes.js'
import { type Course, processIn, quickly, type VirtualWorld } from './VirtualWorld.js'

export type Run = typeof runProjection<ReadonlyArray<number>, Note, MemoryTransaction>

const leaseMs = 5_000

/** One process: when it begins, what its calls take, and how it ends, if it does. */
interface Life {
  readonly startMs: number
  readonly course: Course
  readonly end: { readonly how: 'dies' | 'stops'; readonly afterMs: number }
}

interface Sample {
  readonly written: ReadonlyArray<Written & { readonly afterMs: number }>
  readonly batchSize: number
  /** What a call of the handler takes, call by call and around again. */
  readonly handlingMs: ReadonlyArray<number>
  /** Which calls of the handler throw, counted from 0: fewer of them than it takes to park an event. */
  readonly throwsAt: ReadonlyArray<number>
  readonly lives: ReadonlyArray<Life>
}

const course: fc.Arbitrary<Course> = fc.record({
  delaysMs: fc.array(fc.constantFrom(0, 1, 3, 20, 700, 7_000), { minLength: 1, maxLength: 12, size: 'max' }),
  failures: fc.array(fc.constantFrom('none', 'none', 'none', 'before', 'after'), {
    minLength: 1,
    maxLength: 9,
    size: 'max',
  }),
})

const lives: fc.Arbitrary<ReadonlyArray<Life>> = fc.array(
  fc.record({
    startMs: fc.integer({ min: 0, max: 20_000 }),
    course,
    end: fc.record({ how: fc.constantFrom('dies', 'stops'), afterMs: fc.integer({ min: 0, max: 30_000 }) }),
  }),
  { maxLength: 3, size: 'max' },
)

const sampleOf = (...flaws: ReadonlyArray<Written['flaw']>): fc.Arbitrary<Sample> =>
  fc.record({
    written: fc.array(
      fc
        .tuple(writtenOf(...flaws), fc.constantFrom(0, 0, 0, 5, 2_000))
        .map(([written, afterMs]) => ({ ...written, afterMs })),
      { minLength: 1, maxLength: 20, size: 'max' },
    ),
    batchSize: fc.integer({ min: 1, max: 5 }),
    handlingMs: fc.array(fc.constantFrom(0, 0, 2, 9_000), { minLength: 1, maxLength: 4 }),
    throwsAt: fc.uniqueArray(fc.nat(8), { maxLength: 3 }),
    lives,
  })

type Effects = Array<readonly [name: string, n: number]>

type Handler = ProjectionHandler<ReadonlyArray<number>, Note, MemoryTransaction>

const writingDown = (
  effects: Effects,
  world: VirtualWorld,
  { handlingMs, throwsAt }: Pick<Sample, 'handlingMs' | 'throwsAt'>,
): Handler => {
  let calls = 0
  return async ({ counted }, { write }) => {
    const call = calls++
    await world.sleep(handlingMs[call % handlingMs.length] ?? 0)
    for (const { key, event } of counted) write(() => effects.push([key, event.n]))
    if (throwsAt.includes(call)) throw new Error('The handler was not in the mood')
  }
}

/** Plays a sample to its end: all is written, and all partitions have come to the end of the log. */
const played = async (
  run: Run,
  open: OpenDesk,
  sample: Sample,
  afterwards: (world: VirtualWorld, desk: Desk, last: RunningProjection, effects: Effects) => Promise<void>,
): Promise<void> => {
  const { written, batchSize, lives: those } = sample
  const { world, desk } = open()
  const effects: Effects = []
  const handle = writingDown(effects, world, sample)
  const begin = (life: Life, nth: number): RunningProjection => {
    const process = processIn(world, `process ${nth}`, desk.store, life.course)
    const running = run(process.store, process.through(desk.readModels), notes(), {
      owner: `owner ${nth}`,
      batchSize,
      leaseMs,
      environment: process.environment,
      handle,
    })
    void world.sleep(life.end.afterMs).then(() => {
      if (life.end.how === 'dies') process.die()
      else void running.stop()
    })
    return running
  }
  const writing = (async () => {
    for (const { afterMs, ...one } of written) {
      await world.sleep(afterMs)
      await desk.write(one)
    }
  })()
  those.forEach((life, nth) => void world.sleep(life.startMs).then(() => begin(life, nth)))
  let isAllBegun = false
  void Promise.all([writing, world.sleep(60_000)]).then(() => {
    isAllBegun = true
  })
  await world.passUntil(() => isAllBegun)
  const last = begin({ startMs: 0, course: quickly, end: { how: 'stops', afterMs: 400_000 } }, 99)
  await reached(world, desk, BigInt(written.length))
  await afterwards(world, desk, last, effects)
}

const reached = async (world: VirtualWorld, { readModels }: Desk, end: bigint): Promise<void> => {
  let isThere = false
  void (async () => {
    while (!isThere) {
      await world.sleep(50)
      const place = await readModels.place({ name: 'notes', version: 1 })()
      isThere = E.isRight(place) && place.right >= end
    }
  })()
  await world.passUntil(() => isThere, 390_000)
}

export const isFold = (run: Run, open: OpenDesk = deskInMemory) =>
  fc.asyncProperty(sampleOf('none', 'none', 'foreign'), async (sample) => {
    await played(run, open, sample, async (_, { readModels }) => {
      deepStrictEqual(await keptOf(readModels), expectedOf(sample.written))
    })
    return true
  })

export const happensOnce = (run: Run, open: OpenDesk = deskInMemory) =>
  fc.asyncProperty(sampleOf('none', 'none', 'none', 'fold'), async (sample) => {
    await played(run, open, sample, async (_, __, ___, effects) => {
      for (const name of names) {
        const expected = expectedOf(sample.written).get(name)?.counted ?? []
        const done = effects.filter(([key]) => key === name).map(([, n]) => n)
        deepStrictEqual(done, expected, `what the handler has done for ${name}`)
      }
    })
    return true
  })

export const parks = (run: Run, open: OpenDesk = deskInMemory) =>
  fc.asyncProperty(
    sampleOf('none', 'none', 'none', 'fold', 'state', 'unreadable', 'foreign'),
    async (sample) => {
      await played(run, open, sample, async (_, { readModels }) => {
        deepStrictEqual(await keptOf(readModels), expectedOf(sample.written))
        const parked = await readModels.parked({ name: 'notes', version: 1 })()
        if (E.isRight(parked))
          for (const { reason, attempts } of parked.right) ok(reason.length > 10 && attempts === 1)
      })
      return true
    },
  )

export const takesOver = (run: Run, open: OpenDesk = deskInMemory) =>
  fc.asyncProperty(
    fc.integer({ min: 500, max: 20_000 }),
    fc.integer({ min: 1, max: 40 }),
    async (diesAtMs, slowness) => {
      const { world, desk } = open()
      await desk.write({ names: ['ann'], flaw: 'none' })
      const begin = (name: string) => {
        const process = processIn(world, name, desk.store, { delaysMs: [slowness], failures: ['none'] })
        const { environment } = process
        const running = run(process.store, process.through(desk.readModels), notes(), {
          owner: name,
          leaseMs,
          environment,
        })
        return { process, running }
      }
      const [first, second] = [begin('first'), begin('second')]
      const passed = async (milliseconds: number): Promise<void> => {
        let isOver = false
        void world.sleep(milliseconds).then(() => {
          isOver = true
        })
        await world.passUntil(() => isOver)
      }
      await passed(diesAtMs)
      first.process.die()
      await passed(leaseMs + leaseMs / 3 + 6 * slowness)
      deepStrictEqual(second.running.status().partitions.length, partitions)
      return true
    },
  )

export const stopsClean = (run: Run, open: OpenDesk = deskInMemory) =>
  fc.asyncProperty(
    sampleOf('none'),
    fc.integer({ min: 0, max: 300 }),
    course,
    async (sample, afterMs, taken) => {
      const { world, desk } = open()
      const failing: Course = { ...taken, failures: ['none'] }
      for (const one of sample.written) await desk.write(one)
      const process = processIn(world, 'one', desk.store, failing)
      const { environment } = process
      const counts = { commits: 0 }
      const through = process.through(desk.readModels)
      const counting: ReadModels<MemoryTransaction> = {
        ...through,
        commit: (of, commit, within) => async () => {
          const answer = await through.commit(of, commit, within)()
          counts.commits += 1
          return answer
        },
      }
      const running = run(process.store, counting, notes(), {
        owner: 'one',
        leaseMs,
        environment,
        batchSize: sample.batchSize,
      })
      let end: unknown
      void world.sleep(afterMs).then(async () => {
        end = await running.stop()
      })
      await world.passUntil(() => end !== undefined)
      deepStrictEqual(end, { _tag: 'Stopped' })
      const leases = await desk.readModels.lease({ name: 'notes', version: 1 }, 'two', 1)()
      deepStrictEqual(E.isRight(leases) && leases.right.length, partitions, 'the next one has all of them')
      const { commits } = counts
      let isLater = false
      void world.sleep(30_000).then(() => {
        isLater = true
      })
      await world.passUntil(() => isLater)
      deepStrictEqual(counts.commits, commits, 'nothing is written after the stop')
      return true
    },
  )
