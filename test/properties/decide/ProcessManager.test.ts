/**
 * The laws of closed systems: a decider whose events come back to it as commands. The reference is the open system, run
 * one command at a time, with nothing but a queue beside it.
 */
import { deepStrictEqual } from 'node:assert/strict'
import {
  accept,
  type Decider,
  decider,
  nothing,
  type OutOfFuel,
  type ProcessManager,
  processManager,
  type React,
} from 'decider-ts/decide'
import { view } from 'decider-ts/evolve'
import fc from 'fast-check'
import { either as E, type monoid } from 'fp-ts'
import { expect, test } from 'vitest'
import { arbitraryDecider, arbitraryProcessManager } from '../../../src/harness/ArbitraryDecider.js'
import { command, commands, event, events, functionTo, numbers, state } from '../evolve/Samples.js'
import { law } from '../Law.js'

type Sample = Decider<number, number, number, string>
type Process = ProcessManager<number, number, number>
interface Both {
  readonly decider: number
  readonly process: number
}
type Close = (
  process: Process,
  fuel: number,
) => (open: Sample) => Decider<number, Both, number, string | OutOfFuel>

// Follow-ups that are themselves accepted are not what every sample has, so there are more samples.
const often = { numRuns: 1000 }

const anyDecider = arbitraryDecider(numbers)
const anyProcess = arbitraryProcessManager(numbers, { commandsMax: 2 })

/** The open system, one command after another, each in the state of its moment; undefined where it does not end. */
const oneByOne = (
  open: Sample,
  process: Process,
  first: number,
  from: Both,
  most: number,
): ReadonlyArray<number> | undefined => {
  let [deciderState, processState] = [from.decider, from.process]
  const happened: Array<number> = []
  let queue: ReadonlyArray<number> = [first]
  for (let decided = 0; queue.length > 0; decided++) {
    if (decided === most) return undefined
    const run = decider.run(open)(queue.slice(0, 1), deciderState)
    queue = queue.slice(1)
    deciderState = run.state
    for (const one of run.events) {
      processState = process.evolve(processState, one)
      queue = [...queue, ...process.react(processState, one)]
    }
    happened.push(...run.events)
  }
  return happened
}

const pasts = fc.record({ decider: state, process: state })

const consistent = (close: Close) =>
  fc.property(anyDecider, anyProcess, command, pasts, (open, process, first, from) => {
    const expected = oneByOne(open, process, first, from, 30)
    const decision = close(process, 30)(open).decide(first)(from)
    if (expected === undefined) return deepStrictEqual(decision, E.left({ _tag: 'OutOfFuel', fuel: 30 }))
    if (E.isLeft(open.decide(first)(from.decider))) return deepStrictEqual(expected, [])
    return deepStrictEqual(decision, E.right(expected))
  })

/** As in a published demonstration: all follow-up commands are decided in the state before the first one. */
const closeStale: Close = (process, fuel) => (open) => ({
  ...processManager.close(process, fuel)(open),
  decide: (first) => (from) => {
    const queue = [first]
    const happened: Array<number> = []
    let decided = 0
    for (const next of queue) {
      if (decided++ === fuel) return E.left({ _tag: 'OutOfFuel', fuel })
      const decision = open.decide(next)(from.decider)
      if (E.isLeft(decision)) {
        if (decided === 1) return decision
        continue
      }
      let processState = from.process
      for (const one of decision.right) {
        processState = process.evolve(processState, one)
        happened.push(one)
        queue.push(...process.react(processState, one))
      }
    }
    return E.right(happened)
  },
})

law('PM-1 sequential consistency', consistent(processManager.close), often)
law.rejects('PM-1', 'a close that decides follow-ups in the first state', consistent(closeStale), often)
law.rejects(
  'PM-1',
  'a close that forgets the follow-ups',
  consistent((process, fuel) => (open) => ({
    ...processManager.close(process, fuel)(open),
    decide: (first) => (from) => open.decide(first)(from.decider),
  })),
  often,
)

const fuel = (close: Close) =>
  fc.property(anyDecider, anyProcess, command, fc.nat(5), (open, process, first, most) => {
    let decided = 0
    const counting: Sample = {
      ...open,
      decide: (one) => (from) => {
        decided++
        return open.decide(one)(from)
      },
    }
    const from = { decider: open.initialState, process: process.initialState }
    const decision = close(process, most)(counting).decide(first)(from)
    deepStrictEqual(decided <= most, true)
    deepStrictEqual(
      E.isLeft(decision) && typeof decision.left !== 'string' ? decision.left : undefined,
      oneByOne(open, process, first, from, most) === undefined
        ? { _tag: 'OutOfFuel', fuel: most }
        : undefined,
    )
  })

law('PM-2 fuel', fuel(processManager.close), often)
law.rejects(
  'PM-2',
  'a close that does not count the first command',
  fuel((process, most) => processManager.close(process, most + 1)),
  often,
)
law.rejects(
  'PM-2',
  'a close that gives the events so far when the fuel is used up',
  fuel((process, most) => (open) => {
    const closed = processManager.close(process, most)(open)
    const isOut = (rejection: string | OutOfFuel) => typeof rejection !== 'string'
    return {
      ...closed,
      decide: (first) => (from) => {
        const decision = closed.decide(first)(from)
        return E.isLeft(decision) && isOut(decision.left) ? open.decide(first)(from.decider) : decision
      },
    }
  }),
  often,
)

