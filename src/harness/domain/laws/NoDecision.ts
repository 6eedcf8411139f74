/**
 * What is wrong with an answer that is no decision, in words that say how it comes about. Who comes from another library
 * returns the events themselves, throws, or waits; each of these has its own mending.
 * Used by: `Totality`.
 * @since 0.1.0
 */
import { shown } from '../Shown.js'
import type { Answer } from './AskedAgain.js'

/** What is wrong, and what to do about it. */
export interface Complaint {
  readonly cause: string
  readonly advice: string
}

/**
 * What is wrong with an answer of `decide`; nothing for a decision. `isCurried` is whether `decide` is a function of one
 * argument.
 * @internal
 */
export const noDecision = (answer: Answer, isCurried: boolean): Complaint | undefined => {
  if (answer._tag === 'Threw') return isCurried || answer.stage === 'second call' ? undefined : uncurried
  if (answer._tag === 'NoFunction') return isCurried ? tooSoon(answer.value) : uncurried
  return aboutValue(answer.value)
}

const uncurried: Complaint = {
  cause:
    '`decide` takes the command and the state in one call, and is asked in two: `decide(command)(state)`.',
  advice: 'Write it as `const decide = (command) => (state) => ...`.',
}

const tooSoon = (value: unknown): Complaint => ({
  cause: `\`decide(command)\` returned ${named(value)}, and not a function of the state.`,
  advice: 'Write it as `const decide = (command) => (state) => ...`, and answer in the inner function.',
})

const aboutValue = (value: unknown): Complaint | undefined => {
  if (value === undefined || value === null)
    return answered(
      value,
      'Return `accept(...)` or `reject(...)` from each branch; to accept a command and do nothing, return `accept()`.',
    )
  if (typeof value === 'function')
    return answered(
      value,
      'Call that function: it seems to wait for the state, which `decide` has already been given.',
    )
  if (isThenable(value))
    return answered(
      value,
      'Take `async` and `await` out of `decide`: look up what it needs beforehand, and pass it in with the command.',
    )
  if (Array.isArray(value)) return answered(value, 'Return `accept(event, ...)` in place of the bare array.')
  if (typeof value !== 'object') return answered(value, usualAdvice)
  return aboutObject(value)
}

const usualAdvice = 'Return `accept(...)` with the events, or `reject(...)` with the reason.'

const aboutObject = (value: object): Complaint | undefined => {
  if (value instanceof Error)
    return answered(value, 'Return `reject({ type: ... })` with a reason of your own in place of an error.')
  if ('_tag' in value && value._tag === 'Left' && 'left' in value) return undefined
  if ('_tag' in value && value._tag === 'Right' && 'right' in value)
    return Array.isArray(value.right) ? undefined : noList(value.right)
  if ('type' in value && typeof value.type === 'string')
    return answered(
      value,
      'Return `accept(event)` in place of the bare event, or `reject(reason)` if it is a reason.',
    )
  return answered(value, usualAdvice)
}

const noList = (right: unknown): Complaint => ({
  cause: `\`decide\` answered with a \`Right\` that holds ${named(right)}. It must hold a list of events.`,
  advice:
    right === undefined || right === null
      ? 'Return `accept()` to accept a command and do nothing.'
      : 'Return `accept(event)`, which puts the event into a list.',
})

const answered = (value: unknown, advice: string): Complaint => ({
  cause: `\`decide\` answered with ${named(value)}, which is no decision.`,
  advice,
})

const isThenable = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'

const named = (value: unknown): string => {
  if (value === undefined || value === null) return String(value)
  if (typeof value === 'function') return 'a function'
  if (isThenable(value)) return 'a Promise'
  if (Array.isArray(value)) return `the array ${shown(value)}`
  if (value instanceof Error) return `the error \`${shown(value)}\``
  if (typeof value === 'object')
    return 'type' in value ? `the bare object ${shown(value)}` : `the object ${shown(value)}`
  return `the ${typeof value === 'string' ? 'text' : typeof value} ${shown(value)}`
}
