/**
 * Questions to a read model, asked without SQL: a key, a page, what states contain, or a path that leads to something in
 * them. The answers are of the version that readers are shown, decoded by the projection, so a state that it cannot read
 * is a failure that says where, and never a wrong value.
 * Used by: users.
 * @since 0.1.0
 */
import { either as E, function as F, option as O, taskEither as TE } from 'fp-ts'
import type { Entry, ReadModelError, ReadModelId } from '../../run/ReadModels.js'
import type { GlobalPosition } from '../../store/GlobalPosition.js'
import { type Json, stringify, toJson } from '../../store/Json.js'
import { countProblem, keyProblem } from '../../store/Keeping.js'
import { type InvalidInput, invalidInput } from '../../store/StoreError.js'
import { type Connection, type Row, send } from './Connection.js'
import { entriesOfPage, entryFrom, searchedText } from './KeptJson.js'
import { readModelStatements } from './ReadModelCall.js'
import { firstRefusal, onlyRow, readModelError } from './ReadModelInput.js'
import { type SchemaOptions, schemaOf } from './Schema.js'
import { codeOf, type Fault } from './SqlState.js'

/** What is asked for of a projection: its name, its version, and how its states are read. A `Projection` is one. */
export interface Readable<State> extends ReadModelId {
  readonly state: {
    readonly decode: (input: unknown) => E.Either<{ readonly path: string; readonly reason: string }, State>
  }
}

/**
 * A part of a state, as it is kept: some of the keys of its objects, and some of the elements of its arrays, in any
 * order. What is no JSON in a state, such as a date, is given in the form in which its codec keeps it.
 */
export type Containment<State> = State extends null | boolean | number | string
  ? State
  : State extends ReadonlyArray<infer Element>
    ? ReadonlyArray<Containment<Element>>
    : State extends
          | { readonly toJSON: unknown }
          | bigint
          | ReadonlyMap<unknown, unknown>
          | ReadonlySet<unknown>
      ? Json
      : State extends object
        ? { readonly [Key in keyof State]?: Containment<State[Key]> }
        : Json

/** A state, and where it stands. */
export interface Found<State> {
  readonly key: string
  readonly state: State
  /** The last event that counted. */
  readonly position: GlobalPosition
}

/** Which part of the answers: they come in the order of their keys, byte by byte. */
export interface PageOptions {
  /** 100 unless given. */
  readonly limit?: number
  /** The last key of the page before. */
  readonly after?: string
}

/** A state is not what the codec of the projection expects: it was written by another version, or by other code. */
export interface UnreadableState {
  readonly _tag: 'UnreadableState'
  readonly name: string
  /** The version that was read, which is the live one. */
  readonly version: number
  readonly key: string
  /** Where in the state, such as `state.lines[0].amount`. */
  readonly path: string
  readonly reason: string
}

/** What asking a read model can fail with. */
export type QueryError = ReadModelError | UnreadableState

type Page<State> = TE.TaskEither<QueryError, ReadonlyArray<Found<State>>>

/** A read model, to be asked. */
export interface QueriedReadModel<State> {
  readonly get: (key: string) => TE.TaskEither<QueryError, O.Option<State>>
  readonly page: (page?: PageOptions) => Page<State>
  /** States that contain this: found by the index. */
  readonly where: (containment: Containment<State>, page?: PageOptions) => Page<State>
  /**
   * States in which an SQL/JSON path finds something other than false and null, such as `$.lines[*] ? (@.quantity > 5)`
   * or `$.balance > $least` with `{ least: 100 }` for the variables. Values belong into the variables: a path that is
   * put together from what users type can ask for anything in these states, though for nothing else. The path is
   * evaluated for every state, or for those that contain what `where` says.
   */
  readonly matching: (
    path: string,
    options?: PageOptions & {
      readonly variables?: Readonly<Record<string, Json>>
      readonly where?: Containment<State>
    },
  ) => Page<State>
}

/**
 * The read model of a projection, in the schema where it is kept. `connection` may be a pool or a transaction of yours.
 * @example
 * import { projection } from 'decider-ts/evolve'
 * import { migrate, postgresReadModels, readModel } from 'decider-ts/adapters/postgres'
 * import { either as E } from 'fp-ts'
 * import * as t from 'io-ts'
 * import postgres from 'postgres'
 * const sql = postgres(process.env['DATABASE_URL'] ?? '')
 * const options = { schema: 'decider_read_model_example' }
 * await migrate(sql, options)()
 * const balances = projection({
 *   name: 'balances',
 *   event: t.type({ type: t.literal('Deposited'), amount: t.number }),
 *   state: t.type({ balance: t.number }),
 *   initialState: { balance: 0 },
 *   evolve: ({ balance }, { amount }) => ({ balance: balance + amount }),
 * })
 * await postgresReadModels(sql, options).lease(balances, 'worker-1', 10_000)()
 * await readModel(sql, balances, options).where({ balance: 5 })() // => E.right([])
 * await readModel(sql, balances, options).matching('$.balance > $least', { variables: { least: 5 } })() // => E.right([])
 * await sql.end()
 */
