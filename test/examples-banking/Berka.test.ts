/** The Berka files, in small: what they mean, and how each kind of damage is told. */
import { decider } from 'decider-ts'
import { either as E } from 'fp-ts'
import { describe, expect, test } from 'vitest'
import { Account } from '../../examples/banking/Account.js'
import { type BerkaTexts, laneOf, readBerka } from '../../examples/banking/Berka.js'
import { loadBerka } from '../../examples/banking/BerkaFiles.js'
import { reportBadInput } from '../../examples/banking/DelimitedText.js'

const ordered = `account_id,seq,date,trans_id,type,operation,k_symbol,signed_amount_hellers,balance_after_hellers,residual_hellers
2,1,1993-02-26,276,PRIJEM,VKLAD,,110000,110000,0
2,2,1993-03-12,279,PRIJEM,PREVOD Z UCTU,DUCHOD,2023600,2133600,0
2,3,1993-03-31,3530483,PRIJEM,,UROK,10955,2144550,-5
2,4,1993-04-01,900,VYBER,VYBER,,-2144550,0,0
2,5,1993-04-02,901,VYDAJ,PREVOD NA UCET,SIPO,-100,-100,0
7,1,1994-01-01,902,PRIJEM,VKLAD,,90000,90000,0
`
const journal = `"trans_id";"account_id";"date";"type";"operation";"amount";"balance";"k_symbol";"bank";"account"
276;2;930226;"PRIJEM";"VKLAD";1100.00;1100.00;"";;
902;7;940101;"PRIJEM";"VKLAD";900.00;900.00;" ";;
279;2;930312;"PRIJEM";"PREVOD Z UCTU";20236.00;21336.00;"DUCHOD";"ST";66487163
3530483;2;930331;"PRIJEM";"";109.55;21445.50;"UROK";;
900;2;930401;"VYBER";"VYBER";21445.50;0.00;"";;0
901;2;930402;"VYDAJ";"PREVOD NA UCET";1.00;-1.00;"SIPO";"QR";13943797
`
const accounts = `"account_id";"district_id";"frequency";"date"
2;1;"POPLATEK MESICNE";930226
7;60;"POPLATEK PO OBRATU";940101
8;60;"POPLATEK TYDNE";940101
`
const loans = `"loan_id";"account_id";"date";"amount";"duration";"payments";"status"
4959;2;940105;80952;24;3373.00;"A"
4961;19;960429;30276;12;2523.50;"B"
`
const texts = (changed: Partial<Record<keyof BerkaTexts, string>> = {}): BerkaTexts => {
  const all = { ordered, journal, accounts, loans, ...changed }
  return {
    ordered: { file: 'ordered.csv', text: all.ordered },
    journal: { file: 'trans.asc', text: all.journal },
    accounts: { file: 'account.asc', text: all.accounts },
    loans: { file: 'loan.asc', text: all.loans },
  }
}
const small = () => {
  const berka = readBerka(texts())
  if (E.isLeft(berka)) throw new Error(reportBadInput(berka.left))
  return berka.right
}

test('accounts come with their transactions in order, and loans are counted', () => {
  const { accounts, transactions, loans } = small()
  expect(transactions).toBe(6)
  expect(loans).toEqual({ exact: 1, all: 2 })
  expect(accounts.map(({ account, openedOn, statements }) => ({ account, openedOn, statements }))).toEqual([
    { account: '2', openedOn: '1993-02-26', statements: 'monthly' },
    { account: '7', openedOn: '1994-01-01', statements: 'after each transaction' },
  ])
})

test('codes become commands, and the other side of a transfer comes from the journal', () => {
  const [first] = small().accounts
  expect(
    first?.transactions.map(({ command: { account: _, on: __, reference: ___, ...rest } }) => rest),
  ).toEqual([
    { type: 'Deposit', amount: 110_000 },
    {
      type: 'ReceiveTransfer',
      amount: 2_023_600,
      party: { bank: 'ST', account: '66487163' },
      purpose: 'pension',
    },
    { type: 'CreditInterest', amount: 10_955 },
    { type: 'Withdraw', amount: 2_144_550, channel: 'cash', purpose: 'unstated' },
    { type: 'SendTransfer', amount: 100, party: { bank: 'QR', account: '13943797' }, purpose: 'household' },
  ])
})

