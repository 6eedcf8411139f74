/**
 * The long form of the stress run and the fault run: rounds of half a minute for as long as it is told, every round on a
 * database and with a seed of its own, on a durable server that is started here.
 *
 *     npm run stress -- --minutes 10 --seed 1 --faults both
 *
 * `--faults` is `both`, `none`, `crashes` or `kills`. The report is written to .tmp/stress/report.md and report.json.
 * Used by: `npm run stress`.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startMortalPostgres } from '../../tools/postgres/EmbeddedPostgres.js'
import { inBrief, markdownOf, merged, type Report, reportOf } from './Report.js'
import { calm, faultsOf, type Plan, runRound } from './Round.js'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    faults: { type: 'string', default: 'both' },
    clients: { type: 'string', default: '4' },
    writers: { type: 'string', default: '6' },
    round: { type: 'string', default: '25' },
  },
})

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

const planFor = (seed: number): Plan => {
  const milliseconds = Number(values.round) * 1000
  const clients = Number(values.clients)
  const [crashes, kills] = [
    values.faults === 'both' || values.faults === 'crashes' ? 2 : 0,
    values.faults === 'both' || values.faults === 'kills' ? 2 : 0,
  ]
  const faults = faultsOf(seed, { milliseconds, crashes, kills, clients })
  return { seed, milliseconds, clients, writers: Number(values.writers), heat: calm, follow: 'best', faults }
}

const minutes = Number(values.minutes)
const began = Date.now()
const server = await startMortalPostgres()
const reports: Array<Report> = []
try {
  for (let seed = Number(values.seed); Date.now() - began < minutes * 60_000; seed++) {
    const outcome = await runRound(server, planFor(seed))
    say(inBrief(outcome))
    reports.push(reportOf(outcome))
  }
} finally {
  await server.stop()
}

const folder = fileURLToPath(new URL('../../.tmp/stress', import.meta.url))
mkdirSync(folder, { recursive: true })
const report = merged(reports)
const about = `${minutes} minutes, ${values.clients} processes of ${values.writers} writers each, faults: ${values.faults}.`
const markdown = markdownOf(report, about)
writeFileSync(join(folder, 'report.md'), `${markdown}\n`)
writeFileSync(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`)
say(`\n${markdown}`)
if (report.found.length > 0) process.exitCode = 1
