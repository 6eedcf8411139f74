/**
 * The real data, in memory: every published figure. The files are not part of the repository, so these tests are
 * skipped, and say so, where `BERKA_DIR` does not lead to them.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { memoryStore } from 'decider-ts/adapters/memory'
import { either as E } from 'fp-ts'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Berka, laneOf } from '../../examples/banking/Berka.js'
import { loadBerka } from '../../examples/banking/BerkaFiles.js'
import { type Books, readBooks, totalsOf } from '../../examples/banking/Books.js'
import { holds } from '../../examples/banking/Check.js'
import { reportBadInput } from '../../examples/banking/DelimitedText.js'
import { runLanes, type Tally } from '../../examples/banking/Lanes.js'
import { format } from '../../examples/banking/Money.js'
import { differences, oracleChecks } from '../../examples/banking/Oracle.js'
import { overdraftReport } from '../../examples/banking/OverdraftRule.js'

const { BERKA_DIR = fileURLToPath(new URL('../../../shared/data/banking', import.meta.url)) } = process.env
const absent = !existsSync(BERKA_DIR)
if (absent) {
  process.stderr.write(
    'SKIPPED: the tests on real data need BERKA_DIR, a directory with the Berka data files.\n',
  )
}

const run = async (berka: Berka, overdraft: 'allowed' | 'forbidden') => {
  const store = memoryStore()
  const tally = await runLanes(store, { atOnce: 1 })(berka.accounts.map(laneOf(overdraft)))
  const books = await readBooks(store)
  if (E.isLeft(books)) throw new Error(books.left._tag)
  return { tally, books: books.right }
}

describe.skipIf(absent)('the Berka data', () => {
  let berka: Berka
  let real: { readonly tally: Tally; readonly books: Books }

  beforeAll(async () => {
    const loaded = await loadBerka(BERKA_DIR)()
    if (E.isLeft(loaded)) throw new Error(reportBadInput(loaded.left))
    berka = loaded.right
    real = await run(berka, 'allowed')
  }, 180_000)

  test('the replayed books have every published figure, and every stored balance', () => {
    expect(oracleChecks(berka, real.books).filter((check) => !holds(check))).toEqual([])
    expect(differences(berka, real.books)).toEqual([])
    expect(real.tally.refused).toEqual([])
    expect(format(totalsOf(real.books).balance)).toBe('39,296,720.10')
  })

  test('a balance that is off by one heller is found', () => {
    const [first, ...others] = berka.accounts
    if (first === undefined) throw new Error('There are no accounts.')
    const transactions = first.transactions.map((each, index) =>
      index === 0 ? { ...each, balanceAfter: (each.balanceAfter + 1) as typeof each.balanceAfter } : each,
    )
    const altered = { ...berka, accounts: [{ ...first, transactions }, ...others] }
    expect(differences(altered, real.books).map(({ account }) => account)).toEqual([first.account])
    expect(oracleChecks(altered, real.books).filter((check) => !holds(check))).toHaveLength(1)
  })

  test('without overdraft, 71 of the 88 rows below zero break the rule, and 26 when it is in force', async () => {
    // Accounts share nothing, so those that are never below zero cannot change the answer.
    const indebted = berka.accounts.filter(({ transactions }) =>
      transactions.some(({ balanceAfter }) => balanceAfter < 0),
    )
    const strict = await run({ ...berka, accounts: indebted }, 'forbidden')
    const report = overdraftReport(berka, strict.tally.refused)
    expect(report.belowZero).toBe(88)
    expect(report.breaches).toHaveLength(71)
    expect(report.breaches.filter(({ balanceUnderRule }) => balanceUnderRule !== undefined)).toHaveLength(26)
    expect(strict.tally.refused).toHaveLength(26)
    expect(report.onlyUnderRule).toBe(0)
  })
})
