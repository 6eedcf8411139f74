/**
 * The name of a state in a coverage: one word for all states that a reader would call the same. Two states that differ
 * in an amount have one name, two that differ in what may happen next should have two.
 * Used by: `Coverage`.
 *
 * Laws (test/properties/harness/coverage/StateLabel.test.ts):
 * - SLB-1 literal first: a state that says its own `status` is called by it, and by `stateLabel` wherever that is given.
 * - SLB-2 by parts: a combined state is called by the names of all its parts, each as that part alone would be called.
 * @since 0.1.0
 */
import { function as F } from 'fp-ts'
import type { Subject } from '../domain/Law.js'
import { isTerminalIn } from '../domain/Terminal.js'

/** What is looked at of a domain, or of a part of one: a part that is only a view has no terminal states. */
interface Labelled {
  readonly initialState: unknown
  readonly isTerminal?: (state: never) => boolean
  readonly parts?: Readonly<Record<string, Labelled>>
}

/** The fields by which a state says what it is, the most telling first. */
const tellingFields: ReadonlyArray<string> = ['status', 'state', 'phase', '_tag', 'type']

/** Each further field may double the number of names. */
const abstractedFieldsMax = 4

/**
 * The name of each state of a subject.
 * @internal
 */
export const stateLabelOf = <Command, State, Event, Rejection>({
  domain,
  expectations,
}: Subject<Command, State, Event, Rejection>): ((state: State) => string) =>
  expectations.stateLabel ?? labelIn(domain)

/**
 * Whether a domain says which of its states are terminal. One that was defined without `isTerminal` has none.
 * @internal
 */
export const declaresTerminal = (domain: Labelled): boolean =>
  domain.parts === undefined
    ? domain.isTerminal !== undefined && domain.isTerminal !== F.constFalse
    : Object.values(domain.parts).every(declaresTerminal)

const labelIn = (domain: Labelled): ((state: unknown) => string) => {
  const { parts } = domain
  if (parts === undefined) return (state) => ownLabel(state) ?? abstractLabel(domain, state)
  const labels = Object.entries(parts).map(([name, part]) => ({ name, label: labelIn(part) }))
  return (state) => labels.map(({ name, label }) => `${name}: ${label(fieldOf(state, name))}`).join(', ')
}

/** What a state says of itself. */
const ownLabel = (state: unknown): string | undefined => {
  if (typeof state === 'string') return state
  if (typeof state === 'boolean') return String(state)
  if (state === null || state === undefined) return 'none'
  return tellingFields
    .map((field) => fieldOf(state, field))
    .find((value): value is string => typeof value === 'string')
}

/** What is true, there, or not empty in a state, of what began as untrue, missing or empty, or as true. */
const abstractLabel = (domain: Labelled, state: unknown): string => {
  const words = isRecord(domain.initialState)
    ? Object.entries(domain.initialState)
        .filter(([, value]) => typeof value === 'boolean' || isNothing(value))
        .slice(0, abstractedFieldsMax)
        .map(([field]) => wordFor(field, fieldOf(state, field)))
    : []
  if (words.length > 0) return words.join(', ')
  return isTerminalIn(domain, state) ? 'terminal' : '·'
}

const wordFor = (field: string, value: unknown): string => {
  if (typeof value === 'boolean') return value ? field : `not ${field}`
  return isNothing(value) ? `no ${field}` : field
}

const isNothing = (value: unknown): boolean => {
  if (value === null || value === undefined) return true
  if (Array.isArray(value)) return value.length === 0
  if (value instanceof Map || value instanceof Set) return value.size === 0
  return (
    isRecord(value) && Object.getPrototypeOf(value) === Object.prototype && Object.keys(value).length === 0
  )
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

/** Only what is a state's own: `constructor` is found in every object. */
const fieldOf = (state: unknown, field: string): unknown =>
  isRecord(state) && Object.hasOwn(state, field) ? state[field] : undefined
