/**
 * Cases of exactness: what an event says comes back as it was, or the store refuses to take it. There is no third way.
 * Used by: `Suite`.
 * @since 0.1.0
 */
import fc from 'fast-check'
import { type EventId, eventId } from '../../store/EventId.js'
import type { EventStore } from '../../store/EventStore.js'
import type { EventToAppend } from '../../store/EventToAppend.js'
import type { Metadata } from '../../store/Metadata.js'
import { anyOf } from '../../store/Query.js'
import { streamIdFrom } from '../../store/StreamId.js'
import { tagFrom } from '../../store/Tag.js'
import { type Case, forAnyStore, forQueries, holds } from './Case.js'
import { contentOf, equal, isTrue, left, right, textOf } from './Expect.js'
import { jsonObject, jsonValue } from './Hostile.js'
import { appendTo, course, event, eventsOf, numbersOf, streamNamed } from './Samples.js'

const one = streamNamed('one')

const nested = (levels: number): unknown => {
  let value: unknown = 'bottom'
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { down: value }
  return value
}

/** By what makes them easy to get wrong. `JSON.parse` makes `__proto__` a key, where a literal sets the prototype. */
const exactValues: Readonly<Record<string, unknown>> = {
  nothing: null,
  'an empty text': '',
  'a bare number': 0,
  'empty things': [{}, [], '', 0, false, null],
  'U+0000': ['\u0000', 'a\u0000b', { '\u0000': 1 }],
  'half surrogate pairs': ['\ud800', 'a\udc00b', '\udc00\ud800', { '\udfff': '\ud800' }],
  'characters beyond the first plane': '😀𝒳\u{10ffff}',
  'characters that are alike': ['á', 'a\u0301', 'ﬁ', 'fi', '\u00a0', '\ufeff', '\u2028'],
  quotes: ['"', "'", '\\', '\\u0000', '\\"', '`', '$1', '$$', '%s', ';--', '{a,b}', '\u001f', '\t\r\n'],
  'texts that look like numbers': ['1', '-0', '1e3', 'NaN', 'null', 'true', '2020-01-01T00:00:00.000Z'],
  'key order': { b: 1, a: 2, z: { y: 1, x: 2 }, A: 3, '': 4, é: 5 },
  'keys of prototypes': JSON.parse(
    '{"__proto__":{"polluted":true},"constructor":1,"toString":2,"hasOwnProperty":3,"down":[{"__proto__":null,"__proto___":1}],"length":4}',
  ),
  'keys that look like numbers': { 1: 'a', 0: 'b', '01': 'c', '-1': 'd', '1.5': 'e' },
  'a lost sign': [-0, 0, { zero: -0 }, [-0]],
  'limits of doubles': [1e308, -1e308, 5e-324, -5e-324, 1.7976931348623157e308, 2.2250738585072014e-308],
  'whole numbers of more digits than a double': [
    2 ** 53,
    2 ** 53 + 2,
    Number('9007199254740993'),
    1e21,
    -1e21,
    2 ** 63,
  ],
  fractions: [0.1, 0.1 + 0.2, 1 / 3, 1e-7, 123456789.12345679, 4.35, 1.005],
  'deep nesting': nested(500),
  'many keys': Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`key ${(n * 7919) % 2_000}`, n])),
}

const exactness = forAnyStore(
  'C16 payload: hostile values are stored exactly',
  async ({ store, connections }) => {
    const entries = Object.entries(exactValues)
    const metadataOf = (value: unknown): Metadata => JSON.parse(JSON.stringify({ value, actor: 'ada' }))
    const events = entries.map(([, value], n) =>
      event(n + 1, one, { data: value, metadata: metadataOf(value) }),
    )
    for (const each of events)
      await right(store.append(appendTo(one, [each])), `event ${each.id} is accepted`)
    for (const connection of connections) {
      const recorded = await eventsOf(connection, one)
      for (const [index, [what]] of entries.entries()) {
        equal(
          textOf(recorded[index]?.data),
          textOf(events[index]?.data),
          `${what}: the data comes back exactly`,
        )
        const metadata = [textOf(recorded[index]?.metadata), textOf(events[index]?.metadata)]
        equal(metadata[0], metadata[1], `${what}: the metadata comes back exactly`)
      }
    }
    isTrue(!('polluted' in {}), 'no prototype was touched')
  },
)

