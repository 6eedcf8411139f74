/**
 * Cases of concurrency: writers and readers at the same time, over as many connections as there are. What happens in
 * between is left to the store; what must be true afterwards is not. Writers wait a few turns of the event loop at
 * random, never for a time, so that their steps overlap in many ways.
 * Used by: `Suite`.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import type { Append, Appended } from '../../store/Append.js'
import { exactly, noStream } from '../../store/ExpectedVersion.js'
import { anyOf, everything } from '../../store/Query.js'
import type { AppendError } from '../../store/StoreError.js'
import { tag } from '../../store/Tag.js'
import { version } from '../../store/Version.js'
import { type Case, forAnyStore, forQueries, type World } from './Case.js'
import { equal, fail, isTrue, left, right, textOf } from './Expect.js'
import { appendTo, count, course, event, eventsFrom, eventsOf, numbersOf, streamNamed } from './Samples.js'

const one = streamNamed('one')

type Outcome = E.Either<AppendError, Appended>

/** All appends at once, spread over the connections. */
const race = (
  { store, connections }: World,
  appends: ReadonlyArray<Append>,
): Promise<ReadonlyArray<Outcome>> =>
  Promise.all(appends.map((append, n) => (connections[n % connections.length] ?? store).append(append)()))

const written = (outcomes: ReadonlyArray<Outcome>): ReadonlyArray<Appended> =>
  outcomes.flatMap((outcome) => (E.isRight(outcome) ? [outcome.right] : []))

/** Fails if any append failed in another way than those named. */
const onlyFailedBy = (tags: ReadonlyArray<AppendError['_tag']>, outcomes: ReadonlyArray<Outcome>): void => {
  for (const outcome of outcomes) {
    if (E.isLeft(outcome)) isTrue(tags.includes(outcome.left._tag), `a race ended in ${textOf(outcome.left)}`)
  }
}

/** A few turns of the event loop: enough to overlap differently, and no time at all. */
export const turns = async (howMany: number): Promise<void> => {
  for (let turn = 0; turn < howMany; turn++) await Promise.resolve()
}

const anyVersionRace = forAnyStore(
  'C08 race: writers of one new stream at any version all succeed',
  async (world) => {
    const { racers, rounds } = world.settings
    for (const round of count(1, Math.min(rounds, raceRoundsMax))) {
      const stream = streamNamed(`${round}`)
      const events = count(0, racers - 1).map((n) =>
        eventsFrom(firstOf(round) + 2 * n, firstOf(round) + 2 * n + 1, stream),
      )
      const outcomes = await race(
        world,
        events.map((each) => appendTo(stream, each)),
      )
      onlyFailedBy([], outcomes)
      const versions = written(outcomes).flatMap(({ streams }) => streams.map((each) => Number(each.version)))
      equal(
        versions.toSorted((a, b) => a - b),
        count(1, racers).map((n) => 2 * n),
        'each got versions of its own',
      )
      const recorded = await eventsOf(world.store, stream)
      equal(
        recorded.map((each) => each.version),
        count(1, 2 * racers).map(version),
        'versions are dense',
      )
      for (const [index, n] of numbersOf(recorded).entries()) {
        if (index % 2 === 1)
          equal(n, (numbersOf(recorded)[index - 1] ?? 0) + 1, 'appends are not interleaved')
      }
      isTrue(
        recorded.every(({ position }, index) => position > (recorded[index - 1]?.position ?? 0n)),
        'positions are in the order of the versions',
      )
    }
  },
)

/** The plain races need fewer rounds than the subtle ones. */
const raceRoundsMax = 20

/** Ids of one round do not meet those of another. */
const firstOf = (round: number): number => round * 10_000

const oneWinner = forAnyStore('C10 race: of writers who expect the same version one wins', async (world) => {
  const { racers, rounds } = world.settings
  for (const round of count(1, Math.min(rounds, raceRoundsMax))) {
    const stream = streamNamed(`${round}`)
    const first = firstOf(round)
    for (const [step, belief] of [noStream, exactly(1), exactly(2)].entries()) {
      const base = first + 1_000 * step
      const outcomes = await race(
        world,
        count(1, racers).map((n) => appendTo(stream, [event(base + n, stream)], belief)),
      )
      onlyFailedBy(['VersionConflict'], outcomes)
      equal(written(outcomes).length, 1, `one of ${racers} writers wins under ${belief._tag}`)
      for (const outcome of outcomes) {
        const told = { _tag: 'VersionConflict', stream, expected: belief, actual: version(step + 1) }
        if (E.isLeft(outcome)) equal(outcome.left, told, 'the others are told the actual version')
      }
      equal((await eventsOf(world.store, stream)).length, step + 1, 'the winner alone is recorded')
    }
    for (const [n, connection] of world.connections.entries()) {
      const append = appendTo(stream, [event(first + 9_000 + n, stream)], exactly(3 + n))
      await right(connection.append(append), 'a connection that has lost can be used')
    }
  }
})

