/**
 * The errors of `handle` in words, for the outermost layer of a program. The errors themselves stay data.
 * Used by: whoever shows an error to a person.
 * @since 0.1.0
 */
import type { Typed } from '../decide/Domain.js'
import { reportStoreError } from '../store/ErrorReport.js'
import type { HandleError } from './Handle.js'

/**
 * One sentence or two for a person: which rule said no, what is wrong with the command, or what the store met.
 * @example
 * import { reportHandleError } from 'decider-ts/run'
 * reportHandleError({ _tag: 'Rejected', rejection: { type: 'AccountClosed' } }) // => 'Rejected: AccountClosed. Nothing was recorded.'
 */
export const reportHandleError = (error: HandleError<Typed>): string => {
  switch (error._tag) {
    case 'Rejected':
      return `Rejected: ${error.rejection.type}. Nothing was recorded.`
    case 'UndecodableCommand':
      return `This is not a command: ${error.path} ${error.reason}. Nothing was recorded.`
    case 'CommandIdReused':
      return `The id ${error.commandId} belongs to another command. Nothing was recorded; give every new command a new id.`
    case 'UndecodableDecision':
      return `Command ${error.commandId} was decided before, and the record cannot be read: ${error.path} ${error.reason}. Mend the codec.`
    default:
      return reportStoreError(error)
  }
}
