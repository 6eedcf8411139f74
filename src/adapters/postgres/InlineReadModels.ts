/**
 * Read models that are written in the transaction of an append. Their keys are held until that transaction ends, by
 * locks on the numbers that stand for them, so transactions that count under one key take turns, and each sees what the
 * one before it wrote.
 * Used by: users, with `projectInline`.
 * @since 0.1.0
 */
import { either as E, function as F, taskEither as TE } from 'fp-ts'
import type { InlineReadModels } from '../../run/ProjectInline.js'
import { keysProblem, readModelProblem } from '../../store/Keeping.js'
import { invalidInput } from '../../store/StoreError.js'
import { numberArray, textArray } from './ArrayLiteral.js'
import { type Connection, isPool, send } from './Connection.js'
import { entryParameters, loadedFrom } from './KeptJson.js'
import { entryKey } from './LockKey.js'
import { idParameters, readModelStatements } from './ReadModelCall.js'
import { asking, firstRefusal, keptOtherwise } from './ReadModelInput.js'
import { type SchemaOptions, schemaOf } from './Schema.js'
import { sameSession } from './Session.js'

/** Where inline read models are kept, and how. */
export interface InlineReadModelsOptions extends SchemaOptions {
  /** Whether states can be searched by what they contain; unless `false`. Cannot be changed while a read model is kept. */
  readonly searchable?: boolean
}

/**
 * Read models in a transaction of yours, which has to be READ COMMITTED. `projectingStore` appends
 * and then projects: from then on others that count under the same keys wait for your commit. Two transactions that project in turns may deadlock; the
 * server breaks that and one of them gets `Busy`. A read model that is written like this is never leased: what was
 * recorded before its first transaction is not in it.
 * @example
 * import { projection } from 'decider-ts/evolve'
 * import { inlineReadModels, migrate, postgresStore, readModel } from 'decider-ts/adapters/postgres'
 * import { projectingStore, projectInline } from 'decider-ts/run'
 * import { eventId, eventToAppend, noStream, streamId, toStream } from 'decider-ts/store'
 * import { either as E, option as O } from 'fp-ts'
 * import * as t from 'io-ts'
 * import postgres from 'postgres'
 * const sql = postgres(process.env['DATABASE_URL'] ?? '', { onnotice: () => {} })
 * const options = { schema: 'decider_inline_example' }
 * await migrate(sql, options)()
 * const openings = projection({
 *   name: 'openings',
 *   event: t.type({ type: t.literal('Opened') }),
 *   state: t.type({ times: t.number }),
 *   initialState: { times: 0 },
 *   evolve: ({ times }) => ({ times: times + 1 }),
 * })
 * const stream = streamId('account', 'a1')
 * const id = eventId('0198a6a2-0000-7000-8000-000000000001')
 * const opened = eventToAppend({ id, stream, type: 'Opened', data: {} })
 * await sql.begin(async (transaction) => {
 *   const project = projectInline(inlineReadModels(transaction, options), openings)
 *   const store = projectingStore(postgresStore(transaction, options), [project])
 *   const appended = await store.append(toStream(stream, noStream)([opened]))()
 *   if (E.isLeft(appended)) throw new Error(appended.left._tag)
 * })
 * await readModel(sql, openings, options).get('account-a1')() // => E.right(O.some({ times: 1 }))
 * await sql.unsafe('drop schema decider_inline_example cascade')
 * await sql.end()
 */
export const inlineReadModels = (
  transaction: Connection,
  options: InlineReadModelsOptions = {},
): InlineReadModels => {
  const { searchable = true } = options
  const schema = schemaOf(options)
  if (E.isLeft(schema)) return refusing(schema.left)
  if (isPool(transaction)) return refusing(invalidInput('transaction', 'is a pool and no transaction'))
  const statements = readModelStatements(schema.right)
  const session = sameSession(transaction)
  const save = asking(send(session, statements.save), F.constVoid)
  return {
    hold: (of, keys) => {
      const hold = asking(send(session, statements.hold), (row) => {
        const refusal = keptOtherwise(row?.(3), row?.(4), 0, searchable)
        return refusal === undefined ? E.right(loadedFrom(keys, row).entries) : E.left(refusal)
      })
      const numbers = new Set(keys.map((key) => entryKey(schema.right.name, of, key)))
      return F.pipe(
        hold(firstRefusal(readModelProblem(of), keysProblem(keys, 'keys')), () => [
          ...idParameters(of),
          String(searchable),
          // In one order by everybody, so that they cannot wait for each other in a circle.
          numberArray([...numbers].sort((a, b) => (a < b ? -1 : 1))),
          textArray(keys),
        ]),
        TE.chainEitherKW(F.identity),
      )
    },
    save: (of, entries) =>
      save(firstRefusal(readModelProblem(of)), () => [...idParameters(of), ...entryParameters(entries)]),
  }
}

const refusing = (problem: ReturnType<typeof invalidInput>): InlineReadModels => ({
  hold: () => TE.left(problem),
  save: () => TE.left(problem),
})
