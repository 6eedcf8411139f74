/**
 * A call that several share, taken to everybody's answer. What may be the fault of one of them is sent again in halves,
 * until it is found and the others have their answers; what fails the same way for everybody is everybody's answer. To
 * send again must be harmless, as it is for reads, and for appends by their event ids.
 * Used by: `Batcher` and `ReadBatcher`, whose laws hold it.
 * @since 0.1.0
 */
import { either as E, type taskEither as TE } from 'fp-ts'
import type { Fault } from './SqlState.js'

/** Somebody who waits for the answer to what he wants. */
export interface Waiting<Failure, Answer> {
  readonly resolve: (answer: E.Either<Failure, Answer>) => void
  readonly reject: (defect: unknown) => void
}

/** How a call is made, and what its faults mean. */
export interface Shared<Waiter, Failure, Answer> {
  /** The answers in the order of the waiters; or why the call gave none. */
  readonly call: (
    waiters: ReadonlyArray<Waiter>,
  ) => TE.TaskEither<Fault, ReadonlyArray<E.Either<Failure, Answer>>>
  readonly mayBeOnesFault: (fault: Fault) => boolean
  /** What a fault of the call means to each of them. */
  readonly errorOf: (fault: Fault) => Failure
  /** For whom the call has no answer. */
  readonly unanswered: Failure
}

/** Sends waiters until each has an answer, and never rejects. In halves it takes 2n - 1 calls at most for n of them. */
export const deliverBy = <Waiter extends Waiting<Failure, Answer>, Failure, Answer>({
  call,
  mayBeOnesFault,
  errorOf,
  unanswered,
}: Shared<Waiter, Failure, Answer>): ((waiters: ReadonlyArray<Waiter>) => Promise<void>) => {
  const halves = async (waiters: ReadonlyArray<Waiter>): Promise<void> => {
    const middle = Math.ceil(waiters.length / 2)
    await deliver(waiters.slice(0, middle))
    await deliver(waiters.slice(middle))
  }
  const deliver = async (waiters: ReadonlyArray<Waiter>): Promise<void> => {
    let answers: E.Either<Fault, ReadonlyArray<E.Either<Failure, Answer>>>
    try {
      answers = await call(waiters)()
    } catch (defect) {
      if (waiters.length > 1) return halves(waiters)
      for (const { reject } of waiters) reject(defect)
      return
    }
    if (E.isRight(answers)) {
      const all = answers.right
      waiters.forEach(({ resolve }, index) => {
        resolve(all[index] ?? E.left(unanswered))
      })
      return
    }
    const fault = answers.left
    if (waiters.length > 1 && mayBeOnesFault(fault)) return halves(waiters)
    for (const { resolve } of waiters) resolve(E.left(errorOf(fault)))
  }
  return deliver
}
