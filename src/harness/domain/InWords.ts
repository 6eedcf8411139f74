/**
 * Values as they stand in a message: short, on one line, and exact where it matters, because `NaN`, `-0` and a missing
 * field must not look like something else. What is too long to read is cut.
 * Used by: the laws of storage, restart, behaviour and expectations.
 * @since 0.1.0
 */
import fc from 'fast-check'
import { type Change, diff } from '../../evolve/Timeline.js'

/**
 * A value in at most so many characters.
 * @internal
 */
export const inShort = (value: unknown, lengthMax = 120): string => {
  const text = fc.stringify(value)
  return text.length > lengthMax ? `${text.slice(0, lengthMax)}…` : text
}

/**
 * What was thrown: the message of an error, or the value itself. Only its first line: tools that compare values add many.
 * @internal
 */
export const thrownInWords = (thrown: unknown): string => {
  if (!(thrown instanceof Error)) return inShort(thrown)
  const [line = ''] = thrown.message.split('\n')
  const message = line.length > 200 ? `${line.slice(0, 200)}…` : line
  return message === '' ? thrown.name : `${thrown.name}: ${message}`
}

/** So many differences say enough. */
const changesMax = 3

/**
 * What differs between two values, as a list: '`stock` 5 → 3, `status` "open" → "closed"'. 'nothing' where nothing does.
 * @internal
 */
export const changesInWords = (before: unknown, after: unknown): string => {
  const changes = diff(before, after)
  if (changes.length === 0) return 'nothing'
  const more = changes.length - changesMax
  return `${changes.slice(0, changesMax).map(changeInWords).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

const changeInWords = (change: Change): string =>
  `${change.path === '' ? 'the whole' : `\`${change.path}\``} ${side(change, 'before')} → ${side(change, 'after')}`

const side = (change: Change, which: 'before' | 'after'): string =>
  which in change ? inShort(change[which], 60) : 'absent'
