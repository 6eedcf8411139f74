/**
 * The laws of timelines, with clocks that go backward and states that look like no state, and of the difference between
 * two states, for names that could be taken for paths.
 */
import { deepStrictEqual } from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import { type Change, type Timeline, timeline, view } from 'decider-ts/evolve'
import { globalPosition, type Timestamp, timestamp, type Version, version } from 'decider-ts/store'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { arbitraryView } from '../../../src/harness/ArbitraryDecider.js'
import { law } from '../Law.js'
import { absentLooking, entriesOf, event, hostileName } from './Samples.js'

const anyView = arbitraryView(absentLooking)

/** Events in the order of the log; the clock of the store may have been set back between two of them. */
const history = fc.array(fc.tuple(event, fc.nat(5)), { maxLength: 6 }).map((entries) =>
  entries.map(([happened, moment], index) => ({
    event: happened,
    version: version(index + 1),
    position: globalPosition((index + 1) * 10),
    recordedAt: timestamp(moment),
  })),
)

type AtVersion = (at: Version) => <State>(line: Timeline<State, unknown>) => State
type AtTime = (at: Timestamp) => <State>(line: Timeline<State, unknown>) => State

const prefix = (atVersion: AtVersion) =>
  fc.property(anyView, history, fc.nat(7), (any, steps, n) => {
    const line = timeline.make(any)(steps)
    const events = steps.map(({ event: happened }) => happened)
    deepStrictEqual(atVersion(version(n))(line), view.fold(any)(events.slice(0, n)))
    deepStrictEqual(timeline.atPosition(globalPosition(n * 10 + 5))(line), view.fold(any)(events.slice(0, n)))
    deepStrictEqual(timeline.states(line), view.scan(any)(events))
  })

law('TML-1 prefix', prefix(timeline.atVersion))
law.rejects(
  'TML-1',
  'a version that counts from 0',
  prefix((at) => timeline.atVersion(version(at + 1n))),
)
law.rejects(
  'TML-1',
  'a state `null` or `undefined` that is taken for none',
  prefix((at) => (line) => line.steps.findLast((step) => step.version <= at)?.state ?? line.initialState),
)

const moment = (atTime: AtTime) =>
  fc.property(anyView, history, fc.nat(5), (any, steps, now) => {
    const later = steps.findIndex(({ recordedAt }) => recordedAt > now)
    const known = steps.slice(0, later === -1 ? steps.length : later).map(({ event: happened }) => happened)
    deepStrictEqual(atTime(timestamp(now))(timeline.make(any)(steps)), view.fold(any)(known))
  })

law('TML-2 moment', moment(timeline.atTime))
law.rejects(
  'TML-2',
  'the state of the last event recorded by then, whatever was recorded before it',
  moment((at) => (line) => {
    const last = line.steps.findLast(({ recordedAt }) => recordedAt <= at)
    return last === undefined ? line.initialState : last.state
  }),
)

const leaf = fc.constantFrom<unknown>(0, -0, Number.NaN, null, undefined, '', 'x', true, 1n)
const key = fc.oneof(hostileName, fc.constantFrom('["a"]', '0', 'ä'))

/** What states are made of, from few values, so that two of them are often alike. */
const { value } = fc.letrec<{ readonly value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 2 }),
    entriesOf(tie('value'), { maxLength: 2 }).map((entries) => Object.fromEntries(entries)),
    fc
      .uniqueArray(fc.tuple(fc.oneof(key, fc.nat(1)), tie('value')), { maxLength: 2, selector: ([k]) => k })
      .map((entries) => new Map(entries)),
  ),
}))

const pair = fc.oneof(
  fc.tuple(value, value),
  value.map((one): [unknown, unknown] => [one, structuredClone(one)]),
  // Two states that differ in one place deep down.
  fc
    .tuple(value, value, key)
    .map(([one, other, name]): [unknown, unknown] => [
      { state: [one, Object.fromEntries([[name, other]])] },
      { state: [structuredClone(one), Object.fromEntries([[name, one]])] },
    ]),
)

type Diff = (before: unknown, after: unknown) => ReadonlyArray<Change>

