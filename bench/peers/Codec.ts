/** The runtime check of an event, for the contenders that make one when they read. */
import * as t from 'io-ts'

export const AddedCodec = t.type({
  type: t.literal('Added'),
  key: t.string,
  by: t.number,
  total: t.number,
  note: t.string,
})
