/**
 * A digest of books: one short text that is equal for two stores exactly when every account has the same events in the
 * same order, with the same metadata, and the same state at the end. Ids, positions and times of recording are left
 * out, because each store gives its own.
 */
import { createHash } from 'node:crypto'
import { Account } from './Account.js'
import type { Book, Books } from './Books.js'

/** JSON with the keys of every object in the order of their code units, so that equal values are equal texts. */
export const canonicalJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const parts = Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1))
  return `{${parts.map(([key, part]) => `${JSON.stringify(key)}:${canonicalJson(part)}`).join(',')}}`
}

const lineOf = ({ account, recorded, state }: Book): string =>
  canonicalJson({
    account,
    events: recorded.map(({ version, type, schemaVersion, tags, data, metadata }) => ({
      version: version.toString(),
      type,
      schemaVersion,
      tags,
      data,
      metadata,
    })),
    state: Account.state.encode(state),
  })

/** SHA-256 over all accounts in the order of their numbers. */
export const digestOf = (books: Books): string => {
  const hash = createHash('sha256')
  const accounts = [...books.keys()].sort()
  for (const account of accounts) {
    const book = books.get(account)
    if (book !== undefined) hash.update(`${lineOf(book)}\n`)
  }
  return hash.digest('hex')
}
