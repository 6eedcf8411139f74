import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type EventFrame, noFrames, readFrames } from '../../../../src/adapters/http/EventFrames.js'
import { law } from '../../Law.js'

const piece = fc.constantFrom(
  '\r',
  '\n',
  '\r\n',
  '\n\n',
  ':',
  'id: 1',
  'data: x',
  'data:',
  'event:a',
  'retry: 5',
  ' ',
  'é',
)
const text = fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join(''))

const framesOf = (read: typeof readFrames, pieces: ReadonlyArray<string>): ReadonlyArray<EventFrame> => {
  let reading = noFrames
  const all: Array<EventFrame> = []
  for (const each of pieces) {
    const [next, frames] = read(reading, each)
    reading = next
    all.push(...frames)
  }
  return all
}

const cutOf = (whole: string, cuts: ReadonlyArray<number>): ReadonlyArray<string> => {
  const places = [...cuts.map((cut) => cut % (whole.length + 1)), 0, whole.length].toSorted((a, b) => a - b)
  return places.slice(1).map((place, index) => whole.slice(places[index], place))
}

const isCutAnywhere = (read: typeof readFrames) =>
  fc.property(text, fc.array(fc.nat(100), { maxLength: 6 }), (whole, cuts) => {
    const cut = framesOf(read, cutOf(whole, cuts))
    return JSON.stringify(cut) === JSON.stringify(framesOf(readFrames, [whole]))
  })

law('SSE-1 cuts', isCutAnywhere(readFrames), { numRuns: 1_000 })
law.rejects(
  'SSE-1',
  'a reader that takes a piece for whole lines',
  isCutAnywhere((before, piece) =>
    readFrames({ ...before, rest: '' }, before.rest === '' ? piece : `${before.rest}\n${piece}`),
  ),
)
law.rejects(
  'SSE-1',
  'a reader that takes a line feed after a return for one more line',
  isCutAnywhere((before, piece) => readFrames({ ...before, isAfterReturn: false }, piece)),
  { numRuns: 2_000 },
)

test('fields, comments and blank lines are what the standard says', () => {
  const frames = framesOf(readFrames, [
    ':\n\nretry: 1000\n\nid: 7\n\nid:8\nevent: a.b\ndata: {"x":\ndata:1}\n\ndata: not complete',
  ])
  expect(frames).toEqual([
    { id: '7', event: undefined, data: '' },
    { id: '8', event: 'a.b', data: '{"x":\n1}' },
  ])
})