export const readModel = <State>(
  connection: Connection,
  projection: Readable<State>,
  options: SchemaOptions = {},
): QueriedReadModel<State> => {
  const schema = schemaOf(options)
  if (E.isLeft(schema)) return refusing(schema.left)
  const statements = readModelStatements(schema.right)
  const sendGet = send(connection, statements.get)
  const sendFind = send(connection, statements.find)
  const decoded = decodedBy(projection)
  const find = (asked: Asked, { limit = 100, after = '' }: PageOptions): Page<State> =>
    F.pipe(
      TE.fromEither(findParameters(projection, asked, limit, after)),
      TE.chainW((parameters) => TE.mapLeft(findError)(sendFind(parameters))),
      TE.chainEitherKW(onlyRow),
      TE.chainEitherKW(
        (row): E.Either<QueryError, ReadonlyArray<Found<State>>> =>
          row(4) === 't' ? E.left(notSearchable) : E.traverseArray(decoded(row))(entriesOfPage(row)),
      ),
    )
  return {
    get: (key) =>
      F.pipe(
        TE.fromEither(firstRefusal(keyProblem(projection.name, 'name'), keyProblem(key, 'key'))),
        TE.chainW(() => TE.mapLeft(readModelError)(sendGet([projection.name, null, key]))),
        TE.chainEitherKW(onlyRow),
        TE.chainEitherKW((row): E.Either<QueryError, O.Option<State>> => {
          const entry = entryFrom(key, row)
          return O.isNone(entry)
            ? E.right(O.none)
            : E.map(({ state }: Found<State>) => O.some(state))(decoded(row)(entry.value))
        }),
      ),
    page: (page = {}) => find({}, page),
    where: (containment, page = {}) => find({ containment }, page),
    matching: (path, { where, variables, ...page } = {}) =>
      find(
        {
          path,
          ...(variables !== undefined && { variables }),
          ...(where !== undefined && { containment: where }),
        },
        page,
      ),
  }
}

interface Asked {
  readonly containment?: unknown
  readonly path?: string
  readonly variables?: Readonly<Record<string, Json>>
}

const findParameters = (
  { name }: ReadModelId,
  { containment, path, variables = {} }: Asked,
  limit: number,
  after: string,
): E.Either<InvalidInput, ReadonlyArray<string | null>> =>
  F.pipe(
    firstRefusal(
      keyProblem(name, 'name'),
      countProblem(limit, 'limit'),
      after === '' ? undefined : keyProblem(after, 'after'),
      path?.includes('\u0000') === true ? invalidInput('path', 'contains U+0000') : undefined,
    ),
    E.chain(() => textOf(containment, 'where')),
    E.bindTo('contained'),
    E.bind('given', () => textOf(variables, 'variables')),
    E.map(({ contained, given }) => [name, null, contained, path ?? null, given, after, String(limit)]),
  )

const textOf = (value: unknown, path: string): E.Either<InvalidInput, string | null> =>
  value === undefined
    ? E.right(null)
    : E.map((json: Json) => searchedText(stringify(json)))(toJson(value, path))

const decodedBy =
  <State>({ name, state }: Readable<State>) =>
  (row: Row) =>
  ({ key, state: kept, position }: Entry): E.Either<UnreadableState, Found<State>> => {
    const decoded = state.decode(kept)
    if (E.isRight(decoded)) return E.right({ key, state: decoded.right, position })
    const { path, reason } = decoded.left
    const where = path === '' || path.startsWith('[') ? `state${path}` : `state.${path}`
    return E.left({
      _tag: 'UnreadableState',
      name,
      version: Number(row(0)),
      key,
      path: where,
      reason,
    })
  }

const notSearchable = invalidInput(
  'where',
  'is asked of a read model that is not searchable: it is kept with `searchable: false`',
)

const findError = (fault: Fault): ReadModelError =>
  fault._tag === 'Unavailable' && badPathCodes.has(codeOf(fault.cause) ?? '')
    ? invalidInput('path', 'is not a path of SQL/JSON, or uses a variable that was not given')
    : readModelError(fault)

/** A path that cannot be read, a regular expression in it that cannot be, and a variable that nobody gave. */
const badPathCodes: ReadonlySet<string> = new Set(['22P02', '42601', '2201B', '42704'])

const refusing = <State>(problem: InvalidInput): QueriedReadModel<State> => {
  const no = () => TE.left(problem)
  return { get: no, page: no, where: no, matching: no }
}
