/**
 * Arbitraries of JSON that stores are known to stumble over, and of parts that are not JSON at all. They shrink to
 * small and plain values, so that what is left of a failing sample is what matters.
 * Used by: `Payloads`, `Model`.
 * @since 0.1.0
 */
import fc from 'fast-check'

const hostileText = fc.constantFrom(
  '\u0000',
  '\ud800',
  'x\udc00',
  '__proto__',
  'constructor',
  'toJSON',
  '\\u0000',
  '"',
  '😀',
  'á',
  'a\u0301',
  '',
  '-0',
  '10',
)

const text = fc.oneof(
  { weight: 3, arbitrary: fc.string({ maxLength: 6 }) },
  { weight: 2, arbitrary: hostileText },
  fc.string({ unit: 'binary', maxLength: 6 }),
)

const hostileNumber = fc.constantFrom(-0, 0, 1e308, 5e-324, 2 ** 53 + 2, 1e21, -1e-7, 2 ** 31, 0.1)

const number = fc.oneof(
  fc.integer({ min: -100, max: 100 }),
  hostileNumber,
  fc.double({ noNaN: true, noDefaultInfinity: true }),
)

/** Built from entries, because `fc.record` and literals would make a prototype of `__proto__`. */
const objectOf = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Readonly<Record<string, Value>>> =>
  fc.uniqueArray(fc.tuple(text, value), { maxLength: 4, selector: ([key]) => key }).map(Object.fromEntries)

const { json } = fc.letrec<{ readonly json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    number,
    { weight: 2, arbitrary: text },
    fc.array(tie('json'), { maxLength: 4 }),
    objectOf(tie('json')),
  ),
}))

/** Any JSON value, `-0` and half surrogate pairs among them. */
export const jsonValue: fc.Arbitrary<unknown> = json

/** A JSON object for metadata. */
export const jsonObject: fc.Arbitrary<Readonly<Record<string, unknown>>> = objectOf(json)

/** A value with a part that JSON cannot say, somewhere inside. */
export const notJson: fc.Arbitrary<unknown> = fc
  .tuple(
    fc.constantFrom<unknown>(Number.NaN, Number.NEGATIVE_INFINITY, 1n, new Date(0), undefined, () => 0),
    fc.array(fc.constantFrom('list', 'object'), { maxLength: 3 }),
  )
  .map(([part, path]) =>
    path.reduceRight<unknown>(
      (inner, kind) => (kind === 'list' ? [0, inner] : { in: inner === undefined ? [inner] : inner }),
      part,
    ),
  )