const together = forAnyStore(
  'C16 payload: hostile values travel together in one append',
  async ({ store }) => {
    const events = Object.values(exactValues).map((data, n) => event(n + 1, one, { data }))
    await right(store.append(appendTo(one, events)), 'the append succeeds')
    equal((await eventsOf(store, one)).map(contentOf), events.map(contentOf), 'all come back exactly')
  },
)

const byQuery = forQueries(
  'C16 payload: a read by query is as exact as a read of a stream',
  async ({ store }) => {
    const tags = [course('c1'), tagFrom('ключ:\u2028"\\{,}'), tagFrom('x'.repeat(512))]
    const events = Object.values(exactValues).map((data, n) =>
      event(n + 1, one, { data, tags, type: 'It\'s "done" \\ ✓', metadata: { actor: '😀' } }),
    )
    await right(store.append(appendTo(one, events)), 'the append succeeds')
    const query = anyOf({ types: ['It\'s "done" \\ ✓'], tags })
    const found = await right(store.read(query), 'the log is read')
    equal(found.events, await eventsOf(store, one), 'the same events, the same in every part')
  },
)

const absent = forAnyStore('C16 payload: a key that is undefined is absent', async ({ store }) => {
  const data = { kept: 1, dropped: undefined, inner: { dropped: undefined, kept: null } }
  await right(
    store.append(appendTo(one, [event(1, one, { data, metadata: { x: undefined } })])),
    'it succeeds',
  )
  const [recorded] = await eventsOf(store, one)
  equal(textOf(recorded?.data), textOf({ kept: 1, inner: { kept: null } }), 'only what is there is kept')
  equal(textOf(recorded?.metadata), '{}', 'so it is in metadata')
})

const megabyte = 1_048_576

const large = forAnyStore('C16 payload: one megabyte in one event', async ({ store }) => {
  const data = {
    text: 'é"\\\u0000😀'.repeat(megabyte / 16),
    list: Array.from({ length: 50_000 }, (_, n) => n),
  }
  await right(
    store.append(appendTo(one, [event(1, one), event(2, one, { data }), event(3, one)])),
    'it succeeds',
  )
  const recorded = await eventsOf(store, one)
  equal(numbersOf(recorded), [1, 2, 3], 'all are there')
  isTrue(textOf(recorded[1]?.data) === textOf(data), 'the large one is exact')
})

const generated = forAnyStore(
  'C16 payload: generated values are stored exactly',
  async ({ store, settings }) => {
    let sent = 0
    const property = fc.asyncProperty(jsonValue, jsonObject, async (data, metadata) => {
      sent += 1
      const stream = streamNamed(`${sent}`)
      const each = event(sent, stream, { data, metadata: untyped(metadata) })
      await right(store.append(appendTo(stream, [each])), 'the append succeeds')
      equal((await eventsOf(store, stream)).map(contentOf), [contentOf(each)], 'the event comes back exactly')
    })
    await holds(property, settings)
  },
)

class Money {
  constructor(readonly amount: number) {}
}

const cycle = (): unknown => {
  const self: { self?: unknown } = {}
  self.self = self
  return self
}

/** What JSON cannot say: the value, and the path at which it stops being JSON. A cycle has no one path. */
const refusedValues: ReadonlyArray<readonly [what: string, data: unknown, path: string]> = [
  ['NaN', Number.NaN, ''],
  ['Infinity', { a: Number.POSITIVE_INFINITY }, '.a'],
  ['-Infinity', [1, Number.NEGATIVE_INFINITY], '[1]'],
  ['a bigint', { amount: 1n }, '.amount'],
  ['a date', { at: new Date(0) }, '.at'],
  ['an invalid date', { at: new Date(Number.NaN) }, '.at'],
  ['an instance of a class', { price: new Money(1) }, '.price'],
  ['a map', { index: new Map([['a', 1]]) }, '.index'],
  ['a set', [new Set([1])], '[0]'],
  ['a regular expression', { pattern: /a/ }, '.pattern'],
  ['an error', { cause: new Error('x') }, '.cause'],
  ['bytes', { bytes: new Uint8Array(2) }, '.bytes'],
  ['a boxed number', { n: Object(1) }, '.n'],
  ['a function', { run: () => 1 }, '.run'],
  ['a method of its own conversion', { toJSON: () => 1 }, '.toJSON'],
  ['a symbol', { kind: Symbol('a') }, '.kind'],
  ['undefined', undefined, ''],
  ['undefined in an array', { list: [1, undefined] }, '.list[1]'],
  ['a hole in an array', { list: Array(2) }, '.list[0]'],
  ['something deep', { a: [{ b: { c: [0, Number.NaN] } }] }, '.a[0].b.c[1]'],
]

