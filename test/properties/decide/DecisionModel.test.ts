/**
 * The laws of decision models. The scoped views of the samples remember every event they are told, so that one event
 * too many, too few or out of order shows.
 */
import { deepStrictEqual } from 'node:assert/strict'
import {
  accept,
  combineScoped,
  decisionModel,
  reject,
  type ScopedView,
  type ScopedViewSpec,
  scopedView,
} from 'decider-ts/decide'
import { eventCodec, taggedCodec } from 'decider-ts/evolve'
import {
  anyOf,
  matches,
  type Query,
  type RecordedEvent,
  streamId,
  type Tag,
  tag,
  type Undecodable,
} from 'decider-ts/store'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import * as t from 'io-ts'
import { expect, test } from 'vitest'
import { entriesOf, recorded } from '../evolve/Samples.js'
import { law } from '../Law.js'

const Opened = t.type({ type: t.literal('Opened'), n: t.number })
const Renamed = t.type({ type: t.literal('Renamed'), n: t.number })
const Closed = t.type({ type: t.literal('Closed'), n: t.number })
const codecs = [Opened, t.union([Opened, Renamed]), t.union([Opened, Renamed, Closed])] as const

interface Sample {
  readonly type: string
  readonly n: number
}
type Seen = ReadonlyArray<number>
type Spec = ScopedViewSpec<Seen, Sample>

const tags = fc.uniqueArray(fc.constantFrom(tag('course', 'c1'), tag('course', 'c2'), tag('student', 's1')))

const spec: fc.Arbitrary<Spec> = fc.tuple(fc.constantFrom(...codecs), tags).map(([event, needed]) => {
  const sample: Spec = {
    event: event as t.Type<Sample, unknown>,
    tags: needed,
    initialState: [],
    evolve: (seen, { n }) => [...seen, n],
  }
  return Object.defineProperty(sample, fc.toStringMethod, {
    value: () => `${event.name} with ${fc.stringify(needed)}`,
  })
})

const specs = entriesOf(spec, { minLength: 1, maxLength: 4 })

const type = fc.constantFrom('Opened', 'Renamed', 'Closed', 'Lost')

const log = (
  data: (n: number) => fc.Arbitrary<RecordedEvent['data']>,
): fc.Arbitrary<ReadonlyArray<RecordedEvent>> =>
  fc.array(fc.tuple(type, tags, data(0)), { maxLength: 8 }).map((entries) =>
    entries.map(([name, labels, payload], index) =>
      recorded(index + 1, {
        type: name,
        tags: labels,
        data: payload === 'good' ? { n: index } : payload,
      }),
    ),
  )

const readable = log(() => fc.constant('good'))
const hostile = log(() => fc.constantFrom('good', 'good', 'good', { n: 'many' }, null))

/** Folds as the runner does: in order, up to the first event that cannot be read. */
const foldScoped = <State>(
  scoped: ScopedView<State>,
  events: ReadonlyArray<RecordedEvent>,
): E.Either<Undecodable, State> =>
  events.reduce(
    (state: E.Either<Undecodable, State>, event) => E.chain((now: State) => scoped.evolve(now, event))(state),
    E.right(scoped.initialState),
  )

type Scope = (spec: Spec) => ScopedView<Seen>
type Combine = (
  views: Readonly<Record<string, ScopedView<Seen>>>,
) => ScopedView<Readonly<Record<string, Seen>>>

interface Implementation {
  readonly scope: Scope
  readonly combine: Combine
}

const ours: Implementation = { scope: scopedView, combine: combineScoped }

const build = ({ scope, combine }: Implementation, parts: ReadonlyArray<readonly [string, Spec]>) =>
  combine(Object.fromEntries(parts.map(([name, part]) => [name, scope(part)])))

const queryOf = (part: Spec): Query => anyOf({ types: taggedCodec(part.event).types, tags: part.tags })

const boundary = (implementation: Implementation) =>
  fc.property(specs, readable, (parts, events) => {
    const { query } = build(implementation, parts)
    for (const event of events) {
      deepStrictEqual(
        matches(query)(event),
        parts.some(([, part]) => matches(queryOf(part))(event)),
      )
    }
  })

law('DM-1 boundary', boundary(ours))
law.rejects(
  'DM-1',
  'a combination with the query of its first part',
  boundary({
    ...ours,
    combine: (views) => ({ ...combineScoped(views), query: Object.values(views)[0]?.query ?? anyOf({}) }),
  }),
)
law.rejects(
  'DM-1',
  'a combination whose query needs the types of some part and the tags of all',
  boundary({
    ...ours,
    combine: (views) => {
      const items = Object.values(views).flatMap(({ query }) => (query._tag === 'AnyOf' ? query.items : []))
      return {
        ...combineScoped(views),
        query: anyOf({
          types: items.flatMap(({ types }) => types),
          tags: items.flatMap((item) => item.tags),
        }),
      }
    },
  }),
)

const scope = (implementation: Implementation) =>
  fc.property(specs, readable, (parts, events) => {
    const scoped = build(implementation, parts)
    const seen = Object.fromEntries(
      parts.map(([name, part]) => [
        name,
        events.flatMap((event, index) => (matches(queryOf(part))(event) ? [index] : [])),
      ]),
    )
    deepStrictEqual(foldScoped(scoped, events), E.right(seen))
    // The store hands over the events of the query alone, and that must make no difference.
    deepStrictEqual(foldScoped(scoped, events.filter(matches(scoped.query))), E.right(seen))
  })

