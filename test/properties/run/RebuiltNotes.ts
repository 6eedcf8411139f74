/**
 * What is asked of rebuilds, in a world whose time is a number: the next version is folded beside the one that is shown,
 * while notes are written and whoever rebuilds dies and begins again.
 */
import { deepStrictEqual, ok } from 'node:assert/strict'
import type { MemoryTransaction } from 'decider-ts/adapters/memory'
import { type rebuild, runProjection } from 'decider-ts/run'
import { beginning, type GlobalPosition } from 'decider-ts/store'
import fc from 'fast-check'
import { either as E, option as O, taskEither as TE } from 'fp-ts'
import {
  type Desk,
  deskInMemory,
  expectedOf,
  keptOf,
  type Note,
  notes,
  type OpenDesk,
  type Written,
  writtenOf,
} from './Notes.js'
import { processIn, quickly, type VirtualWorld } from './VirtualWorld.js'

export type RebuildIt = typeof rebuild<ReadonlyArray<number>, Note, MemoryTransaction>

const next = { name: 'notes', version: 2 }

interface Sample {
  readonly before: ReadonlyArray<Written>
  readonly meanwhile: ReadonlyArray<Written>
  /** When each of those who rebuild dies; one more comes after them. */
  readonly deathsMs: ReadonlyArray<number>
  readonly delayMs: number
}

const sampleOf = (...flaws: ReadonlyArray<Written['flaw']>): fc.Arbitrary<Sample> =>
  fc.record({
    before: fc.array(writtenOf(...flaws), { minLength: 1, maxLength: 10, size: 'max' }),
    meanwhile: fc.array(writtenOf('none', 'foreign'), { maxLength: 10, size: 'max' }),
    deathsMs: fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 2 }),
    delayMs: fc.constantFrom(0, 1, 15),
  })

interface Shown {
  /** The place of the version when it was shown, and the newest end of the log that was looked at before. */
  readonly place: GlobalPosition
  readonly end: GlobalPosition
}

/** Plays a sample for a while after the last death, and answers how the version was shown, if it was. */
const played = async (
  it: RebuildIt,
  sample: Sample,
  world: VirtualWorld,
  desk: Desk,
  lastingMs: number,
): Promise<ReadonlyArray<Shown>> => {
  for (const one of sample.before) await desk.write(one)
  const old = processIn(world, 'old', desk.store, quickly)
  runProjection(old.store, old.through(desk.readModels), notes(), {
    owner: 'old',
    environment: old.environment,
  })
  const shown: Array<Shown> = []
  const begin = (owner: string) => {
    const process = processIn(world, owner, desk.store, {
      delaysMs: [sample.delayMs],
      failures: ['none', 'before', 'none', 'none', 'none', 'none', 'none'],
    })
    let end = beginning
    const store = {
      ...process.store,
      head: TE.map((head: GlobalPosition) => {
        end = head
        return head
      })(process.store.head),
    }
    const readModels = process.through({
      ...desk.readModels,
      makeLive: (of) =>
        TE.chain((place: GlobalPosition) => {
          shown.push({ place, end })
          return desk.readModels.makeLive(of)
        })(desk.readModels.place(of)),
    })
    it(store, readModels, notes(false, 2), {
      owner,
      environment: process.environment,
      batchSize: 2,
      leaseMs: 500,
    })
    return process
  }
  void (async () => {
    for (const one of sample.meanwhile) {
      await world.sleep(30)
      await desk.write(one)
    }
  })()
  let isOver = false
  void (async () => {
    for (const [n, deathMs] of sample.deathsMs.entries()) {
      const process = begin(`rebuilder ${n}`)
      await world.sleep(deathMs)
      process.die()
    }
    begin('the last')
    await world.sleep(lastingMs)
    isOver = true
  })()
  await world.passUntil(() => isOver)
  return shown
}

export const isWhole = (it: RebuildIt, open: OpenDesk = deskInMemory, lastingMs = 60_000) =>
  fc.asyncProperty(sampleOf('none', 'none', 'foreign'), async (sample) => {
    const { world, desk } = open()
    const shown = await played(it, sample, world, desk, lastingMs)
    ok(shown.length > 0, 'it is shown')
    for (const { place, end } of shown)
      ok(place >= end && end > 0n, `it was shown at ${place}, when the log ended at ${end}`)
    deepStrictEqual(await desk.readModels.liveVersion('notes')(), E.right(O.some(2)))
    deepStrictEqual(await keptOf(desk.readModels, 2), expectedOf([...sample.before, ...sample.meanwhile]))
    return true
  })

export const waitsForParked = (it: RebuildIt, open: OpenDesk = deskInMemory, lastingMs = 60_000) =>
  fc.asyncProperty(sampleOf('none', 'fold'), async (sample) => {
    const { world, desk } = open()
    await played(it, sample, world, desk, lastingMs)
    const parked = await desk.readModels.parked(next)()
    const isParked = E.isRight(parked) && parked.right.length > 0
    deepStrictEqual(await desk.readModels.liveVersion('notes')(), E.right(O.some(isParked ? 1 : 2)))
    return true
  })
