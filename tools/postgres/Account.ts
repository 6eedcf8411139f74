/**
 * Whose account the server runs in.
 *
 * PostgreSQL refuses to run as root, but containers and build machines often run as root. Then it runs in
 * an account that exists already, because creating one would change the machine. Used by EmbeddedPostgres.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** `undefined` means: the account of the caller, who is not root. */
export const accountForServer = async (candidates: readonly string[]): Promise<Account | undefined> => {
  if (process.geteuid?.() !== 0) return undefined
  for (const name of candidates) {
    const account = await lookUp(name).catch(() => undefined)
    if (account) return account
  }
  throw new Error(
    `PostgreSQL refuses to run as root, and of the accounts it could use (${candidates.join(', ')}) ` +
      'none exists here. Run this as another user, or set DATABASE_URL to a server that already runs.',
  )
}

const lookUp = async (name: string): Promise<Account> => ({
  name,
  uid: await idOf('-u', name),
  gid: await idOf('-g', name),
})

/** The id of `nobody` on macOS is -2 but printed without sign; `| 0` gives the sign back. */
const idOf = async (flag: '-u' | '-g', name: string): Promise<number> =>
  Number((await promisify(execFile)('id', [flag, name])).stdout) | 0
