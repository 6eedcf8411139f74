/**
 * A real sales pipeline as commands: accounts become customers, and each row about an opportunity becomes what must have
 * been asked for it to stand where it stands. Whatever in the files is in doubt is refused, with its file and line. One
 * name is mended on the way in, and counted: 'GTXPro' is 'GTX Pro' in the list of products.
 */
import { either as E, function as F } from 'fp-ts'
import { type BadInput, badInput, type Row, readTable, type TextFile } from '../../banking/DelimitedText.js'

export interface PipelineFiles {
  readonly accounts: TextFile
  readonly products: TextFile
  readonly opportunities: TextFile
}

/** What is asked of one service for one thing; in this order. */
export type Commands = ReadonlyArray<{ readonly type: string }>

export interface Pipeline {
  /** For the customers service, one list for each account. */
  readonly accounts: ReadonlyArray<Commands>
  /** For the relationships service, one list for each opportunity. */
  readonly opportunities: ReadonlyArray<Commands>
  /** How often the name of a product was mended. */
  readonly renamed: number
}

const accountColumns = [
  'account',
  'sector',
  'year_established',
  'revenue',
  'employees',
  'office_location',
  'subsidiary_of',
] as const
const productColumns = ['product', 'series', 'sales_price'] as const
const opportunityColumns = [
  'opportunity_id',
  'sales_agent',
  'product',
  'account',
  'deal_stage',
  'engage_date',
  'close_date',
  'close_value',
] as const
type Column = (typeof opportunityColumns)[number]

/** Where a company counts as large. */
const largeFrom = 1_000

/** The name of a customer, from the name of an account: `Acme Corporation` is `acme-corporation`. */
export const customerOf = (account: string): string =>
  account
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')

const accountCommands = (row: Row<(typeof accountColumns)[number]>): Commands => {
  const [name, employees] = [row.get('account'), Number(row.get('employees'))]
  const segment = employees < largeFrom ? 'small' : 'large'
  const customer = customerOf(name)
  return [{ type: 'Register', customer, name, email: '', segment } as { readonly type: string }]
}

const withoutSpaces = (text: string): string => text.replaceAll(' ', '')

/** The product of the list that a row means. */
const productIn =
  (products: ReadonlySet<string>) =>
  (written: string): string | undefined =>
    products.has(written)
      ? written
      : [...products].find((product) => withoutSpaces(product) === withoutSpaces(written))

/** What the row of each stage has to tell, and what it must not. */
const filled: Readonly<Record<string, { readonly engaged: boolean; readonly closed: boolean }>> = {
  Prospecting: { engaged: false, closed: false },
  Engaging: { engaged: true, closed: false },
  Won: { engaged: true, closed: true },
  Lost: { engaged: true, closed: true },
}

const opportunityCommands =
  (file: string, product: (written: string) => string | undefined, customers: ReadonlySet<string>) =>
  (row: Row<Column>): E.Either<BadInput, Commands> => {
    const bad = (reason: string) => E.left(badInput(file, row.line, reason))
    const stage = row.get('deal_stage')
    const wanted = filled[stage]
    if (wanted === undefined) return bad(`there is no stage '${stage}'`)
    const sold = product(row.get('product'))
    if (sold === undefined) return bad(`there is no product '${row.get('product')}'`)
    const account = row.get('account')
    if (account !== '' && !customers.has(customerOf(account))) return bad(`there is no account '${account}'`)
    const [engagedOn, on, worth] = [row.get('engage_date'), row.get('close_date'), row.get('close_value')]
    if (
      (engagedOn !== '') !== wanted.engaged ||
      (on !== '') !== wanted.closed ||
      (worth !== '') !== wanted.closed
    )
      return bad(`what it tells does not go with the stage '${stage}'`)
    const opportunity = row.get('opportunity_id')
    const agent = row.get('sales_agent')
    const value = Number(worth)
    return E.right([
      { type: 'Prospect', opportunity, agent, product: sold },
      ...(account === '' ? [] : [{ type: 'Attribute', opportunity, customer: customerOf(account) }]),
      ...(engagedOn === '' ? [] : [{ type: 'Engage', opportunity, on: engagedOn }]),
      ...(stage === 'Won' ? [{ type: 'Win', opportunity, on, value }] : []),
      ...(stage === 'Lost' ? [{ type: 'Lose', opportunity, on }] : []),
    ])
  }

/** The commands of a pipeline, or the first thing that is wrong with its files. */
export const readPipeline = (files: PipelineFiles): E.Either<BadInput, Pipeline> =>
  F.pipe(
    E.Do,
    E.bind('accounts', () => readTable({ delimiter: ',', columns: accountColumns })(files.accounts)),
    E.bind('products', () => readTable({ delimiter: ',', columns: productColumns })(files.products)),
    E.bind('rows', () => readTable({ delimiter: ',', columns: opportunityColumns })(files.opportunities)),
    E.chain(({ accounts, products, rows }) => {
      const names = new Set(products.map((row) => row.get('product')))
      const customers = new Set(accounts.map((row) => customerOf(row.get('account'))))
      if (customers.size !== accounts.length)
        return E.left(badInput(files.accounts.file, 1, 'two accounts have the same name'))
      const commands = opportunityCommands(files.opportunities.file, productIn(names), customers)
      return E.map((opportunities: ReadonlyArray<Commands>) => ({
        accounts: accounts.map(accountCommands),
        opportunities,
        renamed: rows.filter((row) => !names.has(row.get('product'))).length,
      }))(E.traverseArray(commands)(rows))
    }),
  )
