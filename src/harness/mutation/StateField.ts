/**
 * The fields of a state, as mutants see them: those that an event changed, and the state with one of them as it was. In
 * a combination these are the fields of its parts, because a part as a whole is more than a programmer forgets.
 * Used by: `Observed`, `Neighbour`, `EvolveMutants`, `DecideMutants`, `WholeMutants`.
 *
 * Laws (test/properties/harness/mutation/StateField.test.ts):
 * - SFD-1 put back: a state in which each changed field is put back as it was before is the state before.
 * @since 0.1.0
 */
import { isSame } from '../domain/Equality.js'

/** Where a field is: its name, after those of the parts that it is in. */
export type FieldPath = ReadonlyArray<string>

/** A domain, of which only the parts are of interest here. */
interface Composed {
  readonly parts?: Readonly<Record<string, Composed>>
}

type Fields = Readonly<Record<string, unknown>>

/**
 * The fields in which two states differ. States that are no plain records have none.
 * @internal
 */
export const changedFields = (
  { parts }: Composed,
  before: unknown,
  after: unknown,
): ReadonlyArray<FieldPath> => {
  if (!isPlain(before) || !isPlain(after)) return []
  if (parts !== undefined)
    return Object.entries(parts).flatMap(([name, part]) =>
      changedFields(part, fieldOf(before, name), fieldOf(after, name)).map((path) => [name, ...path]),
    )
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names]
    .filter(
      (name) =>
        Object.hasOwn(before, name) !== Object.hasOwn(after, name) ||
        !isSame(fieldOf(before, name), fieldOf(after, name)),
    )
    .map((name) => [name])
}

/**
 * The fields of a state.
 * @internal
 */
export const fieldsOf = (domain: Composed, state: unknown): ReadonlyArray<FieldPath> => {
  if (!isPlain(state)) return []
  return domain.parts === undefined
    ? Object.keys(state).map((name) => [name])
    : Object.entries(domain.parts).flatMap(([name, part]) =>
        fieldsOf(part, fieldOf(state, name)).map((path) => [name, ...path]),
      )
}

/**
 * What a field holds; `undefined` where there is none.
 * @internal
 */
export const fieldAt = (state: unknown, path: FieldPath): unknown => path.reduce<unknown>(fieldOf, state)

/**
 * A state with one field of another state, or without it, where the other one has none.
 * @internal
 */
export const withFieldFrom = <State>(state: State, path: FieldPath, other: unknown): State => {
  const [name, ...rest] = path
  if (name === undefined || !isPlain(state)) return state
  if (!isPlain(other) || !Object.hasOwn(other, name)) {
    // Without a field it is another type in general; here it is what the other state is, which is of this type.
    return Object.fromEntries(Object.entries(state).filter(([key]) => key !== name)) as State
  }
  const value = fieldOf(other, name)
  return { ...state, [name]: rest.length === 0 ? value : withFieldFrom(fieldOf(state, name), rest, value) }
}

/**
 * A state with another value in one field.
 * @internal
 */
export const withFieldValue = <State>(state: State, path: FieldPath, value: unknown): State => {
  const [name, ...rest] = path
  if (name === undefined || !isPlain(state)) return state
  return { ...state, [name]: rest.length === 0 ? value : withFieldValue(fieldOf(state, name), rest, value) }
}

/** Only what is a state's own. */
const fieldOf = (state: unknown, name: string): unknown =>
  isPlain(state) && Object.hasOwn(state, name) ? state[name] : undefined

const isPlain = (value: unknown): value is Fields => {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/**
 * Whether a value can be counted with.
 * @internal
 */
export const isNumber = (value: unknown): value is number | bigint =>
  typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value))
