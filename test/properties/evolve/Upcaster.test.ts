/**
 * The laws of upcasters, for chains of any length and event types of any name. The steps of a chain wrap the data they
 * are given, so that a step that is left out, repeated or misplaced shows.
 */
import { deepStrictEqual } from 'node:assert/strict'
import { currentSchemaVersion, type Upcasters, upcast } from 'decider-ts/evolve'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { expect, test } from 'vitest'
import { law } from '../Law.js'
import { entriesOf, hostileName, json } from './Samples.js'

const step = (to: number) => (data: unknown) => ({ to, data })

const upcasters: fc.Arbitrary<Upcasters> = entriesOf(fc.nat(4)).map((chains) =>
  Object.fromEntries(
    chains.map(([type, length]) => [type, Array.from({ length }, (_, index) => step(index + 2))]),
  ),
)

const chain = (implementation: typeof upcast) =>
  fc.property(upcasters, hostileName, fc.integer({ min: 1, max: 4 }), json, (all, type, from, data) => {
    const current = currentSchemaVersion(all)(type)
    if (from >= current) return
    const lifted = step(from + 1)(data)
    deepStrictEqual(
      implementation(all)({ type, schemaVersion: from, data }),
      implementation(all)({ type, schemaVersion: from + 1, data: lifted }),
    )
  })

/** The steps of a type, whoever wrote the record of them. */
const stepsOf = (all: Upcasters, type: string) => (Object.hasOwn(all, type) ? (all[type] ?? []) : [])

law('UPC-1 chain', chain(upcast))
law.rejects(
  'UPC-1',
  'a chain that is walked backward',
  chain((all) => (event) => {
    const steps = stepsOf(all, event.type).slice(event.schemaVersion - 1)
    const data = steps.reduceRight((older, next) => next(older), event.data)
    return E.right({ type: event.type, schemaVersion: currentSchemaVersion(all)(event.type), data })
  }),
)
law.rejects(
  'UPC-1',
  'a chain that skips its first step',
  chain((all) => (event) => {
    const data = stepsOf(all, event.type)
      .slice(event.schemaVersion)
      .reduce((older, next) => next(older), event.data)
    return E.right({ type: event.type, schemaVersion: currentSchemaVersion(all)(event.type), data })
  }),
)

const current = (implementation: typeof upcast) =>
  fc.property(upcasters, hostileName, json, (all, type, data) => {
    const event = { type, schemaVersion: currentSchemaVersion(all)(type), data }
    deepStrictEqual(implementation(all)(event), E.right(event))
  })

law('UPC-2 current', current(upcast))
law.rejects(
  'UPC-2',
  'an upcast that always takes the last step',
  current((all) => (event) => {
    const data = stepsOf(all, event.type)
      .slice(-1)
      .reduce((older, next) => next(older), event.data)
    return E.right({ ...event, data })
  }),
)

test.each([0, -1, 1.5, Number.NaN, 3])(
  'version %s, which this program does not know, is a failure',
  (schemaVersion) => {
    expect(upcast({ Paid: [step(2)] })({ type: 'Paid', schemaVersion, data: {} })).toEqual(
      E.left({
        path: 'schemaVersion',
        reason: `is ${schemaVersion}, and this program knows versions from 1 to 2`,
      }),
    )
  },
)

test('a type without upcasters is at version 1, whatever its name', () => {
  expect(['Paid', '__proto__', 'constructor', ''].map(currentSchemaVersion({}))).toEqual([1, 1, 1, 1])
})
