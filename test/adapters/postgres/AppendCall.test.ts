/** Several appends in one call: each succeeds or fails alone, and no answer is given to the wrong one. */
import { either as E } from 'fp-ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { appendCall, appendStatement, type Conflict } from '../../../src/adapters/postgres/AppendCall.js'
import { send } from '../../../src/adapters/postgres/Connection.js'
import { lockKeysOf } from '../../../src/adapters/postgres/LockKey.js'
import { schemaOf } from '../../../src/adapters/postgres/Schema.js'
import {
  type Append,
  type Appended,
  anyOf,
  anyVersion,
  checkAppend,
  everything,
  exactly,
  noStream,
  type StorableAppend,
  streamExists,
  streamIdFrom,
  type Tag,
  toStream,
} from '../../../src/store/index.js'
import { event, type Installed, install, newStream, only, right } from './support.js'

let log: Installed

beforeAll(async () => {
  log = await install()
})
afterAll(() => log.end())

const appendTogether = async (
  appends: ReadonlyArray<Append>,
): Promise<ReadonlyArray<E.Either<Conflict, Appended>>> => {
  const schema = await right(async () => schemaOf({ schema: log.schema }))
  const storable = await Promise.all(appends.map((append) => right(async () => checkAppend(append))))
  const call = appendCall(lockKeysOf(schema.name), storable)
  const [row] = await right(send(log.sql, appendStatement(schema))(call.parameters))
  return row === undefined ? [] : call.answersFrom(row)
}

test('each append of a call is recorded or refused alone', async () => {
  const [busy, shared, fresh] = [newStream(), newStream(), newStream()]
  const first = event(busy, { tags: ['seen'] })
  await right(log.store.append(only(first)))
  const condition = { failIfEventsMatch: anyOf({ tags: ['seen' as string as Tag] }) }
  const answers = await appendTogether([
    toStream(busy, noStream)([event(busy)]),
    only(event(shared), event(shared)),
    { ...only(event(newStream())), condition },
    only(first),
    toStream(fresh, noStream)([event(fresh, { tags: ['x', 'y'] }), event(shared)]),
    only({ ...event(newStream()), id: first.id }),
    toStream(busy, exactly(1))([event(newStream()), event(busy, { tags: ['z'] })]),
    only(event(shared)),
  ])
  expect(answers.map((answer) => (E.isLeft(answer) ? answer.left : answer.right.streams))).toEqual([
    { _tag: 'VersionConflict', stream: busy, expected: noStream, actual: 1n },
    [{ stream: shared, version: 2n }],
    { _tag: 'ConditionConflict', position: 1n },
    [{ stream: busy, version: 1n }],
    [
      { stream: fresh, version: 1n },
      { stream: shared, version: 3n },
    ],
    { _tag: 'DuplicateEventId', id: first.id },
    [
      { stream: expect.anything(), version: 1n },
      { stream: busy, version: 2n },
    ],
    [{ stream: shared, version: 4n }],
  ])
  const repeated = answers.map((answer) => E.isRight(answer) && answer.right.repeated)
  expect(repeated).toEqual([false, false, false, true, false, false, false, false])
  const positions = answers.flatMap((answer) => (E.isRight(answer) ? [answer.right.lastPosition] : []))
  expect(positions).toEqual([3n, 1n, 5n, 7n, 8n])

  const { events } = await right(log.store.read(everything))
  expect(events.map(({ stream }) => stream)).toEqual([
    busy,
    shared,
    shared,
    fresh,
    shared,
    expect.anything(),
    busy,
    shared,
  ])
  const tagged = await right(
    log.store.read(anyOf({ tags: ['y' as string as Tag] }, { tags: ['z' as string as Tag] })),
  )
  expect(tagged.events.map(({ stream, position }) => [stream, position])).toEqual([
    [fresh, 4n],
    [busy, 7n],
  ])
})

test('two hundred appends in one call are recorded in their order', async () => {
  const streams = Array.from({ length: 200 }, newStream)
  const answers = await appendTogether(streams.map((stream) => toStream(stream, noStream)([event(stream)])))
  const positions = answers.map((answer) => (E.isRight(answer) ? answer.right.lastPosition : 0n))
  expect(
    positions.every((position, index) => index === 0 || position === (positions[index - 1] ?? 0n) + 1n),
  ).toBe(true)
  expect((await right(log.store.readStream(streams[77] ?? newStream()))).version).toBe(1n)
})

