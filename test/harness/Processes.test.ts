/**
 * The suites of process managers and of their runners, tested by the zoo: what is right passes, and what is broken fails
 * first at the law that names its fault.
 */
import { domain } from 'decider-ts/decide'
import { processManagerSuite, processRunnerOf, processRunnerSuite } from 'decider-ts/harness'
import { either as E } from 'fp-ts'
import * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { eachCatches, isCaught, passes } from './zoo/Caught.js'
import { failuresOf } from './zoo/Failures.js'
import {
  acknowledges,
  brokenManagers,
  brokenRunners,
  Event,
  goodManagers,
  goodRunners,
  shipping,
  shop,
} from './zoo/Processes.js'

describe('process managers', () => {
  for (const [name, checks] of Object.entries(goodManagers)) passes(name, checks)
  for (const specimen of brokenManagers) isCaught(specimen)
})

describe('runners', () => {
  for (const [name, checks] of Object.entries(goodRunners)) passes(name, checks)
  for (const specimen of brokenRunners) isCaught(specimen)
})

test('every law of the two suites catches something', () => {
  eachCatches(brokenManagers)
  eachCatches(brokenRunners)
})

const member = <Type extends string>(type: Type) =>
  t.strict({ type: t.literal(type), order: Event.type.props.order })

const Shop = domain({
  name: 'shop',
  command: t.union([member('Pay'), member('Ship'), member('Thank')]),
  event: t.union([member('Paid'), member('Shipped'), member('Thanked'), member('Closed')]),
  rejection: t.strict({ type: t.literal('NotPaid') }),
  state: t.record(t.string, t.keyof({ paid: null, shipped: null, thanked: null })),
  streamId: ({ order }) => order,
  initialState: {},
  evolve: (state, event) => ({ ...shop.evolve(state, event) }),
  decide: (command) => (state) =>
    E.mapLeft((): { readonly type: 'NotPaid' } => ({ type: 'NotPaid' }))(shop.decide(command)(state)),
})

test('the events of a domain can be the samples, and the domain the partner', async () => {
  const suites = [
    processManagerSuite({
      name: 'shipping',
      manager: shipping,
      history: Shop,
      decider: Shop,
      streamOf: ({ order }) => order,
      acknowledges,
      runs: 50,
    }),
    processRunnerSuite({
      name: 'in memory',
      manager: shipping,
      open: processRunnerOf,
      history: Shop,
      runs: 50,
    }),
  ]
  expect(await failuresOf(suites.flat())).toEqual([])
})

test('a failure tells the delivery in words, and gives the data to paste', async () => {
  const last = brokenRunners.find(({ what }) => what === 'remembers only the last event')
  const [failure] = await failuresOf(last?.checks() ?? [])
  expect(failure?.message).toContain('After event 2 the consumer crashed and saw events 1 and 2 again.')
  expect(failure?.message).toContain('const delivery = { sizes: [], crashes: [[2, 2]], stops: [] }')
})
