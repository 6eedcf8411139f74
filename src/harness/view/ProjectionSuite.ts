/**
 * The suite of a projection: a handler of events with effects, that keeps a read model somewhere. Whatever the batches, the
 * repetitions and the crashes, its read model has to be one fold of the log. The same checks run on memory and on a
 * database.
 * Used by: whoever writes a projection.
 * @since 0.1.0
 */
import fc from 'fast-check'
import * as Fo from '../../evolve/Fold.js'
import * as V from '../../evolve/View.js'
import type { Check } from '../Check.js'
import { consume, type LogConsumer, printedConsumption } from '../delivery/Consumption.js'
import { arbitraryDelivery, type Delivery, plainDelivery, printedDelivery } from '../delivery/Delivery.js'
import { inWords } from '../delivery/DeliveryWords.js'
import { arbitraryLog, type EventSource, usualUnknownEvents } from '../delivery/EventSource.js'
import { arbitraryInterleaving, interleave } from '../delivery/Interleaving.js'
import { checkOf, type JudgedLaw, type LawFinding, type SuiteSettings } from '../delivery/JudgedLaw.js'
import { eventsOfLog, type LogEntry, logOf, type PlacedEvent, printedLog } from '../delivery/LogEntry.js'
import { pointsOf, type StopPoint, type StopPoints } from '../delivery/Points.js'
import { copyOf } from '../domain/Copy.js'
import { differenceInWords } from '../domain/Difference.js'
import { isSame } from '../domain/Equality.js'
import { shown, shownThrown } from '../domain/Shown.js'

/** A projection with a read model of its own that is empty at first. */
export interface OpenProjection<Event, ReadModel> extends LogConsumer<Event> {
  readonly read: () => Promise<ReadModel>
  /**
   * Makes the read model anew from its first event, and resolves when it is there. The log so far is handed over for
   * projections that have no log to read; those that have one need not look at it.
   */
  readonly rebuild?: (log: ReadonlyArray<LogEntry<Event>>) => Promise<void>
  /** Another instance on the same durable things, as a second process would be; it is closed with the first one. */
  readonly twin?: () => Promise<Pick<LogConsumer<Event>, 'deliver'>>
  readonly close: () => Promise<void>
}

/** A projection, and what it is checked with. One of `event` and `history` has to be there. */
export interface ProjectionSuite<Event, ReadModel> extends EventSource<NoInfer<Event>>, SuiteSettings {
  /** What it is called in failures. */
  readonly name: string
  /**
   * Opens an empty projection; called once for each sample. It may await `point` wherever its process could die, and
   * is then stopped there by some samples.
   */
  readonly open: (point: StopPoint) => Promise<OpenProjection<Event, ReadModel>>
  /** What the read model should be: the state of a view, or the answer of a fold, after the same events. */
  readonly expected: V.View<ReadModel, Event> | Fo.Fold<Event, ReadModel>
  /** Whether two read models are the same; compared part by part unless given. */
  readonly same?: (left: NoInfer<ReadModel>, right: NoInfer<ReadModel>) => boolean
  /** Events of types that the projection does not know, which it has to leave out; one made-up type unless given. */
  readonly unknownEvents?: ReadonlyArray<unknown>
  /** Whether the order between streams must not matter; then `projection.order` is checked. */
  readonly anyOrder?: boolean
  /** Events at which the handler throws; then `projection.poison` is checked. They come in a stream of their own. */
  readonly poison?: ReadonlyArray<unknown>
}

/**
 * The checks of a projection.
 * @example
 * import fc from 'fast-check'
 * import { view } from 'decider-ts/evolve'
 * import { projectionOf, projectionSuite } from 'decider-ts/harness'
 * const total = view.make({ initialState: 0, evolve: (sum, amount: number) => sum + amount })
 * const suite = projectionSuite({ name: 'total', open: projectionOf(total), expected: total, event: fc.nat(9), runs: 20, unknownEvents: [] })
 * await suite[0]?.run() // => '20 samples'
 */
