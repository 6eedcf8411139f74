/** What the demo can be told on the command line. */
import { parseArgs } from 'node:util'
import { either as E } from 'fp-ts'

export interface Options {
  readonly help: boolean
  /** The directory with the Berka data; generated customers unless given. */
  readonly berka: string | undefined
  readonly noOverdraft: boolean
  readonly seed: number
  readonly accounts: number
  readonly commands: number
  readonly concurrency: number
}

export const usage = `Bank accounts, decided by pure functions and kept in PostgreSQL.

Usage: npm run demo -- [options]

  --berka DIR        replay the 46,997 real transactions of the Berka data in DIR
  --no-overdraft     open every account without overdraft; with --berka, list what the rule rejects
  --seed N           the seed of the generated customers (default 1)
  --accounts N       how many of them (default 120)
  --commands N       how many commands they send in all (default 3000)
  --concurrency N    how many commands run at once (default 32)
  --help             this page

A PostgreSQL server is started for the run and removed after it. DATABASE_URL names another one to use; the demo
works in a schema of its own there and drops it at the end.
Exit codes: 0 all checks hold, 1 a difference or a failure, 2 bad input, 130 interrupted.`

const wholeNumber = (name: string, text: string): E.Either<string, number> =>
  /^[1-9]\d{0,6}$/.test(text)
    ? E.right(Number(text))
    : E.left(`--${name} needs a whole number of 1 or more, not '${text}'`)

/** The options of an argument list, or why it makes no sense. */
export const parseOptions = (args: ReadonlyArray<string>): E.Either<string, Options> => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        berka: { type: 'string' },
        'no-overdraft': { type: 'boolean', default: false },
        seed: { type: 'string', default: '1' },
        accounts: { type: 'string', default: '120' },
        commands: { type: 'string', default: '3000' },
        concurrency: { type: 'string', default: '32' },
        help: { type: 'boolean', default: false },
      },
    })
    const numbers = E.sequenceArray([
      wholeNumber('seed', values.seed),
      wholeNumber('accounts', values.accounts),
      wholeNumber('commands', values.commands),
      wholeNumber('concurrency', values.concurrency),
    ])
    return E.map(([seed = 1, accounts = 1, commands = 1, concurrency = 1]: ReadonlyArray<number>) => ({
      help: values.help,
      berka: values.berka,
      noOverdraft: values['no-overdraft'],
      seed,
      accounts,
      commands,
      concurrency,
    }))(numbers)
  } catch (error) {
    return E.left(error instanceof Error ? error.message : String(error))
  }
}
