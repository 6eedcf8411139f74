/**
 * Money as a whole number of hellers (1 CZK = 100 hellers). Fractions of a crown have no exact form as a binary
 * fraction, so sums of them drift; whole numbers do not, as long as they stay safe integers, and the codecs see to it.
 */
import { either as E } from 'fp-ts'
import * as t from 'io-ts'

interface HellersBrand {
  readonly Hellers: unique symbol
}

/** An amount of either sign, exact. Minus zero is refused, because JSON text and arithmetic disagree about it. */
export const Hellers = t.brand(
  t.number,
  (n): n is t.Branded<number, HellersBrand> => Number.isSafeInteger(n) && !Object.is(n, -0),
  'Hellers',
)
export type Hellers = t.TypeOf<typeof Hellers>

interface AmountBrand {
  readonly Amount: unique symbol
}

/** What moves: more than nothing. Which way it moves is in the name of the command or event. */
export const Amount = t.brand(Hellers, (n): n is t.Branded<Hellers, AmountBrand> => n > 0, 'Amount')
export type Amount = t.TypeOf<typeof Amount>

interface ResidualBrand {
  readonly Residual: unique symbol
}

/** The largest rounding difference that the bank books: it keeps balances in steps of 0.10 CZK. */
export const residualMax = 10

/** What rounding adds or takes: 1 to 10 hellers, either way. */
export const Residual = t.brand(
  Hellers,
  (n): n is t.Branded<Hellers, ResidualBrand> => n !== 0 && Math.abs(n) <= residualMax,
  'Residual',
)
export type Residual = t.TypeOf<typeof Residual>

export const nothing = 0 as Hellers

/** The sum of two amounts. It is exact where `Hellers.is` holds for it; `decide` refuses what would go beyond. */
export const plus = (left: Hellers, right: Hellers): Hellers => (left + right) as Hellers

/** The same amount the other way; zero has no other way. */
export const negate = (amount: Hellers): Hellers => (amount === 0 ? nothing : (-amount as Hellers))

/** The sum of many amounts, which throws rather than lose a heller. */
export const sum = (amounts: Iterable<Hellers>): Hellers => {
  let total = nothing
  for (const amount of amounts) total = plus(total, amount)
  if (!Hellers.is(total)) throw new RangeError(`A sum of ${total} hellers is not exact.`)
  return total
}

/** In crowns, such as `39,296,720.10`. The digits are moved as text, so nothing is divided or rounded. */
export const format = (amount: Hellers): string => {
  const digits = String(Math.abs(amount)).padStart(3, '0')
  const crowns = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',')
  return `${amount < 0 ? '-' : ''}${crowns}.${digits.slice(-2)}`
}

/** From crowns with two decimals and without separators, such as `-5400.00`. */
export const parse = (crowns: string): E.Either<string, Hellers> => {
  const [, sign = '', whole = '', cents = ''] = /^(-?)(\d+)\.(\d\d)$/.exec(crowns) ?? []
  const amount = Number(`${sign}${whole}${cents}`)
  if (whole === '') return E.left(`'${crowns}' is not an amount with two decimals`)
  return Number.isSafeInteger(amount)
    ? E.right(amount === 0 ? nothing : (amount as Hellers))
    : E.left(`'${crowns}' is too large to be exact`)
}