const apart = forAnyStore('C12 race: writers of different streams all succeed', async (world) => {
  const writers = 4 * world.settings.racers
  const outcomes = await race(
    world,
    count(1, writers).map((n) => {
      const stream = streamNamed(`${n}`)
      return appendTo(stream, eventsFrom(10 * n, 10 * n + 2, stream), noStream)
    }),
  )
  onlyFailedBy([], outcomes)
  equal(
    new Set(written(outcomes).map(({ lastPosition }) => lastPosition)).size,
    writers,
    'no place is given twice',
  )
  for (const n of count(1, writers)) {
    equal(
      numbersOf(await eventsOf(world.store, streamNamed(`${n}`))),
      count(10 * n, 10 * n + 2),
      'each has its own',
    )
  }
})

const sameAppend = forAnyStore(
  'C13 race: one append sent many times at once is recorded once',
  async (world) => {
    const { racers, rounds } = world.settings
    for (const round of count(1, Math.min(rounds, raceRoundsMax))) {
      const stream = streamNamed(`${round}`)
      const append = appendTo(stream, eventsFrom(10 * round, 10 * round + 1, stream), noStream)
      const outcomes = await race(
        world,
        count(1, racers).map(() => append),
      )
      onlyFailedBy([], outcomes)
      const answers = written(outcomes)
      equal(answers.filter(({ repeated }) => !repeated).length, 1, 'one of them is the first')
      const streams = [{ stream, version: version(2) }]
      for (const answer of answers) {
        equal(answer.streams, streams, 'all are told the same version')
        equal(answer.lastPosition, answers[0]?.lastPosition, 'all are told the same position')
      }
      equal((await eventsOf(world.store, stream)).length, 2, 'the events are there once')
    }
  },
)

const wholeAppends = forAnyStore(
  'C28 race: a reader sees an append as a whole or not at all',
  async (world) => {
    const { store, connections, settings } = world
    const size = 5
    const write = async (): Promise<void> => {
      for (const n of count(0, settings.racers - 1)) {
        await right(
          store.append(appendTo(one, eventsFrom(size * n + 1, size * n + size, one))),
          'it succeeds',
        )
      }
    }
    const read = async (reader: number): Promise<void> => {
      let seen = 0
      for (const n of count(1, 3 * settings.racers)) {
        await turns((n * reader) % 7)
        const { events, version: told } = await right(
          (connections.at(-1) ?? store).readStream(one),
          'the stream is read',
        )
        equal(events.length % size, 0, 'no append is seen in part')
        equal(numbersOf(events), count(1, events.length), 'what is seen is a beginning of the stream')
        equal(told, version(events.length), 'the version belongs to what is seen')
        isTrue(events.length >= seen, 'nothing that was seen disappears')
        seen = events.length
      }
    }
    await Promise.all([write(), ...count(1, 3).map(read)])
  },
)

const sharedTag = forQueries(
  'C40 race: of writers who guard one tag in different streams one wins',
  async (world) => {
    const { racers, rounds } = world.settings
    for (const round of count(1, Math.min(rounds, raceRoundsMax))) {
      const seat = tag('seat', `${round}`)
      const query = anyOf({ types: ['Reserved'], tags: [seat] })
      const { token } = await right(world.store.read(query), 'the seat is read')
      const outcomes = await race(
        world,
        count(1, racers).map((n) => {
          const stream = streamNamed(`${round} ${n}`)
          const reserved = event(firstOf(round) + n, stream, {
            type: 'Reserved',
            tags: [seat, course(`c${n}`)],
          })
          return { ...appendTo(stream, [reserved]), condition: { failIfEventsMatch: query, after: token } }
        }),
      )
      onlyFailedBy(['ConditionConflict'], outcomes)
      equal(written(outcomes).length, 1, `one of ${racers} writers wins`)
      const { events } = await right(world.store.read(query), 'the seat is read')
      equal(events.length, 1, 'the winner alone is recorded')
      for (const outcome of outcomes) {
        if (E.isLeft(outcome) && outcome.left._tag === 'ConditionConflict')
          equal(outcome.left.position, events[0]?.position, 'the others are told where the winner is')
      }
    }
  },
)

