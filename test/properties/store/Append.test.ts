/** The laws of `src/store/Append.ts`: the gate lets through what a store can keep, unchanged, and refuses the rest. */
import {
  type Append,
  checkAppend,
  type EventToAppend,
  eventId,
  nothingAppended,
  streamIdFrom,
  tagFrom,
} from 'decider-ts/store'
import fc from 'fast-check'
import { either as E, function as F } from 'fp-ts'
import { expect, test } from 'vitest'
import { law } from '../Law.js'
import { append, event, json, notJson, textOf } from './Samples.js'

type Check = typeof checkAppend

const hasDistinctIds = ({ events }: Append): boolean =>
  new Set(events.map(({ id }) => id)).size === events.length

const storable = append.filter(hasDistinctIds)

const said = ({ id, stream, type, schemaVersion, tags, data, metadata }: EventToAppend): string =>
  textOf([id, stream, type, schemaVersion, [...new Set(tags)].sort(), data, metadata])

const isExact = (check: Check) =>
  fc.property(storable, (request) => {
    const checked = check(request)
    if (E.isLeft(checked)) return false
    const { events } = checked.right
    const isSet = events.every(({ tags }) => new Set(tags).size === tags.length)
    return isSet && textOf(events.map(said)) === textOf(request.events.map(said))
  })

law('APP-1 exactness: what is let through is what was given', isExact(checkAppend))
law.rejects(
  'APP-1',
  'tags as a list',
  isExact((request) =>
    F.pipe(
      checkAppend(request),
      E.map((checked) => ({
        ...checked,
        events: checked.events.map((each, n) => ({ ...each, tags: request.events[n]?.tags ?? [] })),
      })),
    ),
  ),
)
law.rejects(
  'APP-1',
  'types in lower case',
  isExact((request) =>
    checkAppend({
      ...request,
      events: request.events.map((each) => ({ ...each, type: each.type.toLowerCase() })),
    }),
  ),
)
law.rejects(
  'APP-1',
  'data as JSON.stringify has them',
  isExact((request) =>
    checkAppend({
      ...request,
      events: request.events.map((each) => ({ ...each, data: JSON.parse(JSON.stringify(each.data)) })),
    }),
  ),
)

/** A name that no store keeps: empty, too long, with U+0000 or with half of a surrogate pair. */
const badName = (lengthMax: number) =>
  fc.oneof(
    fc.constant(''),
    fc.constant('x'.repeat(lengthMax + 1)),
    fc
      .tuple(
        fc.string({ maxLength: 3 }),
        fc.constantFrom('\u0000', '\ud800', '\udfff'),
        fc.string({ maxLength: 3 }),
      )
      .map((parts) => parts.join('')),
  )

const badId = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.uuid().map((id) => `${id}\n`),
  fc.uuid().map((id) => `{${id}}`),
  fc.constant('0198A6A2-0000-7000-8000-000000000001'),
)

const badVersion = fc.oneof(
  fc.integer({ max: 0 }),
  fc.integer({ min: 32_768 }),
  fc.constantFrom(1.5, Number.NaN, Number.POSITIVE_INFINITY),
)

/** One part of an event that is wrong, and the path to it. */
const flaw: fc.Arbitrary<readonly [path: string, part: Partial<EventToAppend>]> = fc.oneof(
  badId.map((id) => ['id', { id: eventId(id) }] as const),
  badName(512).map((name) => ['stream', { stream: streamIdFrom(name) }] as const),
  badName(256).map((type) => ['type', { type }] as const),
  badVersion.map((schemaVersion) => ['schemaVersion', { schemaVersion }] as const),
  badName(512).map((name) => ['tags[1]', { tags: [tagFrom('k:1'), tagFrom(name)] }] as const),
  fc.tuple(json, notJson).map(([good, bad]) => ['data[1]', { data: [good, bad] }] as const),
  notJson.map((bad) => ['metadata.actor', { metadata: { actor: bad as string } }] as const),
)

