/**
 * What read models keep, as it travels: states with what the index holds of them, events that were set aside, and the
 * commands that are owed. States and events are kept as their exact text. The index holds jsonb, which cannot say U+0000
 * nor half of a surrogate pair, so there, and there alone, U+FFFD stands for them.
 * Used by: `postgresReadModels`, `inlineReadModels`, `readModel`.
 * @since 0.1.0
 */
import { option as O } from 'fp-ts'
import type { OwedCommand, RefusedCommand } from '../../run/Outbox.js'
import type { Entry, ParkedKey, ToPark } from '../../run/ReadModels.js'
import { globalPosition } from '../../store/GlobalPosition.js'
import { type Json, type JsonObject, stringify } from '../../store/Json.js'
import type { RecordedEvent } from '../../store/RecordedEvent.js'
import { timestamp } from '../../store/Timestamp.js'
import { bigintsFrom, joinJson, numberArray, textArray } from './ArrayLiteral.js'
import type { Row } from './Connection.js'
import { recordedEventFrom, type WrittenEvent } from './WrittenEvent.js'

/** The columns of entries as parameters: keys, positions, states, and what is searched where it differs from the states. */
export const entryParameters = (
  entries: ReadonlyArray<Entry>,
): readonly [keys: string, positions: string, states: string, searched: string | null] => {
  const states = entries.map(({ state }) => stringify(state))
  return [
    textArray(entries.map(({ key }) => key)),
    numberArray(entries.map(({ position }) => position)),
    joinJson(states),
    states.some(isUnsearchable) ? joinJson(states.map(searchedText)) : null,
  ]
}

/** The text of a value as jsonb can hold it. */
export const searchedText = (text: string): string =>
  isUnsearchable(text)
    ? text.replace(escaped, (found, code) => (code === undefined ? found : '\\ufffd'))
    : text

const isUnsearchable = (text: string): boolean => text.includes('\\u')

/** Pairs of a backslash and what it escapes, one after another, so that an escaped backslash begins no escape. */
const escaped = /\\(?:u(0000|d[89a-f][0-9a-f]{2})|.)/gi

/** The entries of an answer of columns; `keyOf` gives the key of the n-th, from 0. */
export const entriesFrom = (
  positions: string | undefined,
  states: string | undefined,
  keyOf: (index: number) => string,
): ReadonlyArray<Entry> => {
  const parsed: ReadonlyArray<Json> = JSON.parse(`[${states ?? ''}]`)
  return bigintsFrom(positions).map((position, index) => ({
    key: keyOf(index),
    state: parsed[index] ?? null,
    position: globalPosition(position),
  }))
}

/** The entry of a key, as `find_entry` answers it. */
export const entryFrom = (key: string, row: Row | undefined): O.Option<Entry> => {
  const [position, state] = [row?.(1), row?.(2)]
  return position === undefined || state === undefined
    ? O.none
    : O.some({ key, state: JSON.parse(state), position: globalPosition(BigInt(position)) })
}

/** The entries of a page, as `find_entries` answers them. */
export const entriesOfPage = (row: Row | undefined): ReadonlyArray<Entry> => {
  const keys: ReadonlyArray<string> = JSON.parse(row?.(1) ?? '[]')
  return entriesFrom(row?.(2), row?.(3), (index) => keys[index] ?? '')
}

/** What `load_read_model` answers for these keys. */
export const loadedFrom = (
  keys: ReadonlyArray<string>,
  row: Row | undefined,
): { readonly entries: ReadonlyArray<Entry>; readonly parked: ReadonlySet<string> } => {
  const keysAt = (column: string | undefined) => bigintsFrom(column).map((nth) => keys[Number(nth) - 1] ?? '')
  const found = keysAt(row?.(0))
  return {
    entries: entriesFrom(row?.(1), row?.(2), (index) => found[index] ?? ''),
    parked: new Set(keysAt(row?.(3))),
  }
}

/** Texts that are nobody's names may hold what the server's cannot: they travel as JSON writes them, without the quotes. */
export const wordOf = (text: string): string => JSON.stringify(text).slice(1, -1)

