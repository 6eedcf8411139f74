/**
 * Store errors in words: what happened, where, and what to do. Kept apart from the errors themselves, so that a
 * program matches on data and only its outermost layer speaks.
 * Used by: whoever shows an error to a person.
 * @since 0.1.0
 */
import type { ExpectedVersion } from './ExpectedVersion.js'
import type { StoreError } from './StoreError.js'

/**
 * One sentence or two for a person.
 * @example
 * import { invalidInput, reportStoreError } from 'decider-ts/store'
 * reportStoreError(invalidInput('limit', 'is negative')) // => 'Invalid input: limit is negative. Nothing was written.'
 */
export const reportStoreError = (error: StoreError): string => {
  switch (error._tag) {
    case 'InvalidInput':
      return `Invalid input: ${error.path} ${error.reason}. Nothing was written.`
    case 'VersionConflict':
      return `Stream ${error.stream} is at version ${error.actual}, and the writer expected ${inWords(error.expected)}. Read it again and decide anew.`
    case 'ConditionConflict':
      return `The event at position ${error.position} matches the append condition and is newer than the read. Read again and decide anew.`
    case 'DuplicateEventId':
      return `The event id ${error.id} is taken. Nothing was written; give every new event a new id.`
    case 'AlreadyDecided':
      return `Decided before: ${error.decisions.map(({ commandId }) => `command ${commandId}`).join(', ')}. Nothing was written; the recorded decision is the answer.`
    case 'Unsupported':
      return `This store has no ${error.feature}. Use one whose \`supports.${error.feature}\` is true.`
    case 'WrongIsolation':
      return `An append cannot run under ${error.isolation}: its snapshot predates the locks. Use READ COMMITTED.`
    case 'Busy':
      return `The store is busy: ${error.reason}. Nothing was written; the same call may be repeated.`
    case 'Aborted':
      return 'The append was taken back by its caller before it was sent. Nothing was written.'
    case 'Unavailable':
      return error.outcome === 'unknown'
        ? `The store was lost during the append: ${error.reason}. Send the same events again: it is safe and tells the outcome.`
        : `The store could not be reached: ${error.reason}. Nothing was written.`
    case 'Undecodable':
      return `Event ${error.version} of stream ${error.stream} (position ${error.position}, type ${error.type}, schema version ${error.schemaVersion}) cannot be decoded: ${error.path} ${error.reason}. Mend the codec or add an upcaster.`
  }
}

const inWords = (expected: ExpectedVersion): string => {
  switch (expected._tag) {
    case 'Any':
      return 'any version'
    case 'NoStream':
      return 'no events'
    case 'StreamExists':
      return 'at least one event'
    case 'Exactly':
      return `version ${expected.version}`
  }
}
