/**
 * Commits of read models. A pure one is one call; one in which a handler of the user's writes its own tables is a
 * transaction that holds the places first, so from its first word on nobody can take them over, and what the handler
 * wrote is there if and only if the places have moved.
 * Used by: `postgresReadModels`.
 * @since 0.1.0
 */
import { either as E, function as F, option as O, taskEither as TE } from 'fp-ts'
import type { Sql, TransactionSql } from 'postgres'
import type { Owing } from '../../run/Outbox.js'
import type {
  Fenced,
  Lease,
  ReadModelCommit,
  ReadModelError,
  ReadModelId,
  ReadModels,
  Unparking,
  Within,
} from '../../run/ReadModels.js'
import { stringify } from '../../store/Json.js'
import { checkKeptCommit, checkKeptUnparking, readModelProblem } from '../../store/Keeping.js'
import type { InvalidInput } from '../../store/StoreError.js'
import { numberArray } from './ArrayLiteral.js'
import { type Connection, type Row, send } from './Connection.js'
import { commandParameters, entryParameters, parkedParameters, searchedText, wordOf } from './KeptJson.js'
import { idParameters, type ReadModelStatements } from './ReadModelCall.js'
import { onlyRow, readModelError } from './ReadModelInput.js'
import { sameSession } from './Session.js'
import { type Fault, faultOf, isLost } from './SqlState.js'

/** What commits need to know. */
export interface Committing<Types extends Record<string, unknown>> {
  readonly sql: Sql<Types>
  readonly statements: ReadModelStatements
  readonly partitionOf: (key: string) => number
}

/** The part of read models that writes entries. */
export const commitsOf = <Types extends Record<string, unknown>>(
  committing: Committing<Types>,
): Pick<ReadModels<TransactionSql<Types>>, 'commit' | 'unpark'> => {
  const { sql, statements, partitionOf } = committing
  const commitOnce = send(sql, statements.commit)
  const unparkOnce = send(sql, statements.unpark)
  return {
    commit: (of, commit, within) => {
      const refusal = refusalOf(of, () => checkKeptCommit(commit, partitionOf))
      if (E.isLeft(refusal)) return TE.left(refusal.left)
      const parameters = commitParameters(committing, of, commit)
      if (within === undefined)
        return F.pipe(
          commitOnce(parameters),
          TE.mapLeft(readModelError),
          TE.chainEitherK(onlyRow),
          TE.chainEitherKW(unlessFenced),
        )
      return inTransaction<Fenced, Types>(sql, within, {
        before: async (ask) => {
          const held = await ask(statements.begin, moveParameters(of, commit))
          return E.flatMap(held, (row) => E.map(() => row(1) === 't')(unlessFenced(row)))
        },
        after: async (ask) => {
          const done = await ask(statements.commit, parameters)
          return E.flatMap(done, unlessFenced)
        },
      })
    },
    unpark: (of, unparking, within) => {
      const refusal = refusalOf(of, () => checkKeptUnparking(unparking))
      if (E.isLeft(refusal)) return TE.left(refusal.left)
      const parameters = unparkParameters(committing, of, unparking)
      if (within === undefined)
        return F.pipe(
          unparkOnce(parameters),
          TE.mapLeft(readModelError),
          TE.chainEitherK(onlyRow),
          TE.map((row) => row(0) === 't'),
        )
      return F.pipe(
        inTransaction<NotParked, Types>(sql, within, {
          before: async (ask) => {
            const done = await ask(statements.unpark, parameters)
            if (E.isLeft(done)) return done
            const row = done.right
            return row(0) === 't' ? E.right(row(1) === 't') : E.left({ _tag: 'NotParked' })
          },
          after: async () => E.right(undefined),
        }),
        TE.map(() => true),
        TE.orElse((failure) => (failure._tag === 'NotParked' ? TE.right(false) : TE.left(failure))),
      )
    },
  }
}

const refusalOf = (
  of: ReadModelId,
  check: () => E.Either<InvalidInput, unknown>,
): E.Either<InvalidInput, unknown> => {
  const problem = readModelProblem(of)
  return problem === undefined ? check() : E.left(problem)
}

interface NotParked {
  readonly _tag: 'NotParked'
}

const unlessFenced = (row: Row): E.Either<Fenced, void> => {
  const partition = row(0)
  return partition === undefined
    ? E.right(undefined)
    : E.left({ _tag: 'Fenced', partition: Number(partition) })
}

const moveParameters = (
  of: ReadModelId,
  { owner, moves }: { readonly owner: string; readonly moves: ReadonlyArray<Lease> },
): ReadonlyArray<string> => [
  ...idParameters(of),
  owner,
  numberArray(moves.map(({ partition }) => partition)),
  numberArray(moves.map(({ fence }) => fence)),
  numberArray(moves.map(({ upTo }) => upTo)),
]

