/**
 * The law of smaller values: whichever of them is taken, going on from it ends.
 */
import fc from 'fast-check'
import { smallerNumbers, smallerTexts } from '../../../../src/harness/arbitrary/Smaller.js'
import { law } from '../../Law.js'

type Smaller<A> = (value: A, simplest: ReadonlyArray<A>) => ReadonlyArray<A>

interface Implementation {
  readonly numbers: Smaller<number>
  readonly texts: Smaller<string>
}

const right: Implementation = {
  numbers: (n, simplest) => [...smallerNumbers(n, simplest)],
  texts: (text, simplest) => [...smallerTexts(text, simplest)],
}

/** Goes from a value to a smaller one as the choices say. */
const descends = <A>(
  of: Smaller<A>,
  first: A,
  simplest: ReadonlyArray<A>,
  choices: ReadonlyArray<number>,
): boolean => {
  const passed = new Set([first])
  let value = first
  for (const choice of choices) {
    const candidates = of(value, simplest)
    const next = candidates[choice % Math.max(1, candidates.length)]
    if (next === undefined) return true
    if (passed.has(next) || Object.is(next, -0)) return false
    passed.add(next)
    value = next
  }
  return true
}

const numbers = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
)
const choices = fc.array(fc.nat(), { minLength: 1, maxLength: 60 })

const ends = ({ numbers: ofNumbers, texts: ofTexts }: Implementation) =>
  fc.property(
    numbers,
    fc.array(numbers, { maxLength: 5 }),
    fc.string({ unit: 'grapheme' }),
    fc.uniqueArray(fc.string({ maxLength: 5 }), { maxLength: 9 }),
    choices,
    (n, simplestNumbers, text, simplestTexts, chosen) =>
      descends(ofNumbers, n, simplestNumbers, chosen) && descends(ofTexts, text, simplestTexts, chosen),
  )

law('ARB-8 descent', ends(right))
law.rejects(
  'ARB-8',
  'numbers that are simple but not smaller',
  ends({ ...right, numbers: (n, simplest) => [...simplest, ...right.numbers(n, simplest)] }),
)
law.rejects(
  'ARB-8',
  'texts that are no shorter and no simpler',
  ends({
    ...right,
    texts: (text, simplest) => [...right.texts(text, simplest), [...text].reverse().join('')],
  }),
)
