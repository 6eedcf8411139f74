/** The laws of `Groups`. When a group ends is data: each waits for a gate, and the sample says which gate opens next. */
import { deepStrictEqual } from 'node:assert/strict'
import { type StreamId, streamId } from 'decider-ts/store'
import fc from 'fast-check'
import { groups } from '../../../src/run/Groups.js'
import { law } from '../Law.js'

type Make = typeof groups<number>

const arrivals = fc.array(
  fc.constantFrom('a', 'b').map((id) => streamId('s', id)),
  { maxLength: 12 },
)
const choices = fc.array(fc.nat({ max: 7 }), { maxLength: 30 })
const sizes = fc.integer({ min: 1, max: 4 })

interface Group {
  readonly stream: StreamId
  readonly requests: ReadonlyArray<number>
}

/** Hands in all requests, then opens gates one by one; tells after each step which groups are under way. */
const observe = async (
  make: Make,
  sizeMax: number,
  streams: ReadonlyArray<StreamId>,
  order: ReadonlyArray<number>,
) => {
  const open: Array<{ readonly group: Group; readonly end: () => void }> = []
  const begun: Array<Group> = []
  const steps: Array<ReadonlyArray<Group>> = []
  const submit = make(sizeMax, (stream, requests) => {
    const group = { stream, requests: [...requests] }
    begun.push(group)
    return new Promise((end) => open.push({ group, end }))
  })
  for (const [index, stream] of streams.entries()) submit(stream, index)
  for (let step = 0; step <= streams.length; step++) {
    await new Promise((settled) => setImmediate(settled))
    steps.push(open.map(({ group }) => group))
    open.splice((order[step] ?? 0) % Math.max(open.length, 1), 1)[0]?.end()
  }
  return { begun, steps }
}

const inOrder = (make: Make) =>
  fc.asyncProperty(sizes, arrivals, choices, async (sizeMax, streams, order) => {
    const { begun, steps } = await observe(make, sizeMax, streams, order)
    for (const underWay of steps) {
      const names = underWay.map(({ stream }) => stream)
      deepStrictEqual(names, [...new Set(names)])
    }
    for (const stream of new Set(streams)) {
      const sent = begun.filter((group) => group.stream === stream).flatMap(({ requests }) => requests)
      deepStrictEqual(
        sent,
        [...streams.keys()].filter((index) => streams[index] === stream),
      )
    }
  })

const independent = (make: Make) =>
  fc.asyncProperty(sizes, arrivals, choices, async (sizeMax, streams, order) => {
    const { steps } = await observe(make, sizeMax, streams, order)
    deepStrictEqual(
      steps[0]?.map(({ stream }) => stream),
      [...new Set(streams)],
    )
  })

const bounded = (make: Make) =>
  fc.asyncProperty(sizes, arrivals, choices, async (sizeMax, streams, order) => {
    const { begun } = await observe(make, sizeMax, streams, order)
    return begun.every(({ requests }) => requests.length > 0 && requests.length <= sizeMax)
  })

law('GRP-1 order', inOrder(groups))
law.rejects(
  'GRP-1',
  'requests that do not wait',
  inOrder((_, run) => (stream, request) => void run(stream, [request])),
)
law('GRP-2 independence', independent(groups))
law.rejects(
  'GRP-2',
  'one queue for all streams',
  independent((sizeMax, run) => {
    const submit = groups<readonly [StreamId, number]>(sizeMax, async (_, requests) => {
      for (const [stream, request] of requests) await run(stream, [request])
    })
    return (stream, request) => submit(streamId('all', ''), [stream, request])
  }),
)
law('GRP-3 bound', bounded(groups))
law.rejects(
  'GRP-3',
  'a group of all who wait',
  bounded((_, run) => groups(Number.POSITIVE_INFINITY, run)),
)
