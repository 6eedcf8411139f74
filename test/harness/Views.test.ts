/**
 * The suites of views and projections, tested by the zoo: what is right passes, and what is broken fails first at the law
 * that names its fault.
 */
import { view } from 'decider-ts/evolve'
import {
  consume,
  type LogEntry,
  logOf,
  pointsOf,
  projectionOf,
  projectionSuite,
  viewSuite,
} from 'decider-ts/harness'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expectations, Inventory } from './Inventory.js'
import { eachCatches, isCaught, passes } from './zoo/Caught.js'
import { failuresOf } from './zoo/Failures.js'
import {
  brokenProjections,
  brokenViews,
  Event,
  goodProjections,
  goodViews,
  type Overview,
  overview,
} from './zoo/Views.js'

describe('views', () => {
  for (const [name, checks] of Object.entries(goodViews)) passes(name, checks)
  for (const specimen of brokenViews) isCaught(specimen)
})

describe('projections', () => {
  for (const [name, checks] of Object.entries(goodProjections)) passes(name, checks)
  for (const specimen of brokenProjections) isCaught(specimen)
})

test('every law of the two suites catches something', () => {
  eachCatches(brokenViews)
  eachCatches(brokenProjections)
})

test('the events of a domain can be the samples', async () => {
  const stock = view.make({ initialState: Inventory.initialState, evolve: Inventory.evolve })
  const suites = [
    viewSuite({ name: 'stock', view: stock, history: Inventory, state: Inventory.state, runs: 50 }),
    projectionSuite({
      name: 'stock',
      open: projectionOf(stock),
      expected: stock,
      history: Inventory,
      unknownEvents: [],
      runs: 50,
    }),
  ]
  expect(await failuresOf(suites.flat())).toEqual([])
  expect(expectations.invariants).toBeDefined()
})

test('a failure tells the delivery in words, and gives the data to paste', async () => {
  const counts = brokenProjections.find(({ what }) => what === 'counts what comes again')
  const [failure] = await failuresOf(counts?.checks() ?? [])
  expect(failure?.message).toContain('After event 1 the consumer crashed and saw event 1 again.')
  expect(failure?.message).toContain("const log = logOf([\n  [{ type: 'Ordered'")
  expect(failure?.message).toContain('const delivery = { sizes: [], crashes: [[1, 1]], stops: [] }')
  expect(failure?.message).toContain('What to do: ')
})

test('a suite without events is a programming error', () => {
  expect(() => viewSuite({ name: 'nothing', view: overview })).toThrow(
    new TypeError('A suite needs events: give it `event`, a codec, or `history`, a domain.'),
  )
})

test('further laws are checked with the same events', async () => {
  const suite = viewSuite({
    name: 'overview',
    view: overview,
    event: Event,
    laws: [
      {
        id: 'view.short',
        statement: 'there are never two events.',
        judge: (_view, events) =>
          events.length < 2
            ? undefined
            : { cause: 'There are two.', data: { events: fc.stringify(events) }, advice: 'Have one.' },
      },
    ],
  })
  expect((await failuresOf(suite)).map(({ law }) => law)).toEqual(['view.short'])
})

test('what a failure prints can be pasted, and shows the failure again', async () => {
  const open = async () => {
    let state: Overview = overview.initialState
    return {
      deliver: async (batch: ReadonlyArray<LogEntry<Event>>) => {
        for (const { event } of batch) state = overview.evolve(state, event)
      },
      read: async () => state,
      close: async () => {},
    }
  }
  const suite = projectionSuite({
    name: 'overview',
    open,
    expected: overview,
    event: Event,
    unknownEvents: [],
  })
  const [failure] = await failuresOf(suite)
  expect(failure?.law).toBe('projection.redelivery')
  const [, source = ''] = /\n\n(const log = .*)\n\nWhat to do/s.exec(failure?.message ?? '') ?? []
  const pasted = new Function(
    ...['open', 'logOf', 'pointsOf', 'consume'],
    `return (async () => { ${source}; return [await opened.read(), log] })()`,
  )
  const [read, log] = await pasted(open, logOf, pointsOf, consume)
  expect(read).not.toEqual(view.fold(overview)(log.map(({ event }: LogEntry<Event>) => event)))
})
