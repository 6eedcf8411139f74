/**
 * The law of validation, and the values that the words of a decision stand for.
 */
import { deepStrictEqual } from 'node:assert/strict'
import { accept, nothing, reject, validate } from 'decider-ts/decide'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { expect, test } from 'vitest'
import { entriesOf } from '../evolve/Samples.js'
import { law } from '../Law.js'

type Check = E.Either<string, number>

const check: fc.Arbitrary<Check> = fc.oneof(
  fc.nat(3).map((n): Check => E.right(n)),
  fc.constantFrom('no', 'never').map((rejection): Check => E.left(rejection)),
)

type Validate = (
  checks: Readonly<Record<string, Check>>,
) => E.Either<ReadonlyArray<string>, Readonly<Record<string, number>>>

const validation = (implementation: Validate) =>
  fc.property(entriesOf(check, { maxLength: 6 }), (checks) => {
    const rejections = checks.flatMap(([, one]) => (E.isLeft(one) ? [one.left] : []))
    const values = checks.flatMap(([name, one]) => (E.isRight(one) ? [[name, one.right]] : []))
    deepStrictEqual(
      implementation(Object.fromEntries(checks)),
      rejections.length === 0 ? E.right(Object.fromEntries(values)) : E.left(rejections),
    )
  })

law('DCN-1 validate', validation(validate))
law.rejects(
  'DCN-1',
  'a validation that stops at the first rejection',
  validation((checks) =>
    E.mapLeft((rejections: ReadonlyArray<string>) => rejections.slice(0, 1))(validate(checks)),
  ),
)
law.rejects(
  'DCN-1',
  'a validation that loses the check `__proto__`',
  validation((checks) => validate(Object.assign({}, checks))),
)

test('accepting, rejecting and nothing to do are three different things', () => {
  expect(accept(1, 2)).toEqual(E.right([1, 2]))
  expect(accept()).toEqual(nothing)
  expect(reject('no')).toEqual(E.left('no'))
  expect(validate({})).toEqual(E.right({}))
})