export const projectionSuite = <Event, ReadModel>(
  suite: ProjectionSuite<Event, ReadModel>,
): ReadonlyArray<Check> => {
  const { unknownEvents = usualUnknownEvents, poison = [] } = suite
  const logs = arbitraryLog<Event>(suite)
  const check = <Sample>(law: JudgedLaw<Sample>) => checkOf(`The projection '${suite.name}'`, suite, law)
  return [
    ...(unknownEvents.length === 0 ? [] : [check(totalLaw(suite, logs, unknownEvents))]),
    ...deliveryLaws(suite, logs).map(check),
    check(crashLaw(suite, logs)),
    ...(suite.anyOrder === true ? [check(orderLaw(suite, logs))] : []),
    check(rebuildLaw(suite, logs)),
    check(twinsLaw(suite, logs)),
    ...(poison.length === 0 ? [] : [check(poisonLaw(suite, logs, poison))]),
  ]
}

type Logs<Event> = fc.Arbitrary<ReadonlyArray<LogEntry<Event>>>
type Log<Event> = ReadonlyArray<LogEntry<Event>>

const expectedOf = <Event, ReadModel>(
  { expected }: Pick<ProjectionSuite<Event, ReadModel>, 'expected'>,
  log: Log<Event>,
): ReadModel => ('open' in expected ? Fo.run(expected)(eventsOfLog(log)) : V.fold(expected)(eventsOfLog(log)))

/** A run of a projection: what it is given, and what its read model should be in the end. */
interface Run<Event> {
  readonly log: Log<Event>
  readonly delivery: Delivery
  /** The events that should count, where they are not those of the log. */
  readonly counted?: Log<Event>
  /** Whether crashes ask the projection for its checkpoint. */
  readonly hasCheckpoint?: boolean
  readonly advice: string
}

/** Delivers, reads and compares. */
const judged = async <Event, ReadModel>(
  suite: ProjectionSuite<Event, ReadModel>,
  { log, delivery, counted = log, hasCheckpoint = false, advice }: Run<Event>,
): Promise<LawFinding | undefined> =>
  opened(suite, delivery.stops, async (projection, points) => {
    const { crash } = projection
    const consumer = { deliver: projection.deliver, ...(hasCheckpoint && crash && { crash }) }
    const { course, failure } = await consume(consumer, log, delivery, points)
    points.disarm()
    const data = { log: printedLog(log), delivery: printedDelivery(delivery) }
    const words = inWords(course, log.length)
    const again = printedConsumption(hasCheckpoint)
    if (failure !== undefined)
      return {
        cause: `${words} Then the projection failed with ${shownThrown(failure.error)}.`,
        data,
        again,
        advice,
      }
    const difference = compared(suite, await projection.read(), expectedOf(suite, counted))
    return difference === undefined ? undefined : { cause: `${words} ${difference}`, data, again, advice }
  })

const opened = async <Event, ReadModel, A>(
  suite: ProjectionSuite<Event, ReadModel>,
  stops: ReadonlyArray<number>,
  use: (projection: OpenProjection<Event, ReadModel>, points: StopPoints) => Promise<A>,
): Promise<A> => {
  const points = pointsOf(stops)
  const projection = await suite.open(points.point)
  try {
    return await use(projection, points)
  } finally {
    points.disarm()
    await projection.close()
  }
}

/** Opens one to look: what a projection offers is seen only then. */
const lacks = <Event, ReadModel>(
  suite: ProjectionSuite<Event, ReadModel>,
  name: 'crash' | 'rebuild' | 'twin',
): Promise<string | undefined> =>
  opened(suite, [], async (projection) =>
    projection[name] === undefined ? `the projection has no \`${name}\`.` : undefined,
  )

const compared = <Event, ReadModel>(
  { same = isSame }: ProjectionSuite<Event, ReadModel>,
  is: ReadModel,
  expected: ReadModel,
): string | undefined =>
  same(is, expected)
    ? undefined
    : `The read model is then ${shown(is)}, and it should be ${shown(expected)}.${differenceInWords(is, expected)}`

const totalLaw = <Event, ReadModel>(
  suite: ProjectionSuite<Event, ReadModel>,
  logs: Logs<Event>,
  unknownEvents: ReadonlyArray<unknown>,
): JudgedLaw<readonly [Log<Event>, number]> => ({
  id: 'projection.total',
  statement: 'events of types that the projection does not know are left out.',
  samples: fc.tuple(logs, fc.nat(12)),
  judge: async ([log, at]) => {
    const place = Math.min(at, log.length)
    const strangers = unknownEvents.map((event): PlacedEvent<Event> => [event as Event])
    const mixed = logOf([...placedOf(log.slice(0, place)), ...strangers, ...placedOf(log.slice(place))])
    const without = await judged(suite, { log, delivery: plainDelivery, advice: '' })
    // What goes wrong without them goes wrong for another reason.
    if (without !== undefined) return undefined
    return judged(suite, {
      log: mixed,
      counted: log,
      delivery: plainDelivery,
      advice: 'Do nothing for an event whose type you do not know, and go on with the next one.',
    })
  },
})

