/** The laws of `SnapshotQueue`: items come and saves end in a generated order; nothing is slept for. */
import { deepStrictEqual } from 'node:assert/strict'
import { type StreamId, streamId } from 'decider-ts/store'
import fc from 'fast-check'
import { snapshotQueue } from '../../../src/run/SnapshotQueue.js'
import { law } from '../Law.js'

type Make = typeof snapshotQueue<number>

/** A stream whose item comes, or the end of the save that has been under way for the longest time. */
const steps = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'end'), { maxLength: 40, size: 'max' })

const turn = (): Promise<void> => new Promise((done) => setImmediate(done))

const played = async (make: Make, streamsMax: number, course: ReadonlyArray<string>) => {
  const saved: Array<readonly [StreamId, number]> = []
  const accepted: Array<readonly [StreamId, number]> = []
  const ends: Array<() => void> = []
  let most = 0
  let waitingMost = 0
  const waiting = new Set<StreamId>()
  let isAsTold = true
  const offer = make(streamsMax, (stream, item) => {
    saved.push([stream, item])
    waiting.delete(stream)
    const under = new Promise<void>((end) => ends.push(end))
    most = Math.max(most, ends.length)
    return under
  })
  for (const [item, step] of course.entries()) {
    if (step === 'end') {
      ends.shift()?.()
      await turn()
      continue
    }
    const stream = streamId('s', step)
    const hasRoom = waiting.has(stream) || waiting.size < streamsMax
    const savedBefore = saved.length
    const isAccepted = offer(stream, item)
    isAsTold &&= isAccepted === hasRoom
    if (isAccepted) accepted.push([stream, item])
    if (isAccepted && saved.length === savedBefore) waiting.add(stream)
    waitingMost = Math.max(waitingMost, waiting.size)
  }
  while (ends.length > 0) {
    ends.shift()?.()
    await turn()
  }
  return { saved, accepted, most, waitingMost, isAsTold }
}

const isSingle = (make: Make) =>
  fc.asyncProperty(fc.integer({ min: 1, max: 3 }), steps, async (streamsMax, course) => {
    const { saved, accepted, most } = await played(make, streamsMax, course)
    if (most > 1) throw new Error(`${most} saves at a time`)
    for (const name of ['a', 'b', 'c', 'd']) {
      const of = (items: typeof saved) =>
        items.filter(([stream]) => stream === streamId('s', name)).map(([, item]) => item)
      const [done, asked] = [of(saved), of(accepted)]
      deepStrictEqual(
        done,
        done.toSorted((one, other) => one - other),
      )
      deepStrictEqual(done.at(-1), asked.at(-1))
      deepStrictEqual(
        done.filter((item) => !asked.includes(item)),
        [],
      )
    }
  })

law('SNQ-1 single', isSingle(snapshotQueue))
law.rejects(
  'SNQ-1',
  'saves that begin at once',
  isSingle((_, save) => (stream, item) => {
    void save(stream, item)
    return true
  }),
)
law.rejects(
  'SNQ-1',
  'an item that stays when a newer one comes',
  isSingle((streamsMax, save) => {
    const waiting = new Set<StreamId>()
    const offer = snapshotQueue<number>(streamsMax, (stream, item) => {
      waiting.delete(stream)
      return save(stream, item)
    })
    return (stream, item) => {
      if (waiting.has(stream)) return true
      waiting.add(stream)
      return offer(stream, item)
    }
  }),
)

const isBounded = (make: Make) =>
  fc.asyncProperty(fc.nat({ max: 3 }), steps, async (streamsMax, course) => {
    const { waitingMost, isAsTold } = await played(make, streamsMax, course)
    return waitingMost <= streamsMax && isAsTold
  })

law('SNQ-2 bound', isBounded(snapshotQueue))
law.rejects(
  'SNQ-2',
  'a queue without a bound',
  isBounded((_, save) => snapshotQueue(Number.POSITIVE_INFINITY, save)),
)
law.rejects(
  'SNQ-2',
  'a queue that turns an item away while there is room',
  isBounded((streamsMax, save) => snapshotQueue(Math.max(streamsMax - 1, 0), save)),
)
