/**
 * What happened in a delivery, told in sentences. A failure that says 'after event 3 the consumer crashed and saw events 2
 * and 3 again' is understood by whoever never looked at the numbers that it was made from.
 * Used by: the suites of projections and of runners of process managers.
 * @since 0.1.0
 */
import type { DeliveryHappening } from './Delivery.js'

/**
 * The course of a delivery, in sentences. Events are counted from 1.
 * @internal
 */
export const inWords = (course: ReadonlyArray<DeliveryHappening>, count: number): string => {
  const batches = course.flatMap((one) => (one._tag === 'Delivered' ? [one] : []))
  const crashes = course.flatMap((one) => (one._tag === 'Crashed' ? [one] : []))
  return [batchesInWords(batches, crashes.length, count), ...crashes.map(crashInWords)]
    .filter((sentence) => sentence !== '')
    .join(' ')
}

type Span = Pick<Extract<DeliveryHappening, { _tag: 'Delivered' }>, 'from' | 'to'>

const batchesInWords = (batches: ReadonlyArray<Span>, crashes: number, count: number): string => {
  if (batches.length === 0) return 'No event came.'
  if (batches.length === 1)
    return count === 1
      ? `The event came${crashes > 0 ? '' : ' once'}.`
      : `All ${count} events came in one batch${crashes > 0 ? '' : ', once and in order'}.`
  // Where every batch ends at a crash, the crashes tell it all.
  if (crashes > 0 && batches.length <= crashes + 1) return ''
  return `The events came in batches of ${listed(batches.map(({ from, to }) => `${to - from}`))}.`
}

const crashInWords = ({
  at,
  resumeFrom,
  stoppedAt,
}: Extract<DeliveryHappening, { _tag: 'Crashed' }>): string => {
  if (stoppedAt !== undefined)
    return `In the batch that ends with event ${at} the consumer was stopped at '${stoppedAt}', and ${resumeFrom === 0 ? 'began again with the first event' : `went on after event ${resumeFrom}`}.`
  const when = at === 0 ? 'Before the first event' : `After event ${at}`
  if (resumeFrom < at) return `${when} the consumer crashed and saw ${spanInWords(resumeFrom, at)} again.`
  return resumeFrom > at
    ? `${when} the consumer crashed and went on with event ${resumeFrom + 1}, so it never saw ${spanInWords(at, resumeFrom)}.`
    : `${when} the consumer crashed and went on.`
}

const spanInWords = (from: number, to: number): string => {
  if (to - from === 1) return `event ${to}`
  return to - from === 2 ? `events ${from + 1} and ${to}` : `events ${from + 1} to ${to}`
}

/**
 * 'a, b and c'.
 * @internal
 */
export const listed = (words: ReadonlyArray<string>): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
