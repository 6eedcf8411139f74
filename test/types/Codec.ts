/** Codecs infer what they translate from io-ts, and the store's newtypes are not mistaken for one another. */
import {
  type Codec,
  type EventCodec,
  eventCodec,
  fromIoTs,
  recordOf,
  type TaggedCodec,
  taggedCodec,
  unionOf,
} from 'decider-ts/evolve'
import { type GlobalPosition, globalPosition, type StreamId, streamId, tag, version } from 'decider-ts/store'
import * as t from 'io-ts'
import type { Equal } from './Equal.js'

export const amount = fromIoTs(t.type({ cents: t.Int }))
export const amountType: Equal<typeof amount, Codec<{ cents: t.Int }>> = true

export const both = recordOf({ a: fromIoTs(t.number), b: fromIoTs(t.string) })
export const bothType: Equal<typeof both, Codec<{ a: number; b: string }>> = true

const Opened = t.type({ type: t.literal('Opened') })
const Closed = t.type({ type: t.literal('Closed'), why: t.string })
export const opened = taggedCodec(Opened)
export const openedType: Equal<typeof opened, TaggedCodec<{ type: 'Opened' }>> = true

export const door = eventCodec(taggedCodec(t.union([Opened, Closed])))
export const doorType: Equal<
  typeof door,
  EventCodec<{ type: 'Opened' } | { type: 'Closed'; why: string }>
> = true
door.encode({ type: 'Closed', why: 'wind' })
// @ts-expect-error an event that the codec does not declare
door.encode({ type: 'Locked' })

export const either = unionOf([opened, taggedCodec(Closed)])
either.encode({ type: 'Opened' })
// @ts-expect-error a value of no part
either.encode({ type: 'Locked' })

// @ts-expect-error an event codec needs a type in every event
eventCodec(taggedCodec(t.type({ why: t.string })))

export const stream: StreamId = streamId('door', 'd1')
// @ts-expect-error any text is no stream
export const text: StreamId = 'door-d1'
// @ts-expect-error a tag is no stream
export const label: StreamId = tag('door', 'd1')
export const position: GlobalPosition = globalPosition(1)
// @ts-expect-error a version is no position
export const place: GlobalPosition = version(1)
