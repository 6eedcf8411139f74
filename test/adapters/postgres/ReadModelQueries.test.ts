/** Questions to a read model: what they find, what they refuse, and that nothing slips into a statement. */
import { option as O } from 'fp-ts'
import * as t from 'io-ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgresReadModels, readModel } from '../../../src/adapters/postgres/index.js'
import { projection } from '../../../src/evolve/Projection.js'
import { globalPosition } from '../../../src/store/index.js'
import type { Json } from '../../../src/store/Json.js'
import { type Installed, install, left, right } from './support.js'

const Order = t.type({
  customer: t.string,
  open: t.boolean,
  total: t.number,
  lines: t.array(t.type({ sku: t.string, quantity: t.number })),
})

const ordersOf = (version: number) =>
  projection({
    name: 'orders',
    version,
    event: t.type({ type: t.literal('Ordered') }),
    state: Order,
    initialState: { customer: '', open: true, total: 0, lines: [] },
    evolve: (state) => state,
  })

const order = (customer: string, total: number, ...skus: ReadonlyArray<string>) => ({
  customer,
  open: total > 0,
  total,
  lines: skus.map((sku, index) => ({ sku, quantity: index + 1 })),
})

let installed: Installed
let keeper: ReturnType<typeof postgresReadModels>

const fill = async (name: string, version: number, states: Readonly<Record<string, Json>>) => {
  const of = { name, version }
  const leases = await right(keeper.lease(of, 'a', 60_000))
  const entries = Object.entries(states).map(([key, state], index) => ({
    key,
    state,
    position: globalPosition(index + 1),
  }))
  const moves = leases.map((lease) => ({ ...lease, to: globalPosition(1_000_000) }))
  await right(keeper.commit(of, { owner: 'a', moves, entries, parked: [] }))
  await right(keeper.release(of, 'a'))
}

beforeAll(async () => {
  installed = await install()
  keeper = postgresReadModels(installed.sql, { schema: installed.schema })
  await fill('orders', 1, {
    'order-1': order('Ada', 10, 'pen', 'ink'),
    'order-2': order('Bob', 0),
    'order-3': order('Ada', 30, 'pen', 'pen', 'cap'),
    'order-4': order('O\'Brien "\\" $x', 5, '\u0000'),
  })
  await fill('orders', 2, { 'order-1': order('Zoe', 1) })
  await fill('others', 1, { 'order-9': order('Ada', 10, 'pen') })
})

afterAll(async () => {
  await installed.end()
})

const orders = () => readModel(installed.sql, ordersOf(1), { schema: installed.schema })
const keysOf = (found: ReadonlyArray<{ readonly key: string }>) => found.map(({ key }) => key)

