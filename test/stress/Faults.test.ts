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
  expect(run.attempts.some(({ answer }) => /connection|listens|starting/.test(answer.why))).toBe(true)
  expect(run.mishaps.filter((what) => what.startsWith('uncaught'))).toEqual([])
})

test('the same run finds out a server that acknowledges before its disk does', {
  timeout: 90_000,
}, async () => {
  // Commits wait for ten seconds until they are written, so a crash takes them with it.
  const settings = { synchronous_commit: 'off', wal_writer_delay: '10s' }
  const server = await startMortalPostgres({ settings })
  onTestFinished(server.stop)
  const plan = { seed, milliseconds: 2_000, clients: 1, writers: 8, heat: calm, follow: 'best' as const }
  const faults = [{ at: 1_000, _tag: 'CrashServer' as const, downFor: 0 }]
  const outcome = await runRound(server, { ...plan, faults }, { isKept: false })
  const found = new Set(outcome.violations.map(({ check }) => check))
  for (const check of ['nothing acknowledged is lost', 'there is a serial order, in real time'])
    expect(found).toContain(check)
  expect(found).toContain('no position is used again')
})
