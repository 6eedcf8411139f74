/**
 * An event of another service, as a recorded event of ours: the subject is its stream, the place in the feed its
 * position. Types may be translated, name and schema version, so that a consumer's codec and upcasters stand between the
 * two services and neither has to know the other's words.
 * Used by: `httpFeed`.
 *
 * Laws (test/properties/adapters/http/ReceivedEvent.test.ts):
 * - RCV-1 total: any JSON is an event, or a refusal that says which attribute is wrong.
 * @since 0.1.0
 */
import { either as E, option as O } from 'fp-ts'
import { isEventId } from '../../store/EventId.js'
import { type GlobalPosition, globalPosition } from '../../store/GlobalPosition.js'
import type { Json } from '../../store/Json.js'
import type { RecordedEvent } from '../../store/RecordedEvent.js'
import { type InvalidInput, invalidInput } from '../../store/StoreError.js'
import { streamIdFrom } from '../../store/StreamId.js'
import { tagFrom } from '../../store/Tag.js'
import { timestamp } from '../../store/Timestamp.js'
import { noVersion, version } from '../../store/Version.js'
import { textOfAttribute, textsOfAttribute } from './CloudEvent.js'

/** What a public name is called here, and which schema version of it that is. */
export interface TypeHere {
  readonly type: string
  readonly schemaVersion: number
}

/** Which public names are read, and what they are called here; undefined for all, as they are called there. */
export type Reads = ReadonlyMap<string, TypeHere> | undefined

/** A position from its digits, or undefined. */
export const placeIn = (text: unknown): GlobalPosition | undefined =>
  typeof text === 'string' && /^\d{1,19}$/.test(text) ? globalPosition(BigInt(text)) : undefined

/** A recorded event from a CloudEvent; none for a name that is not read. */
export const receivedEvent = (
  input: Json,
  path: string,
  reads: Reads,
): E.Either<InvalidInput, O.Option<RecordedEvent>> => {
  const wrong = (attribute: string, reason: string) =>
    E.left(invalidInput(`${path}${attribute}`, `${reason}. Is this a feed of decider-ts?`))
  if (!isObject(input)) return wrong('', 'is no JSON object')
  const text = (attribute: string): string | undefined => {
    const value = Object.hasOwn(input, attribute) ? input[attribute] : undefined
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const { id = '', type, subject, time = '' } = { ...textsOf(text) }
  const position = placeIn(text('sequence'))
  if (text('specversion') !== '1.0') return wrong('.specversion', "is not '1.0'")
  if (!isEventId(id)) return wrong('.id', 'is not a UUID in lower case')
  if (type === undefined) return wrong('.type', 'is missing')
  if (subject === undefined) return wrong('.subject', 'is missing')
  if (position === undefined) return wrong('.sequence', 'is not a place in a log')
  const recordedAt = Date.parse(time)
  if (Number.isNaN(recordedAt)) return wrong('.time', 'is not a time')
  if (Object.hasOwn(input, 'data_base64')) return wrong('.data_base64', 'holds data that is not JSON')
  const here = reads === undefined ? { type, schemaVersion: 1 } : reads.get(type)
  if (here === undefined) return E.right(O.none)
  const place = placeIn(text('streamversion'))
  return E.right(
    O.some({
      id,
      stream: streamIdFrom(textOfAttribute(subject)),
      version: place === undefined ? noVersion : version(place),
      position,
      type: here.type,
      schemaVersion: here.schemaVersion,
      tags: textsOfAttribute(text('tags') ?? '').map(tagFrom),
      data: Object.hasOwn(input, 'data') ? (input['data'] ?? null) : null,
      metadata: {
        ...named('correlationId', text('correlationid')),
        ...named('causationId', text('causationid')),
      },
      recordedAt: timestamp(recordedAt),
    }),
  )
}

const textsOf = (text: (attribute: string) => string | undefined) => ({
  id: text('id'),
  type: text('type'),
  subject: text('subject'),
  time: text('time'),
})

const isObject = (json: Json): json is { readonly [key: string]: Json } =>
  typeof json === 'object' && json !== null && !Array.isArray(json)

const named = (key: string, attribute: string | undefined): Readonly<Record<string, string>> =>
  attribute === undefined ? {} : { [key]: textOfAttribute(attribute) }
