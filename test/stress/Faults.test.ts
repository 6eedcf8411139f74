/**
 * The fault run in its short form, on a durable server of its own: the server crashes and comes back, clients are killed
 * and replaced, all under load, and then every check. The long form is `npm run stress`.
 */
import { expect, onTestFinished, test } from 'vitest'
import { startMortalPostgres } from '../../tools/postgres/EmbeddedPostgres.js'
import { inBrief } from './Report.js'
import { calm, faultsOf, runRound } from './Round.js'

const seed = Number(process.env['SEED'] ?? 20260101)
const milliseconds = 6_000
const clients = 3

test('no crash of the server and no killed client breaks a promise', { timeout: 90_000 }, async () => {
  const server = await startMortalPostgres()
  onTestFinished(server.stop)
  const faults = faultsOf(seed, { milliseconds, crashes: 2, kills: 2, clients })
  const plan = { seed, milliseconds, clients, writers: 8, heat: calm, follow: 'best' as const, faults }
  const outcome = await runRound(server, plan)
  process.stdout.write(`${inBrief(outcome)}\n`)
  expect(outcome.violations.slice(0, 20), inBrief(outcome)).toEqual([])
  const { run } = outcome
  expect(run.log.length).toBeGreaterThan(100)
  expect(run.pages.length).toBeGreaterThan(10)
  // The faults came in the middle of things: some outcomes were lost, and some were found out by asking again.
  expect(run.attempts.some(({ ended }) => ended === Infinity)).toBe(true)
  expect(run.attempts.some(({ answer }) => answer.why.startsWith('Unavailable'))).toBe(true)
  expect(run.mishaps.filter((what) => what.startsWith('uncaught'))).toEqual([])
})
