/**
 * The law of recycling, for the commands and events of the sample domain, whose reservations have a branded id.
 */
import { deepStrictEqual } from 'node:assert/strict'
import { accept, domain } from 'decider-ts/decide'
import type { Overrides } from 'decider-ts/harness'
import fc from 'fast-check'
import * as t from 'io-ts'
import { expect, test } from 'vitest'
import { AccountNumber } from '../../../../examples/banking/Account.js'
import { Day } from '../../../../examples/banking/Day.js'
import { type ArbitraryDomain, arbitraryDomain } from '../../../../src/harness/arbitrary/ArbitraryDomain.js'
import * as sample from '../../../harness/Inventory.js'
import { law } from '../../Law.js'

type Arbitraries = ArbitraryDomain<sample.Command, sample.Event>

/** As many as fit no list of simple names, so that one that comes again was used before. */
const overrides = { byName: { ReservationId: fc.uuid() } }

const idsOf = (values: ReadonlyArray<sample.Command | sample.Event>): ReadonlyArray<string> =>
  values.flatMap((value) => ('id' in value ? [value.id] : []))

/** The ids of the commands and of the events of one history after another. */
class Histories extends fc.Arbitrary<
  ReadonlyArray<{ readonly commands: ReadonlyArray<string>; readonly events: ReadonlyArray<string> }>
> {
  constructor(
    private readonly arbitraries: Arbitraries,
    private readonly count: number,
  ) {
    super()
  }
  override generate(random: fc.Random) {
    const draw = <A>(arbitrary: fc.Arbitrary<A>): ReadonlyArray<A> =>
      Array.from({ length: 40 }, () => arbitrary.generate(random, undefined).value)
    const histories = Array.from({ length: this.count }, () => {
      this.arbitraries.beginHistory()
      return { commands: idsOf(draw(this.arbitraries.command)), events: idsOf(draw(this.arbitraries.event)) }
    })
    return new fc.Value(histories, undefined)
  }
  override canShrinkWithoutContext(_: unknown): _ is never {
    return false
  }
  override shrink() {
    return fc.Stream.nil<never>()
  }
}

const recycles = (make: () => Arbitraries) =>
  fc.property(fc.nat(), (seed) => {
    const arbitraries = make()
    const draw = () => fc.sample(new Histories(arbitraries, 2), { seed, numRuns: 1 })
    const [[first, second] = []] = draw()
    if (first === undefined || second === undefined) return false
    const isAgain = first.commands.length > new Set(first.commands).size
    const isShared = first.events.some((id) => first.commands.includes(id))
    const isForgotten = ![...second.commands, ...second.events].some((id) => first.commands.includes(id))
    deepStrictEqual(draw(), [[first, second]])
    return isAgain && isShared && isForgotten
  })

const made = (): Arbitraries => arbitraryDomain(sample.Inventory, { overrides })

law('ARB-5 recycling', recycles(made))
law.rejects(
  'ARB-5',
  'ids that never come again',
  recycles(() => arbitraryDomain(sample.Inventory, { overrides, fresh: [sample.ReservationId] })),
)
law.rejects(
  'ARB-5',
  'ids that are remembered from one history to the next',
  recycles(() => ({ ...made(), beginHistory: () => undefined })),
)
law.rejects(
  'ARB-5',
  'events that have ids of their own',
  recycles(() => {
    const [commands, events] = [made(), made()]
    return {
      command: commands.command,
      event: events.event,
      beginHistory: () => [commands, events].map(({ beginHistory }) => beginHistory()),
    }
  }),
)

/** A domain of one command with one property. */
const about = (codec: t.Mixed, key: string) =>
  domain({
    name: 'one',
    command: t.type({ type: t.literal('Do'), [key]: codec }) as t.Type<{ readonly type: 'Do' }, unknown>,
    event: t.type({ type: t.literal('Done') }),
    rejection: t.type({ type: t.literal('No') }),
    state: t.null,
    streamId: () => 'one',
    initialState: null,
    evolve: () => null,
    decide: () => () => accept({ type: 'Done' }),
  })

interface Expected {
  readonly overrides?: Overrides
  readonly recycled?: ReadonlyArray<t.Mixed>
  readonly fresh?: ReadonlyArray<t.Mixed>
}

/** How many of the commands have come before. */
const repeated = (codec: t.Mixed, key = 'about', expectations: Expected = {}): number => {
  const { command } = arbitraryDomain(about(codec, key), expectations)
  const values = fc.sample(command, { seed: 1, numRuns: 300 })
  return values.length - new Set(values.map((value) => JSON.stringify(value))).size
}

test('what names a thing comes again, and what does not is new most of the time', () => {
  const Wide = t.refinement(t.number, (n) => Number.isInteger(n) && n > 1e12, 'Wide')
  const comesAgain = repeated(Wide, 'about', { recycled: [Wide] })
  expect(comesAgain).toBeGreaterThan(repeated(Wide))
  expect(repeated(t.string, 'orderId')).toBeGreaterThan(repeated(t.string, 'comment'))
  expect(repeated(t.string, 'orderId', { fresh: [t.string] })).toBe(repeated(t.string, 'comment'))
  const overrides = { byName: { string: fc.uuid() } }
  expect(repeated(t.string, 'id', { overrides })).toBeGreaterThan(100)
  expect(repeated(t.string, 'idea', { overrides })).toBe(0)
  expect(repeated(t.union([t.string, t.null]), 'order_id')).toBe(repeated(t.union([t.string, t.null])))
})

test('days are no names of things', () => {
  const isRecycled = (codec: t.Mixed): boolean =>
    repeated(codec) !== repeated(codec, 'about', { fresh: [codec] })
  expect([Day, AccountNumber].map(isRecycled)).toEqual([false, true])
})

test('a recycled value shrinks to a simple one', () => {
  const { command } = arbitraryDomain(sample.Inventory)
  const isConfirm = fc.check(
    fc.property(command, (one) => one.type !== 'Confirm'),
    { seed: 1 },
  )
  expect(isConfirm.counterexample).toEqual([{ type: 'Confirm', id: 'a' }])
})
