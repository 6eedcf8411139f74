/**
 * What a conformance case demands, and how it complains. The suite belongs to no test runner, so it brings its own
 * exact equality: a failure is an `Error` that says where two values part, and what each of them has there.
 * Used by: every case of the conformance suite.
 * @since 0.1.0
 */
import { either as E, type taskEither as TE } from 'fp-ts'
import type { EventToAppend } from '../../store/EventToAppend.js'
import type { RecordedEvent } from '../../store/RecordedEvent.js'
import type { AppendError, ReadError, StoreError } from '../../store/StoreError.js'

/** Fails unless both are deeply equal: same primitives (`-0` is not `0`), same items, same keys in any order. */
export const equal = (actual: unknown, expected: unknown, what: string): void => {
  const difference = differenceOf(actual, expected, '')
  if (difference === undefined) return
  const place = difference.path === '' ? '' : `\n  at       ${difference.path}`
  fail(`${what}${place}\n  expected ${shown(difference.expected)}\n  actual   ${shown(difference.actual)}`)
}

/** Fails unless the statement holds. */
export const isTrue = (holds: boolean, what: string): void => {
  if (!holds) fail(what)
}

/** The one way in which a case fails. */
export const fail = (what: string): never => {
  throw new Error(what)
}

/** The answer of a call that must succeed. */
export const right = async <A>(call: TE.TaskEither<StoreError, A>, what: string): Promise<A> => {
  const answer = await call()
  return E.isRight(answer)
    ? answer.right
    : fail(`${what}: the store refused\n  actual   ${shown(answer.left)}`)
}

/** The refusal of a call that must be refused in this way. */
export const left = async <Tag extends (AppendError | ReadError)['_tag']>(
  call: TE.TaskEither<AppendError | ReadError, unknown>,
  tag: Tag,
  what: string,
): Promise<Extract<AppendError, { readonly _tag: Tag }>> => {
  const answer = await call()
  if (E.isLeft(answer) && isTagged(tag)(answer.left)) return answer.left
  return fail(
    `${what}\n  expected ${tag}\n  actual   ${shown(E.isLeft(answer) ? answer.left : answer.right)}`,
  )
}

const isTagged =
  <Tag extends AppendError['_tag']>(tag: Tag) =>
  (error: AppendError): error is Extract<AppendError, { readonly _tag: Tag }> =>
    error._tag === tag

/** A recorded event without its place in the log and its time, which every store chooses for itself. */
export const factOf = (event: RecordedEvent) => ({ ...contentOf(event), version: event.version })

/** What an event says. Payloads as text, so that the order of their keys counts; tags sorted, because they are a set. */
export const contentOf = ({
  id,
  stream,
  type,
  schemaVersion,
  tags,
  data,
  metadata,
}: EventToAppend | RecordedEvent) => ({
  id,
  stream,
  type,
  schemaVersion,
  tags: [...tags].sort(),
  data: textOf(data),
  metadata: textOf(metadata),
})

/** A text that differs wherever two values do: it keeps the order of keys, `-0`, `undefined`, bigints and surrogates. */
export const textOf = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  if (Array.isArray(value)) return `[${Array.from(value, textOf).join(',')}]`
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value)
  const parts = Object.entries(value).map(([key, part]) => `${JSON.stringify(key)}:${textOf(part)}`)
  return `{${parts.join(',')}}`
}

const shownLengthMax = 600

const shown = (value: unknown): string => {
  const text = textOf(value)
  return text.length <= shownLengthMax
    ? text
    : `${text.slice(0, shownLengthMax)}... (${text.length} characters)`
}

interface Difference {
  readonly path: string
  readonly actual: unknown
  readonly expected: unknown
}

const differenceOf = (actual: unknown, expected: unknown, path: string): Difference | undefined => {
  if (Object.is(actual, expected)) return undefined
  if (typeof actual === 'string' && typeof expected === 'string')
    return textDifference(actual, expected, path)
  if (!isRecord(actual) || !isRecord(expected) || Array.isArray(actual) !== Array.isArray(expected))
    return { path, actual, expected }
  const keys = Object.keys(expected)
  const isSameShape =
    Object.keys(actual).length === keys.length && keys.every((key) => Object.hasOwn(actual, key))
  if (!isSameShape) return { path, actual, expected }
  for (const key of keys) {
    const difference = differenceOf(actual[key], expected[key], `${path}.${key}`)
    if (difference !== undefined) return difference
  }
  return undefined
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

/** How much of two long texts is shown before the place where they part. */
const textContext = 40

const textDifference = (actual: string, expected: string, path: string): Difference => {
  let same = 0
  while (same < actual.length && actual[same] === expected[same]) same++
  const from = Math.max(0, same - textContext)
  return from === 0
    ? { path, actual, expected }
    : { path: `${path}, character ${from}`, actual: actual.slice(from), expected: expected.slice(from) }
}