const overlapping = forQueries(
  'C41 race: reads that overlap writes let through one writer at most',
  async (world) => {
    const { settings, store, connections } = world
    for (const round of count(1, settings.rounds)) {
      const seat = tag('seat', `${round}`)
      const query = anyOf({ types: ['Reserved'], tags: [seat] })
      const reserve = async (n: number): Promise<void> => {
        const connection = connections[n % connections.length] ?? store
        const stream = streamNamed(`${round} ${n}`)
        await turns((round * n) % 13)
        const { events, token } = await right(connection.read(query), 'the seat is read')
        if (events.length > 0) return
        await turns((round + 3 * n) % 11)
        const reserved = event(firstOf(round) + n, stream, { type: 'Reserved', tags: [seat] })
        const condition = { failIfEventsMatch: query, after: token }
        onlyFailedBy(
          ['ConditionConflict'],
          [await connection.append({ ...appendTo(stream, [reserved]), condition })()],
        )
      }
      await Promise.all(count(1, Math.min(settings.racers, 4)).map(reserve))
      const { events } = await right(store.read(query), 'the seat is read')
      equal(events.length, 1, `the seat is reserved once, in round ${round}`)
    }
  },
)

const unguarded = forQueries(
  'C42 race: an unguarded event is noticed, or comes later in the log',
  async (world) => {
    for (const round of count(1, world.settings.rounds)) {
      const topic = tag('topic', `${round}`)
      const query = anyOf({ tags: [topic] })
      const { token } = await right(world.store.read(query), 'the topic is read')
      const [free, guardedStream] = [streamNamed(`${round} free`), streamNamed(`${round} guarded`)]
      const appends: ReadonlyArray<Append> = [
        appendTo(free, [event(firstOf(round) + 1, free, { tags: [topic] })]),
        {
          ...appendTo(guardedStream, [event(firstOf(round) + 2, guardedStream)]),
          condition: { failIfEventsMatch: query, after: token },
        },
      ]
      const isTurned = round % 2 === 0
      const outcomes = await race(world, isTurned ? appends.toReversed() : appends)
      const [unguardedOutcome, guardedOutcome] = isTurned ? outcomes.toReversed() : outcomes
      if (unguardedOutcome === undefined || guardedOutcome === undefined) return fail('both have an outcome')
      onlyFailedBy([], [unguardedOutcome])
      onlyFailedBy(['ConditionConflict'], [guardedOutcome])
      if (E.isRight(guardedOutcome) && E.isRight(unguardedOutcome)) {
        const isLater = unguardedOutcome.right.lastPosition > guardedOutcome.right.lastPosition
        isTrue(isLater, `the event that was not noticed is later in the log, in round ${round}`)
      }
    }
  },
)

const disjoint = forQueries('C44 race: disjoint boundaries do not disturb each other', async (world) => {
  const { racers } = world.settings
  const guardedBy = async (n: number): Promise<Append> => {
    const query = anyOf({ types: ['Reserved', 'Cancelled'], tags: [tag('seat', `${n}`)] })
    const { token } = await right(world.store.read(query), 'the seat is read')
    const stream = streamNamed(`${n}`)
    const reserved = event(n, stream, { type: 'Reserved', tags: [tag('seat', `${n}`), course('all')] })
    return {
      ...appendTo(stream, [reserved], noStream),
      condition: { failIfEventsMatch: query, after: token },
    }
  }
  const outcomes = await race(world, await Promise.all(count(1, 4 * racers).map(guardedBy)))
  onlyFailedBy([], outcomes)
  const { events } = await right(world.store.read(everything), 'the log is read')
  equal(
    numbersOf(events).toSorted((a, b) => a - b),
    count(1, 4 * racers),
    'all are recorded',
  )
})

const uniqueNames = forQueries('C47 race: a name that is free goes to one of its takers', async (world) => {
  const { racers } = world.settings
  const query = anyOf({ types: ['Registered'], tags: [tag('user', 'ada')] })
  const { token } = await right(world.store.read(query), 'the name is read')
  const outcomes = await race(
    world,
    count(1, racers).map((n) => {
      const stream = streamNamed(`${n}`)
      const registered = event(n, stream, { type: 'Registered', tags: [tag('user', 'ada')] })
      const condition = { failIfEventsMatch: query, after: token }
      return { ...appendTo(stream, [registered], noStream), condition }
    }),
  )
  onlyFailedBy(['ConditionConflict'], outcomes)
  equal(written(outcomes).length, 1, 'one of them has the name')
  await left(
    world.store.append({ events: [event(99, one)], expected: [], condition: { failIfEventsMatch: query } }),
    'ConditionConflict',
    'the name is protected from then on',
  )
})

/** In the order of their numbers. */
export const raceCases: ReadonlyArray<Case> = [
  anyVersionRace,
  oneWinner,
  apart,
  sameAppend,
  wholeAppends,
  sharedTag,
  overlapping,
  unguarded,
  disjoint,
  uniqueNames,
]
