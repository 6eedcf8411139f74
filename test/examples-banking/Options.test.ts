/** The command line: what is left out has a default, and what makes no sense is said. */
import { either as E } from 'fp-ts'
import { expect, test } from 'vitest'
import { parseOptions } from '../../examples/banking/Options.js'

test('nothing given is a run of its own', () => {
  expect(parseOptions([])).toEqual(
    E.right({
      help: false,
      berka: undefined,
      noOverdraft: false,
      seed: 1,
      accounts: 120,
      commands: 3_000,
      concurrency: 32,
    }),
  )
})

test('everything can be given', () => {
  expect(parseOptions(['--berka', 'data', '--no-overdraft', '--seed=5', '--concurrency', '8'])).toMatchObject(
    E.right({ berka: 'data', noOverdraft: true, seed: 5, concurrency: 8 }),
  )
})

test('what makes no sense is refused', () => {
  for (const args of [
    ['--berka'],
    ['--bekra', 'x'],
    ['data'],
    ['--seed', '0'],
    ['--commands', '1.5'],
    ['--accounts=-1'],
  ]) {
    expect(E.isLeft(parseOptions(args)), args.join(' ')).toBe(true)
  }
})
