/**
 * Reading and reacting in short, on the server of the test run: everything at once, killed and paused, and then every
 * check. The checks are trusted because the same run finds out instances that are wrong on purpose. The long form is
 * `npm run stress:reactions`.
 */
import { describe, expect, test } from 'vitest'
import type { ChangeOfSql } from '../Database.js'
import { type Amounts, planOf } from './Plan.js'
import { type Control, runReactions } from './Reactions.js'
import { inBrief } from './Report.js'

const server = { url: process.env['DATABASE_URL'] ?? '' }
const seed = Number(process.env['SEED'] ?? 20260101)

test('whoever is killed or paused, everything is read once and reacted to once', {
  timeout: 120_000,
}, async () => {
  const plan = planOf({ seed, writers: 8, events: 3_000, milliseconds: 3_000, kills: 4, pauses: 1 })
  const outcome = await runReactions(server, plan)
  process.stdout.write(`${inBrief(outcome)}\n`)
  expect(outcome.violations.slice(0, 20), inBrief(outcome)).toEqual([])
  const { reacted } = outcome
  // A run in which little happened proves little.
  expect(reacted.log.length).toBeGreaterThan(3_000)
  expect(reacted.decided.length).toBeGreaterThan(100)
  expect(reacted.outside.attempts.length).toBeGreaterThan(100)
  expect(reacted.log.filter(({ type }) => type === 'Expired').length).toBeGreaterThan(10)
  expect(outcome.expected.takenBack.size).toBeGreaterThan(10)
})

/** Rounds with other seeds, until all of these checks have found something. */
const foundBy = async (
  wanted: ReadonlyArray<string>,
  amounts: Omit<Amounts, 'seed'>,
  control: Control,
): Promise<ReadonlyArray<string>> => {
  const found = new Set<string>()
  for (let nth = 0; nth < 8 && !wanted.every((check) => found.has(check)); nth++) {
    const plan = planOf({ ...amounts, seed: seed + nth })
    const { violations } = await runReactions(server, plan, { ...control, isKept: false })
    for (const { check } of violations) found.add(check)
  }
  return [...found]
}

const brief = { writers: 6, events: 1_200, milliseconds: 1_800 }

/** Whoever holds a place need not be the one who commits to it, and need not believe what is so. */
const withoutFences: ChangeOfSql = (sql) =>
  sql.replace('and p.owner = of_owner and p.fence = m.fence and p.up_to = m.up_to', '')

describe('the same run finds out', () => {
  test('places that are written before what belongs to them, ids made anew, and timers that do not wait', {
    timeout: 120_000,
  }, async () => {
    const wanted = [
      'read models are the fold',
      'commands are carried out once',
      'no command comes from nowhere',
      'timers fire once or never',
      'effects outside happen once',
    ]
    const found = await foundBy(
      wanted,
      { ...brief, kills: 3, pauses: 0 },
      { mistakes: ['place first', 'ids anew', 'hasty timers'] },
    )
    expect(found).toEqual(expect.arrayContaining(wanted))
  })

  test('commits without fences', { timeout: 120_000 }, async () => {
    const wanted = ['read models are the fold', 'the table of the handler is the fold']
    const found = await foundBy(
      wanted,
      { ...brief, leaseMs: 300, kills: 1, pauses: 1 },
      { change: withoutFences, mistakes: ['stalls'] },
    )
    expect(found).toEqual(expect.arrayContaining(wanted))
  })
})
