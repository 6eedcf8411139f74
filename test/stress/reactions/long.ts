/**
 * The run of reading and reacting in full, on a durable server that is started here.
 *
 *     npm run stress:reactions -- --events 100000 --writers 40 --kills 30
 *
 * Other options are `--pauses`, `--crashes` (of the server), `--seconds` and `--seed`. The report is written to .tmp/stress/reactions.md and
 * reactions.json.
 * Used by: `npm run stress:reactions`.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startMortalPostgres } from '../../../tools/postgres/EmbeddedPostgres.js'
import { planOf } from './Plan.js'
import { runReactions } from './Reactions.js'
import { figuresOf, foundOf, markdownOf } from './Report.js'

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '100000' },
    writers: { type: 'string', default: '40' },
    kills: { type: 'string', default: '30' },
    pauses: { type: 'string', default: '10' },
    crashes: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '150' },
    seed: { type: 'string', default: '1' },
  },
})

const plan = planOf({
  seed: Number(values.seed),
  writers: Number(values.writers),
  events: Number(values.events),
  milliseconds: Number(values.seconds) * 1000,
  kills: Number(values.kills),
  pauses: Number(values.pauses),
  crashes: Number(values.crashes),
})

process.on('uncaughtException', (error) => {
  // postgres.js 3.4.9 may write to a socket that it has let go when a server was lost; see `ClientProcess`.
  if (error instanceof TypeError && /nextWrite/.test(error.stack ?? '')) return
  process.stderr.write(`${error.stack}\n`)
  process.exit(1)
})

const server = await startMortalPostgres()
try {
  const outcome = await runReactions(server, plan)
  const folder = fileURLToPath(new URL('../../../.tmp/stress', import.meta.url))
  mkdirSync(folder, { recursive: true })
  const markdown = markdownOf(outcome)
  writeFileSync(join(folder, 'reactions.md'), `${markdown}\n`)
  const report = { plan, figures: figuresOf(outcome), found: foundOf(outcome), takeovers: outcome.takeovers }
  writeFileSync(join(folder, 'reactions.json'), `${JSON.stringify(report, null, 2)}\n`)
  process.stdout.write(`${markdown}\n`)
  if (outcome.violations.length > 0) process.exitCode = 1
} finally {
  await server.stop()
}
