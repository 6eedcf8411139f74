/**
 * The check that needs no trust: after a random run of concurrent writers, the log itself must show that every guarded
 * append was right when it was recorded, and every conflict was deserved. It is the strongest statement about append
 * conditions, because it says nothing of locks or snapshots and holds for any store that keeps its promise.
 * All runs share one store, each with streams, types and tags of its own, after the head of the run before.
 * Used by: `Suite`.
 * @since 0.1.0
 */
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import type { EventStore } from '../../store/EventStore.js'
import type { GlobalPosition } from '../../store/GlobalPosition.js'
import { anyOf, everything, matches, type Query } from '../../store/Query.js'
import type { RecordedEvent } from '../../store/RecordedEvent.js'
import { streamId } from '../../store/StreamId.js'
import { tag } from '../../store/Tag.js'
import { version } from '../../store/Version.js'
import { type Case, forQueries, holds } from './Case.js'
import { equal, fail, isTrue, right, textOf } from './Expect.js'
import { turns } from './Races.js'
import { appendTo, event, idOf } from './Samples.js'

/** What one writer does next: read a boundary, hesitate, and append an event to it or to another. */
interface Step {
  readonly boundary: number
  readonly writesTo: number
  readonly stream: number
  readonly isGuarded: boolean
  readonly hesitation: number
}

/** The boundaries are numbered from 0; the last one is everything. */
const boundaryMax = 6

/** What became of a guarded step. */
interface Guarded {
  readonly query: Query
  readonly seen: ReadonlySet<string>
  /** The event that was recorded, if it was. */
  readonly recorded: string | undefined
}

const small = fc.nat({ max: 2 })

const step: fc.Arbitrary<Step> = fc.record({
  boundary: fc.nat({ max: boundaryMax }),
  writesTo: small,
  stream: small,
  isGuarded: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, fc.constant(false)),
  hesitation: fc.nat({ max: 12 }),
})

const plan = fc.array(fc.array(step, { maxLength: 6, size: 'max' }), {
  minLength: 2,
  maxLength: 6,
  size: 'max',
})

/** One run, and the head of the log before it. */
interface Run {
  readonly connections: ReadonlyArray<EventStore>
  readonly number: number
  readonly base: GlobalPosition
}

const topic = ({ number }: Run, n: number) => tag(`topic ${number}`, `${n}`)
const typeOf = ({ number }: Run, n: number) => `T${number}.${n}`
const categoryOf = ({ number }: Run, n: number) => `conformance ${number}.${n % 2}`
const streamOf = (run: Run, n: number) => streamId(categoryOf(run, n), `${n}`)

/** One tag; two items; a type alone; a category of two streams; everything. Each of them a store may guard in another way. */
const queryOf = (run: Run, boundary: number): Query => {
  if (boundary < 3) return anyOf({ tags: [topic(run, boundary)] })
  if (boundary === 3)
    return anyOf({ tags: [topic(run, 0)] }, { types: [typeOf(run, 1)], tags: [topic(run, 1)] })
  if (boundary === 4) return anyOf({ categories: [categoryOf(run, 0)] })
  return boundary === boundaryMax ? everything : anyOf({ types: [typeOf(run, 0)] })
}

const perform =
  (run: Run) =>
  async (steps: ReadonlyArray<Step>, writer: number): Promise<ReadonlyArray<Guarded>> => {
    const connection = run.connections[writer % run.connections.length]
    if (connection === undefined) return fail('a run needs a connection')
    const guarded: Array<Guarded> = []
    for (const [n, { boundary, writesTo, stream, isGuarded, hesitation }] of steps.entries()) {
      const query = queryOf(run, boundary)
      const { events, token } = await right(
        connection.read(query, { after: run.base }),
        'the boundary is read',
      )
      await turns(hesitation)
      const target = streamOf(run, stream)
      const id = 10_000 * run.number + 100 * writer + n
      const written = event(id, target, { type: typeOf(run, stream), tags: [topic(run, writesTo)] })
      const condition = { failIfEventsMatch: query, after: token }
      const append = appendTo(target, [written])
      const outcome = await connection.append(isGuarded ? { ...append, condition } : append)()
      if (E.isLeft(outcome) && !(isGuarded && outcome.left._tag === 'ConditionConflict'))
        return fail(`a step ended in ${textOf(outcome.left)}`)
      const recorded = E.isRight(outcome) ? idOf(id) : undefined
      if (isGuarded) guarded.push({ query, seen: new Set(events.map((each) => each.id)), recorded })
    }
    return guarded
  }

const check = (log: ReadonlyArray<RecordedEvent>, { query, seen, recorded }: Guarded): void => {
  const end = recorded === undefined ? log.length : log.findIndex(({ id }) => id === recorded)
  isTrue(end !== -1, 'what was acknowledged is in the log')
  const unseen = log.slice(0, end).filter((each) => matches(query)(each) && !seen.has(each.id))
  if (recorded === undefined)
    isTrue(unseen.length > 0, `a conflict without an event that matches ${textOf(query)}`)
  else equal(unseen, [], `before event ${recorded} there is one that its writer had not seen`)
}

const checkStreams = (run: Run, log: ReadonlyArray<RecordedEvent>): void => {
  for (const name of [0, 1, 2].map((n) => streamOf(run, n))) {
    const versions = log.filter(({ stream }) => stream === name).map((each) => each.version)
    const dense = versions.map((_, index) => version(index + 1))
    equal(versions, dense, 'in the log, versions of a stream are dense')
  }
}

const logOrder = forQueries('C43 race: the log shows that every condition held', async (world) => {
  const { store, connections, settings } = world
  let number = 0
  const property = fc.asyncProperty(plan, async (writers) => {
    number += 1
    const run: Run = { connections, number, base: await right(store.head, 'the head is read') }
    const outcomes = await settled(writers.map(perform(run)))
    const { events } = await right(store.read(everything, { after: run.base }), 'the log is read')
    checkStreams(run, events)
    for (const guarded of outcomes) check(events, guarded)
  })
  await holds(property, settings)
})

/** The outcomes of all writers. One that fails waits for the others, so that none of them writes into the next run. */
const settled = async <A>(writers: ReadonlyArray<Promise<ReadonlyArray<A>>>): Promise<ReadonlyArray<A>> => {
  await Promise.allSettled(writers)
  return (await Promise.all(writers)).flat()
}

/** One case, made of many runs. */
export const logOrderCases: ReadonlyArray<Case> = [logOrder]