test('a rounding follows its transaction as a command of its own, caused by it', () => {
  const [first] = small().accounts
  const followUp = first === undefined ? undefined : laneOf('allowed')(first)[3]?.followUp
  expect(followUp?.command).toMatchObject({ type: 'BookResidual', amount: -5, reference: '3530483' })
  expect(followUp?.context).toMatchObject({
    commandId: 'residual-3530483',
    causationId: 'transaction-3530483',
    correlationId: 'transaction-3530483',
  })
})

test('replayed, each account has the balance that the file says', () => {
  const balances = small().accounts.map((real) => {
    const commands = laneOf('allowed')(real).flatMap(({ command, followUp }) =>
      followUp === undefined ? [command] : [command, followUp.command],
    )
    const { state } = decider.run(Account)(commands)
    return state.status === 'unopened' ? undefined : state.balance
  })
  expect(balances).toEqual([-100, 90_000])
})

describe('damage is told with file and line', () => {
  const complaint = (changed: Partial<Record<keyof BerkaTexts, string>>): string => {
    const berka = readBerka(texts(changed))
    return E.isLeft(berka) ? reportBadInput(berka.left) : 'nothing is wrong'
  }
  const damage = (from: string, to: string) => complaint({ ordered: ordered.replace(from, to) })

  test.each([
    [
      'an unknown code',
      'VKLAD,,110000',
      'VKLADY,,110000',
      "line 2: nobody knows what 'PRIJEM|VKLADY|' means",
    ],
    [
      'a fraction of a heller',
      '110000,110000',
      '1100.5,110000',
      "line 2: '1100.5' is not a whole number of hellers",
    ],
    ['a wrong sign', ',-100,-100', ',100,-100', 'line 6: 100 has the wrong sign for VYDAJ'],
    ['no amount', ',-100,-100', ',0,-100', 'line 6: nothing is moved: the amount is 0'],
    [
      'a large residual',
      '2144550,-5',
      '2144550,-15',
      'line 4: -15 hellers are too many to be a rounding residual',
    ],
    ['no such day', '1993-03-31', '1993-03-32', "line 4: '1993-03-32' is not a day such as 1993-02-26"],
    [
      'another amount',
      '110000,110000',
      '110001,110000',
      'line 2: its amount is 110001, and 110000 in line 2 of the journal',
    ],
    ['another account', '7,1,1994', '8,1,1994', 'line 7: its account is 8, and 7 in line 3 of the journal'],
    ['a wrong order', '2,2,1993', '2,3,1993', 'line 3: its seq is 3 where 2 comes next'],
    ['a repeated row', ',902,', ',901,', 'line 7: transaction 901 stands in it twice'],
    ['an unknown transaction', ',902,', ',999,', 'line 7: the journal has no transaction 999'],
  ])('%s', (_, from, to, message) => {
    expect(damage(from, to)).toBe(`ordered.csv, ${message}`)
  })

  test('rows that one of the files lacks', () => {
    const [header, ...rows] = ordered.split('\n')
    expect(complaint({ ordered: [header, ...rows.slice(0, 5)].join('\n') })).toBe(
      'trans.asc, line 3: ordered.csv lacks this transaction',
    )
    expect(complaint({ journal: `${journal}276;2;930226;"PRIJEM";"VKLAD";1100.00;1100.00;"";;\n` })).toBe(
      'trans.asc, line 2: transaction 276 stands in it twice',
    )
    expect(complaint({ accounts: accounts.replace('7;60', '9;60') })).toBe('account.asc: it has no account 7')
  })

  test('a transfer without another side, and words that nobody knows', () => {
    expect(complaint({ journal: journal.replace('"QR";13943797', ';') })).toBe(
      'ordered.csv, line 6: line 7 of the journal is a transfer without the other account',
    )
    expect(complaint({ accounts: accounts.replace('POPLATEK MESICNE', 'constructor') })).toBe(
      "account.asc, line 2: nobody knows what 'constructor' means",
    )
    expect(complaint({ loans: loans.replace('3373.00', '3373') })).toBe(
      "loan.asc, line 2: '3373' is not an amount with two decimals",
    )
  })

  test('a directory that is not there', async () => {
    const loaded = await loadBerka('no/such/directory')()
    expect(E.mapLeft(reportBadInput)(loaded)).toMatchObject(
      E.left(expect.stringMatching(/^no\/such\/directory: it is no directory to read: ENOENT/)),
    )
  })
})
