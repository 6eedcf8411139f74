/**
 * A subscription on a real server, where appends can be in flight: one that began before another and commits after it is
 * not missed, wherever the subscription begins.
 */
import { postgresStore } from 'decider-ts/adapters/postgres'
import { type From, subscribe } from 'decider-ts/run'
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

test.each<readonly [string, From]>([
  ['now', 'now'],
  ['a time to come', { time: timestamp(4e12) }],
  ['the place below it', { after: globalPosition(1) }],
])('from %s, an append that began before and commits afterwards comes first', async (_, from) => {
  const { store, schema, end } = await install()
  const slow = connect()
  await store.append(appendOf(1, 'early'))()
  const subscription = subscribe(store, { from })
  await slow.begin(async (transaction) => {
    await postgresStore(transaction, { schema }).append(appendOf(2, 'slow'))()
    await store.append(appendOf(3, 'fast'))()
    const first = await subscription.next()
    expect(first.value).toEqual(E.right({ events: [], upTo: 1n, state: 'live' }))
  })
  const places: Array<GlobalPosition> = []
  while (places.length < 2) {
    const { value } = await subscription.next()
    if (value === undefined || E.isLeft(value)) break
    places.push(...value.right.events.map(({ position }) => position))
  }
  await subscription.stop()
  await slow.end()
  await end()
  expect(places).toEqual([2n, 3n])
})