const rejection = (close: Close) =>
  fc.property(anyDecider, anyProcess, command, pasts, (open, process, first, from) => {
    const closed = close(process, 30)(open)
    const decision = closed.decide(first)(from)
    const openDecision = open.decide(first)(from.decider)
    if (E.isLeft(openDecision)) return deepStrictEqual(decision, openDecision)
    // The same decider with every rejection turned into "nothing to do" differs in no trace of a follow-up.
    const lenient: Sample = {
      ...open,
      decide: (one) => (past) => {
        const own = open.decide(one)(past)
        return E.isLeft(own) ? nothing : own
      },
    }
    return deepStrictEqual(decision, close(process, 30)(lenient).decide(first)(from))
  })

law('PM-3 rejection', rejection(processManager.close), often)
law.rejects(
  'PM-3',
  'a close that accepts a rejected command and does nothing',
  rejection((process, most) => (open) => {
    const closed = processManager.close(process, most)(open)
    return {
      ...closed,
      decide: (first) => (from) => {
        const decision = closed.decide(first)(from)
        return E.isLeft(decision) && typeof decision.left === 'string' ? nothing : decision
      },
    }
  }),
  often,
)
law.rejects(
  'PM-3',
  'a close that is rejected with its follow-up',
  rejection((process, most) => (open) => {
    const closed = processManager.close(process, most)(open)
    return {
      ...closed,
      decide: (first) => (from) => {
        const own = open.decide(first)(from.decider)
        if (E.isLeft(own)) return own
        let past = from
        for (const one of own.right) {
          past = closed.evolve(past, one)
          for (const next of process.react(past.process, one)) {
            const followUp = open.decide(next)(view.fold(open)(own.right, from.decider))
            if (E.isLeft(followUp)) return followUp
          }
        }
        return closed.decide(first)(from)
      },
    }
  }),
  often,
)

type Reaction = React<number, number, number>

const reaction: fc.Arbitrary<Reaction> = functionTo(fc.array(command, { maxLength: 3 })).map(
  (answers) => (past, happened) => answers(past + happened),
)

const react = ({ empty, concat }: monoid.Monoid<Reaction>) =>
  fc.property(reaction, reaction, reaction, state, event, (a, b, c, past, happened) => {
    const given = (one: Reaction) => one(past, happened)
    deepStrictEqual(given(concat(concat(a, b), c)), given(concat(a, concat(b, c))))
    deepStrictEqual(given(concat(empty, a)), given(a))
    deepStrictEqual(given(concat(a, empty)), given(a))
    deepStrictEqual(given(concat(a, b)), [...given(a), ...given(b)])
  })

const reactions = processManager.getReactMonoid<number, number, number>()

/** Fair to both: one command of each in turn. */
const taking =
  (first: Reaction, second: Reaction): Reaction =>
  (past, happened) => {
    const [left, right] = [first(past, happened), second(past, happened)]
    const length = Math.max(left.length, right.length)
    return Array.from({ length }, (_, index) => [
      ...left.slice(index, index + 1),
      ...right.slice(index, index + 1),
    ]).flat()
  }

law('PM-4 react', react(reactions))
law.rejects('PM-4', 'commands that are taken in turn', react({ ...reactions, concat: taking }))

test('a closed system is a decider: its state is the fold of its events, and it is terminal where both are', () => {
  fc.assert(
    fc.property(anyDecider, anyProcess, commands, events, (open, process, decided, happened) => {
      const closed = processManager.close(process, 30)(open)
      const run = decider.run(closed)(decided)
      deepStrictEqual(run.state, view.fold(closed)(run.events))
      const past = view.fold(closed)(happened)
      deepStrictEqual(past, { decider: view.fold(open)(happened), process: view.fold(process)(happened) })
      deepStrictEqual(
        closed.isTerminal(past),
        open.isTerminal(past.decider) && process.isTerminal(past.process),
      )
    }),
  )
})

test('follow-ups that are decided in the first state oversell: the published case, and ours', () => {
  type Reserve = { readonly type: 'Reserve' }
  type Reserved = { readonly type: 'Reserved' }
  const reserve: Reserve = { type: 'Reserve' }
  const stock = decider.make({
    initialState: 2,
    evolve: (left, _: Reserved) => left - 1,
    decide: (_: Reserve) => (left) => (left > 0 ? accept({ type: 'Reserved' }) : E.left('sold out')),
  })
  // Whoever reserves one seat wants the next one too, three in all.
  const party: ProcessManager<Reserved, number, Reserve> = processManager.make({
    initialState: 0,
    evolve: (seats) => seats + 1,
    react: (seats) => (seats < 3 ? [reserve] : []),
    pending: () => [],
    isTerminal: () => true,
  })
  const decideStale = (first: Reserve) => (from: { readonly decider: number; readonly process: number }) => {
    const queue = [first]
    const happened: Array<Reserved> = []
    let seats = from.process
    for (const next of queue) {
      const decision = stock.decide(next)(from.decider)
      if (E.isLeft(decision)) continue
      for (const one of decision.right) {
        seats = party.evolve(seats, one)
        happened.push(one)
        queue.push(...party.react(seats, one))
      }
    }
    return happened
  }
  const closed = processManager.close(party)(stock)
  expect(decideStale(reserve)(closed.initialState)).toHaveLength(3)
  expect(decider.run(closed)([reserve]).events).toHaveLength(2)
  expect(decider.run(closed)([reserve]).state).toEqual({ decider: 0, process: 2 })
})
