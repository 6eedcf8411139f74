/**
 * The schema in which a store lives. One schema holds one store: its tables, its order, its locks. Any name that
 * PostgreSQL can hold will do; it is always quoted, and it is the only text that is ever put into a statement.
 * Used by: `postgresStore` and `migrate`.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import { type InvalidInput, invalidInput } from '../../store/StoreError.js'

/** Where a store lives. */
export interface SchemaOptions {
  /** `decider` unless given. At most 63 bytes of UTF-8; not beginning with `pg_`, which the server keeps to itself. */
  readonly schema?: string
}

/** A schema whose name a statement can hold. */
export interface Schema {
  readonly name: string
  /** The name as it stands in a statement. */
  readonly quoted: string
}

/** In bytes. The server cuts a longer name silently, and two stores whose names differ beyond it would be one. */
const nameLengthMax = 63

const loneSurrogate = /\p{Surrogate}/u

/** The schema that the options name, or why no schema can have that name. */
export const schemaOf = ({ schema = 'decider' }: SchemaOptions): E.Either<InvalidInput, Schema> => {
  const problem = problemOf(schema)
  return problem === undefined
    ? E.right({ name: schema, quoted: `"${schema.replaceAll('"', '""')}"` })
    : E.left(invalidInput('options.schema', problem))
}

const problemOf = (name: string): string | undefined => {
  if (typeof name !== 'string') return `is not a text but ${typeof name}`
  if (name === '') return 'is empty'
  if (name.includes('\u0000')) return 'contains U+0000'
  if (loneSurrogate.test(name)) return 'contains half of a surrogate pair'
  if (Buffer.byteLength(name) > nameLengthMax) return `is longer than ${nameLengthMax} bytes`
  if (name.startsWith('pg_')) return 'begins with pg_, which PostgreSQL keeps to itself'
  // The functions of the log find their tables by a search path, and there this name stands for another schema.
  return name === '$user' ? 'means the schema of the current user' : undefined
}
