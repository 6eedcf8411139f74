/**
 * What every contender records: counters that grow by one. An event carries the total that its decision arrived at, so
 * whoever decided on a past that was not the whole past is found out afterwards: its total is not its version.
 */
export type Added = {
  readonly type: 'Added'
  /** Of this one operation: acknowledged keys are looked up in the end. */
  readonly key: string
  readonly by: number
  readonly total: number
  readonly note: string
}

/** Fills an event up to about 200 bytes of JSON. */
const note = ''.padEnd(130, 'x')

export const added = (key: string, total: number): Added => ({ type: 'Added', key, by: 1, total, note })

export const initialState = 0

export const evolve = (sum: number, event: { readonly by: number }): number => sum + event.by

export const decide =
  (key: string) =>
  (sum: number): Added =>
    added(key, sum + 1)

/** The event without its type, for stores that keep the type beside the data. */
export const dataOf = ({ type: _, ...data }: Added) => data
