/**
 * What keepers of read models are asked, checked: the one gate through which every lease and every commit passes, in
 * every adapter. Names, keys and ids that a keeper could not keep, values that are not JSON, moments that no server
 * knows, and whatever the leases of a commit do not cover are refused there, before anything is written or sent.
 * It stands here and not beside the port, because adapters use no other room; so it says of each value only what it
 * looks at.
 * Used by: the adapters that keep read models.
 * @since 0.1.0
 */
import { either as E, option as O } from 'fp-ts'
import { type Json, toJson } from './Json.js'
import { checkKey } from './Partition.js'
import { type InvalidInput, invalidInput } from './StoreError.js'

/** Whatever stands under a key. */
interface Keyed {
  readonly key: string
}

/** Commands that are owed, and timers that are taken back. */
interface KeptOwing {
  readonly commands: ReadonlyArray<
    Keyed & {
      readonly id: string
      readonly index: number
      readonly command: unknown
      readonly dueAt?: number
      readonly timer?: string
    }
  >
  readonly cancelled: ReadonlyArray<Keyed & { readonly timer: string; readonly at: number }>
}

/** What of a commit is looked at. */
interface KeptCommit {
  readonly owner: string
  readonly moves: ReadonlyArray<{ readonly partition: number; readonly upTo: bigint; readonly to: bigint }>
  readonly entries: ReadonlyArray<Keyed & { readonly state: unknown }>
  readonly parked: ReadonlyArray<Keyed & { readonly attempts: number }>
  readonly owing?: KeptOwing
}

/** What of the end of a parking is looked at. */
interface KeptUnparking extends Keyed {
  readonly entry: O.Option<Keyed & { readonly state: unknown }>
  readonly owing?: KeptOwing
}

/** The values as they can be kept, frozen: states in the order of the entries, and commands in theirs. */
export interface KeptValues {
  readonly states: ReadonlyArray<Json>
  readonly commands: ReadonlyArray<Json>
}

/** What every database can count to. */
const countMax = 2_147_483_647

/**
 * What is wrong with a number of things, which is a whole one within limits. For adapters.
 * @internal
 */
export const countProblem = (
  count: number,
  path: string,
  least = 1,
  most = countMax,
): InvalidInput | undefined =>
  Number.isInteger(count) && count >= least && count <= most
    ? undefined
    : invalidInput(path, `is not a whole number from ${least} to ${most}: ${count}`)

/**
 * What is wrong with a name, a key or an id. For adapters.
 * @internal
 */
export const keyProblem = (key: string, path: string): InvalidInput | undefined => {
  const checked = checkKey(key, path)
  return E.isLeft(checked) ? checked.left : undefined
}

/**
 * What is wrong with the first of several keys that cannot be one. For adapters.
 * @internal
 */
export const keysProblem = (keys: ReadonlyArray<string>, path: string): InvalidInput | undefined => {
  for (const [index, key] of keys.entries()) {
    const problem = keyProblem(key, `${path}[${index}]`)
    if (problem !== undefined) return problem
  }
  return undefined
}

/**
 * What is wrong with the name or the version of a read model. For adapters.
 * @internal
 */
export const readModelProblem = ({
  name,
  version,
}: {
  readonly name: string
  readonly version: number
}): InvalidInput | undefined => keyProblem(name, 'name') ?? countProblem(version, 'version')

/**
 * What is wrong with a request for leases. For adapters.
 * @internal
 */
export const leaseProblem = (owner: string, leaseMs: number): InvalidInput | undefined =>
  keyProblem(owner, 'owner') ??
  (Number.isFinite(leaseMs) && leaseMs > 0
    ? undefined
    : invalidInput('leaseMs', `is not more than 0: ${leaseMs}`))

/**
 * The values of a commit as they can be kept, or the first thing in it that cannot be: a partition that is moved twice or
 * back, a key with two entries or of a partition that is not moved, a name, a number or a moment that is none, a value
 * that is not JSON. For adapters.
 * @example
 * import { either as E } from 'fp-ts'
 * import { checkKeptCommit, invalidInput, partitionOf } from 'decider-ts/store'
 * const entries = [{ key: 'account-a1', state: Number.NaN }]
 * const commit = { owner: 'me', moves: [{ partition: 36, upTo: 0n, to: 1n }], entries, parked: [] }
 * checkKeptCommit(commit, partitionOf(64)) // => E.left(invalidInput('entries[0].state', 'NaN is not a number in JSON'))
 */
