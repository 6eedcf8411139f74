/**
 * A label by which events are found across streams, such as `course:c1`. Tags are what queries and append conditions
 * speak of, so a decision can read exactly the events it depends on, whichever streams they are in.
 * Used by: every room.
 * @since 0.1.0
 */
import type { Newtype } from './Newtype.js'

/** 1 to 512 UTF-16 code units, well-formed, without U+0000; compared exactly, case and all. */
export type Tag = Newtype<'Tag', string>

/**
 * A tag for one value of a kind.
 * @example
 * import { tag } from 'decider-ts/store'
 * tag('course', 'c1') // => 'course:c1'
 */
export const tag = (kind: string, value: string): Tag => `${kind}:${value}` as Tag

/**
 * A tag by its whole text, as it was read or received.
 * @example
 * import { tagFrom } from 'decider-ts/store'
 * tagFrom('course:c1') // => 'course:c1'
 */
export const tagFrom = (text: string): Tag => text as Tag
