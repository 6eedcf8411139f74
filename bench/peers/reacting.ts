/**
 * Reading and reacting beside Emmett, in one run on one server: how fast a log is caught up with, and how soon a handler or
 * a read model has what was just appended. Prints Markdown tables and writes a record to `results/`. It fails when our own
 * runs lose, double or reorder an event, never because they were slow. See README.md.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { startPostgres } from '../../tools/postgres/EmbeddedPostgres.js'
import { machine, settingsOf, versions } from './Machine.js'
import { dropDatabases } from './Race.js'
import { type ReadingCourse, raceCatchUp, raceLive } from './Reading.js'
import {
  catchUpRows,
  catchUpTable,
  liveRows,
  liveTable,
  ourReadingFaults,
  readersIn,
} from './ReadingReport.js'

const usage = `Usage: npm run reacting -- [options]
  --quick             small logs, short loads, one round; for a look, not for figures
  --rounds <n>        how many rounds count (default 5)
  --events <n>        how long the log is (default 100000)
  --slow-events <n>   how long it is for readers that send statements for each event (default 20000)
  --callers <n>       how many append the log at a time (default 1)
  --per-second <n>    how many events the load appends in a second (default 1000)
  --seconds <n>       how long the load lasts, beyond the two seconds that do not count (default 8)
  --only <what>       only 'catch-up' or only 'live'
  --readers <text>    only readers whose name contains this
  --save              writes results/reacting.json, which is kept in the repository`

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    events: { type: 'string' },
    'slow-events': { type: 'string' },
    callers: { type: 'string', default: '1' },
    'per-second': { type: 'string', default: '1000' },
    seconds: { type: 'string' },
    only: { type: 'string', default: '' },
    readers: { type: 'string', default: '' },
    save: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const { quick } = values
const [long, short] = [
  Number(values.events ?? (quick ? 20_000 : 100_000)),
  Number(values['slow-events'] ?? (quick ? 2_000 : 20_000)),
]

const courseAt = (url: string): ReadingCourse => ({
  url,
  rounds: Number(values.rounds ?? (quick ? 1 : 5)),
  // Ten events a stream.
  long: { events: long, streams: long / 10 },
  short: { events: short, streams: short / 10 },
  callers: Number(values.callers),
  perSecond: Number(values['per-second']),
  loadSeconds: Number(values.seconds ?? (quick ? 2 : 8)),
  leadSeconds: 2,
})

const isWanted = (part: string): boolean => part.startsWith(values.only)

const wanted = (rows: Parameters<typeof readersIn>[0]) =>
  readersIn(rows).filter((name) => name.includes(values.readers))

const record = async (course: ReadingCourse, found: object): Promise<void> => {
  const folder = new URL('results/', import.meta.url)
  const date = new Date().toISOString()
  const { url: _, ...size } = course
  const text = JSON.stringify(
    { date, quick, ...size, machine: machine(), load: loadavg(), versions: await versions(), ...found },
    null,
    2,
  )
  await mkdir(folder, { recursive: true })
  const names = [`reacting-${date.replaceAll(':', '-')}.json`, ...(values.save ? ['reacting.json'] : [])]
  for (const name of names) await writeFile(new URL(name, folder), `${text}\n`)
}

const main = async (): Promise<number> => {
  const before = loadavg()
  const server = await startPostgres({ settings: { max_connections: '300' } })
  try {
    const settings = await settingsOf(server.url)
    const course = courseAt(server.url)
    const { cpus, cpu, node } = machine()
    console.log(
      `${cpus} x ${cpu}, Node ${node}, ${course.rounds} rounds; load before: ${before[0]?.toFixed(1)}`,
    )
    const catchUp = isWanted('catch-up') ? await raceCatchUp(course, wanted(catchUpRows)) : []
    if (catchUp.length > 0) console.log(`\n### Catching up\n\n${catchUpTable(catchUp)}`)
    const live = isWanted('live') ? await raceLive(course, wanted(liveRows)) : []
    if (live.length > 0) console.log(`\n### Keeping up\n\n${liveTable(live)}`)
    await record(course, { settings, loadBefore: before, catchUp, live })
    const late = live.reduce((latest, { lateMs }) => Math.max(latest, lateMs), 0)
    if (live.length > 0) console.log(`\nThe load was ${Math.round(late)} ms behind its schedule at most.`)
    const faults = [...ourReadingFaults(catchUp), ...ourReadingFaults(live)]
    for (const fault of faults) console.error(fault)
    return faults.length === 0 ? 0 : 1
  } finally {
    await dropDatabases(server.url)
    await server.stop()
  }
}

if (values.help) console.log(usage)
else process.exitCode = await main()
