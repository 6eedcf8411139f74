/**
 * An event as other services see it: a CloudEvent 1.0 in the JSON format. It has an agreed set of attributes, all of them
 * text, and the data beside them; whatever else a store knows of an event stays at home.
 * Attributes may not hold control characters, and names of streams may. So those are written as in a URL, and so is `%`
 * itself: nothing is lost, and what has none of them is written as it is.
 * Used by: `publishedFeed`, `httpFeed`.
 *
 * Laws (test/properties/adapters/http/CloudEvent.test.ts):
 * - CEV-1 text: what is written as an attribute holds no character that CloudEvents forbid, and is read back as it was.
 * @since 0.1.0
 */

// For `toWellFormed`, which Node has since version 20 and every browser since 2023.
/// <reference lib="es2024.string" />
import type { GlobalPosition } from '../../store/GlobalPosition.js'
import { type Json, type JsonObject, stringify } from '../../store/Json.js'

/** The attributes of an event that is published, and its data. */
export interface CloudEvent {
  readonly specversion: '1.0'
  /** The id of the recorded event. It is unique within the source. */
  readonly id: string
  /** The feed that it comes from: a URI. */
  readonly source: string
  /** The public name of what happened, such as `com.example.order.placed.v1`. */
  readonly type: string
  /** The name of the stream, or what is shown in its place. */
  readonly subject: string
  /** When it was recorded, in RFC 3339. */
  readonly time: string
  readonly datacontenttype: 'application/json'
  /** The place in the log, as 19 digits, so that the order of texts is the order of events. */
  readonly sequence: string
  /** The place in the stream; left out where the subject is not the stream. */
  readonly streamversion?: string
  readonly correlationid?: string
  readonly causationid?: string
  /** The public tags, parted by spaces. */
  readonly tags?: string
  readonly data: Json
}

/** The media type of a page of events. */
export const batchType = 'application/cloudevents-batch+json'

/**
 * A text as the value of an attribute. Half of a surrogate pair, which no attribute can hold, is replaced by U+FFFD.
 * @internal
 */
export const attributeText = (text: string): string =>
  text.toWellFormed().replace(/[%\p{Cc}\p{Noncharacter_Code_Point}]/gu, encodeURIComponent)

/**
 * The text of an attribute; one that was not written by `attributeText` is taken as it is.
 * @internal
 */
export const textOfAttribute = (attribute: string): string => {
  try {
    return decodeURIComponent(attribute)
  } catch {
    return attribute
  }
}

/**
 * Several texts as one attribute.
 * @internal
 */
export const attributeList = (texts: ReadonlyArray<string>): string =>
  texts.map((text) => attributeText(text).replaceAll(' ', '%20')).join(' ')

/**
 * The texts of such an attribute.
 * @internal
 */
export const textsOfAttribute = (attribute: string): ReadonlyArray<string> =>
  attribute.split(' ').filter(Boolean).map(textOfAttribute)

/**
 * A position as text whose order is that of positions.
 * @internal
 */
export const sequenceOf = (position: GlobalPosition): string => position.toString().padStart(19, '0')

/**
 * The event as JSON, in one line.
 * @internal
 */
export const textOfEvent = (event: CloudEvent): string => stringify(event as CloudEvent & JsonObject)