const placedOf = <Event>(log: Log<Event>): ReadonlyArray<PlacedEvent<Event>> =>
  log.map(({ event, stream }): PlacedEvent<Event> => [event, stream])

const deliveryLaws = <Event, ReadModel>(
  suite: ProjectionSuite<Event, ReadModel>,
  logs: Logs<Event>,
): ReadonlyArray<JudgedLaw<readonly [Log<Event>, Delivery]>> => {
  const law = (
    id: string,
    statement: string,
    deliveries: fc.Arbitrary<Delivery>,
    advice: string,
  ): JudgedLaw<readonly [Log<Event>, Delivery]> => ({
    id: `projection.${id}`,
    statement,
    samples: fc.tuple(logs, deliveries),
    judge: ([log, delivery]) => judged(suite, { log, delivery, advice }),
  })
  return [
    law(
      'fold',
      'the read model is the fold of the log.',
      fc.constant(plainDelivery),
      'Compare what the handler does for each type of event with what the view does, and count on no position without a gap.',
    ),
    law(
      'batching',
      'it does not matter in which batches the events come.',
      arbitraryDelivery({ batches: true }),
      'Look at the first and the last event of a batch, at an empty batch, and at what is kept between two of them.',
    ),
    law(
      'redelivery',
      'events that come again change nothing.',
      arbitraryDelivery({ crashes: true }),
      'Keep the position of the last event that counted with the read model, and leave out what is not after it.',
    ),
  ]
}

const crashLaw = <Event, ReadModel>(
  suite: ProjectionSuite<Event, ReadModel>,
  logs: Logs<Event>,
): JudgedLaw<readonly [Log<Event>, Delivery]> => ({
  id: 'projection.crash',
  statement:
    'a projection that crashes anywhere, and goes on from its checkpoint, loses nothing and counts nothing twice.',
  samples: fc.tuple(logs, arbitraryDelivery({ batches: true, crashes: true, stops: true })),
  notChecked: () => lacks(suite, 'crash'),
  judge: ([log, delivery]) =>
    judged(suite, {
      log,
      delivery,
      hasCheckpoint: true,
      advice:
        'Write the checkpoint and what it stands for in one transaction, never the one before the other.',
    }),
})

const orderLaw = <Event, ReadModel>(
  suite: ProjectionSuite<Event, ReadModel>,
  logs: Logs<Event>,
): JudgedLaw<readonly [Log<Event>, ReadonlyArray<number>]> => ({
  id: 'projection.order',
  statement: 'the order between events of different streams does not matter.',
  samples: fc.tuple(logs, arbitraryInterleaving),
  judge: async ([log, tape]) => {
    const advice = 'Keep what each stream says apart, and combine it when the read model is read.'
    const finding = await judged(suite, {
      log: interleave(log, tape),
      counted: log,
      delivery: plainDelivery,
      advice,
    })
    return (
      finding && {
        cause: `The events of the streams came in another order, each stream's own order kept. ${finding.cause}`,
        data: {
          log: printedLog(log),
          tape: `[${tape.join(', ')}]`,
          sameEvents: printedLog(interleave(log, tape)),
        },
        advice,
      }
    )
  },
})

/** Built twice over, and then live again: a second time is where a forgotten checkpoint shows. */
const rebuildLaw = <Event, ReadModel>(
  suite: ProjectionSuite<Event, ReadModel>,
  logs: Logs<Event>,
): JudgedLaw<readonly [Log<Event>, number]> => ({
  id: 'projection.rebuild',
  statement: 'a read model that is built anew is the one that was there, and goes on as it would have.',
  samples: fc.tuple(logs, fc.nat(12)),
  notChecked: () => lacks(suite, 'rebuild'),
  judge: async ([log, rest]) => {
    const past = log.slice(0, log.length - Math.min(rest, log.length))
    const [live, rebuilt] = [await stagesOf(suite, past, log, false), await stagesOf(suite, past, log, true)]
    const stage = rebuilt.findIndex(
      ({ read }, index) => !(suite.same ?? isSame)(read, live[index]?.read as ReadModel),
    )
    const [is, expected] = [rebuilt[stage], live[stage]]
    if (is === undefined || expected === undefined) return undefined
    return {
      cause: `${is.when} The read model is then ${shown(is.read)}, and where nothing is built anew it is ${shown(expected.read)}.${differenceInWords(is.read, expected.read)}`,
      data: { log: printedLog(log), eventsBefore: `${past.length}` },
      advice:
        'Empty the read model and forget the checkpoint together, and only then begin with the first event.',
    }
  },
})

