/** Of every stack, the place is the first frame of the user. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { placeIn, placeOf } from '../../../../src/harness/ambient/UserFrame.js'
import { law } from '../../Law.js'

const foreignFrames = fc.array(
  fc.constantFrom(
    '    at Array.sort (<anonymous>)',
    '    at node:internal/process/task_queues:95:5',
    '    at Object.validate (file:///app/node_modules/io-ts/lib/index.js:12:3)',
    '    at C:\\app\\node_modules\\lodash\\lodash.js:1:2',
  ),
  { maxLength: 4 },
)

const own = fc
  .record({
    by: fc.constantFrom('stamp', 'evolve', ''),
    folder: fc.constantFrom('/home/me/', 'file:///app/src/', 'C:\\app\\src\\', 'http://localhost/'),
    line: fc.integer({ min: 1, max: 999 }),
    form: fc.constantFrom('V8', 'other'),
  })
  .map(({ by, folder, line, form }) => ({
    frame:
      form === 'V8'
        ? by === ''
          ? `    at ${folder}Stock.ts:${line}:7`
          : `    at Object.${by} [as evolve] (${folder}Stock.ts:${line}:7)`
        : `${by}@${folder}Stock.ts:${line}:7`,
    place: by === '' ? `Stock.ts:${line}` : `${by}, Stock.ts:${line}`,
  }))

const firstOwn = (place: typeof placeIn) =>
  fc.property(foreignFrames, own, fc.array(own, { maxLength: 2 }), (foreign, first, later) => {
    const stack = ['Error: at (a:1:2)', ...foreign, first.frame, ...later.map(({ frame }) => frame)]
    return place(stack.join('\n')) === first.place
  })

describe('UserFrame', () => {
  law('FRM-1 own', firstOwn(placeIn))
  law.rejects(
    'FRM-1',
    'the first frame of all',
    firstOwn((stack) => stack.split('\n')[1]),
  )
})

test('what lies below the call of the domain is not the place', () => {
  expect(
    placeIn('Error\n    at Object.callOfTheDomain (/a/Replay.ts:1:2)\n    at judge (/a/Law.ts:3:4)'),
  ).toBeUndefined()
})

test('an error knows its place; what is no error has none', () => {
  const stamp = () => new Error('here')
  expect(placeOf(stamp())).toMatch(/^stamp, UserFrame\.test\.ts:\d+$/)
  expect(placeOf('text')).toBeUndefined()
})
