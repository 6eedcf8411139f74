/**
 * A store that tells OpenTelemetry what it does: a span for each call, how long calls take, how many events went in and
 * out, how many appends conflicted. The names are those of the semantic conventions for database clients where there is
 * one, and begin with `decider.` elsewhere.
 *
 * What is told holds no data: no payloads, no metadata, no tags, no event ids, and of streams the category alone, because
 * names of streams are often those of persons. For the same reason nothing is told of an error but its tag.
 *
 * This is the only adapter that knows OpenTelemetry, and of it only the API, which does nothing until a program registers
 * an SDK.
 * Used by: users.
 * @since 0.1.0
 */
import { performance } from 'node:perf_hooks'
import {
  type Attributes,
  context,
  type Meter,
  metrics,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { either as E, type taskEither as TE } from 'fp-ts'
import { type Append, type Appended, recordsNothing } from '../../store/Append.js'
import type { EventStore } from '../../store/EventStore.js'
import type { StoreError } from '../../store/StoreError.js'
import { categoryOf, type StreamId } from '../../store/StreamId.js'

/** What to tell, and whom. */
export interface InstrumentOptions {
  /** The database behind the store, such as `postgresql`: `db.system.name`. Left out unless given. */
  readonly system?: string
  /** Which log it is, such as the name of its schema: `db.namespace`. Left out unless given. */
  readonly namespace?: string
  /**
   * What may be told of a stream's name; undefined tells nothing. Unless given, the text before the first `-`, and nothing
   * of a name without one. Few different answers, please: each makes a series of its own in every metric.
   */
  readonly category?: (stream: StreamId) => string | undefined
  /** The global tracer unless given. */
  readonly tracer?: Tracer
  /** The global meter unless given. */
  readonly meter?: Meter
}

/** Under this name spans and metrics are told, where no tracer or meter is given. */
const scope = 'decider-ts'

/**
 * The store, observed. Its answers are those of the store, and whatever else the store can do is there too.
 *
 * Each call gives a client span such as `append order`, with `db.operation.name` (`append`, `read_stream`, `read`,
 * `head`), `decider.stream.category`, `decider.events` and `decider.outcome`: `recorded`, `repeated`, `found`, or the tag
 * of the error. A conflict is an outcome and no error; every other failure sets the span's status and `error.type`.
 *
 * The metrics are `db.client.operation.duration` (seconds), `decider.events.appended`, `decider.events.read` and
 * `decider.conflicts`.
 * @example
 * import { either as E } from 'fp-ts'
 * import { memoryStore } from 'decider-ts/adapters/memory'
 * import { instrumented } from 'decider-ts/adapters/opentelemetry'
 * const store = instrumented(memoryStore(), { system: 'memory' })
 * await store.head() // => E.right(0n)
 */
export const instrumented = <Store extends EventStore>(
  store: Store,
  options: InstrumentOptions = {},
): Store => {
  const observe = observing(options)
  const category = options.category ?? categoryWithId
  const observed: EventStore = {
    supports: store.supports,
    append: (append, settings) =>
      recordsNothing(append)
        ? store.append(append, settings)
        : observe('append', toldOf(append, category), appendedTold, store.append(append, settings)),
    readStream: (stream, range) =>
      observe(
        'read_stream',
        categoryAttribute([stream], category),
        eventsTold,
        store.readStream(stream, range),
      ),
    read: (query, range) => observe('read', {}, eventsTold, store.read(query, range)),
    head: observe('head', {}, () => ({ [outcome]: 'found' }), store.head),
  }
  return { ...store, ...observed }
}

const outcome = 'decider.outcome'
const stream = 'decider.stream.category'
const count = 'decider.events'
const operation = 'db.operation.name'

/** A name without an id after it may be an id. */
const categoryWithId = (name: StreamId): string | undefined =>
  name.includes('-') ? categoryOf(name) : undefined

/** The category that all of these share, if they do. */
const categoryAttribute = (
  streams: ReadonlyArray<StreamId>,
  category: (stream: StreamId) => string | undefined,
): Attributes => {
  const [only, ...others] = new Set(streams.map(category))
  return only === undefined || others.length > 0 ? {} : { [stream]: only }
}

const toldOf = (
  { events, condition }: Append,
  category: (stream: StreamId) => string | undefined,
): Attributes => {
  const streams = events.map((event) => event.stream)
  return {
    ...categoryAttribute(streams, category),
    [count]: events.length,
    'decider.streams': new Set(streams).size,
    'decider.condition': condition !== undefined,
  }
}

const appendedTold = ({ repeated, lastPosition }: Appended): Attributes => ({
  [outcome]: repeated ? 'repeated' : 'recorded',
  'decider.position': Number(lastPosition),
})

const eventsTold = ({ events }: { readonly events: ReadonlyArray<unknown> }): Attributes => ({
  [outcome]: 'found',
  [count]: events.length,
})

type Operation = 'append' | 'read_stream' | 'read' | 'head'

/** Lets a call be seen: its span, its time, its outcome. */
const observing = ({ system, namespace, tracer = trace.getTracer(scope), meter }: InstrumentOptions) => {
  const told = instrumentsOf(meter ?? metrics.getMeter(scope))
  const always: Attributes = {
    ...(system === undefined ? {} : { 'db.system.name': system }),
    ...(namespace === undefined ? {} : { 'db.namespace': namespace }),
  }
  return <Failure extends StoreError, A>(
    name: Operation,
    before: Attributes,
    after: (value: NoInfer<A>) => Attributes,
    task: TE.TaskEither<Failure, A>,
  ): TE.TaskEither<Failure, A> =>
    async () => {
      const attributes = { ...always, ...before, [operation]: name }
      const title = before[stream] === undefined ? name : `${name} ${before[stream]}`
      const span = tracer.startSpan(title, { kind: SpanKind.CLIENT, attributes })
      const began = performance.now()
      const end = (result: Attributes): void => {
        told(name, { ...attributes, ...result }, (performance.now() - began) / 1_000)
        finish(span, result)
      }
      try {
        const answer = await context.with(trace.setSpan(context.active(), span), task)
        end(E.isRight(answer) ? after(answer.right) : failureTold(answer.left))
        return answer
      } catch (defect) {
        end({ [outcome]: 'defect', 'error.type': 'defect' })
        throw defect
      }
    }
}

const conflicts: ReadonlySet<string> = new Set(['VersionConflict', 'ConditionConflict'])

const failureTold = ({ _tag }: StoreError): Attributes => ({
  [outcome]: _tag,
  ...(conflicts.has(_tag) ? {} : { 'error.type': _tag }),
})

const finish = (span: Span, result: Attributes): void => {
  span.setAttributes(result)
  if (result['error.type'] !== undefined) span.setStatus({ code: SpanStatusCode.ERROR })
  span.end()
}

/** The bounds that the semantic conventions advise for the duration of database calls. */
const secondsBounds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]

