/** The words of a decision keep literals, and arrays in them are the plain arrays that codecs speak of. */
import { accept, type Decision, nothing, reject, validate } from 'decider-ts/decide'
import { either as E, type readonlyNonEmptyArray as RNEA } from 'fp-ts'
import type { Equal } from './Equal.js'

export const one = accept({ type: 'Priced', lines: [{ sku: 'a', tags: ['x'] }] })
export const oneType: Equal<
  typeof one,
  Decision<{ readonly type: 'Priced'; readonly lines: [{ readonly sku: 'a'; readonly tags: ['x'] }] }, never>
> = true

export const no = reject({ type: 'TooMuch', most: 3 })
export const noType: Equal<typeof no, E.Either<{ readonly type: 'TooMuch'; readonly most: 3 }, never>> = true

export const choice = (yes: boolean) => (yes ? accept({ type: 'Opened' }) : reject({ type: 'Locked' }))
export const chosen: Decision<{ readonly type: 'Opened' }, { readonly type: 'Locked' }> = choice(true)
export const done: Decision<{ readonly type: 'Opened' }, string> = nothing

// @ts-expect-error a rejection of another name
export const wrong: Decision<{ readonly type: 'Opened' }, { readonly type: 'Lost' }> = choice(true)

/** A value that is no plain object comes through as it is. */
export const moment = accept({ type: 'At', at: new Date(0), by: (n: number) => n })
export const at: Decision<{ type: 'At'; at: Date; by: (n: number) => number }, never> = moment

const positive = (n: number): E.Either<{ readonly type: 'NotPositive' }, number> =>
  n > 0 ? E.right(n) : reject({ type: 'NotPositive' })
const short = (text: string): E.Either<{ readonly type: 'TooLong' }, string> =>
  text.length < 5 ? E.right(text) : reject({ type: 'TooLong' })

export const valid = validate({ amount: positive(1), name: short('ada') })
export const validType: Equal<
  typeof valid,
  E.Either<
    RNEA.ReadonlyNonEmptyArray<{ readonly type: 'NotPositive' } | { readonly type: 'TooLong' }>,
    { readonly amount: number; readonly name: string }
  >
> = true
