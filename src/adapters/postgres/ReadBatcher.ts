/**
 * Concurrent reads of streams of one process travel together, as appends do and for the same reason: a round trip costs
 * many times what one more short stream costs. There is no timer: a read that finds a free lane leaves within the same
 * turn, and load alone makes calls grow.
 *
 * What a reader is promised does not change. A read never joins a call that has left already, so it sees whatever was
 * recorded before it was asked for. Each stream of a call has a snapshot of its own, which is enough: a slice promises
 * something of one stream, and two reads that were asked for together never promised anything of each other.
 *
 * A call that fails for what may be the fault of one of its streams, such as a damaged page, is sent again in halves,
 * which is always safe for reads. What fails the same way for everybody is everybody's answer.
 * Used by: `readsOf`.
 *
 * Laws (test/properties/adapters/postgres/ReadBatcher.test.ts):
 * - RDB-1 own answer: each read gets the answer to what it asked for, in whatever company, and each gets one.
 * - RDB-2 fresh: the call that answers a read leaves after the read was asked for.
 * - RDB-3 bounds: no call holds more than its most reads, no more calls than lanes are under way, and a read beyond the
 *   longest queue is `Busy` at once.
 * - RDB-4 no idling: while a read waits to leave, all lanes are taken; reads leave in the order in which they came.
 * - RDB-5 isolation: where one read fails its calls, the others have their answers; where a fault is everybody's, nothing
 *   is sent again.
 * @since 0.1.0
 */
import { either as E, readonlyArray as RA, taskEither as TE } from 'fp-ts'
import type { Busy, ReadError, Unavailable } from '../../store/StoreError.js'
import { shareOf } from './Batcher.js'
import { deliverBy, type Waiting } from './Delivery.js'
import { codeOf, type Fault } from './SqlState.js'

/** How many calls at a time, how many reads in each, and how many may wait. */
export interface ReadBatcherOptions {
  readonly lanes: number
  readonly itemsMax: number
  readonly queueMax: number
}

/** The answers of a call, in the order of what was wanted; or why it gave none. */
export type CallReads<Want, Answer> = (
  wants: ReadonlyArray<Want>,
) => TE.TaskEither<Fault, ReadonlyArray<Answer>>

interface Reader<Want, Answer> extends Waiting<ReadError, Answer> {
  readonly want: Want
}

/** Reads that travel together. `errorOf` says what a fault of a call means to each read in it. */
export const readBatcher = <Want, Answer>(
  { lanes, itemsMax, queueMax }: ReadBatcherOptions,
  call: CallReads<Want, Answer>,
  errorOf: (fault: Fault) => ReadError,
): ((want: Want) => TE.TaskEither<ReadError, Answer>) => {
  const deliver = deliverBy({
    call: (readers: ReadonlyArray<Reader<Want, Answer>>) =>
      TE.map(RA.map((answer: Answer) => E.right<ReadError, Answer>(answer)))(
        call(readers.map(({ want }) => want)),
      ),
    mayBeOnesFault,
    errorOf,
    unanswered: noAnswer,
  })
  let waiting: Array<Reader<Want, Answer>> = []
  let free = lanes
  let isWaking = false

  const sendAll = (): void => {
    isWaking = false
    while (free > 0 && waiting.length > 0) {
      const share = Math.min(itemsMax, shareOf(waiting.length, free))
      const leaving = waiting.slice(0, share)
      waiting = waiting.slice(share)
      free -= 1
      void travel(leaving)
    }
  }
  const travel = async (readers: ReadonlyArray<Reader<Want, Answer>>): Promise<void> => {
    await deliver(readers)
    free += 1
    sendAll()
  }
  return (want) => () =>
    new Promise((resolve, reject) => {
      if (waiting.length >= queueMax) {
        resolve(E.left(queueFull(queueMax)))
        return
      }
      waiting.push({ want, resolve, reject })
      if (free === 0 || isWaking) return
      // One microtask, so that reads which are called in one go travel in one go.
      isWaking = true
      queueMicrotask(sendAll)
    })
}

const queueFull = (queueMax: number): Busy => ({
  _tag: 'Busy',
  reason: `${queueMax} reads of this process are waiting to be sent already`,
})

/** An answer that should have come and did not. */
export const noAnswer: Unavailable = {
  _tag: 'Unavailable',
  outcome: 'nothing written',
  reason: 'the server gave no answer',
  cause: undefined,
}

/**
 * Whether one stream of a call may have caused the fault that all of them met: what is stored there cannot be read, or
 * was too much. A wait that reached its bound is not among these: to wait as long again would break the bound.
 */
const mayBeOnesFault = (fault: Fault): boolean => {
  if (fault._tag !== 'Unavailable') return false
  const state = codeOf(fault.cause) ?? ''
  return state === outOfMemory || onesClasses.has(state.slice(0, 2))
}

const outOfMemory = '53200'

/** Data that cannot be read, a limit of the program, and damage: the server's words for it begin with XX. */
const onesClasses: ReadonlySet<string> = new Set(['22', '54', 'XX'])