/** The attributes that a metric may have: those with few values. */
const ofMetrics = ['db.system.name', 'db.namespace', operation, stream, outcome, 'error.type']

const instrumentsOf = (meter: Meter) => {
  const duration = meter.createHistogram('db.client.operation.duration', {
    description: 'How long calls of the store take.',
    unit: 's',
    advice: { explicitBucketBoundaries: secondsBounds },
  })
  const appended = meter.createCounter('decider.events.appended', {
    description: 'Events that were recorded; repeated appends do not count.',
    unit: '{event}',
  })
  const read = meter.createCounter('decider.events.read', {
    description: 'Events that reads returned.',
    unit: '{event}',
  })
  const conflicted = meter.createCounter('decider.conflicts', {
    description: 'Appends that lost against another writer.',
    unit: '{append}',
  })
  return (name: Operation, attributes: Attributes, seconds: number): void => {
    const few = Object.fromEntries(Object.entries(attributes).filter(([key]) => ofMetrics.includes(key)))
    const [tag, events] = [attributes[outcome], Number(attributes[count] ?? 0)]
    duration.record(seconds, few)
    if (tag === 'recorded') appended.add(events, few)
    if (tag === 'found' && name !== 'head') read.add(events, few)
    if (typeof tag === 'string' && conflicts.has(tag)) conflicted.add(1, few)
  }
}
