/** The laws of `Boundary`: going on from what is known is as good as reading it all, and what was known can be found again. */
import { deepStrictEqual } from 'node:assert/strict'
import { memoryStore } from 'decider-ts/adapters/memory'
import { handle } from 'decider-ts/run'
import type { EventStore } from 'decider-ts/store'
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { expect, test } from 'vitest'
import { type Boundary, queryBoundary, streamBoundary } from '../../../src/run/Boundary.js'
import { law } from '../Law.js'
import { arbitraryCommand, TaggedTill, Till, type TillCommand } from './Till.js'

type BoundaryOf = (store: EventStore, command: TillCommand) => Boundary<unknown, never>

const stateOf = (answer: E.Either<unknown, { readonly state: unknown }>) => {
  if (E.isLeft(answer)) throw new Error('the memory store cannot fail here')
  return answer.right.state
}

const refreshes = (boundaryOf: BoundaryOf) =>
  fc.asyncProperty(
    arbitraryCommand(),
    fc.array(arbitraryCommand()),
    fc.array(arbitraryCommand()),
    async (command, before, between) => {
      const store = memoryStore()
      for (const earlier of before) await handle(store, TaggedTill)(earlier)()
      for (const earlier of before) await handle(store, Till)(earlier)()
      const known = await boundaryOf(store, command).read()
      for (const later of between) await handle(store, TaggedTill)(later)()
      for (const later of between) await handle(store, Till)(later)()
      const refreshed = E.isRight(known) ? await known.right.refresh() : known
      deepStrictEqual(stateOf(refreshed), stateOf(await boundaryOf(store, command).read()))
    },
  )

const forgetful = (store: EventStore): EventStore => ({
  ...store,
  readStream: (stream) => store.readStream(stream),
})

law(
  'BND-1 delta',
  refreshes((store, command) => streamBoundary(store, Till, command)),
)
law(
  'BND-1 delta, over a query',
  refreshes((store, command) => queryBoundary(store, TaggedTill, command)),
)
law.rejects(
  'BND-1',
  'a refresh that reads everything and folds it on top',
  refreshes((store, command) => streamBoundary(forgetful(store), Till, command)),
)

const finds = (boundaryOf: BoundaryOf) =>
  fc.asyncProperty(
    arbitraryCommand(),
    fc.array(arbitraryCommand()),
    fc.array(arbitraryCommand()),
    async (command, before, later) => {
      const store = memoryStore()
      for (const earlier of before) await handle(store, TaggedTill)(earlier)()
      for (const earlier of before) await handle(store, Till)(earlier)()
      const boundary = boundaryOf(store, command)
      const known = await boundary.read()
      if (E.isLeft(known)) throw new Error('the memory store cannot fail here')
      for (const next of later) await handle(store, TaggedTill)(next)()
      for (const next of later) await handle(store, Till)(next)()
      const then = await boundary.stateAt(JSON.parse(JSON.stringify(known.right.seen)))?.()
      deepStrictEqual(then, E.right(known.right.state))
    },
  )

/** A store that always gives the whole history. */
const boundless = (store: EventStore): EventStore => ({
  ...store,
  readStream: (stream) => store.readStream(stream),
})

law(
  'BND-2 hindsight',
  finds((store, command) => streamBoundary(store, Till, command)),
)
law(
  'BND-2 hindsight, over a query',
  finds((store, command) => queryBoundary(store, TaggedTill, command)),
)
law.rejects(
  'BND-2',
  'the state of now',
  finds((store, command) => streamBoundary(boundless(store), Till, command)),
)

test.each([null, 7, '-1', 'x', [], ['1'], ['1', 2], {}])('what no boundary wrote is no place: %j', (seen) => {
  const [command] = fc.sample(arbitraryCommand(), 1)
  if (command === undefined) throw new Error('there is a sample')
  const isList = Array.isArray(seen) && seen.length === 1
  expect(streamBoundary(memoryStore(), Till, command).stateAt(seen)).toBeUndefined()
  expect(queryBoundary(memoryStore(), TaggedTill, command).stateAt(seen) === undefined).toBe(!isList)
})
