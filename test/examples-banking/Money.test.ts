/** Money is exact: what is written is what is read, and nothing that would be rounded is taken for money. */

import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { expect, test } from 'vitest'
import { Day, parseSixDigits, plusDays } from '../../examples/banking/Day.js'
import { Amount, format, Hellers, negate, parse, plus, Residual, sum } from '../../examples/banking/Money.js'

const hellers = fc.maxSafeInteger().map((n) => (Object.is(n, -0) ? 0 : n) as Hellers)

test('what is formatted is parsed to the same amount', () => {
  fc.assert(
    fc.property(hellers, (amount) => {
      expect(parse(format(amount).replaceAll(',', ''))).toEqual(E.right(amount))
    }),
  )
})

test('amounts are shown in crowns, to the heller, with separators', () => {
  const shown = (amount: number) => format(amount as Hellers)
  expect(shown(3_929_672_010)).toBe('39,296,720.10')
  expect(shown(-4_270)).toBe('-42.70')
  expect(shown(0)).toBe('0.00')
  expect(shown(-5)).toBe('-0.05')
  expect(shown(100_000)).toBe('1,000.00')
  expect(shown(Number.MAX_SAFE_INTEGER)).toBe('90,071,992,547,409.91')
  expect(shown(Number.MIN_SAFE_INTEGER)).toBe('-90,071,992,547,409.91')
})

test('text that is no amount with two decimals, or too large to be exact, is refused', () => {
  for (const text of ['', '1', '1.0', '1.000', '1,000.00', '1e3', ' 1.00', '+1.00', '90071992547409.92']) {
    expect(E.isLeft(parse(text)), text).toBe(true)
  }
  expect(parse('90071992547409.91')).toEqual(E.right(Number.MAX_SAFE_INTEGER))
  expect(parse('-0.00')).toEqual(E.right(0))
})

test('the codecs refuse what arithmetic would round', () => {
  for (const n of [0.1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -(2 ** 53), -0]) {
    expect(Hellers.is(n), String(n)).toBe(false)
  }
  expect(Hellers.is(Number.MAX_SAFE_INTEGER)).toBe(true)
  expect([-1, 0, 1].map(Amount.is)).toEqual([false, false, true])
  expect([-11, -10, 0, 10, 11].map(Residual.is)).toEqual([false, true, false, true, false])
})

test('sums are exact or they are no sums', () => {
  const most = Number.MAX_SAFE_INTEGER as Hellers
  expect(sum([most, negate(most), 7 as Hellers])).toBe(7)
  expect(Object.is(negate(0 as Hellers), 0)).toBe(true)
  expect(plus(5 as Hellers, -7 as Hellers)).toBe(-2)
  expect(() => sum([most, 1 as Hellers])).toThrow(RangeError)
})

test('a day is a day that exists', () => {
  const days = ['1993-02-26', '2024-02-29', '1993-12-31']
  const others = [
    '1993-02-29',
    '1993-02-30',
    '1993-13-01',
    '1993-00-10',
    '1993-04-31',
    '93-01-01',
    '1993-1-1',
    '',
  ]
  expect(days.filter(Day.is)).toEqual(days)
  expect(others.filter(Day.is)).toEqual([])
  expect(parseSixDigits('930226')).toEqual(E.right('1993-02-26'))
  expect(E.isLeft(parseSixDigits('930231'))).toBe(true)
  expect(plusDays('2024-02-28' as Day, 2)).toBe('2024-03-01')
})
