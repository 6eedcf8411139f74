/** The laws of `EverySchedule`: straight programs, whose schedules are known beforehand. */
import { allInterleavings, everySchedule, type TapeProgram } from 'decider-ts/harness'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { law } from '../../Law.js'

type Every = typeof everySchedule
type Interleavings = typeof allInterleavings

const lengths = fc
  .array(fc.nat(3), { maxLength: 4 })
  .filter((each) => each.reduce((sum, length) => sum + length, 0) <= 8)

const namesOf = (each: ReadonlyArray<number>): ReadonlyArray<ReadonlyArray<string>> =>
  each.map((length, program) => Array.from({ length }, (_, n) => `${program}.${n}`))

const programOf = (labels: ReadonlyArray<string>): TapeProgram<void> => {
  return async (point) => {
    for (const label of labels) await point(label)
  }
}

const allAndOnce = (every: Every) =>
  fc.asyncProperty(lengths, async (each) => {
    const names = namesOf(each)
    const seen: Array<string> = []
    const schedules = await every(
      async () => names.map(programOf),
      ({ steps }) => {
        seen.push(steps.map(({ label }) => label).join())
      },
    )
    const expected = allInterleavings(names).map((labels) => labels.join())
    return schedules === seen.length && seen.toSorted().join(' ') === expected.toSorted().join(' ')
  })

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1))

const counted = (interleavings: Interleavings) =>
  fc.property(lengths, (each) => {
    const all = interleavings(namesOf(each)).map((labels) => labels.join())
    const steps = each.reduce((sum, length) => sum + length, 0)
    const expected = each.reduce((ways, length) => ways / factorial(length), factorial(steps))
    return new Set(all).size === all.length && all.length === Math.round(expected)
  })

/** Leaves out every schedule in which the last program is the first to move. */
const withoutTheLast: Every = async (programs, judge, options) => {
  let schedules = 0
  await everySchedule(
    programs,
    async (run, tape) => {
      if ((run.choices[0]?.taken ?? 0) > 0) return
      schedules += 1
      await judge(run, tape)
    },
    options,
  )
  return schedules
}

const withoutOrder: Interleavings = (lists) => {
  const [first, ...others] = allInterleavings(lists)
  return first === undefined ? others : [first, ...others, first.toReversed()]
}

describe('laws', () => {
  law('EVS-1 all and once', allAndOnce(everySchedule), { numRuns: 40 })
  law.rejects('EVS-1', 'schedules that only the first program begins', allAndOnce(withoutTheLast))
  law('EVS-2 counted', counted(allInterleavings))
  law.rejects('EVS-2', 'an order that is counted twice', counted(withoutOrder))
})

test('more schedules than agreed are refused', async () => {
  const long = programOf(['a', 'b', 'c', 'd'])
  await expect(
    everySchedule(
      async () => [long, long],
      () => {},
      { most: 69 },
    ),
  ).rejects.toThrow('There are more than 69 schedules.')
  expect(
    await everySchedule(
      async () => [long, long],
      () => {},
      { most: 70 },
    ),
  ).toBe(70)
})

test('with overlap every step may also begin before the last one has ended', async () => {
  const two = programOf(['a', 'b'])
  const straight = await everySchedule(
    async () => [two, two],
    () => {},
  )
  const overlapping = await everySchedule(
    async () => [two, two],
    () => {},
    { overlap: true },
  )
  expect([straight, overlapping]).toEqual([6, 22])
})

test('an error says by which tape it is met again', async () => {
  const two = programOf(['a', 'b'])
  const isFair = ({ steps }: { readonly steps: ReadonlyArray<{ readonly program: number }> }): void => {
    if (steps[1]?.program === 1) throw new Error('overtaken')
  }
  await expect(everySchedule(async () => [two, two], isFair)).rejects.toThrow(
    'overtaken\nfound in schedule 2, by the tape [0, 1]',
  )
})
