/**
 * The stress run in its short form, against the server of the test run: everything at once, and then every check. The
 * checks are trusted because the same run finds out a log without locks and a follower that remembers the greatest
 * position only. The long form is `npm run stress`.
 */
import { describe, expect, test } from 'vitest'
import type { ChangeOfSql } from './Database.js'
import type { Heat } from './Decisions.js'
import { inBrief } from './Report.js'
import { calm, type Outcome, type Plan, runRound } from './Round.js'

const server = { url: process.env['DATABASE_URL'] ?? '' }
const seed = Number(process.env['SEED'] ?? 20260101)

const plan: Plan = {
  seed,
  milliseconds: 3_000,
  clients: 3,
  writers: 8,
  heat: calm,
  follow: 'best',
  faults: [],
}

const checksThatFailed = ({ violations }: Outcome): ReadonlySet<string> =>
  new Set(violations.map(({ check }) => check))

test('a run of everything at once, in several processes, breaks no promise', {
  timeout: 60_000,
}, async () => {
  const outcome = await runRound(server, plan)
  process.stdout.write(`${inBrief(outcome)}\n`)
  expect(outcome.violations.slice(0, 20), inBrief(outcome)).toEqual([])
  const { run } = outcome
  const answers = run.attempts.map(({ answer }) => answer.why)
  // A run in which little happened proves little.
  expect(run.log.length).toBeGreaterThan(100)
  expect(run.pages.length).toBeGreaterThan(10)
  expect(run.readings.length).toBeGreaterThan(30)
  for (const kind of ['VersionConflict', 'ConditionConflict', 'rolled back']) expect(answers).toContain(kind)
  expect(run.attempts.some(({ decision }) => decision.isPoisoned)).toBe(true)
  expect(run.mishaps).toEqual([])
})

/** Few names, so that writers meet, and room for positions to be drawn in one order and committed in another. */
const hot: Heat = { streams: 4, tags: 4, microseconds: 1_000_000, poison: 0 }

/** Nobody waits for a lock, and everybody waits a little between the checks and drawing a position. */
const withoutLocks: ChangeOfSql = (sql) =>
  `create or replace function unlocked(key bigint) returns boolean language sql as 'select true';
   create or replace function unlocked(class int, object int) returns boolean language sql as 'select true';
   create or replace function draw() returns bigint language plpgsql as $late$ begin
     perform pg_sleep(random() * 0.004); return nextval('event_position');
   end $late$;
   ${sql.replaceAll(/pg_advisory_xact_lock(_shared)?\(/g, 'unlocked(').replaceAll("nextval('event_position')", 'draw()')}`

describe('the same run finds out', () => {
  test('a log whose appends take no locks', { timeout: 60_000 }, async () => {
    const wanted = ['conditions held in the order of the log', 'there is a serial order, in real time']
    const found = new Set<string>()
    for (let nth = 0; nth < 10 && !wanted.every((check) => found.has(check)); nth++) {
      const outcome = await runRound(
        server,
        { ...plan, seed: seed + nth, milliseconds: 1_000, clients: 2, heat: hot, follow: 'nothing' },
        { change: withoutLocks, inProcess: true, isKept: false },
      )
      for (const check of checksThatFailed(outcome)) found.add(check)
    }
    expect([...found]).toEqual(expect.arrayContaining(wanted))
  })

  test('a follower who remembers the greatest position', { timeout: 60_000 }, async () => {
    const found = new Set<string>()
    for (let nth = 0; nth < 10 && found.size === 0; nth++) {
      const outcome = await runRound(
        server,
        { ...plan, seed: seed + nth, milliseconds: 800, clients: 2, heat: calm, follow: 'naive' },
        { inProcess: true, isKept: false },
      )
      for (const check of checksThatFailed(outcome)) found.add(check)
    }
    expect([...found]).toEqual(['followers saw the log'])
  })
})
