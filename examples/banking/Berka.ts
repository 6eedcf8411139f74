/**
 * The Berka data, a Czech bank's real transactions of 1993 and 1994, as commands. Two files tell of every transaction,
 * one in the order of the books and one with the other side of transfers, so each is held against the other.
 */
import { apply, either as E, function as F } from 'fp-ts'
import { AccountNumber, type Overdraft } from './Account.js'
import { frequencies, type MoneyCommand, meanings, type StatementFrequency } from './BerkaCodes.js'
import { Day, parseSixDigits } from './Day.js'
import { type BadInput, badInput, readTable, type TextFile } from './DelimitedText.js'
import { Amount, Hellers, parse as parseCrowns, Residual } from './Money.js'
import { followedBy, type Lane, order } from './Order.js'

/** The files, as texts. */
export interface BerkaTexts {
  readonly ordered: TextFile
  readonly journal: TextFile
  readonly accounts: TextFile
  readonly loans: TextFile
}

/** A real transaction: the command it stands for, and what the bank's books said after it. */
export interface Transaction {
  readonly line: number
  readonly seq: number
  readonly reference: string
  readonly command: MoneyCommand
  readonly residual: Hellers
  readonly balanceAfter: Hellers
}

/** A real account with its transactions in order. */
export interface RealAccount {
  readonly account: AccountNumber
  readonly openedOn: Day
  readonly statements: StatementFrequency
  readonly transactions: ReadonlyArray<Transaction>
}

export interface Berka {
  readonly accounts: ReadonlyArray<RealAccount>
  readonly transactions: number
  /** Of how many loans the amount is the number of payments times the payment, and how many there are. */
  readonly loans: { readonly exact: number; readonly all: number }
}

const orderedRows = readTable({
  delimiter: ',',
  columns: [
    'account_id',
    'seq',
    'date',
    'trans_id',
    'type',
    'operation',
    'k_symbol',
    'signed_amount_hellers',
    'balance_after_hellers',
    'residual_hellers',
  ],
})
const journalRows = readTable({
  delimiter: ';',
  columns: [
    'trans_id',
    'account_id',
    'date',
    'type',
    'operation',
    'amount',
    'balance',
    'k_symbol',
    'bank',
    'account',
  ],
})
const accountRows = readTable({
  delimiter: ';',
  columns: ['account_id', 'district_id', 'frequency', 'date'],
})
const loanRows = readTable({
  delimiter: ';',
  columns: ['loan_id', 'account_id', 'date', 'amount', 'duration', 'payments', 'status'],
})

type RowOf<Read> = Read extends (file: TextFile) => E.Either<BadInput, ReadonlyArray<infer R>> ? R : never
type OrderedRow = RowOf<typeof orderedRows>
type JournalRow = RowOf<typeof journalRows>

type Parsed<A> = E.Either<string, A>

const hellers = (text: string): Parsed<Hellers> => {
  const amount = /^(0|-?[1-9]\d*)$/.test(text) ? Number(text) : Number.NaN
  return Hellers.is(amount) ? E.right(amount) : E.left(`'${text}' is not a whole number of hellers`)
}
const amount = (size: number): Parsed<Amount> =>
  Amount.is(size) ? E.right(size) : E.left('nothing is moved: the amount is 0')
const residual = (text: string): Parsed<Hellers> =>
  E.filterOrElse(
    (difference: Hellers) => difference === 0 || Residual.is(difference),
    (difference) => `${difference} hellers are too many to be a rounding residual`,
  )(hellers(text))
const day = (text: string): Parsed<Day> =>
  Day.is(text) ? E.right(text) : E.left(`'${text}' is not a day such as 1993-02-26`)
const accountNumber = (text: string): Parsed<AccountNumber> =>
  AccountNumber.is(text) ? E.right(text) : E.left(`'${text}' is not an account number`)

const inRow =
  (file: string, line: number) =>
  <A>(parsed: Parsed<A>): E.Either<BadInput, A> =>
    E.mapLeft((reason: string) => badInput(file, line, reason))(parsed)