const refused = forAnyStore(
  'C16 payload: what JSON cannot say is refused with its path',
  async ({ store }) => {
    for (const [what, data, path] of refusedValues) {
      const append = appendTo(one, [event(1, one), event(2, one, { data })])
      const refusal = await left(store.append(append), 'InvalidInput', `${what} is refused`)
      equal(refusal.path, `events[1].data${path}`, `${what}: the path leads to it`)
      equal(await eventsOf(store, one), [], `${what}: nothing was written`)
    }
    const endless = await left(
      store.append(appendTo(one, [event(1, one, { data: cycle() })])),
      'InvalidInput',
      'a cycle',
    )
    isTrue(endless.path.startsWith('events[0].data.self'), 'the path leads into the cycle')
    equal(await eventsOf(store, one), [], 'nothing was written')
  },
)

/** Metadata that is not what its type says, as a program without types may send it. */
const untyped = (value: unknown): Metadata => value as Metadata

const refusedMetadata = forAnyStore(
  'C16 metadata: what is not an object of JSON is refused',
  async ({ store }) => {
    const metadata: ReadonlyArray<readonly [unknown, string]> = [
      [{ n: Number.NaN }, '.n'],
      [{ a: { b: [1n] } }, '.a.b[0]'],
      [[], ''],
      [null, ''],
      ['text', ''],
      [new Date(0), ''],
    ]
    for (const [value, path] of metadata) {
      const append = appendTo(one, [event(1, one, { metadata: untyped(value) })])
      const refusal = await left(store.append(append), 'InvalidInput', `${textOf(value)} is refused`)
      equal(refusal.path, `events[0].metadata${path}`, 'the path leads to it')
      equal(await eventsOf(store, one), [], 'nothing was written')
    }
  },
)

const uuid = '0198a6a2-abcd-7000-8000-00000000000f'

/** Texts that no name may be, by what is wrong with them. */
const badNames = ['', '\u0000', 'a\u0000', '\ud800', 'a\udc00b', '\udc00\ud800']

const names = forAnyStore(
  'C16 names: ids, streams, types, versions and tags that no store keeps',
  async (world) => {
    const { store } = world
    const badIds = [
      '',
      'a',
      uuid.toUpperCase(),
      `{${uuid}}`,
      ` ${uuid}`,
      `${uuid}\n`,
      uuid.replaceAll('-', ''),
    ]
    const bad: ReadonlyArray<readonly [path: string, Partial<EventToAppend>]> = [
      ...badIds.map((id) => ['id', { id: eventId(id) }] as const),
      ...[...badNames, 'x'.repeat(513)].map((name) => ['stream', { stream: streamIdFrom(name) }] as const),
      ...[...badNames, 'x'.repeat(257)].map((type) => ['type', { type }] as const),
      ...[0, -1, 1.5, 32_768, Number.NaN, 2 ** 53].map(
        (schemaVersion) => ['schemaVersion', { schemaVersion }] as const,
      ),
      ...[...badNames, 'x'.repeat(513)].map(
        (name) => ['tags[1]', { tags: [course('a'), tagFrom(name)] }] as const,
      ),
    ]
    for (const [path, part] of bad) {
      const append = { events: [event(1, one), event(2, one, part)], expected: [] }
      const what = `${path} ${textOf(Object.values(part))}`
      const refusal = await left(store.append(append), 'InvalidInput', `${what} is refused`)
      equal(refusal.path, `events[1].${path}`, `${what}: the path leads to it`)
      equal(await eventsOf(store, one), [], `${what}: nothing was written`)
    }
  },
)

const longest = forAnyStore('C16 names: the longest ones are kept', async ({ store }) => {
  const stream = streamIdFrom('😀'.repeat(256))
  const long = event(1, stream, {
    id: eventId(uuid),
    type: '\uffff'.repeat(256),
    schemaVersion: 32_767,
    tags: [tagFrom('\uffff'.repeat(512)), tagFrom('y'.repeat(512))],
  })
  await right(store.append(appendTo(stream, [long])), 'the append succeeds')
  equal((await eventsOf(store, stream)).map(contentOf), [contentOf(long)], 'all come back as they were')
})

