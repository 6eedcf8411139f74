import { isEventId, type Json } from 'decider-ts/store'
import fc from 'fast-check'
import { either as E, option as O } from 'fp-ts'
import { expect, test } from 'vitest'
import { receivedEvent } from '../../../../src/adapters/http/ReceivedEvent.js'
import { law } from '../../Law.js'

const good = {
  specversion: '1.0',
  id: '0198a6a2-0000-7000-8000-000000000001',
  source: 'https://shop.example/orders',
  type: 'a.b',
  subject: 'order-1',
  time: '2026-01-01T00:00:00.000Z',
  datacontenttype: 'application/json',
  sequence: '0000000000000000007',
  data: { x: 1 },
}

const wrong = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom('', '%', '-1', '1.0', '7', {}, null, 9e99),
)
const input: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 1, arbitrary: fc.jsonValue() },
  {
    weight: 4,
    arbitrary: fc
      .record({
        key: fc.constantFrom(...Object.keys(good), 'streamversion', 'tags', 'correlationid', 'data_base64'),
        value: wrong,
      })
      .map(({ key, value }) => ({ ...good, [key]: value })),
  },
)

const isTotal = (read: typeof receivedEvent) =>
  fc.property(input, (json) => {
    const event = read(json as Json, 'events[0]', undefined)
    if (E.isLeft(event)) return event.left.path.startsWith('events[0]')
    if (O.isNone(event.right)) return false
    const { id, position, version, type, stream, recordedAt } = event.right.value
    return (
      isEventId(id) &&
      position >= 0n &&
      version >= 0n &&
      type !== '' &&
      stream.length > 0 &&
      !Number.isNaN(recordedAt)
    )
  })

law('RCV-1 total', isTotal(receivedEvent), { numRuns: 1_000 })
law.rejects(
  'RCV-1',
  'a reader that takes the time as it is',
  isTotal((json, ...rest) => {
    const time =
      typeof json === 'object' && json !== null && 'time' in json ? Date.parse(String(json['time'])) : 0
    const event = receivedEvent({ ...good, ...(json as object), time: good.time }, ...rest)
    return E.map(O.map((each: object) => ({ ...each, recordedAt: time }) as never))(event)
  }),
  { numRuns: 1_000 },
)

test('types are translated, with their schema version, and others are left out', () => {
  const reads = new Map([['a.b', { type: 'Happened', schemaVersion: 2 }]])
  const event = receivedEvent(good, '', reads)
  expect(event).toMatchObject({
    right: { value: { type: 'Happened', schemaVersion: 2, position: 7n, version: 0n } },
  })
  expect(receivedEvent({ ...good, type: 'c.d' }, '', reads)).toEqual(E.right(O.none))
})
