/**
 * The rules of CloudEvents 1.0 and of its JSON format, written down from the specification and not from our code: which
 * attributes there are, what they may hold, how extensions are named. It says what is wrong with a value.
 * Used by: the laws of the publisher.
 */
import { either as E } from 'fp-ts'
import * as t from 'io-ts'

const refined = <A>(codec: t.Type<A>, name: string, holds: (value: A) => boolean) =>
  new t.Type<A>(
    name,
    codec.is,
    (input, context) => {
      const decoded = codec.validate(input, context)
      return E.isRight(decoded) && !holds(decoded.right)
        ? t.failure(input, context, `is not ${name}`)
        : decoded
    },
    (value) => value,
  )

/** Code points that the type String of CloudEvents leaves out. */
const isForbidden = (point: number): boolean =>
  point <= 0x1f ||
  (point >= 0x7f && point <= 0x9f) ||
  (point >= 0xd800 && point <= 0xdfff) ||
  (point >= 0xfdd0 && point <= 0xfdef) ||
  (point & 0xfffe) === 0xfffe

const isText = (text: string): boolean =>
  Array.from(text).every((character) => !isForbidden(character.codePointAt(0) ?? 0))

const CloudString = refined(t.string, 'a String of CloudEvents', isText)
const NonEmpty = refined(CloudString, 'a String that is not empty', (text) => text.length > 0)
const Uri = refined(NonEmpty, 'a URI-reference that is not empty', (text) => !/[\s<>"{}|\\^`]/.test(text))
const AbsoluteUri = refined(Uri, 'a URI with a scheme', (text) => /^[A-Za-z][A-Za-z0-9+.-]*:/.test(text))
const rfc3339 =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]\d\d:\d\d)$/
const Timestamp = refined(NonEmpty, 'a time of RFC 3339', (text) => rfc3339.test(text))
const JsonType = refined(NonEmpty, 'a media type of JSON', (text) =>
  /^[\w.+-]+\/(json|[\w.+-]+\+json)(;.*)?$/.test(text),
)

const Required = t.type({ id: NonEmpty, source: Uri, specversion: t.literal('1.0'), type: NonEmpty })
const Optional = t.partial({
  datacontenttype: JsonType,
  dataschema: AbsoluteUri,
  subject: NonEmpty,
  time: Timestamp,
  data: t.unknown,
  data_base64: t.string,
})

/** The type Integer of CloudEvents has 32 bits. */
const isInteger = (value: unknown): boolean => Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31
const isAttribute = (value: unknown): boolean =>
  typeof value === 'boolean' || isInteger(value) || CloudString.is(value) === true

const known = new Set([...Object.keys(Required.props), ...Object.keys(Optional.props)])

/** What is wrong with a value as a CloudEvent in JSON; empty where nothing is. */
export const faultsOf = (input: unknown): ReadonlyArray<string> => {
  const decoded = t.intersection([Required, Optional]).decode(input)
  if (E.isLeft(decoded))
    return decoded.left.map(
      ({ context, message }) => `${context.map(({ key }) => key).join('.')} ${message ?? 'is wrong'}`,
    )
  const others = Object.entries(decoded.right).filter(([name]) => !known.has(name))
  return [
    ...others
      .filter(([name]) => !/^[a-z0-9]{1,20}$/.test(name))
      .map(([name]) => `${name} is no name of an attribute`),
    ...others
      .filter(([, value]) => !isAttribute(value) || (typeof value === 'string' && !isText(value)))
      .map(([name]) => `${name} is no value of an attribute`),
    ...('data' in decoded.right && 'data_base64' in decoded.right
      ? ['there are both data and data_base64']
      : []),
  ]
}
