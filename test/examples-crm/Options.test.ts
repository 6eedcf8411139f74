/** What the demo can be told, and what it makes of nonsense. */
import { either as E } from 'fp-ts'
import { expect, test } from 'vitest'
import { parseOptions } from '../../examples/crm/Options.js'

const usual = { help: false, data: undefined, seed: 1, customers: 40 }

test('without options there are forty customers, of seed 1', () => {
  expect(parseOptions([])).toEqual(E.right(usual))
})

test('every option is read', () => {
  const args = ['--seed', '7', '--customers', '5', '--data', 'here', '--help']
  expect(parseOptions(args)).toEqual(E.right({ help: true, data: 'here', seed: 7, customers: 5 }))
})

test('nonsense is named', () => {
  expect(parseOptions(['--customers', 'many'])).toEqual(
    E.left("--customers needs a whole number from 1 to 9999, not 'many'"),
  )
  expect(parseOptions(['--seed', '0'])).toMatchObject({ _tag: 'Left' })
  expect(parseOptions(['--sead', '1'])).toMatchObject({ _tag: 'Left' })
})
