/**
 * What a request asks of a feed, read from its address and headers, or a refusal that says which part is wrong. A
 * parameter that the feed does not know is refused: a filter with a slip of the pen would otherwise give more events
 * than were asked for, and nobody would notice.
 * Used by: `publishedFeed`.
 *
 * Laws (test/properties/adapters/http/FeedRequest.test.ts):
 * - FRQ-1 total: any address and any headers are a request within the limits, or a refusal with a status of 400 or 406.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import { beginning, type GlobalPosition, globalPosition } from '../../store/GlobalPosition.js'
import { type Timestamp, timestamp } from '../../store/Timestamp.js'
import { batchType } from './CloudEvent.js'
import { badRequest, type Problem } from './Problem.js'
import type { Publication, PublicFilter } from './Publication.js'

/** A page of events, or a stream of them. */
export type Shape = 'page' | 'stream'

/** Where to begin: after a place, or with the first event that was recorded at a time or later. */
export type Start =
  | { readonly _tag: 'After'; readonly position: GlobalPosition }
  | { readonly _tag: 'At'; readonly time: Timestamp }

/** What is asked for. */
export interface FeedRequest {
  readonly shape: Shape
  /** What a page is called in the answer. */
  readonly contentType: string
  readonly start: Start
  readonly limit: number
  readonly waitMs: number
  /** A stream of places alone, for those who read the events by pages. */
  readonly idsOnly: boolean
  readonly filter: PublicFilter
}

/** What a request may ask for at most. */
export interface RequestLimits {
  readonly pageMax: number
  readonly waitMaxMs: number
}

/** The parts of a request that matter. */
export interface Asked {
  readonly url: string
  readonly accept: string | undefined
  readonly lastEventId: string | undefined
}

/** The last moment that a `Date` can say. */
const endOfTime = timestamp(8_640_000_000_000_000)

/** The largest number of 64 bits with a sign, which is what stores count with. */
const positionMax = 9_223_372_036_854_775_807n

const listedMax = 200

/** A request from what was asked. */
export const feedRequest = (
  { url, accept, lastEventId }: Asked,
  { names, hasTags }: Pick<Publication, 'names' | 'hasTags'>,
  limits: RequestLimits,
): E.Either<Problem, FeedRequest> => {
  const shape = shapeOf(accept)
  if (E.isLeft(shape)) return shape
  const parameters = new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '')
  const isStream = shape.right.shape === 'stream'
  try {
    const known = isStream ? knownToStreams : knownToPages
    for (const name of parameters.keys()) if (!known.includes(name)) refuse(unknown(name, known))
    return E.right({
      ...shape.right,
      start: startOf(parameters, isStream ? lastEventId : undefined),
      limit: Math.min(wholeOf(parameters, 'limit', 1) ?? limits.pageMax, limits.pageMax),
      waitMs: Math.min(1_000 * (wholeOf(parameters, 'wait', 0) ?? 0), limits.waitMaxMs),
      idsOnly: idsOnlyOf(parameters),
      filter: filterOf(parameters, names, hasTags),
    })
  } catch (refusal) {
    if (refusal instanceof Refused) return E.left(badRequest(refusal.message))
    throw refusal
  }
}

/** Leaves the reading of a request at the first part that is wrong; never leaves this module. */
class Refused extends Error {}

const refuse = (detail: string): never => {
  throw new Refused(detail)
}

const filters = ['type', 'subject', 'category', 'tag']
const knownToPages = ['after', 'at', 'limit', 'wait', ...filters]
const knownToStreams = ['after', 'at', 'ids', ...filters]

const unknown = (name: string, known: ReadonlyArray<string>): string =>
  `There is no parameter '${inShort(name)}' here. Known are ${known.join(', ')}.`

const inShort = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text)

const onlyOf = (parameters: URLSearchParams, name: string): string | undefined => {
  const values = parameters.getAll(name)
  return values.length > 1 ? refuse(`'${name}' is given ${values.length} times. Give it once.`) : values[0]
}

const wholeOf = (parameters: URLSearchParams, name: string, least: number): number | undefined => {
  const text = onlyOf(parameters, name)
  if (text === undefined) return undefined
  return /^\d{1,9}$/.test(text) && Number(text) >= least
    ? Number(text)
    : refuse(`'${name}' is a whole number of ${least} or more, and not '${inShort(text)}'.`)
}

const idsOnlyOf = (parameters: URLSearchParams): boolean => {
  const ids = onlyOf(parameters, 'ids')
  return ids === undefined || ids === 'only'
    ? ids === 'only'
    : refuse(`'ids' can be 'only', and not '${inShort(ids)}'. Leave it out to be given the events.`)
}

