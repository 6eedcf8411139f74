/**
 * The law of overrides: they are used where they are registered, and a wrong one is found out by the first wrong value.
 */
import { arbitraryOf, NoArbitrary, type Overrides } from 'decider-ts/harness'
import fc from 'fast-check'
import * as t from 'io-ts'
import { expect, test } from 'vitest'
import { law } from '../../Law.js'

const Iban = t.refinement(t.string, (text) => /^CZ\d{2}$/.test(text), 'Iban')
const Payment = t.type({ to: t.type({ iban: Iban }), from: t.array(Iban) }, 'Payment')

type Derive = (codec: typeof Payment, overrides: Overrides) => fc.Arbitrary<t.TypeOf<typeof Payment>>

const right = fc.constantFrom('CZ07', 'CZ42')
const wrong = fc.constant('none')

/** What came, or how it was refused. */
const outcome = (derive: Derive, overrides: Overrides, seed: number): string => {
  try {
    const [payment] = fc.sample(derive(Payment, overrides), { seed, numRuns: 1 })
    return ['CZ07', 'CZ42'].includes(payment?.to.iban ?? '') ? 'registered' : 'other'
  } catch (thrown) {
    const refusal = thrown instanceof Error && thrown.cause instanceof NoArbitrary ? thrown.cause : thrown
    return refusal instanceof NoArbitrary ? refusal.message : String(thrown)
  }
}

const refusals = (derive: Derive) =>
  fc.property(fc.nat(), (seed) => {
    const of = (overrides: Overrides) => outcome(derive, overrides, seed)
    expect(of({ byName: { Iban: right } })).toBe('registered')
    expect(of({ byCodec: new Map([[Iban, right]]), byName: { Iban: wrong } })).toBe('registered')
    expect(of({ byName: { Iban: wrong } })).toBe(
      [
        'There are no arbitrary values for Payment.to.iban (Iban).',
        `What is registered in overrides.byName['Iban'] gave "none", which it refuses.`,
        'Let it give only values for which `is` of the codec holds.',
      ].join(' '),
    )
    expect(of({ byCodec: new Map([[Iban, wrong]]) })).toContain('Payment.to.iban (Iban)')
    expect(of({ byCodec: new Map([[Iban, wrong]]) })).toContain('overrides.byCodec gave "none"')
    return true
  })

law('ARB-6 overrides', refusals(arbitraryOf))
law.rejects(
  'ARB-6',
  'overrides that are not used',
  refusals((codec) => arbitraryOf(codec)),
)
law.rejects(
  'ARB-6',
  'overrides by name that come before those by codec',
  refusals((codec, { byName, byCodec }) =>
    arbitraryOf(codec, byName ? { byName } : { byCodec: byCodec ?? new Map() }),
  ),
)
law.rejects(
  'ARB-6',
  'wrong values that are left out in silence',
  refusals((codec, overrides) => {
    const byName = {
      Iban: fc.oneof(right, ...Object.values(overrides.byName ?? {})).filter((value) => Iban.is(value)),
    }
    return arbitraryOf(codec, { byName })
  }),
)

test('an override of a base is narrowed further, and its smaller values are checked', () => {
  const Base = t.refinement(t.string, (text) => text.startsWith('#'), 'Base')
  const Narrow = t.refinement(Base, (text) => text.length > 2, 'Narrow')
  const arbitrary = arbitraryOf(Narrow, {
    byName: {
      Base: fc.string().map(
        (text) => `#${text}`,
        (value) => String(value).slice(1),
      ),
    },
  })
  expect(fc.sample(arbitrary, { seed: 1, numRuns: 100 }).every((value) => Narrow.is(value))).toBe(true)
  const { counterexample } = fc.check(
    fc.property(arbitrary, () => false),
    { seed: 1 },
  )
  expect(Narrow.is(counterexample?.[0])).toBe(true)
})

test('an override makes values for what has none', () => {
  const run = () => undefined
  const overrides = { byName: { Function: fc.constant(run) } }
  expect(fc.sample(arbitraryOf(t.type({ run: t.Function }), overrides), 1)).toEqual([{ run }])
})
