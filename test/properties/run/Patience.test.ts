/** The laws of `patiently`: every course of answers, under every policy, given up at any moment. */
import { deepStrictEqual } from 'node:assert/strict'
import { type Retrying, tryOnce } from 'decider-ts/run'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { patiently } from '../../../src/run/Patience.js'
import { law } from '../Law.js'

type Patiently = typeof patiently

const busy = { _tag: 'Busy', reason: 'for a moment' } as const
const wrong = { _tag: 'InvalidInput', path: '', reason: 'never' } as const
type Answer = E.Either<typeof busy | typeof wrong, number>

const sample = fc.record({
  answers: fc.array(
    fc.constantFrom<Answer>(E.left(busy), E.left(busy), E.left(busy), E.left(wrong), E.right(1)),
    { minLength: 1, maxLength: 8 },
  ),
  attemptsMax: fc.integer({ min: 1, max: 10 }),
  /** Given up in the n-th call, or in the pause after it. */
  givenUpIn: fc.option(fc.record({ nth: fc.integer({ min: 1, max: 8 }), inPause: fc.boolean() })),
})
type Sample = typeof sample extends fc.Arbitrary<infer A> ? A : never

/** All that can be seen of a course; each thing in the order in which it happened. */
type Seen = 'called' | Retrying | { readonly paused: number }

const seenOf = async (call: Patiently, { answers, attemptsMax, givenUpIn }: Sample) => {
  const seen: Array<Seen> = []
  let calls = 0
  let isGivenUp = false
  const happens = (inPause: boolean): void => {
    if (givenUpIn?.nth === calls && givenUpIn.inPause === inPause) isGivenUp = true
  }
  const answer = await call(
    async (): Promise<Answer> => {
      seen.push('called')
      calls += 1
      happens(false)
      return answers[calls - 1] ?? E.right(calls)
    },
    {
      retry: { attemptsMax, delayMs: (retry, random) => 10 * retry + random },
      environment: { random: () => 0.5 },
      pause: async (milliseconds) => {
        seen.push({ paused: milliseconds })
        happens(true)
      },
      isGivenUp: () => isGivenUp,
      onRetry: (retrying) => seen.push(retrying),
    },
  )
  return { answer, seen }
}

/** How many calls there are to be, by the words of the law. */
const callsOf = ({ answers, attemptsMax, givenUpIn }: Sample): number => {
  const isLast = (_: unknown, index: number): boolean => {
    const answer = answers[index] ?? E.right(0)
    const isPassing = E.isLeft(answer) && answer.left._tag === 'Busy'
    return !isPassing || index + 1 === attemptsMax || givenUpIn?.nth === index + 1
  }
  return Array.from({ length: 11 }).findIndex(isLast) + 1
}

const answersAsSaid = (call: Patiently) =>
  fc.asyncProperty(sample, async (given) => {
    const { answer, seen } = await seenOf(call, given)
    const calls = callsOf(given)
    deepStrictEqual(answer, given.answers[calls - 1] ?? E.right(calls))
    deepStrictEqual(seen.filter((what) => what === 'called').length, calls)
  })

const tells = (call: Patiently) =>
  fc.asyncProperty(sample, async (given) => {
    const { seen } = await seenOf(call, given)
    seen.forEach((what, index) => {
      const attempt = seen.slice(0, index).filter((before) => before === 'called').length
      const delayMs = 10 * attempt + 0.5
      if (what !== 'called' && 'paused' in what) {
        deepStrictEqual(what, { paused: delayMs })
        deepStrictEqual(seen[index - 1], { error: busy, attempt, delayMs })
      }
    })
    const count = (isOne: (what: Seen) => boolean) => seen.filter(isOne).length
    const told = count((what) => what !== 'called' && 'error' in what)
    deepStrictEqual(
      told,
      count((what) => what !== 'called' && 'paused' in what),
    )
  })

const untiring: Patiently = (call, patience) => patiently(call, { ...patience, isGivenUp: () => false })
const once: Patiently = (call, patience) => patiently(call, { ...patience, retry: tryOnce })
const insisting: Patiently = async (call, patience) => {
  const answer = await patiently(call, patience)
  return E.isLeft(answer) && answer.left._tag === 'InvalidInput' ? call() : answer
}
const silent: Patiently = (call, patience) => patiently(call, { ...patience, onRetry: () => {} })
const miscounting: Patiently = (call, patience) =>
  patiently(call, {
    ...patience,
    onRetry: (retrying) => patience.onRetry({ ...retrying, attempt: retrying.attempt - 1 }),
  })

law('PAT-1 answer', answersAsSaid(patiently))
law.rejects('PAT-1', 'one that cannot be given up', answersAsSaid(untiring))
law.rejects('PAT-1', 'one without patience', answersAsSaid(once))
law.rejects('PAT-1', 'one that insists on what does not pass', answersAsSaid(insisting))
law('PAT-2 told', tells(patiently))
law.rejects('PAT-2', 'one that retries in silence', tells(silent))
law.rejects('PAT-2', 'one that counts from 0', tells(miscounting))
