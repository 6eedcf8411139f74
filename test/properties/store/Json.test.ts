/** The laws of `src/store/Json.ts`: a value is JSON exactly, apart from its origin, or refused where it is not. */
import { isDeepStrictEqual } from 'node:util'
import { runInNewContext } from 'node:vm'
import { type Json, stringify, toJson } from 'decider-ts/store'
import fc from 'fast-check'
import { either as E, function as F } from 'fp-ts'
import { expect, test } from 'vitest'
import { law } from '../Law.js'
import { json, notJson, textOf } from './Samples.js'

type ToJson = typeof toJson

const isExact = (write: typeof stringify) =>
  fc.property(fc.oneof({ weight: 3, arbitrary: json }, { weight: 1, arbitrary: fc.anything() }), (value) => {
    const accepted = toJson(value)
    if (E.isLeft(accepted)) return true
    const parsed: unknown = JSON.parse(write(accepted.right))
    return isDeepStrictEqual(parsed, accepted.right) && textOf(parsed) === textOf(accepted.right)
  })

const acceptsJson = (convert: ToJson) =>
  fc.property(json, (value) => {
    const accepted = convert(value)
    return E.isRight(accepted) && textOf(accepted.right) === textOf(value)
  })

/** A lone -0 is rare. */
const moreRuns = { numRuns: 500 }

law('JSON-1 exactness: what is accepted survives its text', isExact(stringify), moreRuns)
law('JSON-1 exactness: all JSON is accepted as it is', acceptsJson(toJson), moreRuns)
law.rejects('JSON-1', 'a text without the sign of -0', isExact(JSON.stringify), moreRuns)
law.rejects(
  'JSON-1',
  'objects rebuilt by assignment',
  acceptsJson((value) => E.map(byAssignment)(toJson(value))),
  moreRuns,
)

const byAssignment = (value: Json): Json => {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(byAssignment)
  const target: Record<string, Json> = {}
  for (const [key, part] of Object.entries(value)) target[key] = byAssignment(part)
  return target
}

const partsOf = (value: unknown): ReadonlyArray<object> =>
  typeof value === 'object' && value !== null ? [value, ...Object.values(value).flatMap(partsOf)] : []

const isIsolated = (convert: ToJson) =>
  fc.property(json, (value) => {
    const accepted = convert(value)
    if (E.isLeft(accepted)) return false
    const own = partsOf(accepted.right)
    const given = new Set(partsOf(value))
    return own.every((part) => Object.isFrozen(part) && !given.has(part))
  })

law('JSON-2 isolation: a frozen copy, down to the last part', isIsolated(toJson))
law.rejects(
  'JSON-2',
  'the value itself',
  isIsolated((value) => E.map(() => value as Json)(toJson(value))),
)
law.rejects(
  'JSON-2',
  'a copy that is frozen at the top only',
  isIsolated((value) => E.map((copy) => Object.freeze(structuredClone(copy)))(toJson(value))),
)

/** A way into a value: keys that read well in a path, and indices. */
const way = fc.array(fc.oneof(fc.constantFrom('a', 'key', '__proto__'), fc.nat({ max: 2 })), { maxLength: 5 })

const around = (part: unknown, steps: ReadonlyArray<string | number>): unknown =>
  steps.reduceRight<unknown>(
    (inner, step) =>
      typeof step === 'number'
        ? [...Array(step).fill(0), inner, 'after']
        : Object.fromEntries([
            [step, inner],
            ['z', 1],
          ]),
    part,
  )

const pathOf = (steps: ReadonlyArray<string | number>): string =>
  steps.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('')

const refusesWithPath = (convert: ToJson) =>
  fc.property(notJson, way, (part, steps) => {
    const refused = convert(around(part, steps), 'data')
    return E.isLeft(refused) && refused.left.path === `data${pathOf(steps)}`
  })

const refusesUndefinedItems = (convert: ToJson) =>
  fc.property(way, fc.nat({ max: 2 }), (steps, index) => {
    const refused = convert(around(undefined, [...steps, index]), 'data')
    return E.isLeft(refused) && refused.left.path === `data${pathOf([...steps, index])}`
  })

law('JSON-3 refusal: the path leads to the part that JSON cannot say', refusesWithPath(toJson))
law('JSON-3 refusal: an undefined item is such a part', refusesUndefinedItems(toJson))
law.rejects(
  'JSON-3',
  'a path that stops one step too early',
  refusesWithPath((value, path) =>
    F.pipe(
      toJson(value, path),
      E.mapLeft((refusal) => ({ ...refusal, path: refusal.path.replace(/[.[][^.[]*$/, '') })),
    ),
  ),
)
law.rejects(
  'JSON-3',
  'undefined items that become null',
  refusesUndefinedItems((value, path) => toJson(JSON.parse(JSON.stringify(value)), path)),
)

test('a path quotes a key that is no plain word, and an empty one', () => {
  const pathOf = (value: unknown) =>
    F.pipe(
      toJson(value),
      E.match(
        (refusal) => refusal.path,
        () => 'accepted',
      ),
    )
  expect(pathOf({ '': { a: Number.NaN } })).toBe('[""].a')
  expect(pathOf({ 'a.b': Number.NaN })).toBe('["a.b"]')
  expect(pathOf({ größe: [{ $x: 1n }] })).toBe('größe[0].$x')
})

test('what JSON would drop without a word is refused', () => {
  class List extends Array<number> {}
  expect(E.isLeft(toJson({ [Symbol('hidden')]: 1 }))).toBe(true)
  expect(E.isLeft(toJson(List.from([1])))).toBe(true)
  expect(E.isLeft(toJson({ list: new Date(0) }))).toBe(true)
})

test('plain values of another realm are plain', () => {
  const foreign: unknown = runInNewContext('({ list: [1, { a: 2 }] })')
  expect(toJson(foreign)).toEqual(E.right({ list: [1, { a: 2 }] }))
})
