/**
 * From the events of a domain to those of a contract: which are published, under which names, and which of what they say.
 * A rule is given the event as the domain knows it today, upcast, so that a change of shape inside changes nothing
 * outside; and of what the rule answers only what the contract declares goes out.
 * Used by: `PublishedPage`.
 *
 * Laws (test/properties/adapters/http/Publication.test.ts):
 * - PBL-1 nothing else: a published event holds what its rule and the contract name, and nothing of any other field, of
 *   the metadata or of the tags that are not public.
 * - PBL-2 nothing skipped: an event that a rule names is published, or it is an `Unpublishable` that says where it is.
 * @since 0.1.0
 */
import { either as E, option as O } from 'fp-ts'
import { fromIoTs } from '../../evolve/Codec.js'
import { decodeRecorded, type EventCodec } from '../../evolve/EventCodec.js'
import { toJson } from '../../store/Json.js'
import { anyOf, type Query } from '../../store/Query.js'
import type { RecordedEvent } from '../../store/RecordedEvent.js'
import type { Undecodable } from '../../store/StoreError.js'
import { categoryOf } from '../../store/StreamId.js'
import type { Tag } from '../../store/Tag.js'
import { toIsoString } from '../../store/Timestamp.js'
import { attributeList, attributeText, type CloudEvent, sequenceOf } from './CloudEvent.js'
import type { Contract } from './Contract.js'
import { declaredOnly } from './Declared.js'

/** How the events of one type are published. */
export type PublicationRule<Event, Types> = {
  readonly [Name in keyof Types & string]: {
    /** The public name. */
    readonly as: Name
    /** What is said of the event. Only what the contract declares goes out. */
    readonly data: (event: Event, recorded: RecordedEvent) => Types[Name]
    /** Which events of the type; all unless given. */
    readonly when?: (event: Event, recorded: RecordedEvent) => boolean
  }
}[keyof Types & string]

/** The types of events that are published; those without a rule are not. */
export type PublicationRules<Event extends { readonly type: string }, Types> = {
  readonly [Type in Event['type']]?: PublicationRule<Extract<Event, { readonly type: Type }>, Types>
}

/** What is published of a log, and as what. */
export interface PublicationOptions<Event extends { readonly type: string }, Types> {
  /** The URI of the feed, by which its events are told from those of others: with their id it is unique. */
  readonly source: string
  readonly contract: Contract<Types>
  /** The codec of the domain's events, such as `Order.event`, or `unionOfEvents` of several. */
  readonly events: EventCodec<Event>
  readonly publish: NoInfer<PublicationRules<Event, Types>>
  /** Only events of streams of these categories; of all unless given. */
  readonly categories?: ReadonlyArray<string>
  /** Which tags are public; none unless given. */
  readonly tags?: (tag: Tag) => boolean
  /** What is shown in place of the stream's name, where that says too much. */
  readonly subject?: (recorded: RecordedEvent) => string
  /** Whether the ids of correlation and causation are shown; `shown` unless given. */
  readonly correlation?: 'shown' | 'hidden'
}

/** An event that has to be published and cannot be: what is wrong is in the publisher, and nothing is skipped for it. */
export interface Unpublishable {
  readonly _tag: 'Unpublishable'
  readonly event: RecordedEvent
  readonly reason: string
  /** What the codec says, or what a rule threw. */
  readonly cause: unknown
}

/** Which of the published events somebody asks for. No names means any, and so with the rest. */
export interface PublicFilter {
  readonly types: ReadonlyArray<string>
  readonly subjects: ReadonlyArray<string>
  readonly categories: ReadonlyArray<string>
  /** All of them. */
  readonly tags: ReadonlyArray<string>
}