const badReads = forAnyStore('C16 names: no bad name is looked for', async ({ store }) => {
  for (const name of [...badNames, 'x'.repeat(513)]) {
    const stream = streamIdFrom(name)
    await left(store.readStream(stream), 'InvalidInput', `reading the stream ${textOf(name)} is refused`)
    const append = { events: [event(1, one)], expected: [{ stream, version: { _tag: 'Any' } as const }] }
    const refusal = await left(store.append(append), 'InvalidInput', `expecting ${textOf(name)} is refused`)
    equal(refusal.path, 'expected.stream', 'the path leads to it')
  }
  equal(await eventsOf(store, one), [], 'nothing was written')
})

const writerCannotAlter = forAnyStore(
  'C16 isolation: a writer cannot alter what it has written',
  async (world) => {
    const { store } = world
    const data = { list: [1, 2], inner: { text: 'before' } }
    const metadata = { actor: 'ada' }
    const tags = [course('a')]
    const events = [event(1, one, { data, metadata, tags })]
    const append = appendTo(one, events)
    await right(store.append(append), 'the append succeeds')
    const before = (await eventsOf(store, one)).map(contentOf)
    data.list.push(3)
    data.inner.text = 'after'
    metadata.actor = 'eve'
    tags.push(course('b'))
    tags[0] = course('c')
    events.push(event(2, one))
    equal((await eventsOf(store, one)).map(contentOf), before, 'the stream is as it was')
  },
)

const readerCannotAlter = forAnyStore(
  'C16 isolation: a reader cannot alter what others read',
  async ({ store }) => {
    const sent = event(1, one, {
      data: { list: [1] },
      metadata: { actor: 'ada' },
      tags: [course('a'), course('b')],
    })
    await right(store.append(appendTo(one, [sent, event(2, one)])), 'the append succeeds')
    const read = await right(store.readStream(one), 'the stream is read')
    const before = read.events.map(contentOf)
    for (const target of [read, read.events, ...partsOf(read.events[0])]) spoil(target)
    equal((await eventsOf(store, one)).map(contentOf), before, 'the next reader sees what was written')
  },
)

const partsOf = (value: unknown): ReadonlyArray<object> =>
  typeof value === 'object' && value !== null ? [value, ...Object.values(value).flatMap(partsOf)] : []

/** What a careless reader may do to an answer; a store may well forbid it. */
const spoil = (target: object): void => {
  for (const key of Object.keys(target)) Reflect.set(target, key, 'spoilt')
  if (Array.isArray(target)) Reflect.set(target, 'length', 0)
}

/** An id of the n-th good item, beside a bad one. */
const goodId = (n: number): EventId => event(n, one).id

const neighbours = forAnyStore(
  'C16 payload: a bad append does not harm those sent beside it',
  async ({ store }) => {
    const streams = Array.from({ length: 12 }, (_, n) => streamNamed(`${n}`))
    const isBad = (n: number): boolean => n % 3 === 1
    const outcomes = await Promise.all(
      streams.map((stream, n) =>
        append(store, event(n + 1, stream, { data: isBad(n) ? { n: Number.NaN } : { n } })),
      ),
    )
    equal(
      outcomes,
      streams.map((_, n) => (isBad(n) ? 'InvalidInput' : 'written')),
      'each has its own outcome',
    )
    for (const [n, stream] of streams.entries()) {
      const ids = (await eventsOf(store, stream)).map(({ id }) => id)
      equal(ids, isBad(n) ? [] : [goodId(n + 1)], 'the good ones are written, the bad ones are not')
    }
  },
)

const append = async (store: EventStore, sent: EventToAppend): Promise<string> => {
  const answer = await store.append(appendTo(sent.stream, [sent]))()
  return answer._tag === 'Right' ? 'written' : answer.left._tag
}

/** In the order in which a reader is likely to care. */
export const payloadCases: ReadonlyArray<Case> = [
  exactness,
  together,
  byQuery,
  absent,
  large,
  generated,
  refused,
  refusedMetadata,
  names,
  longest,
  badReads,
  writerCannotAlter,
  readerCannotAlter,
  neighbours,
]
