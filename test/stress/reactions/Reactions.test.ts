/**
 * Reading and reacting in short, on the server of the test run. The long form is `npm run stress:reactions`.
 */
import { expect, test } from 'vitest'
import { planOf } from './Plan.js'
import { runReactions } from './Reactions.js'

const server = process.env['DATABASE_URL'] ?? ''
const seed = Number(process.env['SEED'] ?? 20260101)

test('whoever is killed or paused, everything is read once and reacted to once', {
  timeout: 90_000,
}, async () => {
  const plan = planOf({ seed, writers: 8, events: 3_000, milliseconds: 5_000, kills: 4, pauses: 1 })
  const outcome = await runReactions(server, plan)
  console.log(
    outcome.plan.faults,
    outcome.takeovers,
    outcome.quietMs,
    outcome.totalMs,
    outcome.reacted.log.length,
    outcome.reacted.outside.effects.length,
    outcome.reacted.outside.attempts.length,
    outcome.folder,
  )
  expect(outcome.violations.slice(0, 20)).toEqual([])
})