/** Every fact that both files state must be the same in both. */
const disagreement = (row: OrderedRow, entry: JournalRow): Parsed<null> => {
  const signed = Math.abs(Number(row.get('signed_amount_hellers')))
  const facts = {
    account: [row.get('account_id'), entry.get('account_id')],
    type: [row.get('type'), entry.get('type')],
    operation: [row.get('operation'), entry.get('operation')],
    k_symbol: [row.get('k_symbol').trim(), entry.get('k_symbol').trim()],
    date: [row.get('date'), E.toUnion(parseSixDigits(entry.get('date')))],
    amount: [signed, E.toUnion(parseCrowns(entry.get('amount')))],
    balance: [Number(row.get('balance_after_hellers')), E.toUnion(parseCrowns(entry.get('balance')))],
  }
  const different = Object.entries(facts).find(([, [here, there]]) => here !== there)
  if (different === undefined) return E.right(null)
  const [name, [here, there]] = different
  return E.left(`its ${name} is ${here}, and ${there} in line ${entry.line} of the journal`)
}

const parseTransaction = (row: OrderedRow, entry: JournalRow | undefined): Parsed<Transaction> => {
  const code = [row.get('type'), row.get('operation'), row.get('k_symbol').trim()].join('|')
  const translate = meanings.get(code)
  const reference = row.get('trans_id')
  if (translate === undefined) return E.left(`nobody knows what '${code}' means`)
  if (entry === undefined) return E.left(`the journal has no transaction ${reference}`)
  const party = { bank: entry.get('bank'), account: entry.get('account') }
  if (row.get('operation').startsWith('PREVOD') && (party.bank === '' || party.account === '')) {
    return E.left(`line ${entry.line} of the journal is a transfer without the other account`)
  }
  const sign = row.get('type') === 'PRIJEM' ? 1 : -1
  return F.pipe(
    apply.sequenceS(E.Applicative)({
      account: accountNumber(row.get('account_id')),
      on: day(row.get('date')),
      amount: F.pipe(
        hellers(row.get('signed_amount_hellers')),
        E.chain((signed) =>
          signed * sign < 0
            ? E.left(`${signed} has the wrong sign for ${row.get('type')}`)
            : amount(Math.abs(signed)),
        ),
      ),
      residual: residual(row.get('residual_hellers')),
      balanceAfter: hellers(row.get('balance_after_hellers')),
      agreed: disagreement(row, entry),
    }),
    E.map(({ account, on, amount, residual, balanceAfter }) => ({
      line: row.line,
      seq: Number(row.get('seq')),
      reference,
      command: translate({ account, on, reference, amount }, party),
      residual,
      balanceAfter,
    })),
  )
}

const parseTransactions = (
  ordered: TextFile,
  journal: TextFile,
): E.Either<BadInput, ReadonlyArray<Transaction>> => {
  const entries = journalRows(journal)
  if (E.isLeft(entries)) return entries
  const byId = new Map(entries.right.map((entry) => [entry.get('trans_id'), entry]))
  const twice = entries.right.find((entry) => byId.get(entry.get('trans_id')) !== entry)
  if (twice !== undefined) {
    return E.left(
      badInput(journal.file, twice.line, `transaction ${twice.get('trans_id')} stands in it twice`),
    )
  }
  const spent = new Set<string>()
  return F.pipe(
    orderedRows(ordered),
    E.chain(
      E.traverseArray((row) => {
        const id = row.get('trans_id')
        const again = spent.has(id)
        spent.add(id)
        const parsed = again ? E.left(`transaction ${id} stands in it twice`) : undefined
        return inRow(ordered.file, row.line)(parsed ?? parseTransaction(row, byId.get(id)))
      }),
    ),
    E.chainFirst(() => {
      const missing = entries.right.find((entry) => !spent.has(entry.get('trans_id')))
      return missing === undefined
        ? E.right(null)
        : E.left(badInput(journal.file, missing.line, `${ordered.file} lacks this transaction`))
    }),
  )
}