describe('a call of plain appends', () => {
  /** What became of each append, in words. */
  const outcomes = (answers: ReadonlyArray<E.Either<Conflict, Appended>>): ReadonlyArray<string> =>
    answers.map((answer) =>
      E.isLeft(answer)
        ? answer.left._tag
        : `${answer.right.repeated ? 'repeated' : 'recorded'} ${answer.right.streams[0]?.version}`,
    )

  test('has ten parameters, and the positions and versions of its events follow each other', async () => {
    const [one, two, long] = [newStream(), newStream(), newStream()]
    await right(log.store.append(only(event(long), event(long))))
    const before = await right(log.store.head)
    const answers = await appendTogether([
      toStream(one, noStream)([event(one), event(one)]),
      only(event(two)),
      toStream(long, exactly(2))([event(long), event(long)]),
      only(event(two), event(two)),
      toStream(newStream(), anyVersion)([event(newStream())]),
    ])
    expect(outcomes(answers)).toEqual(['recorded 2', 'recorded 1', 'recorded 4', 'recorded 3', 'recorded 1'])
    const places = answers.map((answer) => (E.isRight(answer) ? answer.right.lastPosition - before : 0n))
    expect(places).toEqual([2n, 3n, 5n, 7n, 8n])
    const { events } = await right(log.store.readStream(two))
    expect(events.map(({ version }) => version)).toEqual([1n, 2n, 3n])
  })

  test('in which some are refused or repeated answers for each of them', async () => {
    const [known, fresh] = [newStream(), newStream()]
    const first = toStream(known, noStream)([event(known), event(known)])
    await right(log.store.append(first))
    const missing = newStream()
    const answers = await appendTogether([
      only(event(fresh), event(fresh)),
      first,
      toStream(missing, streamExists)([event(missing), event(missing)]),
      toStream(fresh, anyVersion)([event(fresh)]),
      only({ ...event(newStream()), id: first.events[0]?.id ?? event(known).id }),
    ])
    expect(outcomes(answers)).toEqual([
      'recorded 2',
      'repeated 2',
      'VersionConflict',
      'recorded 3',
      'DuplicateEventId',
    ])
    expect(answers[2]).toEqual(
      E.left({ _tag: 'VersionConflict', stream: missing, expected: streamExists, actual: 0n }),
    )
    expect((await right(log.store.readStream(missing))).version).toBe(0n)
    const wrong = await appendTogether([
      toStream(known, exactly(2))([event(known)]),
      toStream(fresh, exactly(2))([event(fresh)]),
    ])
    expect(outcomes(wrong)).toEqual(['recorded 3', 'VersionConflict'])
    expect(wrong[1]).toMatchObject(E.left({ stream: fresh, actual: 3n }))
  })

  test.each([
    ['a tag', only(event(newStream(), { tags: ['t'] }))],
    ['a second stream', only(event(newStream()), event(newStream()))],
    ['a belief of another stream', toStream(newStream(), noStream)([event(newStream())])],
    ['a condition', { ...only(event(newStream())), condition: { failIfEventsMatch: everything } }],
  ])('%s in one of them takes the way of any append', (_name, append) => {
    const lengthOf = (appends: ReadonlyArray<Append>): number => {
      const storable = appends.flatMap((each) =>
        E.fold(
          () => [],
          (good: StorableAppend) => [good],
        )(checkAppend(each)),
      )
      return appendCall(lockKeysOf('any'), storable).parameters.length
    }
    const plain = only(event(newStream()))
    expect(lengthOf([plain])).toBe(13)
    expect(lengthOf([plain, only(event(newStream()))])).toBe(10)
    expect(lengthOf([plain, append])).toBe(24)
  })
})

describe('keys of streams', () => {
  const { ofStream } = lockKeysOf('decider')

  test('are the same in every process and version, since they exclude each other by them', () => {
    expect(['account-a1', 'ä', '😀'].map((name) => String(ofStream(streamIdFrom(name))))).toEqual([
      '7450664530733369416',
      '-3431779959950930000',
      '6299701220974947079',
    ])
  })

  test('are as many as the streams, and use all of the 64 bits', () => {
    const names = Array.from({ length: 100_000 }, (_, n) => `account-${n.toString(36)}-${n % 97}`)
    const keys = names.map((name) => BigInt.asUintN(64, ofStream(streamIdFrom(name))))
    expect(new Set(keys).size).toBe(names.length)
    for (let bit = 0n; bit < 64n; bit++) {
      const share = keys.filter((key) => (key >> bit) & 1n).length / names.length
      expect(Math.abs(share - 0.5)).toBeLessThan(0.02)
    }
  })
})
