/**
 * Names as 64-bit numbers: the keys under which appends exclude each other, and the hashes under which tags are found.
 * A collision costs a needless wait or a needless look, and never a wrong answer, since every lookup compares names.
 * The hash is the library's own and not the server's, because the hashes of tags are stored and the server's hash
 * functions may change with its version.
 * Used by: `AppendCall` and `postgresStore`.
 * @since 0.1.0
 */
import { hash } from 'node:crypto'
import type { StreamId } from '../../store/StreamId.js'
import type { Tag } from '../../store/Tag.js'

/** The hash of a tag, as the tag table stores it: of the tag alone, so a log can be copied to another schema. */
export const tagHash = (tag: Tag): bigint => hash64(`t:${tag}`)

/** The keys of one schema's streams and tags. Advisory locks are the database's, so another schema has other keys. */
export interface LockKeys {
  readonly ofStream: (stream: StreamId) => bigint
  readonly ofTag: (hash: bigint) => bigint
}

/** Keys for the log in a schema. */
export const lockKeysOf = (schema: string): LockKeys => {
  const salt = hash64(`schema:${schema}`)
  return {
    ofStream: (stream) => hash64(`s:${stream}`) ^ salt,
    ofTag: (hash) => hash ^ salt,
  }
}

/** 1.4 microseconds a name (Node 20), which a round trip of hundreds of them hides: a cache would not pay yet. */
const hash64 = (name: string): bigint => hash('sha1', name, 'buffer').readBigInt64BE(0)