/** What `publication` makes of its options: the events to read, and what becomes of each. */
export interface Publication {
  readonly names: ReadonlyArray<string>
  readonly hasTags: boolean
  /** The events of the log that a filter may let through: all that it lets through, and perhaps more. */
  readonly queryOf: (filter: PublicFilter) => Query
  /** Whether the query is exact, so that a page of the log is a page of the feed. */
  readonly isExact: (filter: PublicFilter) => boolean
  /** None where it is not published, or not asked for. */
  readonly publish: (
    filter: PublicFilter,
  ) => (recorded: RecordedEvent) => E.Either<Unpublishable, O.Option<CloudEvent>>
}

/** A rule whose types were checked where it was written. */
interface AnyRule {
  readonly as: string
  readonly data: (event: unknown, recorded: RecordedEvent) => unknown
  readonly when?: (event: unknown, recorded: RecordedEvent) => boolean
}

/** A publication. A rule for a type that the codec does not know, or for a name that the contract has not, throws. */
export const publication = <Event extends { readonly type: string }, Types>(
  options: PublicationOptions<Event, Types>,
): Publication => {
  const rules = rulesOf(options)
  const { categories = [], subject, tags: isPublic } = options
  const stranger = categories.find((category) => category === '' || category.includes('-'))
  if (stranger !== undefined)
    throw new RangeError(`A category ends before the first '-' of a name, so it cannot be '${stranger}'.`)
  return {
    names: options.contract.names.filter((name) => [...rules.values()].some(({ as }) => as === name)),
    hasTags: isPublic !== undefined,
    queryOf: (filter) => {
      const types = [...rules].flatMap(([type, { as }]) => (isAskedFor(filter.types, as) ? [type] : []))
      // A query without types would be one for all of them.
      if (types.length === 0) return anyOf({ types: [nobodysType] })
      const asked = [...filter.categories, ...filter.subjects.map(categoryOfText)]
      // A name that begins with `-` has no category, and there is no query for that.
      const narrowed = subject === undefined && !asked.includes('') ? asked : []
      return anyOf({
        types,
        categories: categories.length > 0 ? categories : narrowed,
        tags: filter.tags as ReadonlyArray<string> as ReadonlyArray<Tag>,
      })
    },
    isExact: ({ subjects, categories: asked, tags }) =>
      subjects.length + asked.length + tags.length === 0 &&
      [...rules.values()].every(({ when }) => when === undefined),
    publish: cloudEventOf(options, rules),
  }
}

/** What is read where nothing is asked for: there is no rule for it, so an event of this type would not be published. */
const nobodysType = '(nothing is published)'

const isAskedFor = (asked: ReadonlyArray<string>, name: string): boolean =>
  asked.length === 0 || asked.includes(name)

const categoryOfText = (name: string): string => categoryOf(name as RecordedEvent['stream'])

const letsThrough =
  ({ types, subjects, categories, tags: asked }: PublicFilter) =>
  ({ type, subject, tags = '' }: Omit<CloudEvent, 'data'>): boolean =>
    isAskedFor(types, type) &&
    isAskedFor(subjects.map(attributeText), subject) &&
    isAskedFor(categories.map(attributeText), categoryOfText(subject)) &&
    // By the tags that are shown: the others must not be found out by asking for them.
    asked.every((tag) => tags.split(' ').includes(attributeList([tag])))

const rulesOf = <Event extends { readonly type: string }, Types>({
  publish,
  events,
  contract,
}: PublicationOptions<Event, Types>): ReadonlyMap<string, AnyRule> => {
  // Each rule is called with the events of its own type alone.
  const rules = new Map(Object.entries(publish as Readonly<Record<string, AnyRule>>))
  for (const [type, { as }] of rules) {
    if (!events.tagged.types.includes(type))
      throw new RangeError(`There is a rule to publish '${type}', and the codec knows no event of that type.`)
    if (!contract.data.has(as))
      throw new RangeError(`'${type}' is published as '${as}', and the contract has no such name.`)
  }
  return rules
}

