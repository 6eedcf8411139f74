/**
 * decider-ts beside its peers: prints a Markdown table and writes a record of the run to `results/`. It fails when our
 * own runs lose, double or reorder an event, never because they were slow. See README.md.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { startPostgres } from '../../tools/postgres/EmbeddedPostgres.js'
import { machine, type Settings, settingsOf, versions } from './Machine.js'
import { type Course, dropDatabases, type Run, race, startStable } from './Race.js'
import { ourFaults, type Result, resultOf, tableOf } from './Report.js'
import { inMemoryRows, onServerRows, type Row, slowCommitRows } from './Rows.js'
import { sizes } from './Workloads.js'

const usage = `Usage: npm run bench -- [options]
  --quick          about a minute: small rounds, three of them; for a look, not for figures
  --rounds <n>     how many rounds count (default 5)
  --only <text>    only rows whose text contains this
  --date <date>    the date in the record (default: the clock's)
  --save           writes results/latest.json, which is kept in the repository`

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    only: { type: 'string', default: '' },
    date: { type: 'string', default: new Date().toISOString() },
    save: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const size = sizes[values.quick ? 'quick' : 'full']
const rounds = Number(values.rounds ?? (values.quick ? 3 : 5))

/** What a server, or the memory of the process, contributes to the record. */
interface Section {
  readonly name: string
  readonly settings: Settings
  readonly runs: ReadonlyArray<Run>
  readonly results: ReadonlyArray<Result>
}

const wanted = (rows: ReadonlyArray<Row>) =>
  rows.filter(({ what, theirs }) => `${what} ${theirs}`.includes(values.only))

const contendersAt = (rows: ReadonlyArray<Row>, workload: Row['workload']) => [
  ...new Set(rows.filter((row) => row.workload === workload).flatMap(({ ours, theirs }) => [ours, theirs])),
]

/** All races of these rows. Progress goes to stderr, so that stdout holds the tables alone. */
const runRows = async (course: Course, rows: ReadonlyArray<Row>): Promise<ReadonlyArray<Run>> => {
  const stable = startStable(rows.flatMap(({ ours, theirs }) => [ours, theirs]))
  try {
    const runs: Array<Run> = []
    for (const workload of new Set(rows.map((row) => row.workload))) {
      console.error(`  ${workload}: ${contendersAt(rows, workload).join(', ')}`)
      runs.push(...(await race(stable, course, workload, contendersAt(rows, workload))))
    }
    return runs
  } finally {
    await stable.stop()
    if (course.url !== '') await dropDatabases(course.url)
  }
}

const section = (
  name: string,
  settings: Settings,
  rows: ReadonlyArray<Row>,
  runs: ReadonlyArray<Run>,
): Section => {
  const results = rows.map(resultOf(runs))
  console.log(`\n### ${name}\n\n${tableOf(results)}`)
  return { name, settings, runs, results }
}

const inMemory = async (): Promise<ReadonlyArray<Section>> => {
  const rows = wanted(inMemoryRows)
  if (rows.length === 0) return []
  return [section('In memory', {}, rows, await runRows({ url: '', size, rounds }, rows))]
}

/** Every race on a server that is new. With `DATABASE_URL` that server is used, and it has to have the settings. */
const onServer = async (
  name: string,
  settings: Settings,
  rows: ReadonlyArray<Row>,
): Promise<ReadonlyArray<Section>> => {
  if (rows.length === 0) return []
  const server = await startPostgres({ settings: { max_connections: '300', ...settings } })
  try {
    const actual = await settingsOf(server.url)
    const missing = Object.entries(settings).filter(([setting, value]) => actual[setting] !== value)
    if (missing.length > 0) {
      console.log(
        `\n### ${name}\n\nLeft out: the server lacks ${missing.map((pair) => pair.join(' = ')).join(', ')}.`,
      )
      return []
    }
    return [section(name, actual, rows, await runRows({ url: server.url, size, rounds }, rows))]
  } finally {
    await server.stop()
  }
}

const record = async (sections: ReadonlyArray<Section>): Promise<void> => {
  const folder = new URL('results/', import.meta.url)
  const { date, quick } = values
  const text = JSON.stringify(
    { date, quick, rounds, size, machine: machine(), versions: await versions(), sections },
    null,
    2,
  )
  await mkdir(folder, { recursive: true })
  const names = [`${date.replaceAll(':', '-')}.json`, ...(values.save ? ['latest.json'] : [])]
  for (const name of names) await writeFile(new URL(name, folder), `${text}\n`)
}

const main = async (): Promise<number> => {
  const start = performance.now()
  const { cpus, cpu, node } = machine()
  console.log(
    `${cpus} x ${cpu}, Node ${node}, ${rounds} rounds${values.quick ? ', quick: for a look only' : ''}`,
  )
  console.log('In brackets: the median and the 99th percentile of one operation.')
  const slow = { commit_delay: '2000', commit_siblings: '0' }
  const sections = [
    ...(await inMemory()),
    ...(await onServer('On PostgreSQL', {}, wanted(onServerRows))),
    ...(await onServer('On PostgreSQL, commits of 2 ms', slow, wanted(slowCommitRows))),
  ]
  await record(sections)
  console.log(`\nTook ${Math.round((performance.now() - start) / 1_000)} s.`)
  const faults = sections.flatMap(({ runs }) => ourFaults(runs))
  for (const fault of faults) console.error(fault)
  return faults.length === 0 ? 0 : 1
}

if (values.help) console.log(usage)
else process.exitCode = await main()
