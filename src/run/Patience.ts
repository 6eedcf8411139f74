/**
 * Calling again while what a call fails with may pass, as a policy says.
 * Used by: `Follow`, `Partitions`.
 *
 * Laws (test/properties/run/Patience.test.ts):
 * - PAT-1 answer: the answer is that of the last call, and no call follows one that succeeded, that failed with what does
 *   not pass, that was the last of the policy, or in whose time, or the pause after it, it was given up.
 * - PAT-2 told: whoever watches is told of each failure that is followed by a pause, with its number and how long it is.
 * @since 0.1.0
 */
import { either as E, type taskEither as TE } from 'fp-ts'
import type { Environment } from './Environment.js'
import type { Pauses } from './Pauses.js'
import type { RetryPolicy } from './RetryPolicy.js'
import { isPassing, type Retrying } from './SubscriptionMachine.js'

/** How patient it is. */
export interface Patience {
  readonly retry: RetryPolicy
  readonly environment: Pick<Environment, 'random'>
  readonly pause: Pauses['pause']
  readonly isGivenUp: () => boolean
  readonly onRetry: (retrying: Retrying) => void
}

/**
 * The answer of a call that is made again while it may pass.
 * @internal
 */
export const patiently = async <Failure extends { readonly _tag: string }, A>(
  call: TE.TaskEither<Failure, A>,
  { retry, environment, pause, isGivenUp, onRetry }: Patience,
): Promise<E.Either<Failure, A>> => {
  for (let attempt = 1; ; attempt++) {
    const answer = await call()
    if (E.isRight(answer)) return answer
    const error: { readonly _tag: string } = answer.left
    if (!isPassing(error) || attempt >= retry.attemptsMax || isGivenUp()) return answer
    const delayMs = retry.delayMs(attempt, environment.random())
    onRetry({ error, attempt, delayMs })
    await pause(delayMs)
    if (isGivenUp()) return answer
  }
}