export const checkKeptCommit = (
  { owner, moves, entries, parked, owing = owesNothing }: KeptCommit,
  partitionOf: (key: string) => number,
): E.Either<InvalidInput, KeptValues> => {
  const moved = new Set(moves.map(({ partition }) => partition))
  const back = moves.findIndex(({ upTo, to }) => to < upTo)
  const isCovered = (key: string): string | undefined =>
    moved.has(partitionOf(key)) ? undefined : 'belongs to a partition that the commit does not move'
  const problem =
    keyProblem(owner, 'owner') ??
    (moved.size < moves.length ? invalidInput('moves', 'has a partition twice') : undefined) ??
    (back < 0 ? undefined : invalidInput(`moves[${back}].to`, 'is before the place of its lease')) ??
    keyedProblem(entries, 'entries', isCovered) ??
    (new Set(entries.map(({ key }) => key)).size < entries.length
      ? invalidInput('entries', 'has a key twice')
      : undefined) ??
    keyedProblem(parked, 'parked', isCovered, ({ attempts }, path) =>
      countProblem(attempts, `${path}.attempts`, 0),
    ) ??
    owingProblem(owing, isCovered)
  return problem === undefined
    ? keptValues(
        entries.map(({ state }, index) => [state, `entries[${index}].state`]),
        owing,
      )
    : E.left(problem)
}

/**
 * The values of the end of a parking as they can be kept, or the first thing in it that cannot be: what is of another key
 * than the one whose parking ends, and whatever could not be in a commit. For adapters.
 * @example
 * import { either as E, option as O } from 'fp-ts'
 * import { checkKeptUnparking } from 'decider-ts/store'
 * checkKeptUnparking({ key: 'k', entry: O.some({ key: 'k', state: 1 }) }) // => E.right({ states: [1], commands: [] })
 * E.isLeft(checkKeptUnparking({ key: 'k', entry: O.some({ key: 'l', state: 1 }) })) // => true
 */
export const checkKeptUnparking = ({
  key,
  entry,
  owing = owesNothing,
}: KeptUnparking): E.Either<InvalidInput, KeptValues> => {
  const isIt = (each: string): string | undefined =>
    each === key ? undefined : 'is not the key that is to be unparked'
  const strange = O.isSome(entry) ? isIt(entry.value.key) : undefined
  const problem =
    keyProblem(key, 'key') ??
    (strange === undefined ? undefined : invalidInput('entry.key', strange)) ??
    owingProblem(owing, isIt)
  return problem === undefined
    ? keptValues(O.isSome(entry) ? [[entry.value.state, 'entry.state']] : [], owing)
    : E.left(problem)
}

const owesNothing: KeptOwing = { commands: [], cancelled: [] }

const owingProblem = (
  { commands, cancelled }: KeptOwing,
  strangeness: (key: string) => string | undefined,
): InvalidInput | undefined =>
  keyedProblem(
    commands,
    'owing.commands',
    strangeness,
    ({ id, index, dueAt, timer }, path) =>
      keyProblem(id, `${path}.id`) ??
      countProblem(index, `${path}.index`, 0) ??
      (dueAt === undefined ? undefined : momentProblem(dueAt, `${path}.dueAt`)) ??
      (timer === undefined ? undefined : keyProblem(timer, `${path}.timer`)),
  ) ??
  keyedProblem(
    cancelled,
    'owing.cancelled',
    strangeness,
    ({ timer, at }, path) => keyProblem(timer, `${path}.timer`) ?? momentProblem(at, `${path}.at`),
  )

/** The first problem among things that stand under keys: of the key itself, of whose it is, or of the rest. */
const keyedProblem = <Each extends Keyed>(
  each: ReadonlyArray<Each>,
  path: string,
  strangeness: (key: string) => string | undefined,
  problemOf: (one: Each, path: string) => InvalidInput | undefined = () => undefined,
): InvalidInput | undefined => {
  for (const [index, one] of each.entries()) {
    const where = `${path}[${index}]`
    const problem = keyProblem(one.key, `${where}.key`) ?? problemOf(one, where)
    if (problem !== undefined) return problem
    const strange = strangeness(one.key)
    if (strange !== undefined) return invalidInput(`${where}.key`, strange)
  }
  return undefined
}

/** 6,000 years from 1970 to either side: the calendar of a database has an end. */
const momentMax = 2e14

const momentProblem = (moment: number, path: string): InvalidInput | undefined =>
  Math.abs(moment) <= momentMax ? undefined : invalidInput(path, `is no moment that can be kept: ${moment}`)

const keptValues = (
  states: ReadonlyArray<readonly [value: unknown, path: string]>,
  { commands }: KeptOwing,
): E.Either<InvalidInput, KeptValues> => {
  const kept: { readonly states: Array<Json>; readonly commands: Array<Json> } = { states: [], commands: [] }
  for (const [value, path] of states) {
    const json = toJson(value, path)
    if (E.isLeft(json)) return json
    kept.states.push(json.right)
  }
  for (const [index, { command }] of commands.entries()) {
    const json = toJson(command, `owing.commands[${index}].command`)
    if (E.isLeft(json)) return json
    kept.commands.push(json.right)
  }
  return E.right(kept)
}
