/**
 * A subscription on a real server, where appends can be in flight: one that began before another and commits after it is
 * not missed, wherever the subscription begins.
 */
import { postgresStore } from 'decider-ts/adapters/postgres'
import { type From, type Subscription, subscribe } from 'decider-ts/run'
import {
  anyVersion,
  eventId,
  eventToAppend,
  type GlobalPosition,
  globalPosition,
  streamId,
  timestamp,
  toStream,
} from 'decider-ts/store'
import { either as E } from 'fp-ts'
import { expect, test } from 'vitest'
import { connect, install } from './support.js'

const appendOf = (n: number, name: string) => {
  const stream = streamId('subscribe', name)
  const id = eventId(`00000000-0000-7000-8000-00000000000${n}`)
  return toStream(stream, anyVersion)([eventToAppend({ id, stream, type: 'Happened', data: { n } })])
}

/** Where the next so many events stand; then it is stopped. */
const placesOf = async (
  subscription: Subscription,
  count: number,
): Promise<ReadonlyArray<GlobalPosition>> => {
  const places: Array<GlobalPosition> = []
  while (places.length < count) {
    const { value } = await subscription.next()
    if (value === undefined || E.isLeft(value)) break
    places.push(...value.right.events.map(({ position }) => position))
  }
  await subscription.stop()
  return places
}

test.each<readonly [string, From]>([
  ['now', 'now'],
  ['a time to come', { time: timestamp(4e12) }],
])('from %s it begins when the appends in flight have ended, and misses nothing after', async (_, from) => {
  const { store, schema, end } = await install()
  const slow = connect()
  await store.append(appendOf(1, 'early'))()
  const subscription = subscribe(store, { from })
  const first = await slow.begin(async (transaction) => {
    await postgresStore(transaction, { schema }).append(appendOf(2, 'slow'))()
    await store.append(appendOf(3, 'fast'))()
    return [subscription.next()]
  })
  expect((await first[0])?.value).toEqual(E.right({ events: [], upTo: 3n, state: 'live' }))
  await store.append(appendOf(4, 'late'))()
  expect(await placesOf(subscription, 1)).toEqual([4n])
  await slow.end()
  await end()
})

test('from a place, an append that began before another and commits after it comes first', async () => {
  const { store, schema, end } = await install()
  const slow = connect()
  await store.append(appendOf(1, 'early'))()
  const subscription = subscribe(store, { from: { after: globalPosition(1) } })
  await slow.begin(async (transaction) => {
    await postgresStore(transaction, { schema }).append(appendOf(2, 'slow'))()
    await store.append(appendOf(3, 'fast'))()
    const first = await subscription.next()
    expect(first.value).toEqual(E.right({ events: [], upTo: 1n, state: 'live' }))
  })
  expect(await placesOf(subscription, 2)).toEqual([2n, 3n])
  await slow.end()
  await end()
})
