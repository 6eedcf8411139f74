/**
 * A day of the bank's calendar, such as `1993-02-26`. It is text, so that it is plain JSON, that days compare as their
 * texts do, and that no time zone can move a payment to the day before.
 */
import { either as E } from 'fp-ts'
import * as t from 'io-ts'

interface DayBrand {
  readonly Day: unique symbol
}

/** Every month has these days. Each event that is read has its day checked, so the ordinary case is a single look. */
const ordinary = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])$/

const isDay = (text: string): text is t.Branded<string, DayBrand> => {
  if (ordinary.test(text)) return true
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false
  const moment = Date.parse(`${text}T00:00:00Z`)
  // The parser lets 30 February pass as 2 March, so only a day that comes back unchanged exists.
  return !Number.isNaN(moment) && new Date(moment).toISOString().startsWith(text)
}

/** A day that exists. */
export const Day = t.brand(t.string, isDay, 'Day')
export type Day = t.TypeOf<typeof Day>

const millisecondsInDay = 86_400_000

/** The first moment of the day in UTC, in milliseconds since 1970. */
export const startOf = (day: Day): number => Date.parse(`${day}T00:00:00Z`)

/** So many days later. */
export const plusDays = (day: Day, count: number): Day =>
  new Date(startOf(day) + count * millisecondsInDay).toISOString().slice(0, 10) as Day

/** From the six digits that the Berka files use: `930226` is 26 February 1993. */
export const parseSixDigits = (digits: string): E.Either<string, Day> => {
  const day = `19${digits.slice(0, 2)}-${digits.slice(2, 4)}-${digits.slice(4)}`
  return /^\d{6}$/.test(digits) && isDay(day) ? E.right(day) : E.left(`'${digits}' is not a day`)
}
