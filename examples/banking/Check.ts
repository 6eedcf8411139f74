/**
 * A check: what should be so, and what is so. The demo prints them all and fails if one does not hold.
 */

export interface Check {
  readonly what: string
  readonly expected: string
  readonly actual: string
}

export const check = (what: string, expected: string | number, actual: string | number): Check => ({
  what,
  expected: textOf(expected),
  actual: textOf(actual),
})

export const holds = ({ expected, actual }: Check): boolean => expected === actual

const textOf = (value: string | number): string => (typeof value === 'number' ? count(value) : value)

/** A whole number with separators, such as `46,997`. */
export const count = (value: number): string => value.toLocaleString('en-US')