const startOf = (parameters: URLSearchParams, lastEventId: string | undefined): Start => {
  const [after, at] = [onlyOf(parameters, 'after'), onlyOf(parameters, 'at')]
  if (after !== undefined && at !== undefined)
    return refuse("Both 'after' and 'at' say where to begin. Give one of them.")
  // A browser that connects again asks for the same address and says where it was in this header.
  if (lastEventId !== undefined && lastEventId !== '') return placeOf('Last-Event-ID', lastEventId)
  if (at !== undefined) return { _tag: 'At', time: timeOf(at) }
  return after === undefined ? { _tag: 'After', position: beginning } : placeOf('after', after)
}

const placeOf = (name: string, text: string): Start => {
  const isPlace = /^\d{1,19}$/.test(text) && BigInt(text) <= positionMax
  return isPlace
    ? { _tag: 'After', position: globalPosition(BigInt(text)) }
    : refuse(
        `'${name}' is a place that this feed has given, a whole number of 0 or more, and not '${inShort(text)}'.`,
      )
}

const moment = /^([+-]\d{6}|\d{4})-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:\d\d)$/

const timeOf = (text: string): Timestamp => {
  const time = text === 'now' ? endOfTime : Date.parse(text)
  return text === 'now' || (moment.test(text) && Number.isFinite(time))
    ? timestamp(time)
    : refuse(`'at' is 'now' or a time such as 2026-01-31T12:00:00Z, and not '${inShort(text)}'.`)
}

const listOf = (parameters: URLSearchParams, name: string): ReadonlyArray<string> => {
  const values = [...new Set(parameters.getAll(name))]
  if (values.includes('')) return refuse(`'${name}' is empty. Give it a value, or leave it out.`)
  if (values.some((value) => value.length > 512)) return refuse(`'${name}' is longer than 512 characters.`)
  // No store can keep it, and some cannot even be asked for it.
  if (values.some((value) => value.includes('\u0000'))) return refuse(`'${name}' holds the character U+0000.`)
  return values.length > listedMax
    ? refuse(`'${name}' is given ${values.length} times, and ${listedMax} is the limit.`)
    : values
}

const filterOf = (
  parameters: URLSearchParams,
  names: ReadonlyArray<string>,
  hasTags: boolean,
): PublicFilter => {
  const types = listOf(parameters, 'type')
  const stranger = types.find((type) => !names.includes(type))
  if (stranger !== undefined)
    refuse(`No events of type '${inShort(stranger)}' are published. There are ${names.join(', ')}.`)
  const [tags, categories] = [listOf(parameters, 'tag'), listOf(parameters, 'category')]
  if (categories.some((category) => category.includes('-')))
    refuse("A category ends before the first '-' of a name, so it holds none.")
  if (tags.length > 0 && !hasTags) refuse('This feed shows no tags, so it cannot be asked for them.')
  return { types, subjects: listOf(parameters, 'subject'), categories, tags }
}

const offered: ReadonlyArray<Pick<FeedRequest, 'shape' | 'contentType'>> = [
  { shape: 'page', contentType: batchType },
  { shape: 'stream', contentType: 'text/event-stream' },
  { shape: 'page', contentType: 'application/json' },
]

/** The offer that is liked best; of equals the first. */
const shapeOf = (
  accept: string | undefined,
): E.Either<Problem, Pick<FeedRequest, 'shape' | 'contentType'>> => {
  const ranges = (accept ?? '*/*').split(',', listedMax).map(rangeOf)
  const liked = offered.map((offer) => ({ offer, weight: weightOf(offer.contentType, ranges) }))
  const best = liked.reduce((one, other) => (other.weight > one.weight ? other : one))
  if (best.weight > 0) return E.right(best.offer)
  return E.left({
    status: 406,
    detail: `Events come as ${offered.map(({ contentType }) => contentType).join(', ')}. Ask for one of them in 'Accept'.`,
  })
}

interface Range {
  readonly type: string
  readonly weight: number
}

const rangeOf = (text: string): Range => {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const quality = parameters.find((parameter) => parameter.startsWith('q='))
  const weight = quality === undefined ? 1 : Number(quality.slice(2))
  return { type, weight: weight >= 0 && weight <= 1 ? weight : 0 }
}

/** By the range that says most about the type: itself, then its kind, then anything. */
const weightOf = (type: string, ranges: ReadonlyArray<Range>): number => {
  const patterns = [type, `${type.split('/')[0]}/*`, '*/*']
  for (const pattern of patterns) {
    const range = ranges.find((each) => each.type === pattern)
    if (range !== undefined) return range.weight
  }
  return 0
}
