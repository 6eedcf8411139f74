/**
 * The laws of values as source, for whatever a domain could hold: texts that break out of their quotes, keys that set a
 * prototype, numbers that JSON loses, and ids of which one looks like another.
 */
import { deepStrictEqual, ok } from 'node:assert/strict'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aliases, type Layout, literal, quoted } from '../../../../src/harness/report/Literal.js'
import { law } from '../../Law.js'

type Print = (value: unknown, layout?: Layout) => string

/** What the source means where these constants are declared. */
const evaluate = (source: string, constants: ReadonlyMap<string, string> = new Map()): unknown => {
  const declarations = [...constants].map(([text, name]) => `const ${name} = ${quoted(text)};`)
  return new Function(`'use strict'; ${declarations.join(' ')} return (${source})`)()
}

const oddText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom("it's", '\\', '$' + '{a}', '\u2028', '\ud800', '\udfff\ud800', '\u200b', '\0', '*/', '`'),
)

/** Everything that has a source of its own, nested. */
const value = fc.oneof(
  fc.anything({
    key: fc.oneof(oddText, fc.constantFrom('__proto__', 'constructor', 'undefined', 'NaN', '0', 'a b', 'é')),
    values: [
      oddText,
      fc.double(),
      fc.bigInt(),
      fc.boolean(),
      fc.date({ noInvalidDate: false }),
      fc.uint8Array({ maxLength: 3 }),
      fc.constantFrom(undefined, null, -0, Number.NaN, Infinity, -Infinity),
    ],
    withMap: true,
    withSet: true,
  }),
)

const faithful = (print: Print) =>
  fc.property(value, fc.integer({ min: 10, max: 120 }), (any, columns) =>
    deepStrictEqual(evaluate(print(any, { columns })), any),
  )

law('LIT-1 faithful', faithful(literal))
law.rejects(
  'LIT-1',
  'JSON',
  faithful(
    (any) =>
      `JSON.parse(${quoted(JSON.stringify(any, (_, part) => (typeof part === 'bigint' ? Number(part) : part)) ?? 'null')})`,
  ),
)
law.rejects(
  'LIT-1',
  'a key `__proto__` as it is',
  faithful((any) => literal(any).replaceAll("['__proto__']", '__proto__')),
)
law.rejects(
  'LIT-1',
  'a negative zero without its sign',
  faithful((any) => literal(any).replaceAll('-0', '0')),
)
law.rejects(
  'LIT-1',
  'a text with its quotes as they are',
  faithful((any) => literal(any).replaceAll("\\'", "'")),
)

const shortText = fc.string({ maxLength: 8 })
/** Values whose parts are all short, so that every line can be. */
const shortParts = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.oneof(fc.stringMatching(/^[a-z]{0,12}$/), fc.integer()),
    fc.array(tie('value'), { maxLength: 12 }),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), tie('value'), { maxKeys: 8 }),
    fc.array(fc.tuple(shortText, tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
  ),
})).value

const narrow = (print: Print) =>
  fc.property(shortParts, (any) => {
    const widest = Math.max(
      ...print(any)
        .split('\n')
        .map((line) => line.length),
    )
    ok(widest <= 90, `a line has ${widest} columns`)
  })

law('LIT-2 narrow', narrow(literal))
law.rejects(
  'LIT-2',
  'everything in one line',
  narrow((any) => literal(any, { columns: Infinity })),
)
law.rejects(
  'LIT-2',
  'a line whose indentation is not counted',
  narrow((any) => literal(any, { taken: -4 })),
  // Lines that end within four columns of the margin are rare.
  { numRuns: 2000 },
)

const longId = fc.constantFrom('0198a6a2-0000-7000-8000-000000000001', '0198a6a2-0000-7000-8000-000000000002')
const field = fc.constantFrom('account', 'to', 'class', 'given', '__proto__', 'a-b', 'type')
const withIds = fc.array(fc.dictionary(field, fc.oneof(longId, fc.array(longId)), { noNullPrototype: true }))

const aliased = (aliasesOf: typeof aliases) =>
  fc.property(withIds, (any) => {
    const names = aliasesOf(any)
    deepStrictEqual(evaluate(literal(any, { names }), names), any)
  })

law('LIT-3 aliases', aliased(aliases))
law.rejects(
  'LIT-3',
  'one name for two ids',
  aliased((values) => new Map([...aliases(values)].map(([text]) => [text, 'account']))),
)
law.rejects(
  'LIT-3',
  'a word of the language for a name',
  aliased(
    (values) => new Map([...aliases(values)].map(([text], n) => [text, ['class', 'delete'][n] ?? 'new'])),
  ),
)

test('a value that fits is written in one line, and one that does not in several', () => {
  const order = { type: 'Ordered', lines: [{ product: 'tea', count: 2 }], on: new Date(0) }
  expect(literal(order)).toBe(
    [
      '{',
      "  type: 'Ordered',",
      "  lines: [{ product: 'tea', count: 2 }],",
      "  on: new Date('1970-01-01T00:00:00.000Z'),",
      '}',
    ].join('\n'),
  )
  expect(literal({ a: 1, 'b c': [true, null] })).toBe("{ a: 1, 'b c': [true, null] }")
})

test('a value within itself ends there, and a function is no value', () => {
  const circle: Record<string, unknown> = { name: 'a' }
  circle['self'] = circle
  expect(literal(circle)).toBe("{ name: 'a', self: undefined /* a record within itself */ }")
  expect(literal([() => 1])).toBe('[undefined /* a function */]')
})

test('long ids that come again are named after the field that held them first', () => {
  const [a, b] = ['0198a6a2-0000-7000-8000-000000000001', '0198a6a2-0000-7000-8000-000000000002']
  const values = [
    { type: 'Sent', account: a, to: b },
    { type: 'Received', account: b, from: a },
    { id: 'a1' },
    { id: 'a1' },
  ]
  const names = aliases(values, ['to'])
  expect([...names.values()]).toEqual(['account', 'to2'])
  expect(literal(values[0], { names })).toBe("{ type: 'Sent', account, to: to2 }")
})
