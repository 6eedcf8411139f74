/**
 * What the statements of read models do, by their plans as the server ran them: however much is kept, and whatever the
 * server knew of the tables when it made the plans, each touches what it is asked for and walks through no table.
 *
 * A server counts its tables when it likes to. Of a table in which it counted one row every index is as good as any other,
 * and its plans are kept while the table grows. So its own counting is turned off here, and it counts when it is told to.
 */
import { option as O } from 'fp-ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrate, postgresReadModels, readModel } from '../../../src/adapters/postgres/index.js'
import type { Lease } from '../../../src/run/ReadModels.js'
import { globalPosition, timestamp } from '../../../src/store/index.js'
import { nodes, planLog, touched, watch } from './PlanLog.js'
import { newSchemaName, right } from './support.js'

const kept = 20_000
const growing = ['read_model_entry', 'read_model_parked', 'owed_command']
const tables = [...growing, 'read_model_place', 'read_model_owner']

/** Everything that is done with a read model, on one connection, which keeps its plans and shows them. */
const watchedKeeper = () => {
  const schema = newSchemaName()
  const { sql, plans } = planLog()
  const keeper = postgresReadModels(sql, { schema })
  const of = { name: 'many', version: 1 }
  const decode = (state: unknown) => ({ _tag: 'Right', right: state as { readonly n?: number } }) as const
  const many = readModel(sql, { ...of, state: { decode } }, { schema })

  let leases: ReadonlyArray<Lease> = []
  const lease = async () => {
    leases = await right(keeper.lease(of, 'a', 3_600_000))
  }
  /** Two commands are owed, the first of a key, and a timer is taken back that was never set. */
  const commit = async () => {
    const to = globalPosition((leases[0]?.upTo ?? 0n) + 1n)
    const owed = { key: 'many-7', position: to, command: {}, dueAt: timestamp(1) }
    await right(
      keeper.commit(of, {
        owner: 'a',
        moves: leases.map((held) => ({ ...held, to })),
        entries: [{ key: 'many-7', state: { n: 7 }, position: to }],
        parked: [],
        owing: {
          commands: [0, 1].map((index) => ({ ...owed, id: `${to}/${index}`, index })),
          cancelled: [{ key: 'many-7', timer: 'none', at: timestamp(0) }],
        },
      }),
    )
    leases = leases.map((held) => ({ ...held, upTo: to }))
  }
  /** The first is carried out. The second is refused, sent again, and carried out. */
  const settle = async () => {
    const [first, second] = [0, 1].map((index) => `${leases[0]?.upTo}/${index}`)
    if (first === undefined || second === undefined) throw new Error('Nothing is owed.')
    await right(keeper.settle(of, [{ id: first }, { id: second, refusal: 'no' }]))
    await right(keeper.resend(of, [second]))
    await right(keeper.settle(of, [{ id: second }]))
  }

  const works: Readonly<Record<string, () => Promise<unknown>>> = {
    load: () => right(keeper.load(of, ['many-7', 'many-8', 'none'])),
    commit,
    due: () => right(keeper.due(of, 'a', 10)),
    settle,
    nextDueAt: () => right(keeper.nextDueAt(of)),
    parkedEvents: () => right(keeper.parkedEvents(of, 'none')),
    unpark: () => right(keeper.unpark(of, { key: 'none', entry: O.none, through: globalPosition(1) })),
    get: () => right(keeper.get(of, 'many-7')),
    page: () => right(keeper.page(of, 10, 'many-5')),
    where: () => right(many.where({ n: 7 })),
    'a path among few': () => right(many.matching('$.n > 1', { where: { n: 7 } })),
  }
  const count = async () => {
    for (const table of tables) await sql.unsafe(`vacuum analyze "${schema}".${table}`)
  }

  return {
    works,
    lease,
    count,
    pathInAll: () => right(many.matching('$.n == 7')),
    create: async () => {
      await right(migrate(sql, { schema }))
      for (const table of tables) {
        await sql.unsafe(`alter table "${schema}".${table} set (autovacuum_enabled = off)`)
      }
    },
    /** Many entries, many timers of many keys, all of them in days to come, and what waits behind many parked keys. */
    fill: () =>
      sql.unsafe(`
        insert into "${schema}".read_model_entry (read_model, key, position, state, searched)
        select r.id, 'many-' || n, 1, json_build_object('n', n), jsonb_build_object(r.id::text, jsonb_build_object('n', n))
        from "${schema}".read_model r, generate_series(10, ${kept}) n;
        insert into "${schema}".owed_command
          (read_model, partition, id, key, position, nth, command, due_at, timer)
        select r.id, ${keeper.partitionOf('many-7')}, 'timer-' || n, 'many-' || n % 5000, 1, n, '{}',
          now() + n * interval '1 day', 'later'
        from "${schema}".read_model r, generate_series(1, ${kept}) n;
        insert into "${schema}".read_model_parked (read_model, key, position, parked_at, attempts, reason, event)
        select r.id, 'parked-' || n % 5000, n, now(), 1, 'no', '{}'
        from "${schema}".read_model r, generate_series(1, ${kept}) n`),
    /** As after a standstill. */
    fillWithDueTimers: () =>
      sql.unsafe(`
        insert into "${schema}".owed_command
          (read_model, partition, id, key, position, nth, command, due_at, timer)
        select r.id, ${keeper.partitionOf('many-7')}, 'late-' || n, 'late-' || n, 1, n, '{}',
          now() - n * interval '1 second', 'late'
        from "${schema}".read_model r, generate_series(1, ${kept}) n`),
    watch: () => watch(sql),
    planned: async (work: () => Promise<unknown>) => {
      plans.length = 0
      await work()
      return plans.flatMap(nodes)
    },
    end: async () => {
      await sql.unsafe('set client_min_messages = warning')
      await sql.unsafe(`drop schema "${schema}" cascade`)
      await sql.end()
    },
  }
}

