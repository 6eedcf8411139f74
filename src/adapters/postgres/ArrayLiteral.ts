/**
 * Arrays as PostgreSQL writes them in text. Written here and not by the driver, because the driver serializes by types
 * that the user may have redefined.
 * Used by: `AppendCall` and `ReadCall`.
 * @since 0.1.0
 */

/** An array of texts; an element that is undefined becomes null. */
export const textArray = (texts: ReadonlyArray<string | undefined>): string =>
  `{${texts.map((text) => (text === undefined ? 'NULL' : quote(text))).join(',')}}`

/** An array of numbers, or of anything whose text needs no quotes; an element that is undefined becomes null. */
export const numberArray = (numbers: ReadonlyArray<number | bigint | string | undefined>): string =>
  `{${numbers.map((number) => number ?? 'NULL').join(',')}}`

/**
 * JSON texts, joined by U+001F for `string_to_array`. JSON escapes every control character within, so the joint cannot
 * stand in a text, and payloads, which are full of quotes, need no quoting a second time.
 */
export const joinJson = (texts: ReadonlyArray<string>): string => texts.join(jsonJoint)

/** What joins and parts JSON texts. */
export const jsonJoint = '\u001f'

/** The elements of an array of numbers, as the server writes it; none of them null. */
export const bigintsFrom = (literal: string | undefined): ReadonlyArray<bigint> =>
  literal === undefined || literal.length <= 2 ? [] : literal.slice(1, -1).split(',').map(BigInt)

/** Names hardly ever hold one of these, and to look costs less than to replace. */
const quote = (text: string): string =>
  text.includes('"') || text.includes('\\') ? `"${text.replace(special, '\\$&')}"` : `"${text}"`

const special = /["\\]/g