const refusesFlaws = (check: Check) =>
  fc.property(storable, event, flaw, (request, each, [path, part]) => {
    const events = [...request.events, { ...each, ...part }]
    const checked = check({ ...request, events })
    return (
      E.isLeft(checked) &&
      checked.left._tag === 'InvalidInput' &&
      checked.left.path === `events[${request.events.length}].${path}`
    )
  })

const refusesBadNamesElsewhere = (check: Check) =>
  fc.property(storable, badName(512), (request, name) => {
    const expected = [{ stream: streamIdFrom(name), version: { _tag: 'Any' } as const }]
    const condition = {
      failIfEventsMatch: { _tag: 'AnyOf', items: [{ categories: [], types: [], tags: [tagFrom(name)] }] },
    } as const
    const pathOf = (bad: Append): string | undefined =>
      F.pipe(
        check(bad),
        E.fold(
          (error) => (error._tag === 'InvalidInput' ? error.path : undefined),
          () => undefined,
        ),
      )
    return (
      pathOf({ ...request, expected }) === 'expected.stream' &&
      pathOf({ ...request, condition }) === 'condition.items[0].tags[0]'
    )
  })

const refusesRepeatedIds = (check: Check) =>
  fc.property(fc.array(event, { minLength: 1, maxLength: 3 }), fc.nat({ max: 2 }), (events, which) => {
    const repeated = [...events, ...events.slice(which % events.length)]
    const checked = check({ events: repeated, expected: [] })
    return E.isLeft(checked) && checked.left._tag === 'DuplicateEventId'
  })

/** There are many flaws. */
const moreRuns = { numRuns: 500 }

law('APP-2 refusal: a part that cannot be kept, with its path', refusesFlaws(checkAppend), moreRuns)
law('APP-2 refusal: a name in a belief or in a condition', refusesBadNamesElsewhere(checkAppend))
law('APP-2 refusal: an id that stands twice', refusesRepeatedIds(checkAppend))
law.rejects(
  'APP-2',
  'a gate that looks at the first event only',
  refusesFlaws((request) => checkAppend({ ...request, events: request.events.slice(0, 1) })),
)
law.rejects(
  'APP-2',
  'a gate that puts ids in lower case',
  refusesFlaws((request) =>
    checkAppend({
      ...request,
      events: request.events.map((each) => ({ ...each, id: eventId(each.id.toLowerCase()) })),
    }),
  ),
  moreRuns,
)
law.rejects(
  'APP-2',
  'a gate that forgets beliefs',
  refusesBadNamesElsewhere((request) => checkAppend({ ...request, expected: [] })),
)
law.rejects(
  'APP-2',
  'a gate that drops repetitions',
  refusesRepeatedIds((request) =>
    checkAppend({ ...request, events: [...new Map(request.events.map((each) => [each.id, each])).values()] }),
  ),
)

const sealsTags = (check: Check) =>
  fc.property(storable, (request) => {
    const own = request.events.map((each) => ({ ...each, tags: [...each.tags] }))
    const checked = check({ ...request, events: own })
    const before = textOf(checked)
    for (const { tags } of own) tags.push(tagFrom('later'))
    return textOf(checked) === before
  })

law('APP-3 isolation: a tag that is added later is no tag of the event', sealsTags(checkAppend))
law.rejects(
  'APP-3',
  "the caller's own array of tags",
  sealsTags((request) =>
    F.pipe(
      checkAppend(request),
      E.map((checked) => ({
        ...checked,
        events: checked.events.map((each, n) => ({ ...each, tags: request.events[n]?.tags ?? [] })),
      })),
    ),
  ),
)

test('the answer to an append of nothing is one for all, so nobody can alter it', () => {
  expect(Object.isFrozen(nothingAppended)).toBe(true)
  expect(Object.isFrozen(nothingAppended.streams)).toBe(true)
})