type Keeper = ReturnType<typeof watchedKeeper>

const everyWork = async ({ works }: Keeper) => {
  for (const work of Object.values(works)) await work()
}

/** When the server counts the tables for the last time; afterwards everything is done so often that plans are kept. */
const circumstances: Readonly<Record<string, (keeper: Keeper) => Promise<void>>> = {
  'while there is nothing': async (keeper) => {
    await keeper.count()
    for (let time = 0; time < 7; time++) await everyWork(keeper)
    await keeper.fill()
  },
  'while there is next to nothing': async (keeper) => {
    await keeper.works['commit']?.()
    await keeper.count()
    for (let time = 0; time < 7; time++) await everyWork(keeper)
    await keeper.fill()
  },
  'when all is there': async (keeper) => {
    await keeper.fill()
    await keeper.count()
    for (let time = 0; time < 7; time++) await everyWork(keeper)
  },
}

describe.each(Object.entries(circumstances))('where the server counted %s,', (_when, prepare) => {
  const keeper = watchedKeeper()

  beforeAll(async () => {
    await keeper.create()
    await keeper.lease()
    await prepare(keeper)
    await keeper.watch()
  })

  afterAll(keeper.end)

  test.each(Object.keys(keeper.works))('%s touches what it is asked for', async (name) => {
    const found = await keeper.planned(keeper.works[name] ?? (async () => {}))
    expect(found.length).toBeGreaterThan(0)
    expect(
      found.filter(
        (node) => node['Node Type'] === 'Seq Scan' && growing.includes(node['Relation Name'] ?? ''),
      ),
    ).toEqual([])
    // Each of the 64 places is locked, looked at and moved, and older servers count some of that twice.
    expect(touched(found), JSON.stringify(found.filter((node) => touched([node]) > 900))).toBeLessThan(1_000)
  })

  /** Found by the run of reading and reacting, whose process managers were the slower the more they owed. */
  test('due touches what it is asked for, however many timers are due', async () => {
    await keeper.fillWithDueTimers()
    const found = await keeper.planned(keeper.works['due'] ?? (async () => {}))
    expect(found.length).toBeGreaterThan(0)
    expect(touched(found)).toBeLessThan(1_000)
  })

  test('and the count tells: a path is looked for in every state', async () => {
    const found = await keeper.planned(keeper.pathInAll)
    expect(touched(found)).toBeGreaterThan(kept / 2)
  })
})