/** The read model at each stage, with everything built anew in between or not. */
const stagesOf = <Event, ReadModel>(
  suite: ProjectionSuite<Event, ReadModel>,
  past: Log<Event>,
  log: Log<Event>,
  isRebuilt: boolean,
): Promise<ReadonlyArray<{ readonly when: string; readonly read: ReadModel }>> =>
  opened(suite, [], async (projection) => {
    const { rebuild = async () => {} } = projection
    const rebuilt = `After ${past.length === 1 ? 'one event' : `${past.length} events`} the read model was built anew`
    const stages: Array<{ when: string; read: ReadModel }> = []
    const reach = async (when: string) => stages.push({ when, read: copyOf(await projection.read()) })
    if (past.length > 0) await projection.deliver(past)
    for (const times of ['.', ', twice.']) {
      if (isRebuilt) await rebuild(past)
      await reach(`${rebuilt}${times}`)
    }
    if (past.length < log.length) await projection.deliver(log.slice(past.length))
    await reach(`${rebuilt}, twice, and then the other events came.`)
    return stages
  })

/** 0: the first goes on by one event; 1: the second; 2: both at once. */
type Turns = ReadonlyArray<number>

const twinsLaw = <Event, ReadModel>(
  suite: ProjectionSuite<Event, ReadModel>,
  logs: Logs<Event>,
): JudgedLaw<readonly [Log<Event>, Turns]> => ({
  id: 'projection.twins',
  statement: 'two instances that both are given all events count none of them twice.',
  samples: fc.tuple(logs, fc.array(fc.nat(2), { maxLength: 12, size: 'max' })),
  notChecked: () => lacks(suite, 'twin'),
  judge: ([log, turns]) =>
    opened(suite, [], async (projection) => {
      const twin = await projection.twin?.()
      if (twin === undefined) return undefined
      await inTurns(projection, twin, log, turns)
      const difference = compared(suite, await projection.read(), expectedOf(suite, log))
      if (difference === undefined) return undefined
      return {
        cause: `Two instances were given the same events, each at its own pace. ${difference}`,
        data: { log: printedLog(log), turns: `[${turns.join(', ')}]` },
        advice:
          'Read the checkpoint in the transaction that writes it, and lock it there, as `select ... for update` does.',
      }
    }),
})

/** Each gets the log event by event; what the turns leave over comes to the first one, and then to the second. */
const inTurns = async <Event>(
  first: Pick<LogConsumer<Event>, 'deliver'>,
  second: Pick<LogConsumer<Event>, 'deliver'>,
  log: Log<Event>,
  turns: Turns,
): Promise<void> => {
  const [left, right] = [[...log], [...log]]
  const step = (consumer: Pick<LogConsumer<Event>, 'deliver'>, rest: Array<LogEntry<Event>>) =>
    rest.length === 0 ? Promise.resolve() : consumer.deliver(rest.splice(0, 1))
  for (const turn of turns)
    await Promise.all([
      ...(turn === 1 ? [] : [step(first, left)]),
      ...(turn === 0 ? [] : [step(second, right)]),
    ])
  while (left.length > 0) await step(first, left)
  while (right.length > 0) await step(second, right)
}

const poisonLaw = <Event, ReadModel>(
  suite: ProjectionSuite<Event, ReadModel>,
  logs: Logs<Event>,
  poison: ReadonlyArray<unknown>,
): JudgedLaw<readonly [Log<Event>, number, Delivery]> => ({
  id: 'projection.poison',
  statement: 'an event that cannot be handled stops no stream but its own.',
  samples: fc.tuple(logs, fc.nat(12), arbitraryDelivery({ batches: true })),
  judge: ([log, at, delivery]) => {
    const place = Math.min(at, log.length)
    const bad = poison.map((event): PlacedEvent<Event> => [event as Event, 'poisoned'])
    return judged(suite, {
      log: logOf([...placedOf(log.slice(0, place)), ...bad, ...placedOf(log.slice(place))]),
      counted: log,
      delivery,
      advice:
        'Put the event aside with its error and its position, go on with the others, and tell somebody.',
    })
  },
})
