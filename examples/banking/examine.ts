/**
 * The account examined: every law that any domain must keep, then what the bank expects of it, and how many mistakes
 * planted by a machine these expectations notice. Run it with `npm run examine`.
 */
import { examine, mutationScore, showExamination, showMutationScore } from 'decider-ts/harness'
import { Account } from './Account.js'
import { accountExpectations } from './Expectations.js'

/** Another process asks the account the same, in another language and another time zone. */
const module = {
  url: new URL('Account.ts', import.meta.url).href,
  name: 'Account',
  nodeOptions: ['--import', 'tsx'],
}
const examination = await examine(Account, { ...accountExpectations, module })
const score = mutationScore(Account, accountExpectations)
process.stdout.write(`${showExamination(examination)}\n\n${showMutationScore(score)}\n`)
if (examination.verdicts.some(({ verdict }) => verdict === 'broken') || score.survivors.length > 0)
  process.exitCode = 1
