/**
 * The appends of a store from the outside: how many there are, what became of them, and how they come to an end. It is
 * the door through which each of them goes in and out, and changes nothing of what happens behind it.
 *
 * A store is closed in two phases. From the call of `close` on nobody is let in, and whoever is in has a time of grace to
 * be answered. After it those who were not sent yet are answered that nothing was written. Those under way are left to
 * their calls: the server may be writing them, so nobody but the server can say what became of them.
 * Used by: `Appending`, and by users through `postgresStore`.
 * @since 0.1.0
 */
import { either as E, type io, type task as T, type taskEither as TE } from 'fp-ts'
import type { Appended, StorableAppend } from '../../store/Append.js'
import type { Cancellation } from '../../store/EventStore.js'
import type { AppendError, Unavailable } from '../../store/StoreError.js'
import type { Appends, CallAppends } from './Batcher.js'

/** What the appends of a store have been doing since it was made: numbers that only grow, but for the first three. */
export interface AppendFigures {
  /** Appends that are not answered yet. */
  readonly open: number
  /** Those of them that were not sent yet. */
  readonly waiting: number
  readonly callsUnderWay: number
  /** Calls of the server, those included that were sent again in halves. */
  readonly calls: number
  /** The most appends that one call held. */
  readonly largestCall: number
  /** Appends that passed the gate. */
  readonly appends: number
  /** Those that a version, a condition or an event id refused. */
  readonly conflicts: number
  /** Those that were answered by any other error, or by a defect, except those that their callers took back. */
  readonly failures: number
}

/** Appends behind a door. */
export interface Traffic {
  readonly append: (append: StorableAppend, signal?: Cancellation) => TE.TaskEither<AppendError, Appended>
  readonly figures: () => AppendFigures
  readonly close: (graceMs: number) => T.Task<void>
}

/** The appends that `open` makes, which are to send their calls by way of what it is given. */
export const trafficOf = (
  open: (counted: (call: CallAppends) => CallAppends) => Appends,
  recorded: io.IO<void>,
): Traffic => {
  const count = { open: 0, callsUnderWay: 0, calls: 0, largestCall: 0, appends: 0, conflicts: 0, failures: 0 }
  const door = doorOf(() => count.open === 0)
  const counted =
    (call: CallAppends): CallAppends =>
    (appends) =>
    async () => {
      count.calls += 1
      count.callsUnderWay += 1
      count.largestCall = Math.max(count.largestCall, appends.length)
      try {
        return await call(appends)()
      } finally {
        count.callsUnderWay -= 1
      }
    }
  const behind = open(counted)
  const leave = (answer: E.Either<AppendError, Appended>): E.Either<AppendError, Appended> => {
    if (E.isRight(answer)) recorded()
    else if (answer.left._tag !== 'Aborted') {
      count[isConflict(answer.left) ? 'conflicts' : 'failures'] += 1
    }
    count.open -= 1
    door.left()
    return answer
  }
  const leaveByDefect = (defect: unknown): never => {
    count.failures += 1
    count.open -= 1
    door.left()
    throw defect
  }
  const through = (sent: TE.TaskEither<AppendError, Appended>) => {
    count.appends += 1
    count.open += 1
    return sent().then(leave, leaveByDefect)
  }
  return {
    append: (append, signal) => () =>
      door.isClosed() ? Promise.resolve(E.left(closed)) : through(behind.append(append, signal)),
    figures: () => ({ ...count, waiting: behind.waiting() }),
    close: (graceMs) => async () => {
      await door.close(graceMs)
      behind.dismiss(closed)
    },
  }
}

/** Closes once and for all; whoever closes it waits until nobody is inside, or for the time of grace. */
const doorOf = (isEmpty: () => boolean) => {
  const onEmpty = new Set<() => void>()
  let closing = false
  return {
    isClosed: () => closing,
    left: (): void => {
      if (!closing || !isEmpty()) return
      for (const tell of onEmpty) tell()
    },
    close: (graceMs: number): Promise<void> => {
      closing = true
      return new Promise((resolve) => {
        const tell = (): void => {
          clearTimeout(timer)
          onEmpty.delete(tell)
          resolve()
        }
        const timer = setTimeout(tell, graceMs)
        onEmpty.add(tell)
        if (isEmpty()) tell()
      })
    },
  }
}

const closed: Unavailable = {
  _tag: 'Unavailable',
  outcome: 'nothing written',
  reason: 'the store has been closed',
  cause: undefined,
}

const isConflict = ({ _tag }: AppendError): boolean =>
  _tag === 'VersionConflict' || _tag === 'ConditionConflict' || _tag === 'DuplicateEventId'