const textFrom = (word: string): string => JSON.parse(`"${word}"`)

/** Events to be parked: what is said of them, and the events; null where there are none. */
export const parkedParameters = (
  parked: ReadonlyArray<ToPark>,
  partitionOf: (key: string) => number,
): readonly [parked: string | null, events: string | null] => {
  if (parked.length === 0) return [null, null]
  const said = parked.map(({ key, event, reason, attempts }) => ({
    key,
    partition: partitionOf(key),
    position: String(event.position),
    attempts,
    reason: wordOf(reason),
  }))
  return [stringify(said), joinJson(parked.map(({ event }) => stringify(eventJson(event))))]
}

const eventJson = (event: RecordedEvent): Json => ({
  ...event,
  version: String(event.version),
  position: String(event.position),
  // What was recorded holds no undefined parts.
  metadata: event.metadata as JsonObject,
})

/** The events of a parked key, from JSON. */
export const eventsFromJson = (text: string): ReadonlyArray<RecordedEvent> => {
  const written: ReadonlyArray<WrittenEvent> = JSON.parse(text)
  return written.map(recordedEventFrom)
}

/** The parked keys, from JSON. */
export const parkedKeysFrom = (text: string): ReadonlyArray<ParkedKey> => {
  const rows: ReadonlyArray<ParkedKey & { readonly firstPosition: unknown }> = JSON.parse(text)
  return rows.map(({ key, events, firstPosition, reason, attempts, since }) => ({
    key,
    events,
    firstPosition: globalPosition(BigInt(firstPosition)),
    reason: textFrom(reason),
    attempts,
    since: timestamp(since),
  }))
}

/** Owed commands: what is said of them, and what they are; null where there are none. */
export const commandParameters = (
  commands: ReadonlyArray<OwedCommand>,
  partitionOf: (key: string) => number,
): readonly [said: string | null, commands: string | null] => {
  if (commands.length === 0) return [null, null]
  const said = commands.map(
    ({ id, key, position, index, correlationId, causationId, dueAt, timer }): Json => ({
      id: wordOf(id),
      key,
      partition: partitionOf(key),
      position: String(position),
      nth: index,
      ...(correlationId !== undefined && { correlation_id: wordOf(correlationId) }),
      ...(causationId !== undefined && { causation_id: wordOf(causationId) }),
      ...(dueAt !== undefined && { due_at: Math.ceil(dueAt) }),
      ...(timer !== undefined && { timer: wordOf(timer) }),
    }),
  )
  return [stringify(said), joinJson(commands.map(({ command }) => stringify(command)))]
}

interface CommandRow {
  readonly id: string
  readonly key: string
  readonly position: string
  readonly index: number
  readonly command: Json
  readonly correlationId: string | null
  readonly causationId: string | null
  readonly dueAt: number | null
  readonly timer: string | null
  readonly refusal: string | null
  readonly isStuck: boolean | null
}

const commandFrom = (row: CommandRow): OwedCommand => ({
  id: textFrom(row.id),
  key: row.key,
  position: globalPosition(BigInt(row.position)),
  index: row.index,
  command: row.command,
  ...(row.correlationId !== null && { correlationId: textFrom(row.correlationId) }),
  ...(row.causationId !== null && { causationId: textFrom(row.causationId) }),
  ...(row.dueAt !== null && { dueAt: timestamp(row.dueAt) }),
  ...(row.timer !== null && { timer: textFrom(row.timer) }),
})

/** Owed commands, from JSON in which what is absent is null. */
export const commandsFrom = (text: string): ReadonlyArray<OwedCommand> => {
  const rows: ReadonlyArray<CommandRow> = JSON.parse(text)
  return rows.map(commandFrom)
}

/** Refused commands, from the same. */
export const refusedFrom = (text: string): ReadonlyArray<RefusedCommand> => {
  const rows: ReadonlyArray<CommandRow> = JSON.parse(text)
  return rows.map((row) => ({
    ...commandFrom(row),
    refusal: textFrom(row.refusal ?? ''),
    isStuck: row.isStuck === true,
  }))
}