/** A scoped view that looks at the type of an event and not at its tags. */
const scopeOfTypes: Scope = (part) => ({ ...scopedView({ ...part, tags: [] }), query: queryOf(part) })

law('DM-2 scope', scope(ours))
law.rejects(
  'DM-2',
  'a part that is told what another part asked for',
  scope({ ...ours, scope: scopeOfTypes }),
)
law.rejects(
  'DM-2',
  'a combination whose parts all see the state of the last one',
  scope({
    ...ours,
    combine: (views) => {
      const all = combineScoped(views)
      return {
        ...all,
        evolve: (states, event) =>
          E.map((evolved: Readonly<Record<string, Seen>>) => {
            const last = Object.values(evolved).at(-1) ?? []
            return Object.fromEntries(Object.keys(evolved).map((name) => [name, last]))
          })(all.evolve(states, event)),
      }
    },
  }),
)

const nothingSkipped = (implementation: Implementation) =>
  fc.property(specs, hostile, (parts, events) => {
    const bad = events.find((event) =>
      parts.some(
        ([, part]) =>
          matches(queryOf(part))(event) && E.isLeft(eventCodec(taggedCodec(part.event)).decode(event)),
      ),
    )
    const folded = foldScoped(build(implementation, parts), events)
    if (bad === undefined) return deepStrictEqual(E.isRight(folded), true)
    return deepStrictEqual(
      E.mapLeft(({ _tag, stream, version, position, type: name }: Undecodable) => ({
        _tag,
        stream,
        version,
        position,
        name,
      }))(folded),
      E.left({
        _tag: 'Undecodable',
        stream: bad.stream,
        version: bad.version,
        position: bad.position,
        name: bad.type,
      }),
    )
  })

law('DM-3 nothing skipped', nothingSkipped(ours))
law.rejects(
  'DM-3',
  'a scoped view that passes over what it cannot read',
  nothingSkipped({
    ...ours,
    scope: (part) => {
      const scoped = scopedView(part)
      return {
        ...scoped,
        evolve: (seen, event) => E.right(E.getOrElse(() => seen)(scoped.evolve(seen, event))),
      }
    },
  }),
)

const Enrolled = t.type({ type: t.literal('Enrolled'), course: t.string, student: t.string })

const enrol = decisionModel({
  name: 'enrolment',
  command: t.type({ type: t.literal('Enrol'), course: t.string, student: t.string }),
  event: Enrolled,
  rejection: t.type({ type: t.literal('CourseFull') }),
  upcasters: { Enrolled: [(data) => ({ student: 'unknown', ...(data as object) })] },
  stream: (event) => streamId('course', event.course),
  tags: (event) => [tag('course', event.course), tag('student', event.student)],
  views: (command) => ({
    taken: scopedView({
      event: Enrolled,
      tags: [tag('course', command.course)],
      initialState: 0,
      evolve: (taken) => taken + 1,
    }),
    courses: scopedView({
      event: Enrolled,
      upcasters: { Enrolled: [(data) => ({ student: 'unknown', ...(data as object) })] },
      tags: [tag('student', command.student)],
      initialState: [] as ReadonlyArray<string>,
      evolve: (courses, event) => [...courses, event.course],
    }),
  }),
  decide: (command) => (state) =>
    state.taken >= 2 || state.courses.includes(command.course)
      ? reject({ type: 'CourseFull' })
      : accept({ type: 'Enrolled', course: command.course, student: command.student }),
})

const ada = { type: 'Enrol', course: 'c1', student: 'ada' } as const

test('a decision model reads across streams and decides', () => {
  const scoped = enrol.scopeOf(ada)
  const labelled = (...labels: ReadonlyArray<Tag>) => labels
  const events = [
    recorded(1, {
      type: 'Enrolled',
      data: { course: 'c1', student: 'bob' },
      tags: labelled(tag('course', 'c1')),
    }),
    recorded(2, {
      type: 'Enrolled',
      data: { course: 'c2', student: 'ada' },
      tags: labelled(tag('student', 'ada')),
    }),
  ]
  // The view of the course has no upcaster, so the two views read the same type at the versions they know.
  const lifted = events.map((event, index) => (index === 1 ? { ...event, schemaVersion: 2 } : event))
  const state = foldScoped(scoped, lifted)
  expect(state).toEqual(E.right({ taken: 1, courses: ['c2'] }))
  expect(
    E.chain(enrol.decide(ada))(state as E.Either<never, { taken: number; courses: ReadonlyArray<string> }>),
  ).toEqual(accept({ type: 'Enrolled', course: 'c1', student: 'ada' }))
  expect(enrol.streamOf({ type: 'Enrolled', course: 'c1', student: 'ada' })).toBe('course-c1')
  expect(enrol.tagsOf({ type: 'Enrolled', course: 'c1', student: 'ada' })).toEqual([
    'course:c1',
    'student:ada',
  ])
})

test('an event that cannot be decoded stops the decision, and says where it is', () => {
  const broken = recorded(3, { type: 'Enrolled', data: { course: 5 }, tags: [tag('course', 'c1')] })
  expect(foldScoped(enrol.scopeOf(ada), [broken])).toEqual(
    E.left({
      _tag: 'Undecodable',
      stream: 'sample-s1',
      version: 3n,
      position: 30n,
      type: 'Enrolled',
      schemaVersion: 1,
      path: 'data.course',
      reason: 'is 5, which is not string',
    }),
  )
})

test('a decision model without views has no boundary and is refused', () => {
  expect(() => combineScoped({})).toThrow(new TypeError('A decision model needs at least one scoped view.'))
})
