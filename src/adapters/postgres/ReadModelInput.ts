/**
 * What is asked of read models, sent where the gate of keepers (`src/store/Keeping.ts`) has let it through. What the
 * server refused all the same becomes an error of the port.
 * Used by: `postgresReadModels`, `inlineReadModels`, `readModel`.
 * @since 0.1.0
 */
import { either as E, function as F, taskEither as TE } from 'fp-ts'
import type { ReadModelError } from '../../run/ReadModels.js'
import { type InvalidInput, invalidInput } from '../../store/StoreError.js'
import type { Row } from './Connection.js'
import { type Fault, transactionFailed } from './SqlState.js'

/** The first of several checks that has something to say. */
export const firstRefusal = (
  ...checks: ReadonlyArray<InvalidInput | undefined>
): E.Either<InvalidInput, void> => {
  const refusal = checks.find((check) => check !== undefined)
  return refusal === undefined ? E.right(undefined) : E.left(refusal)
}

/** What is wrong with keeping a read model in one way that is kept in another already. */
export const keptOtherwise = (
  keptPartitions: string | undefined,
  keptSearchable: string | undefined,
  partitions: number,
  searchable: boolean,
): InvalidInput | undefined => {
  const kept = Number(keptPartitions)
  if (kept === 0 && partitions > 0)
    return invalidInput('name', 'is that of a read model which is written in the transactions of appends')
  if (kept > 0 && partitions === 0)
    return invalidInput('name', 'is that of a read model which is written behind the log')
  if (kept !== partitions)
    return invalidInput('options.partitions', `is ${partitions}, and the read model is kept in ${kept}`)
  return (keptSearchable === 't') === searchable
    ? undefined
    : invalidInput('options.searchable', `is ${searchable}, and the read model is kept otherwise`)
}

/** What the server refused, as an error of the port. */
export const readModelError = (fault: Fault): ReadModelError => {
  switch (fault._tag) {
    case 'Busy':
    case 'Unavailable':
      return fault
    case 'OldSnapshot':
      return invalidInput('connection', `is under ${fault.isolation}, and read models need READ COMMITTED`)
    default:
      return transactionFailed(fault)
  }
}

/** Every statement here is answered by one row. None would be no answer, and must not be taken for a good one. */
export const onlyRow = ([row]: ReadonlyArray<Row>): E.Either<ReadModelError, Row> =>
  row === undefined
    ? E.left({
        _tag: 'Unavailable',
        outcome: 'unknown',
        reason: 'the server gave no answer',
        cause: undefined,
      })
    : E.right(row)

/** One statement, sent. */
export type SendRequest = (
  parameters: ReadonlyArray<string | null>,
) => TE.TaskEither<Fault, ReadonlyArray<Row>>

/** A request that is sent if nothing is wrong with it, and answered by what is read from the first row. */
export const asking =
  <A>(sendRequest: SendRequest, read: (row: Row) => A) =>
  (
    refusal: E.Either<InvalidInput, void>,
    parameters: () => ReadonlyArray<string | null>,
  ): TE.TaskEither<ReadModelError, A> =>
    F.pipe(
      TE.fromEither(refusal),
      TE.chainW(() => TE.mapLeft(readModelError)(sendRequest(parameters()))),
      TE.chainEitherKW(onlyRow),
      TE.map(read),
    )
