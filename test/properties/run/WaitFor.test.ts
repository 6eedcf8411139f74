/** The laws of waiting for a read model, in a world whose time is a number. */
import { deepStrictEqual } from 'node:assert/strict'
import { type Environment, type NotYet, type ReadModelError, waitFor, waitForLive } from 'decider-ts/run'
import { type GlobalPosition, globalPosition } from 'decider-ts/store'
import fc from 'fast-check'
import { either as E, option as O, taskEither as TE } from 'fp-ts'
import { law } from '../Law.js'
import { type VirtualWorld, virtualWorld } from './VirtualWorld.js'

type WaitFor = typeof waitFor

const sample = fc.record({
  /** When the read model comes to the position. */
  thereAtMs: fc.oneof(fc.integer({ min: 0, max: 3_000 }), fc.constant(1e9)),
  timeoutMs: fc.constantFrom(0, 1, 100, 2_000),
  /** Which looks find the keeper busy. */
  busy: fc.array(fc.boolean(), { maxLength: 5 }),
})

interface Waited {
  readonly answer: E.Either<ReadModelError | NotYet, void>
  readonly looks: number
  readonly tookMs: number
  readonly place: GlobalPosition
}

const environmentIn = (world: VirtualWorld): Environment => ({
  newEventId: () => {
    throw new Error('No ids are needed.')
  },
  now: world.now,
  random: () => 0,
  sleep: (milliseconds) => () => world.sleep(milliseconds),
})

const waited = async (
  wait: WaitFor,
  {
    thereAtMs,
    timeoutMs,
    busy,
  }: { readonly thereAtMs: number; readonly timeoutMs: number; readonly busy: ReadonlyArray<boolean> },
): Promise<Waited> => {
  const world = virtualWorld()
  let looks = 0
  const placeNow = () => globalPosition(world.now() >= thereAtMs ? 7 : 3)
  const place = () =>
    TE.fromIOEither((): E.Either<ReadModelError, GlobalPosition> => {
      const isBusy = busy[looks++] ?? false
      return isBusy ? E.left({ _tag: 'Busy', reason: 'for a moment' }) : E.right(placeNow())
    })
  const environment = environmentIn(world)
  let result: Waited | undefined
  void wait({ place }, { name: 'a', version: 1 }, globalPosition(7), { timeoutMs, environment })().then(
    (answer) => {
      result = { answer, looks, tookMs: world.now(), place: placeNow() }
    },
  )
  await world.passUntil(() => result !== undefined)
  return result as Waited
}

const readsYourWrites = (wait: WaitFor) =>
  fc.asyncProperty(sample, async (one) => {
    const { answer, place } = await waited(wait, one)
    return E.isLeft(answer) || place === 7n
  })

const isInTime = (wait: WaitFor) =>
  fc.asyncProperty(sample, async (one) => {
    const { answer, looks, tookMs } = await waited(wait, one)
    deepStrictEqual(tookMs <= one.timeoutMs, true, 'it is in time')
    deepStrictEqual(looks >= 1, true, 'it has looked')
    const isThere = one.thereAtMs + 320 <= one.timeoutMs && !one.busy.includes(true)
    return !isThere || E.isRight(answer)
  })

law('WFR-1 read your writes', readsYourWrites(waitFor))
law.rejects(
  'WFR-1',
  'one that takes any place for an answer',
  readsYourWrites((readModels, of, _, options) => waitFor(readModels, of, globalPosition(1), options)),
)
law('WFR-2 in time', isInTime(waitFor))
law.rejects(
  'WFR-2',
  'one that waits twice as long',
  isInTime((readModels, of, position, options = {}) =>
    waitFor(readModels, of, position, { ...options, timeoutMs: 2 * (options.timeoutMs ?? 0) }),
  ),
)

type WaitForLive = typeof waitForLive

/** Two versions, when each comes to the position, and which of them readers are shown from when on. */
const switching = fc.record({
  thereAtMs: fc.tuple(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 0, max: 1_000 })),
  isThere: fc.boolean(),
  switches: fc.array(fc.integer({ min: 1, max: 1_000 }), { maxLength: 4 }),
})

const isLive = (wait: WaitForLive) =>
  fc.asyncProperty(switching, async ({ thereAtMs, isThere, switches }) => {
    const world = virtualWorld()
    const liveNow = () => switches.filter((at) => at <= world.now()).length % 2
    const placeNow = (which: number) => globalPosition(world.now() >= (thereAtMs[which] ?? 0) ? 7 : 3)
    const keeper = {
      liveVersion: () => TE.fromIO(() => (isThere ? O.some(1 + liveNow()) : O.none)),
      place: ({ version }: { readonly version: number }) => TE.fromIO(() => placeNow(version - 1)),
    }
    const environment = environmentIn(world)
    let isRight: boolean | undefined
    void wait(keeper, 'a', globalPosition(7), { timeoutMs: 3_000, environment })().then((answer) => {
      isRight = E.isRight(answer)
    })
    await world.passUntil(() => isRight !== undefined)
    return isRight === (isThere && placeNow(liveNow()) === 7n)
  })

law('WFR-3 live', isLive(waitForLive))
law.rejects(
  'WFR-3',
  'one that waits for the version that was live at first',
  isLive((keeper, name, position, options) => async () => {
    const live = await keeper.liveVersion(name)()
    const version = E.isRight(live) && O.isSome(live.right) ? live.right.value : 1
    return waitFor(keeper, { name, version }, position, options)()
  }),
)
