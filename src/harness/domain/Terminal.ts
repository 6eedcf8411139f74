/**
 * Whether a state is terminal, asked of a domain that may throw: whoever walks or counts goes on, and that `isTerminal`
 * throws is told by the law `terminal`.
 * Used by: `Walk`, the coverage, the mutants.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import { attempt } from './Attempt.js'

/** What may say that a state is terminal; what does not has no terminal states. */
interface Ending {
  readonly isTerminal?: (state: never) => boolean
}

/**
 * Whether a state is terminal. A domain that throws when it is asked does not say so.
 * @internal
 */
export const isTerminalIn = ({ isTerminal }: Ending, state: unknown): boolean =>
  E.getOrElse(() => false)(attempt(() => isTerminal?.(state as never) ?? false))
