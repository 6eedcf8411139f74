/**
 * What the statements of read models do, by their plans as the server ran them: however much is kept, and although the
 * plans were made while nothing was, each touches what it is asked for and walks through no table.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate, postgresReadModels, readModel } from '../../../src/adapters/postgres/index.js'
import type { Lease } from '../../../src/run/ReadModels.js'
import { globalPosition, timestamp } from '../../../src/store/index.js'
import { nodes, planLog, touched, watch } from './PlanLog.js'
import { newSchemaName, right } from './support.js'

const schema = newSchemaName()
const { sql, plans } = planLog()
const keeper = postgresReadModels(sql, { schema })
const of = { name: 'many', version: 1 }
const decode = (state: unknown) => ({ _tag: 'Right', right: state as { readonly n?: number } }) as const
const many = readModel(sql, { ...of, state: { decode } }, { schema })

const keys = ['many-7', 'many-8', 'none']
const keysByPartition = keys.map((key) => keeper.partitionOf(key))

let leases: ReadonlyArray<Lease> = []
const commit = async () => {
  const upTo = leases[0]?.upTo ?? globalPosition(0)
  const to = globalPosition(upTo + 1n)
  const command = { id: String(to), key: 'many-7', position: to, index: 0, command: {}, dueAt: timestamp(1) }
  await right(
    keeper.commit(of, {
      owner: 'a',
      moves: leases.map((lease) => ({ ...lease, to })),
      entries: [{ key: 'many-7', state: { n: 7 }, position: to }],
      parked: [],
      owing: { commands: [command], cancelled: [{ key: 'many-7', timer: 'none', at: timestamp(0) }] },
    }),
  )
  leases = leases.map((lease) => ({ ...lease, upTo: to }))
  await right(keeper.settle(of, [{ id: command.id }]))
}

const works: Readonly<Record<string, () => Promise<unknown>>> = {
  load: () => right(keeper.load(of, keys)),
  commit,
  get: () => right(keeper.get(of, 'many-7')),
  page: () => right(keeper.page(of, 10, 'many-5')),
  where: () => right(many.where({ n: 7 })),
  'a path among few': () => right(many.matching('$.n > 1', { where: { n: 7 } })),
  due: () => right(keeper.due(of, 'a', 10)),
  nextDueAt: () => right(keeper.nextDueAt(of)),
}

beforeAll(async () => {
  await right(migrate(sql, { schema }))
  leases = await right(keeper.lease(of, 'a', 3_600_000))
  for (const table of ['entry', 'place', 'parked', 'owner'])
    await sql.unsafe(`vacuum analyze "${schema}".read_model_${table}`)
  await sql.unsafe(`vacuum analyze "${schema}".owed_command`)
  for (let time = 0; time < 7; time++) for (const work of Object.values(works)) await work()
  await sql.unsafe(`
    insert into "${schema}".read_model_entry (read_model, key, position, state, searched)
    select r.id, 'many-' || n, 1, json_build_object('n', n), jsonb_build_object(r.id::text, jsonb_build_object('n', n))
    from "${schema}".read_model r, generate_series(10, 20000) n`)
  // Many timers of many keys, all of them in days to come, and parked events of another read model.
  await sql.unsafe(`
    insert into "${schema}".owed_command (read_model, partition, id, key, position, nth, command, due_at, timer)
    select r.id, ${keysByPartition[0]}, 'timer-' || n, 'many-' || n % 5000, 1, n, '{}', now() + n * interval '1 day', 'later'
    from "${schema}".read_model r, generate_series(1, 20000) n`)
  await watch(sql)
})

afterAll(async () => {
  await sql.unsafe('set client_min_messages = warning')
  await sql.unsafe(`drop schema "${schema}" cascade`)
  await sql.end()
})

const planned = async (work: () => Promise<unknown>) => {
  plans.length = 0
  await work()
  return plans.flatMap(nodes)
}

const walks = (found: Awaited<ReturnType<typeof planned>>) =>
  found.filter(
    (node) =>
      node['Node Type'] === 'Seq Scan' &&
      ['read_model_entry', 'owed_command', 'read_model_parked'].includes(node['Relation Name'] ?? ''),
  )

test.each(Object.keys(works))('%s touches what it is asked for', async (name) => {
  const found = await planned(works[name] ?? (async () => {}))
  expect(walks(found)).toEqual([])
  // Each of the 64 places is locked, looked at and moved, and older servers count some of that twice.
  expect(touched(found)).toBeLessThan(1_000)
})

/** Found by the run of reading and reacting, whose process managers were the slower the more they owed. */
test('due touches what it is asked for where all timers are due, as after a standstill', async () => {
  await sql.unsafe(`
    insert into "${schema}".owed_command (read_model, partition, id, key, position, nth, command, due_at, timer)
    select r.id, ${keysByPartition[0]}, 'late-' || n, 'late-' || n, 1, n, '{}', now() - n * interval '1 second', 'late'
    from "${schema}".read_model r, generate_series(1, 20000) n`)
  const found = await planned(() => right(keeper.due(of, 'a', 10)))
  expect(walks(found)).toEqual([])
  expect(touched(found)).toBeLessThan(1_000)
  expect(await right(keeper.due(of, 'a', 10))).toHaveLength(10)
})

test('and the count tells: a path is looked for in every state', async () => {
  const found = await planned(() => right(many.matching('$.n == 7')))
  expect(touched(found)).toBeGreaterThan(10_000)
})
