/** What the bank expects of an account notices every mistake that a machine planted in it, and what is less does not. */
import { examine, mutationScore, showMutationScore } from 'decider-ts/harness'
import { expect, test } from 'vitest'
import { Account } from '../../examples/banking/Account.js'
import { accountExpectations } from '../../examples/banking/Expectations.js'

test('the account is as the bank expects', async () => {
  const { verdicts } = await examine(Account, { ...accountExpectations, histories: 100 })
  expect(verdicts.filter(({ verdict }) => verdict === 'broken').map(({ text }) => text)).toEqual([])
})

test('no mutant of the account passes unnoticed', () => {
  const score = mutationScore(Account, accountExpectations)
  expect(score.survivors, showMutationScore(score)).toEqual([])
  expect(score.percent).toBe(100)
  expect(score.killed.length).toBeGreaterThan(100)
  expect(score.broken).toEqual([])
})

test('without what is said of each command some do', () => {
  const { postconditions: _, ...less } = accountExpectations
  const { survivors } = mutationScore(Account, less, { histories: 50 })
  expect(survivors.map(({ name }) => name)).toContain('Withdrawn is recorded with one more as its amount')
})