describe('a read model', () => {
  test('gives the state of a key', async () => {
    expect(await right(orders().get('order-2'))).toEqual(O.some(order('Bob', 0)))
    expect(await right(orders().get('order-7'))).toEqual(O.none)
    expect(await left(orders().get(''))).toMatchObject({ _tag: 'InvalidInput', path: 'key' })
  })

  test('gives pages in the order of keys', async () => {
    const first = await right(orders().page({ limit: 3 }))
    expect(keysOf(first)).toEqual(['order-1', 'order-2', 'order-3'])
    expect(first[2]).toEqual({ key: 'order-3', state: order('Ada', 30, 'pen', 'pen', 'cap'), position: 3n })
    expect(keysOf(await right(orders().page({ limit: 3, after: 'order-3' })))).toEqual(['order-4'])
    expect(await left(orders().page({ limit: 0 }))).toMatchObject({ path: 'limit' })
  })

  test('finds what contains a part, of this read model alone', async () => {
    expect(keysOf(await right(orders().where({ customer: 'Ada' })))).toEqual(['order-1', 'order-3'])
    expect(keysOf(await right(orders().where({ lines: [{ sku: 'ink' }] })))).toEqual(['order-1'])
    expect(keysOf(await right(orders().where({ customer: 'Ada' }, { after: 'order-1' })))).toEqual([
      'order-3',
    ])
    expect(keysOf(await right(orders().where({ customer: 'Ada' }, { limit: 1 })))).toEqual(['order-1'])
    expect(keysOf(await right(orders().where({ open: false })))).toEqual(['order-2'])
    expect(keysOf(await right(orders().where({})))).toHaveLength(4)
    expect(keysOf(await right(orders().where({ customer: 'O\'Brien "\\" $x' })))).toEqual(['order-4'])
    expect(keysOf(await right(orders().where({ lines: [{ sku: '\u0000' }] })))).toEqual(['order-4'])
    // @ts-expect-error: a customer is a text
    expect(await right(orders().where({ customer: 1 }))).toEqual([])
    // @ts-expect-error: an order has no colour
    expect(await right(orders().where({ colour: 'red' }))).toEqual([])
  })

  test('finds what a path leads to', async () => {
    expect(keysOf(await right(orders().matching('$.total > 5')))).toEqual(['order-1', 'order-3'])
    expect(keysOf(await right(orders().matching('$.lines[*] ? (@.quantity >= 3)')))).toEqual(['order-3'])
    const variables = { least: 10, who: 'Ada' }
    const path = '$.total > $least && $.customer == $who'
    expect(keysOf(await right(orders().matching(path, { variables })))).toEqual(['order-3'])
    expect(
      keysOf(await right(orders().matching('$.total < 20', { where: { customer: 'Ada' }, limit: 5 }))),
    ).toEqual(['order-1'])
    expect(await right(orders().matching('$.nothing.at.all'))).toEqual([])
    expect(await right(orders().matching('$.open ? (@ == false)'))).toEqual([])
  })

  test('refuses what is no path, and runs nothing that is not one', async () => {
    const refused = { _tag: 'InvalidInput', path: 'path' }
    const hostile = [
      '',
      '$.a ==',
      "$'; drop schema public cascade; --",
      '$ ? (@.customer like_regex "(")',
      '$.total > $missing',
      "') or true --",
      '$\u0000',
    ]
    for (const path of hostile) expect(await left(orders().matching(path))).toMatchObject(refused)
    const [customer] = ["Ada' or '1'='1"]
    expect(await right(orders().where({ customer }))).toEqual([])
    const variables = { who: '" || true || "' }
    expect(await right(orders().matching('$.customer == $who', { variables }))).toEqual([])
    expect(await left(orders().where({ total: Number.NaN }))).toMatchObject({ path: 'where.total' })
  })

  test('is the one that is live, and says where it cannot be read', async () => {
    const { sql, schema } = installed
    const newer = readModel(sql, ordersOf(2), { schema })
    expect(await right(newer.get('order-1'))).toEqual(O.some(order('Ada', 10, 'pen', 'ink')))
    await right(keeper.makeLive({ name: 'orders', version: 2 }))
    expect(await right(newer.get('order-1'))).toEqual(O.some(order('Zoe', 1)))
    expect(keysOf(await right(orders().where({ customer: 'Ada' })))).toEqual([])
    await right(keeper.makeLive({ name: 'orders', version: 1 }))
    const changed = {
      ...ordersOf(3),
      state: { decode: () => ({ _tag: 'Left', left: { path: 'lines[0].sku', reason: 'is bad' } }) as const },
    }
    const unreadable = {
      _tag: 'UnreadableState',
      name: 'orders',
      version: 1,
      key: 'order-1',
      path: 'state.lines[0].sku',
      reason: 'is bad',
    }
    expect(await left(readModel(sql, changed, { schema }).get('order-1'))).toEqual(unreadable)
    expect(await left(readModel(sql, changed, { schema }).page())).toEqual(unreadable)
    const nowhere = readModel(sql, { ...ordersOf(1), name: 'nowhere' }, { schema })
    expect(await right(nowhere.get('k'))).toEqual(O.none)
    expect(await right(nowhere.page())).toEqual([])
  })

  test('that is not searchable says so, and gives keys and pages', async () => {
    const { sql, schema } = installed
    const plain = postgresReadModels(sql, { schema, searchable: false })
    const of = { name: 'plain', version: 1 }
    const leases = await right(plain.lease(of, 'a', 60_000))
    const moves = leases.map((lease) => ({ ...lease, to: globalPosition(1) }))
    const entries = [{ key: 'order-1', state: order('Ada', 1), position: globalPosition(1) }]
    await right(plain.commit(of, { owner: 'a', moves, entries, parked: [] }))
    const asked = readModel(sql, { ...ordersOf(1), name: 'plain' }, { schema })
    expect(await right(asked.get('order-1'))).toEqual(O.some(order('Ada', 1)))
    expect(await right(asked.page())).toHaveLength(1)
    expect(await left(asked.where({ customer: 'Ada' }))).toMatchObject({
      _tag: 'InvalidInput',
      path: 'where',
    })
    expect(await left(asked.matching('$.total > 0'))).toMatchObject({ _tag: 'InvalidInput' })
  })
})