const difference = (diff: Diff) =>
  fc.property(pair, ([before, after]) => {
    deepStrictEqual(diff(before, after).length === 0, isDeepStrictEqual(before, after))
  })

law('TML-3 difference', difference(timeline.diff))
law.rejects(
  'TML-3',
  'a difference of what both sides have',
  difference((before, after) =>
    timeline.diff(before, after).filter((change) => 'before' in change && 'after' in change),
  ),
)
law.rejects(
  'TML-3',
  'a difference of their JSON',
  difference((before, after) => {
    const text = (side: unknown) =>
      JSON.stringify(side, (_, part: unknown) => (typeof part === 'bigint' ? `${part}` : part))
    return text(before) === text(after) ? [] : [{ path: '', before, after }]
  }),
)

const plain = /^[\p{L}_$][\p{L}\p{N}_$]*/u
const quoted = /^\["(?:[^"\\]|\\.)*"\]/
const numbered = /^\[(\d+)\]/

interface Place {
  readonly value: unknown
}

const within = (parent: unknown, name: unknown): ReadonlyArray<Place> => {
  if (parent instanceof Map) return parent.has(name) ? [{ value: parent.get(name) as unknown }] : []
  if (typeof parent !== 'object' || parent === null) return []
  const own = String(name)
  return Object.hasOwn(parent, own) ? [{ value: (parent as Readonly<Record<string, unknown>>)[own] }] : []
}

/** Walks a path from its text alone: plain names after a point, all else in brackets. */
const walk = (from: unknown, path: string): ReadonlyArray<Place> => {
  if (path === '') return [{ value: from }]
  const bracketed = quoted.exec(path)?.[0] ?? numbered.exec(path)?.[0]
  if (bracketed !== undefined) {
    const name: unknown = JSON.parse(bracketed.slice(1, -1))
    return within(from, name).flatMap((place) => walk(place.value, path.slice(bracketed.length)))
  }
  const rest = path.replace(/^\./, '')
  const [name = ''] = plain.exec(rest) ?? []
  return name === '' ? [] : within(from, name).flatMap((place) => walk(place.value, rest.slice(name.length)))
}

const exactPaths = (diff: Diff) =>
  fc.property(pair, ([before, after]) => {
    for (const change of diff(before, after)) {
      deepStrictEqual(walk(before, change.path), 'before' in change ? [{ value: change.before }] : [])
      deepStrictEqual(walk(after, change.path), 'after' in change ? [{ value: change.after }] : [])
    }
  })

law('TML-4 exact paths', exactPaths(timeline.diff))
law.rejects(
  'TML-4',
  'paths that swap the two sides',
  exactPaths((before, after) => timeline.diff(after, before)),
)
law.rejects(
  'TML-4',
  'names that are written into the path as they are',
  exactPaths((before, after) =>
    timeline
      .diff(before, after)
      .map((change) => ({ ...change, path: change.path.replaceAll(/\["((?:[^"\\]|\\.)*)"\]/g, '.$1') })),
  ),
)

test.each<readonly [unknown, unknown, ReadonlyArray<Change>]>([
  [1, 2, [{ path: '', before: 1, after: 2 }]],
  [
    { a: [1, { b: 2 }] },
    { a: [1, { b: 3 }, 4] },
    [
      { path: 'a[1].b', before: 2, after: 3 },
      { path: 'a[2]', after: 4 },
    ],
  ],
  [{ a: 1 }, {}, [{ path: 'a', before: 1 }]],
  [
    { 'a.b': 1 },
    { a: { b: 1 } },
    [
      { path: '["a.b"]', before: 1 },
      { path: 'a', after: { b: 1 } },
    ],
  ],
  [{ '': 1 }, { '': 2 }, [{ path: '[""]', before: 1, after: 2 }]],
  [new Map([[1, 'x']]), new Map([[1, 'y']]), [{ path: '[1]', before: 'x', after: 'y' }]],
  [new Map([['s1', { n: 1 }]]), new Map([['s1', { n: 2 }]]), [{ path: 's1.n', before: 1, after: 2 }]],
  [{ a: [] }, { a: {} }, [{ path: 'a', before: [], after: {} }]],
])('from %j to %j', (before, after, changes) => {
  expect(timeline.diff(before, after)).toEqual(changes)
})
