/**
 * What is asked of replays, in a world whose time is a number: notes that cannot count are parked, the projection is mended,
 * and their keys are replayed while it is at work and more notes come.
 */
import { deepStrictEqual } from 'node:assert/strict'
import type { MemoryTransaction } from 'decider-ts/adapters/memory'
import { type ReplayParkedError, type replayParked, runProjection } from 'decider-ts/run'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
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

export type Replay = typeof replayParked<ReadonlyArray<number>, Note, MemoryTransaction>

const notebook = { name: 'notes', version: 1 }

const written = fc.array(writtenOf('none', 'none', 'fold', 'state', 'unreadable'), {
  minLength: 1,
  maxLength: 12,
})

/** Runs the projection, mended or not, until its place has reached the end, and then until it has stopped. */
const runToEnd = async (
  world: VirtualWorld,
  desk: Desk,
  isMended: boolean,
  end: () => number,
  meanwhile: () => Promise<void> = async () => {},
): Promise<void> => {
  const { environment, store, through } = processIn(world, 'runner', desk.store, quickly)
  const options = { owner: `runner ${isMended}`, environment, batchSize: 2 }
  const running = runProjection(store, through(desk.readModels), notes(isMended), options)
  let isOver = false
  void (async () => {
    await meanwhile()
    for (let isThere = false; !isThere; ) {
      await world.sleep(20)
      const place = await desk.readModels.place(notebook)()
      isThere = E.isRight(place) && place.right >= BigInt(end())
    }
    await running.stop()
    isOver = true
  })()
  await world.passUntil(() => isOver)
}

const mended = (all: ReadonlyArray<Written>): ReadonlyArray<Written> =>
  all.map((one) => ({ ...one, flaw: one.flaw === 'foreign' ? 'foreign' : 'none' }))

const parkedKeys = async ({ readModels }: Desk): Promise<ReadonlyArray<string>> => {
  const parked = await readModels.parked(notebook)()
  return E.isRight(parked) ? parked.right.map(({ key }) => key) : []
}

export const comesToTheFold = (replay: Replay, open: OpenDesk = deskInMemory) =>
  fc.asyncProperty(
    written,
    written,
    fc.array(fc.constantFrom(0, 2, 11), { minLength: 1 }),
    async (first, then, delays) => {
      const { world, desk } = open()
      for (const one of first) await desk.write(one)
      await runToEnd(world, desk, false, () => first.length)
      deepStrictEqual(await keptOf(desk.readModels), expectedOf(first), 'what cannot count is parked')
      // A second one at work that is not mended yet goes on parking while the keys are replayed.
      await runToEnd(
        world,
        desk,
        false,
        () => first.length + then.length,
        async () => {
          const clerk = processIn(world, 'clerk', desk.store, { delaysMs: delays, failures: ['none'] })
          const replaying = (async () => {
            for (const key of await parkedKeys(desk))
              await replay(clerk.through(desk.readModels), notes(true), key)()
          })()
          for (const [n, one] of then.entries()) {
            await world.sleep(delays[n % delays.length] ?? 0)
            await desk.write(one)
          }
          await replaying
        },
      )
      for (const key of await parkedKeys(desk)) await replay(desk.readModels, notes(true), key)()
      deepStrictEqual(await keptOf(desk.readModels), expectedOf(mended([...first, ...then])))
      return true
    },
  )

export const losesNothing = (replay: Replay, open: OpenDesk = deskInMemory) =>
  fc.asyncProperty(written, async (all) => {
    const { world, desk } = open()
    for (const one of all) await desk.write(one)
    await runToEnd(world, desk, false, () => all.length)
    const before = await keptOf(desk.readModels)
    for (const key of await parkedKeys(desk)) {
      const answer: E.Either<ReplayParkedError, number> = await replay(desk.readModels, notes(), key)()
      deepStrictEqual(E.isLeft(answer) && answer.left._tag, 'StillFailing')
    }
    deepStrictEqual(await keptOf(desk.readModels), before)
    return true
  })
