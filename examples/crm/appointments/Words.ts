/** The words of the appointments service. Its names of customers are those that the customers service gives out. */
import * as t from 'io-ts'

interface CustomerIdBrand {
  readonly CustomerId: unique symbol
}
export const CustomerId = t.brand(
  t.string,
  (text): text is t.Branded<string, CustomerIdBrand> => /^[a-z0-9][a-z0-9-]{0,39}$/.test(text),
  'CustomerId',
)
export type CustomerId = t.TypeOf<typeof CustomerId>

interface AppointmentIdBrand {
  readonly AppointmentId: unique symbol
}
export const AppointmentId = t.brand(
  t.string,
  (text): text is t.Branded<string, AppointmentIdBrand> => /^[a-z0-9][a-z0-9-]{0,19}$/.test(text),
  'AppointmentId',
)
export type AppointmentId = t.TypeOf<typeof AppointmentId>

interface DayBrand {
  readonly Day: unique symbol
}
/** A day, such as `2026-01-31`: text, so that it is plain JSON and that days compare as their texts do. */
export const Day = t.brand(
  t.string,
  (text): text is t.Branded<string, DayBrand> =>
    /^20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])$/.test(text) || isLateDay(text),
  'Day',
)
export type Day = t.TypeOf<typeof Day>

/** Only a day that comes back unchanged exists: 30 February would come back as 2 March. */
const isLateDay = (text: string): boolean =>
  /^20\d\d-\d\d-(?:29|30|31)$/.test(text) &&
  !Number.isNaN(Date.parse(`${text}T00:00:00Z`)) &&
  new Date(`${text}T00:00:00Z`).toISOString().startsWith(text)
