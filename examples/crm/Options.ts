/** What the demo can be told on the command line. */
import { parseArgs } from 'node:util'
import { either as E } from 'fp-ts'

export interface Options {
  readonly help: boolean
  /** The directory with the real pipeline; the one beside the project unless given. */
  readonly data: string | undefined
  readonly seed: number
  readonly customers: number
}

export const usage = `Four services, four processes, four databases: customers, appointments, relationships, campaigns.

Usage: npm run example:crm -- [options]

  --data DIR       a directory with the real sales pipeline; ../shared/data/crm beside the project unless given
  --seed N         the seed of the customers that are made up (default 1)
  --customers N    how many of them (default 40)
  --help           this page

A PostgreSQL server is started for the run and removed after it. DATABASE_URL names another one to use; the demo makes
four databases there and drops them at the end.
Exit codes: 0 all checks hold, 1 a difference or a failure, 2 bad input, 130 interrupted.`

const wholeNumber = (name: string, text: string): E.Either<string, number> =>
  /^[1-9]\d{0,3}$/.test(text)
    ? E.right(Number(text))
    : E.left(`--${name} needs a whole number from 1 to 9999, not '${text}'`)

/** The options of an argument list, or why it makes no sense. */
export const parseOptions = (args: ReadonlyArray<string>): E.Either<string, Options> => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        data: { type: 'string' },
        seed: { type: 'string', default: '1' },
        customers: { type: 'string', default: '40' },
        help: { type: 'boolean', default: false },
      },
    })
    const numbers = E.sequenceArray([
      wholeNumber('seed', values.seed),
      wholeNumber('customers', values.customers),
    ])
    return E.map(([seed = 1, customers = 1]: ReadonlyArray<number>) => ({
      help: values.help,
      data: values.data,
      seed,
      customers,
    }))(numbers)
  } catch (error) {
    return E.left(error instanceof Error ? error.message : String(error))
  }
}
