/** The law of remarks, on codecs nested at random, and what a remark says. */
import { type AnyDomain, domain, nothing } from 'decider-ts/decide'
import fc from 'fast-check'
import * as t from 'io-ts'
import { expect, test } from 'vitest'
import { remarksOn } from '../../../../src/harness/domain/Remarks.js'
import { Inventory } from '../../../harness/Inventory.js'
import { law } from '../../Law.js'

/** Not `__proto__`, which records lose. */
const Key = t.keyof({ a: null, b: null })

/** A codec around another, and how a path leads into it. */
const layer = fc.constantFrom<readonly [(inner: t.Mixed) => t.Mixed, (path: string) => string]>(
  [(inner) => t.type({ part: inner }), (path) => `${path}.part`],
  [(inner) => t.partial({ maybe: inner }), (path) => `${path}.maybe`],
  [(inner) => t.array(inner), (path) => `${path}[]`],
  [(inner) => t.readonlyArray(inner), (path) => `${path}[]`],
  [(inner) => t.record(Key, inner), (path) => `${path}{}`],
  [(inner) => t.tuple([t.string, inner]), (path) => `${path}[1]`],
  [(inner) => t.union([inner, t.undefined]), (path) => path],
  [(inner) => t.readonly(inner), (path) => path],
  [(inner) => t.intersection([t.type({}), inner]), (path) => path],
  [(inner) => t.refinement(inner, () => true), (path) => path],
)

/** Its values are classes, and it leaves them so. */
const RawDate = new t.Type<Date>('Date', (value) => value instanceof Date, t.failure, t.identity)

const unkept = fc.constantFrom<t.Mixed>(RawDate, t.bigint, t.number, t.unknown, t.Function, t.UnknownRecord)

const withField = (field: t.Mixed): AnyDomain =>
  domain({
    name: 'remarkable',
    command: t.strict({ type: t.literal('Do') }),
    event: t.union([
      t.strict({ type: t.literal('Done'), field }),
      t.strict({ type: t.literal('Undone'), amount: t.Int }),
    ]),
    rejection: t.strict({ type: t.literal('Refused') }),
    state: t.null,
    streamId: () => 'one',
    initialState: null,
    evolve: () => null,
    decide: () => () => nothing,
  })

const places = (remarks: typeof remarksOn) =>
  fc.property(fc.array(layer, { maxLength: 4 }), unkept, (layers, core) => {
    const codec = layers.reduceRight((inner, [wrap]) => wrap(inner), core)
    const path = layers.reduce((place, [, into]) => into(place), 'event(Done).field')
    const found = remarks(withField(codec))
    return found.length === 1 && found.every((remark) => remark.startsWith(`\`${path}\`: `))
  })

law('RMK-1 places', places(remarksOn))
law.rejects(
  'RMK-1',
  'remarks without places',
  places((any) => remarksOn(any).map((remark) => remark.replaceAll(/`[^`]*`/g, 'somewhere'))),
)
law.rejects(
  'RMK-1',
  'no remarks',
  places(() => []),
)

interface Tree {
  readonly parts: Array<Tree>
}

test('codecs that store everything are not remarked on, and old versions without samples are', () => {
  expect(remarksOn(withField(t.union([t.Int, t.string])))).toEqual([])
  const Encoded = new t.Type<Date, string>('Date', RawDate.is, t.failure, (date) => date.toISOString())
  expect(remarksOn(withField(Encoded))).toEqual([])
  expect(remarksOn(Inventory)).toEqual([
    '`state.stock`, `state.received`, `state.shipped`: the codec accepts `NaN` and `Infinity`, which no store keeps; take a finite one, such as `t.Int` or a brand of `Number.isFinite`.',
    '`state.reservations`: a record of io-ts loses the key `__proto__`; let the codec of its keys refuse that text, or keep a list of entries.',
  ])
  const tree: t.Type<Tree> = t.recursion('Tree', () => t.type({ parts: t.array(tree) }))
  expect(remarksOn(withField(tree))).toEqual([])
  const old = {
    ...Inventory,
    event: { ...Inventory.event, upcasters: { Received: [(data: unknown) => data] } },
  }
  expect(remarksOn(old, { golden: [] }).at(-1)).toBe(
    '`Received`: no sample of schema version 1 in `golden` shows that its upcasters still read it.',
  )
  expect(remarksOn(old, { golden: [{ type: 'Received', schemaVersion: 1, data: {} }] }).length).toBe(2)
})
