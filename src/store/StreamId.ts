/**
 * The name of a stream: the ordered events of one identity, such as `account-a1`.
 * The text before the first `-` is its category, which all streams of one kind share.
 * Used by: every room. A name is checked where it enters the store (`checkAppend`, `checkStreamId`), so that making
 * one cannot fail and forgetting to look at a failure cannot happen.
 * @since 0.1.0
 */
import type { Newtype } from './Newtype.js'

/** 1 to 512 UTF-16 code units, well-formed, without U+0000 (PostgreSQL can store neither). */
export type StreamId = Newtype<'StreamId', string>

/**
 * The stream of one identity in a category. A category holds no `-`, or `categoryOf` finds only its first part.
 * @example
 * import { categoryOf, streamId } from 'decider-ts/store'
 * streamId('account', 'a1') // => 'account-a1'
 * categoryOf(streamId('account', 'a-1')) // => 'account'
 */
export const streamId = (category: string, id: string): StreamId => `${category}-${id}` as StreamId

/**
 * A stream by its whole name, as it was read or received.
 * @example
 * import { streamIdFrom } from 'decider-ts/store'
 * streamIdFrom('account-a1') // => 'account-a1'
 */
export const streamIdFrom = (name: string): StreamId => name as StreamId

/**
 * The category of a stream: the text before its first `-`, or the whole name where there is none.
 * @example
 * import { categoryOf, streamIdFrom } from 'decider-ts/store'
 * categoryOf(streamIdFrom('audit')) // => 'audit'
 */
export const categoryOf = (stream: StreamId): string => {
  const dash = stream.indexOf('-')
  return dash === -1 ? stream : stream.slice(0, dash)
}