const parseAccount = (row: RowOf<typeof accountRows>): Parsed<Omit<RealAccount, 'transactions'>> => {
  const statements = frequencies.get(row.get('frequency'))
  return apply.sequenceS(E.Applicative)({
    account: accountNumber(row.get('account_id')),
    openedOn: parseSixDigits(row.get('date')),
    statements: E.fromNullable(`nobody knows what '${row.get('frequency')}' means`)(statements),
  })
}

const byAccount = (transactions: ReadonlyArray<Transaction>) => {
  const groups = new Map<AccountNumber, Array<Transaction>>()
  for (const transaction of transactions) {
    const { account } = transaction.command
    const group = groups.get(account)
    if (group === undefined) groups.set(account, [transaction])
    else group.push(transaction)
  }
  return groups
}

/** The order within an account is the file's, so a gap in `seq` means that a row is missing or out of place. */
const inOrder = (file: string, transactions: ReadonlyArray<Transaction>): E.Either<BadInput, null> => {
  const wrong = transactions.findIndex(({ seq }, index) => seq !== index + 1)
  const found = transactions[wrong]
  return found === undefined
    ? E.right(null)
    : E.left(badInput(file, found.line, `its seq is ${found.seq} where ${wrong + 1} comes next`))
}

/** The real accounts with their transactions, or the first thing that is wrong with the files. */
export const readBerka = ({ ordered, journal, accounts, loans }: BerkaTexts): E.Either<BadInput, Berka> =>
  F.pipe(
    E.Do,
    E.bind('transactions', () => parseTransactions(ordered, journal)),
    E.bind('loans', () => E.chain(countLoans(loans.file))(loanRows(loans))),
    E.bind('known', () =>
      F.pipe(
        accountRows(accounts),
        E.chain(E.traverseArray((row) => inRow(accounts.file, row.line)(parseAccount(row)))),
        E.map((rows) => new Map(rows.map((row) => [row.account, row]))),
      ),
    ),
    E.bind('accounts', ({ transactions, known }) =>
      E.traverseArray(([number, own]: [AccountNumber, ReadonlyArray<Transaction>]) =>
        F.pipe(
          inOrder(ordered.file, own),
          E.chain(() =>
            E.fromNullable<BadInput>({ file: accounts.file, reason: `it has no account ${number}` })(
              known.get(number),
            ),
          ),
          E.map((account): RealAccount => ({ ...account, transactions: own })),
        ),
      )([...byAccount(transactions)]),
    ),
    E.map(({ accounts, transactions, loans }) => ({ accounts, loans, transactions: transactions.length })),
  )

const countLoans = (file: string) => (rows: ReadonlyArray<RowOf<typeof loanRows>>) =>
  F.pipe(
    rows,
    E.traverseArray((row) =>
      F.pipe(
        apply.sequenceS(E.Applicative)({
          amount: parseCrowns(`${row.get('amount')}.00`),
          duration: hellers(row.get('duration')),
          payment: parseCrowns(row.get('payments')),
        }),
        E.map(({ amount, duration, payment }) => amount === duration * payment),
        inRow(file, row.line),
      ),
    ),
    E.map((exact) => ({ exact: exact.filter(Boolean).length, all: exact.length })),
  )

/** The orders of a real account: it is opened, and each transaction is one command, the rounding after it another. */
export const laneOf =
  (overdraft: Overdraft) =>
  ({ account, openedOn, statements, transactions }: RealAccount): Lane => {
    const actor = 'the bank'
    const open = { type: 'Open', account, on: openedOn, overdraft, statements } as const
    return [
      order(open, `open-${account}`, actor),
      ...transactions.map(({ command, residual: amount, reference }) => {
        const booked = order(command, `transaction-${reference}`, actor)
        if (!Residual.is(amount)) return booked
        const { on } = command
        const rounding = { type: 'BookResidual', account, on, reference, amount } as const
        return followedBy(booked, rounding, `residual-${reference}`)
      }),
    ]
  }
