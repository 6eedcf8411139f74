/** Several appends in one call: each succeeds or fails alone, and no answer is given to the wrong one. */
import { either as E } from 'fp-ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { appendCall, appendStatement, type Conflict } from '../../../src/adapters/postgres/AppendCall.js'
import { send } from '../../../src/adapters/postgres/Connection.js'
import { lockKeysOf } from '../../../src/adapters/postgres/LockKey.js'
import { schemaOf } from '../../../src/adapters/postgres/Schema.js'
import {
  type Append,
  type Appended,
  anyOf,
  checkAppend,
  everything,
  exactly,
  noStream,
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
