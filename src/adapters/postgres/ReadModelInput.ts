/**
 * What is asked of read models, checked before it travels: names and keys are such as streams may have, and a commit
 * holds only what its leases cover. What the server refused all the same becomes an error of the port.
 * Used by: `postgresReadModels`, `inlineReadModels`, `readModel`.
 * @since 0.1.0
 */
import { either as E, function as F, taskEither as TE } from 'fp-ts'
import type { ReadModelCommit, ReadModelError, ReadModelId } from '../../run/ReadModels.js'
import { toJson } from '../../store/Json.js'
import { checkKey } from '../../store/Partition.js'
import { type InvalidInput, invalidInput } from '../../store/StoreError.js'
import type { Row } from './Connection.js'
import { type Fault, transactionFailed } from './SqlState.js'

/** What a server can count to. */
const integerMax = 2_147_483_647

/** The first of several checks that has something to say. */
export const firstRefusal = (
  ...checks: ReadonlyArray<InvalidInput | undefined>
): E.Either<InvalidInput, void> => {
  const refusal = checks.find((check) => check !== undefined)
  return refusal === undefined ? E.right(undefined) : E.left(refusal)
}

/** What is wrong with the name of a read model, a key or an owner. */
export const nameRefusal = (name: string, path: string): InvalidInput | undefined => {
  const checked = checkKey(name, path)
  return E.isLeft(checked) ? checked.left : undefined
}

/** What is wrong with the first key that cannot be one. */
export const keysRefusal = (keys: ReadonlyArray<string>, path: string): InvalidInput | undefined => {
  for (const [index, key] of keys.entries()) {
    const refusal = nameRefusal(key, `${path}[${index}]`)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

/** What is wrong with the name or the version of a read model. */
export const idRefusal = ({ name, version }: ReadModelId): InvalidInput | undefined =>
  nameRefusal(name, 'name') ?? countRefusal(version, 'version')

/** What is wrong with a whole number from 1. */
export const countRefusal = (count: number, path: string, most = integerMax): InvalidInput | undefined =>
  Number.isInteger(count) && count >= 1 && count <= most
    ? undefined
    : invalidInput(path, `is not a whole number from 1 to ${most}: ${count}`)

/** What is wrong with a commit. */
export const commitRefusal = (
  { owner, moves, entries, parked, owing }: ReadModelCommit,
  partitionOf: (key: string) => number,
): InvalidInput | undefined => {
  const covered = new Set(moves.map(({ partition }) => partition))
  if (covered.size < moves.length) return invalidInput('moves', 'name a partition twice')
  const back = moves.findIndex(({ upTo, to }) => to < upTo)
  if (back >= 0) return invalidInput(`moves[${back}].to`, 'is before the place where the partition is')
  const outside = (keyed: ReadonlyArray<{ readonly key: string }>, path: string) => {
    for (const [index, { key }] of keyed.entries()) {
      const where = `${path}[${index}].key`
      const refusal = nameRefusal(key, where)
      if (refusal !== undefined) return refusal
      if (!covered.has(partitionOf(key)))
        return invalidInput(where, 'belongs to a partition that the commit does not move')
    }
    return undefined
  }
  const keys = new Set(entries.map(({ key }) => key))
  if (keys.size < entries.length) return invalidInput('entries', 'name a key twice')
  for (const [index, { state }] of entries.entries()) {
    const json = toJson(state, `entries[${index}].state`)
    if (E.isLeft(json)) return json.left
  }
  return (
    nameRefusal(owner, 'owner') ??
    outside(entries, 'entries') ??
    outside(parked, 'parked') ??
    outside(owing?.commands ?? [], 'owing.commands') ??
    outside(owing?.cancelled ?? [], 'owing.cancelled')
  )
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
