/** The laws of the laws of storage, on domains with whatever fields. */
import { accept, domain } from 'decider-ts/decide'
import fc from 'fast-check'
import * as t from 'io-ts'
import { expect, test } from 'vitest'
import type { LawsOf } from '../../../../../src/harness/domain/Law.js'
import { storage } from '../../../../../src/harness/domain/laws/Storage.js'
import { law } from '../../../Law.js'
import { blind, breachesOf, overzealous, trialOf } from './Samples.js'

const fieldName = fc.stringMatching(/^[a-z_]{1,6}$/).filter((name) => name !== 'type')
const names = fc.uniqueArray(fieldName, { maxLength: 5 })

/** A domain that records one event, with these fields, of which it declares those. */
const recording = (recorded: ReadonlyArray<string>, declared: ReadonlyArray<string>) => {
  const props = Object.fromEntries(declared.map((name) => [name, t.Int]))
  return domain({
    name: 'recording',
    command: t.strict({ type: t.literal('Record') }),
    event: t.strict({ type: t.literal('Recorded'), ...props }),
    rejection: t.strict({ type: t.literal('Refused') }),
    state: t.strict({ count: t.Int }),
    streamId: () => 'one',
    initialState: { count: 0 as t.Int },
    evolve: ({ count }) => ({ count: (count + 1) as t.Int }),
    decide: () => () =>
      accept({
        ...Object.fromEntries(recorded.map((name) => [name, 1 as t.Int])),
        type: 'Recorded' as const,
      }),
  })
}

const found = (laws: LawsOf, recorded: ReadonlyArray<string>, declared: ReadonlyArray<string>) => {
  const subject = { domain: recording(recorded, declared), expectations: {} }
  return breachesOf(laws, subject, trialOf(subject.domain, [{ type: 'Record' }]))
}

const faithful = (laws: LawsOf) => fc.property(names, (fields) => found(laws, fields, fields).size === 0)

law('STO-1 faithful', faithful(storage))
law.rejects('STO-1', 'laws that find fault with everything', faithful(overzealous(storage)))

const namesTheField = (laws: LawsOf) =>
  fc.property(names, fieldName, (fields, more) => {
    const declared = fields.filter((name) => name !== more)
    const breaches = found(laws, [...declared, more], declared)
    const cause = breaches.get('event.stored')?.cause ?? ''
    return breaches.size === 1 && cause.includes(`\`${more}\` 1 → absent`)
  })

law('STO-2 named', namesTheField(storage))
law.rejects('STO-2', 'laws that find nothing', namesTheField(blind(storage)))

const RawDate = new t.Type<Date>(
  'Date',
  (value): value is Date => value instanceof Date,
  t.failure,
  t.identity,
)

/** A domain that records one event with one field. */
const holding = (codec: t.Mixed, value: unknown) =>
  domain({
    name: 'holding',
    command: t.strict({ type: t.literal('Record') }),
    event: t.strict({ type: t.literal('Recorded'), field: codec }),
    rejection: t.strict({ type: t.literal('Refused') }),
    state: t.null,
    streamId: () => 'one',
    initialState: null,
    evolve: () => null,
    decide: () => () => accept({ type: 'Recorded' as const, field: value }),
  })

const stored = (codec: t.Mixed, value: unknown) => {
  const subject = { domain: holding(codec, value), expectations: {} }
  const breaches = breachesOf(storage, subject, trialOf(subject.domain, [{ type: 'Record' }]))
  return [...breaches].map(([id, { cause }]) => `${id}: ${cause}`)
}

test.each<[string, t.Mixed, unknown, string]>([
  ['a bigint', t.bigint, 1n, '`field` is refused: a value of type bigint is not JSON.'],
  ['a date', RawDate, new Date(0), '`field` is an instance of a class; encode it to plain data.'],
  ['infinity', t.number, Number.POSITIVE_INFINITY, '`field` is refused: Infinity is not a number in JSON.'],
  [
    'an undefined item',
    t.array(t.union([t.number, t.undefined])),
    [1, undefined],
    '`field[1]` is refused: a value of type undefined is not JSON.',
  ],
])('%s is refused with the path to it', (_, codec, value, words) => {
  expect(stored(codec, value)).toEqual([
    `event.stored: The event \`Recorded\` does not survive being stored: ${words}`,
  ])
})

test('what makes no difference to anybody is let pass', () => {
  expect(stored(t.number, -0)).toEqual([])
  expect(stored(t.union([t.string, t.undefined]), undefined)).toEqual([])
  const text = new t.Type<Date, string>(
    'DateFromText',
    (value): value is Date => value instanceof Date,
    (value) => t.success(new Date(String(value))),
    (date) => date.toISOString(),
  )
  expect(stored(text, new Date(5))).toEqual([])
})
