/** The laws of `Pauses`, in a world whose time is a number. */
import fc from 'fast-check'
import { pausesIn } from '../../../src/run/Pauses.js'
import { law } from '../Law.js'
import { virtualWorld } from './VirtualWorld.js'

type PausesIn = typeof pausesIn

// Pauses begin and end at even times and are cut at odd ones, so none of it happens at once.
const sample = fc.record({
  begun: fc.array(fc.record({ atMs: fc.nat(50), forMs: fc.nat(50) }), { minLength: 1, maxLength: 8 }),
  cuts: fc.array(fc.nat(60), { maxLength: 4 }),
})
type Sample = typeof sample extends fc.Arbitrary<infer A> ? A : never

/** When each pause was over, and for how many things the world still waits then. */
const passed = async (pausesOf: PausesIn, { begun, cuts }: Sample) => {
  const world = virtualWorld()
  let waits = 0
  const pauses = pausesOf({
    sleep: (milliseconds, onBegun) => async () => {
      waits += 1
      await world.sleep(milliseconds, (wake) => onBegun?.(wake))
      waits -= 1
    },
  })
  const ends = begun.map(async ({ atMs, forMs }) => {
    await world.sleep(2 * atMs)
    await pauses.pause(2 * forMs)
    return world.now()
  })
  for (const cut of cuts) void world.sleep(2 * cut + 1).then(pauses.cut)
  let found: { readonly ends: ReadonlyArray<number>; readonly waits: number } | undefined
  void Promise.all(ends).then(async (all) => {
    // What was cut may have something to do yet.
    await Promise.resolve()
    found = { ends: all, waits }
  })
  await world.passUntil(() => found !== undefined)
  return found
}

const end = (pausesOf: PausesIn) =>
  fc.asyncProperty(sample, async (given) => {
    const found = await passed(pausesOf, given)
    return given.begun.every(({ atMs, forMs }, nth) => {
      const cuts = given.cuts.map((cut) => 2 * cut + 1).filter((cut) => cut > 2 * atMs)
      return found?.ends[nth] === Math.min(2 * (atMs + forMs), ...cuts)
    })
  })

const nothingLeft = (pausesOf: PausesIn) =>
  fc.asyncProperty(sample, async (given) => (await passed(pausesOf, given))?.waits === 0)

const neverCut: PausesIn = (environment) => ({ ...pausesIn(environment), cut: () => {} })

const cutForGood: PausesIn = (environment) => {
  const right = pausesIn(environment)
  let isCut = false
  return {
    pause: async (milliseconds) => (isCut ? undefined : right.pause(milliseconds)),
    cut: () => {
      isCut = true
      right.cut()
    },
  }
}

/** It leaves early, and the wait goes on without it. */
const abandoning: PausesIn = ({ sleep }) => pausesIn({ sleep: (milliseconds) => sleep(milliseconds) })

law('PAU-1 end', end(pausesIn))
law.rejects('PAU-1', 'pauses that cannot be cut', end(neverCut))
law.rejects('PAU-1', 'a cut that ends later pauses too', end(cutForGood))
law('PAU-2 nothing left', nothingLeft(pausesIn))
law.rejects('PAU-2', 'a wait that is abandoned', nothingLeft(abandoning))