const commitParameters = <Types extends Record<string, unknown>>(
  { partitionOf }: Committing<Types>,
  of: ReadModelId,
  commit: ReadModelCommit,
): ReadonlyArray<string | null> => {
  const { moves, entries, parked, owing = owesNothing } = commit
  const [keys, positions, states, searched] = entryParameters(entries)
  return [
    ...moveParameters(of, commit),
    numberArray(moves.map(({ to }) => to)),
    keys,
    numberArray(entries.map(({ key }) => partitionOf(key))),
    positions,
    states,
    searched,
    ...parkedParameters(parked, partitionOf),
    ...owingParameters(owing, partitionOf),
  ]
}

const owingParameters = (
  { commands, cancelled }: Owing,
  partitionOf: (key: string) => number,
): ReadonlyArray<string | null> => [
  ...commandParameters(commands, partitionOf),
  cancelled.length === 0
    ? null
    : stringify(cancelled.map(({ key, timer, at }) => ({ key, timer: wordOf(timer), at }))),
]

const owesNothing: Owing = { commands: [], cancelled: [] }

const unparkParameters = <Types extends Record<string, unknown>>(
  { partitionOf }: Committing<Types>,
  of: ReadModelId,
  { key, entry, through, owing = owesNothing }: Unparking,
): ReadonlyArray<string | null> => {
  const state = O.isSome(entry) ? stringify(entry.value.state) : null
  return [
    ...idParameters(of),
    String(partitionOf(key)),
    key,
    String(through),
    O.isSome(entry) ? String(entry.value.position) : null,
    state,
    state === null ? null : searchedText(state),
    ...owingParameters(owing, partitionOf),
  ]
}

type Ask = (
  statement: string,
  parameters: ReadonlyArray<string | null>,
) => Promise<E.Either<ReadModelError, Row>>

/** What comes before the handler and says whether the version is live, and what comes after; a Left of theirs undoes all. */
interface Around<Failure> {
  readonly before: (ask: Ask) => Promise<E.Either<ReadModelError | Failure, boolean>>
  readonly after: (ask: Ask) => Promise<E.Either<ReadModelError | Failure, void>>
}

/** Leaves a transaction, so that it is rolled back; never leaves this module. */
class Leaving extends Error {
  constructor(readonly reason: unknown) {
    super('The transaction is rolled back on purpose.')
  }
}

/**
 * READ COMMITTED whatever the default of the connection is. What the handler throws is thrown on, unless it is the
 * server's word that the same transaction may succeed now, or that the connection is lost.
 */
const inTransaction =
  <Failure, Types extends Record<string, unknown>>(
    sql: Sql<Types>,
    within: Within<TransactionSql<Types>>,
    { before, after }: Around<Failure>,
  ): TE.TaskEither<ReadModelError | Failure, void> =>
  async () => {
    let left: E.Left<ReadModelError | Failure> | undefined
    let thrown: { readonly error: unknown } | undefined
    const orLeave = <A>(answer: E.Either<ReadModelError | Failure, A>): A => {
      if (E.isRight(answer)) return answer.right
      left = answer
      throw new Leaving(answer.left)
    }
    let isOver = false
    const unlessOver = async (): Promise<void> => {
      if (isOver) await never
    }
    const transaction = sql.begin('isolation level read committed', async (transaction) => {
      const ask = askOn(sameSession(transaction))
      const isLive = orLeave(await before(ask))
      try {
        await within(transaction, isLive)
      } catch (error) {
        thrown = { error }
        // What the handler was told first may be that its connection is lost, and the driver tells it in the same turn.
        await nextTurn()
        await unlessOver()
        throw error
      }
      await unlessOver()
      orLeave(await after(ask))
    })
    try {
      await transaction.finally(() => {
        isOver = true
      })
      return E.right(undefined)
    } catch (error) {
      if (error instanceof Leaving && left !== undefined) return left
      const fault = faultOf(error)
      if (thrown !== undefined && !mayPass(fault)) throw thrown.error
      return E.left(readModelError(fault))
    }
  }

/** Statements of one session: if the connection was lost and made anew, the transaction has gone, and nothing is sent. */
const askOn =
  (session: Connection): Ask =>
  (statement, parameters) =>
    F.pipe(send(session, statement)(parameters), TE.mapLeft(readModelError), TE.chainEitherK(onlyRow))()

/**
 * Where a callback ends whose connection is lost. postgres.js 3.4.9 has rejected the promise of its transaction by then,
 * and would send the end of the transaction to a socket that is gone, which ends the process.
 */
const never = new Promise<void>(() => {})

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const mayPass = (fault: Fault): boolean => fault._tag === 'Busy' || isLost(fault)