const cloudEventOf =
  <Event extends { readonly type: string }, Types>(
    options: PublicationOptions<Event, Types>,
    rules: ReadonlyMap<string, AnyRule>,
  ): Publication['publish'] =>
  (filter) => {
    const isLetThrough = letsThrough(filter)
    const { categories = [] } = options
    return (recorded) => {
      const rule = rules.get(recorded.type)
      if (rule === undefined || !isAskedFor(categories, categoryOf(recorded.stream))) return E.right(O.none)
      try {
        const attributes = attributesOf(options, recorded, rule.as)
        // First of all, so that an event that cannot be published is in the way of those alone who ask for it.
        return isLetThrough(attributes) ? withData(options, rule, recorded, attributes) : E.right(O.none)
      } catch (defect) {
        return E.left(
          unpublishable(recorded, defect instanceof Error ? defect.message : 'a rule threw', defect),
        )
      }
    }
  }

const withData = <Event extends { readonly type: string }, Types>(
  { events, contract }: PublicationOptions<Event, Types>,
  rule: AnyRule,
  recorded: RecordedEvent,
  attributes: Omit<CloudEvent, 'data'>,
): E.Either<Unpublishable, O.Option<CloudEvent>> => {
  const event = decodeRecorded(events)(recorded)
  if (E.isLeft(event)) return E.left(unpublishable(recorded, inWords(event.left), event.left))
  if (rule.when?.(event.right, recorded) === false) return E.right(O.none)
  const data = publicData(contract, rule.as, rule.data(event.right, recorded))
  return E.isLeft(data)
    ? E.left(unpublishable(recorded, `is not what the contract promises: ${data.left}`, data.left))
    : E.right(O.some({ ...attributes, data: data.right }))
}

const unpublishable = (event: RecordedEvent, reason: string, cause: unknown): Unpublishable => ({
  _tag: 'Unpublishable',
  event,
  reason,
  cause,
})

const inWords = ({ path, reason }: Undecodable): string => `cannot be decoded: ${path} ${reason}`

/** The data that the contract declares, which its own codec has to accept. */
const publicData = <Types>({ data }: Contract<Types>, name: string, value: unknown) => {
  const codec = data.get(name)
  if (codec === undefined) return E.left(`there is no name '${name}'`)
  if (!codec.is(value)) return E.left(`the data is no value of ${codec.name}`)
  const json = toJson(declaredOnly(codec, codec.encode(value)), 'data')
  if (E.isLeft(json)) return E.left(`${json.left.path} ${json.left.reason}`)
  const decoded = fromIoTs(codec).decode(json.right)
  return E.isLeft(decoded) ? E.left(`data.${decoded.left.path} ${decoded.left.reason}`) : json
}

const attributesOf = <Event extends { readonly type: string }, Types>(
  { source, subject, tags: isPublic, correlation = 'shown' }: PublicationOptions<Event, Types>,
  recorded: RecordedEvent,
  type: string,
): Omit<CloudEvent, 'data'> => {
  const { correlationId = '', causationId = '' } = correlation === 'shown' ? recorded.metadata : {}
  const shown = subject?.(recorded) ?? recorded.stream
  const time = toIsoString(recorded.recordedAt)
  if (shown === '') throw new RangeError('the subject is empty, and CloudEvents want one')
  if (!/^\d{4}-/.test(time)) throw new RangeError(`the time ${time} is not one of RFC 3339`)
  return {
    specversion: '1.0',
    id: recorded.id,
    source,
    type,
    subject: attributeText(shown),
    time,
    datacontenttype: 'application/json',
    sequence: sequenceOf(recorded.position),
    ...(subject === undefined ? { streamversion: recorded.version.toString() } : {}),
    ...(correlationId === '' ? {} : { correlationid: attributeText(correlationId) }),
    ...(causationId === '' ? {} : { causationid: attributeText(causationId) }),
    ...(isPublic === undefined ? {} : tagsOf(recorded.tags.filter(isPublic))),
  }
}

const tagsOf = (tags: ReadonlyArray<Tag>): Pick<CloudEvent, 'tags'> =>
  tags.length === 0 ? {} : { tags: attributeList(tags) }
