/**
 * Names as 64-bit numbers: the keys under which appends exclude each other, and the hashes under which tags are found.
 * A collision costs a needless wait or a needless look, and never a wrong answer, since every lookup compares names.
 * Both hashes are the library's own and not the server's: those of tags are stored, those of streams must be the same in
 * every process that writes to the log, and the server's hash functions may change with its version. To change either
 * is a breaking change of the log.
 * Used by: `AppendCall`, `postgresStore` and `inlineReadModels`.
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
    ofStream: (stream) => mixed(stream) ^ salt,
    ofTag: (hash) => hash ^ salt,
  }
}

/** The key of an entry of a read model that is written in the transactions of appends. Never stored. */
export const entryKey = (
  schema: string,
  { name, version }: { readonly name: string; readonly version: number },
  key: string,
): bigint => hash64(JSON.stringify(['entry', schema, name, version, key]))

const hash64 = (name: string): bigint => hash('sha1', name, 'buffer').readBigInt64BE(0)

/**
 * Two multiplicative hashes of 32 bits, mixed at the end. Every append hashes a stream, and this takes 0.1 microseconds
 * where SHA-1 takes 1.0 (Node 20). A stream's hash is never stored, so it may be one by which an opponent can make names
 * collide: what that earns is a wait.
 */
const mixed = (name: string): bigint => {
  let high = 0x9e3779b9
  let low = 0x85ebca6b
  for (let index = 0; index < name.length; index++) {
    const unit = name.charCodeAt(index)
    high = Math.imul(high ^ unit, 0x9e3779b1)
    low = Math.imul(low ^ unit, 0x5f356495)
  }
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35)
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35)
  return BigInt.asIntN(64, (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0))
}
