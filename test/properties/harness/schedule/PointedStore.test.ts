/** The laws of `PointedStore`, and what it is for: handlers under every schedule. */
import { deepStrictEqual } from 'node:assert/strict'
import { memoryStore } from 'decider-ts/adapters/memory'
import { accept, domain, reject } from 'decider-ts/decide'
import { everySchedule, pointedStore, runByTape, type TapePoint, type TapeProgram } from 'decider-ts/harness'
import { handle, systemEnvironment } from 'decider-ts/run'
import {
  anyVersion,
  type EventStore,
  eventId,
  eventToAppend,
  everything,
  exactly,
  streamId,
  timestamp,
  toStream,
} from 'decider-ts/store'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { law } from '../../Law.js'

type Pointed = typeof pointedStore

const stream = streamId('account', 'a1')
const idOf = (n: number) => eventId(`00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`)
const newStore = () => memoryStore({ now: () => timestamp(0) })

type Call = (store: EventStore, n: number) => Promise<unknown>

const append =
  (version: number | undefined): Call =>
  (store, n) => {
    const events = [eventToAppend({ id: idOf(n), stream, type: 'Opened', data: {} })]
    return store.append(toStream(stream, version === undefined ? anyVersion : exactly(version))(events))()
  }

const call: fc.Arbitrary<Call> = fc.oneof(
  fc.constant<Call>((store) => store.readStream(stream)()),
  fc.constant<Call>((store) => store.read(everything)()),
  fc.constant<Call>((store) => store.head()),
  fc.constant<Call>(async (store) => store.decisions?.on(['c1'])()),
  fc.constant<Call>(async (store) => store.decisions?.page(2)()),
  fc.option(fc.nat(3), { nil: undefined }).map(append),
)
const calls = fc.array(call, { maxLength: 6 })

const transparency = (pointed: Pointed) =>
  fc.asyncProperty(calls, async (each) => {
    const plain = newStore()
    const expected: Array<unknown> = []
    for (const [n, one] of each.entries()) expected.push(await one(plain, n))
    const store = newStore()
    const program: TapeProgram<ReadonlyArray<unknown>> = async (point) => {
      const answers: Array<unknown> = []
      for (const [n, one] of each.entries()) answers.push(await one(pointed(store, point), n))
      return answers
    }
    deepStrictEqual((await runByTape([program], [])).answers, [expected])
    return true
  })

/** All calls of a program at once; no call may come while another one is under way, or without a step. */
const everyCallWaits = (pointed: Pointed) =>
  fc.asyncProperty(calls, fc.array(fc.nat(1), { maxLength: 12 }), async (each, tape) => {
    const store = newStore()
    let underway = 0
    let reached = 0
    let isAlone = true
    const watched =
      <A>(task: () => Promise<A>) =>
      async (): Promise<A> => {
        reached += 1
        underway += 1
        isAlone &&= underway === 1
        const answer = await task()
        await Promise.resolve()
        underway -= 1
        return answer
      }
    const { decisions } = store
    const watchedStore: EventStore = {
      ...store,
      append: (request) => watched(store.append(request)),
      readStream: (of) => watched(store.readStream(of)),
      read: (query) => watched(store.read(query)),
      head: watched(store.head),
      ...(decisions && {
        decisions: {
          on: (ids) => watched(decisions.on(ids)),
          page: (limit) => watched(decisions.page(limit)),
        },
      }),
    }
    const program =
      (first: number): TapeProgram<unknown> =>
      (point) => {
        const own = pointed(watchedStore, point)
        return Promise.all(each.map((one, n) => one(own, first + n)))
      }
    const { steps } = await runByTape([program(0), program(100)], tape)
    return isAlone && steps.length === reached && reached === 2 * each.length
  })

const withoutEvents: Pointed = (store, point) => {
  const pointed = pointedStore(store, point)
  return { ...pointed, readStream: (of) => pointed.readStream(of, { limit: 0 }) }
}

const withoutHead: Pointed = (store, point) => ({ ...pointedStore(store, point), head: store.head })

describe('laws', () => {
  law('PST-1 transparency', transparency(pointedStore))
  law.rejects('PST-1', 'a read that loses its events', transparency(withoutEvents))
  law('PST-2 every call waits', everyCallWaits(pointedStore))
  law.rejects('PST-2', 'a head that is read at any time', everyCallWaits(withoutHead))
})

describe('handlers under every schedule', () => {
  const Account = domain({
    name: 'account',
    command: t.type({ type: t.literal('Open'), owner: t.string }),
    event: t.type({ type: t.literal('Opened'), owner: t.string }),
    rejection: t.type({ type: t.literal('AlreadyOpen') }),
    state: t.type({ open: t.boolean }),
    streamId: () => 'a1',
    initialState: { open: false },
    evolve: () => ({ open: true }),
    decide: (command) => (state) =>
      state.open ? reject({ type: 'AlreadyOpen' }) : accept({ type: 'Opened', owner: command.owner }),
  })
  const environment = { ...systemEnvironment, sleep: () => async () => {} }

  /** How many schedules of three openings there are, and in how many of them the account was opened more than once. */
  const openings = async (change: (store: EventStore, point: TapePoint) => EventStore) => {
    let store = newStore()
    let broken = 0
    const schedules = await everySchedule(
      async () => {
        store = newStore()
        return ['ada', 'bob', 'cy'].map(
          (owner): TapeProgram<unknown> =>
            (point) => {
              const run = handle(change(store, point), Account, { environment })
              return run({ type: 'Open', owner })()
            },
        )
      },
      async () => {
        const slice = await store.readStream(stream)()
        if (E.isLeft(slice) || slice.right.events.length !== 1) broken += 1
      },
    )
    return { schedules, broken }
  }

  test('of three who open one account one does, in all orders of their calls', async () => {
    expect(await openings(pointedStore)).toEqual({ schedules: 150, broken: 0 })
  })

  test('a handler that does not say what it expects is found out', async () => {
    const forgetful = (store: EventStore, point: TapePoint): EventStore => {
      const pointed = pointedStore(store, point)
      return {
        ...pointed,
        append: ({ events }, options) => pointed.append({ events, expected: [] }, options),
      }
    }
    const { schedules, broken } = await openings(forgetful)
    // It goes well in 6 orders: if the first has written before the others read.
    expect([schedules, broken]).toEqual([66, 60])
  })

  test('a store that checks first and writes later is found out, if another can come in between', async () => {
    const checkThenAct = (store: EventStore, point: TapePoint): EventStore => {
      const pointed = pointedStore(store, point)
      return {
        ...pointed,
        append:
          ({ events, expected }) =>
          async () => {
            const slice = await pointed.readStream(stream)()
            const isTaken = E.isRight(slice) && slice.right.events.length > 0
            return pointed.append({ events, expected: isTaken ? expected : [] })()
          },
      }
    }
    const { schedules, broken } = await openings(checkThenAct)
    expect([schedules > broken, broken > 0]).toEqual([true, true])
  })
})
