/** An instrumented store: the same answers, and a record of them that names nobody. */
import { randomUUID } from 'node:crypto'
import {
  type Attributes,
  type ContextManager,
  context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
} from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { memoryStore } from 'decider-ts/adapters/memory'
import { instrumented, observe } from 'decider-ts/adapters/opentelemetry'
import {
  type EventStore,
  eventId,
  eventToAppend,
  everything,
  noStream,
  type StreamId,
  streamId,
  streamIdFrom,
  tag,
  toStream,
} from 'decider-ts/store'
import { either as E, taskEither as TE } from 'fp-ts'
import { describe, expect, test } from 'vitest'
import { testConformance } from '../../conformance/Run.js'

/** Exporters that keep what they are told, and a store that tells them. */
const recorded = () => {
  const spans = new InMemorySpanExporter()
  const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }).getTracer(
    'test',
  )
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const meter = new MeterProvider({ readers: [reader] }).getMeter('test')
  /** Each metric's points: attributes and value; of a histogram, how many were counted. */
  const points = async () => {
    exporter.reset()
    await reader.forceFlush()
    const metrics = exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((each) => each.metrics))
    return metrics.flatMap(({ descriptor: { name, unit }, dataPoints }) =>
      dataPoints.map(({ attributes, value }) => ({
        name,
        unit,
        attributes,
        value: typeof value === 'number' ? value : value.count,
      })),
    )
  }
  return { spans, tracer, meter, points }
}

const fact = (stream: StreamId, fields: { readonly tags?: ReadonlyArray<ReturnType<typeof tag>> } = {}) =>
  eventToAppend({ id: eventId(randomUUID()), stream, type: 'Placed', data: { secret: 'Ada' }, ...fields })

testConformance('an instrumented store', async () => {
  const { tracer, meter } = recorded()
  const store = instrumented(memoryStore(), { tracer, meter })
  return { store, connect: async () => store, close: async () => {} }
})

describe('spans', () => {
  const call = async (store: EventStore, use: (store: EventStore) => Promise<unknown>) => {
    const { spans, tracer, meter } = recorded()
    await use(instrumented(store, { tracer, meter, system: 'memory', namespace: 'shop' })).catch(() => {})
    return spans
      .getFinishedSpans()
      .map(({ name, kind, status, attributes }) => ({ name, kind, status, attributes }))
  }
  const always: Attributes = { 'db.system.name': 'memory', 'db.namespace': 'shop' }

  test('of an append say of which category it was, how much, and what became of it', async () => {
    const stream = streamId('order', 'ada@example.org')
    const append = toStream(stream, noStream)([fact(stream), fact(stream)])
    const spans = await call(memoryStore(), async (store) => {
      await store.append(append)()
      await store.append(append)()
      await store.append(toStream(stream, noStream)([fact(stream)]))()
    })
    const of = (result: Attributes, events = 2) => ({
      name: 'append order',
      kind: SpanKind.CLIENT,
      status: { code: SpanStatusCode.UNSET },
      attributes: {
        ...always,
        'db.operation.name': 'append',
        'decider.stream.category': 'order',
        'decider.events': events,
        'decider.streams': 1,
        'decider.condition': false,
        ...result,
      },
    })
    expect(spans).toEqual([
      of({ 'decider.outcome': 'recorded', 'decider.position': 2 }),
      of({ 'decider.outcome': 'repeated', 'decider.position': 2 }),
      of({ 'decider.outcome': 'VersionConflict' }, 1),
    ])
  })

  test('of reads say how many events were found', async () => {
    const stream = streamId('order', 'o1')
    const spans = await call(memoryStore(), async (store) => {
      await store.append(toStream(stream, noStream)([fact(stream), fact(stream)]))()
      await store.readStream(stream)()
      await store.read(everything)()
      await store.head()
    })
    expect(spans.slice(1).map(({ name, attributes }) => [name, attributes['decider.events']])).toEqual([
      ['read_stream order', 2],
      ['read', 2],
      ['head', undefined],
    ])
  })

  test('of a failure have its tag and the status of an error; of a defect too, and the defect goes on', async () => {
    const down: EventStore = {
      ...memoryStore(),
      head: TE.left({ _tag: 'Busy', reason: 'Ada waits' }),
      read: () => () => Promise.reject(new Error('Ada broke it')),
    }
    const spans = await call(down, async (store) => {
      expect(await store.head()).toEqual(E.left({ _tag: 'Busy', reason: 'Ada waits' }))
      await expect(store.read(everything)()).rejects.toThrow('Ada broke it')
    })
    expect(
      spans.map(({ status, attributes }) => [
        status,
        attributes['error.type'],
        attributes['decider.outcome'],
      ]),
    ).toEqual([
      [{ code: SpanStatusCode.ERROR }, 'Busy', 'Busy'],
      [{ code: SpanStatusCode.ERROR }, 'defect', 'defect'],
    ])
  })

  test('hold no payload, no name of a stream, no tag and no id, whatever happens', async () => {
    const { spans, tracer, meter, points } = recorded()
    const store = instrumented(memoryStore(), { tracer, meter })
    const named = streamIdFrom('ada@example')
    const one = fact(streamId('person', 'Ada'), { tags: [tag('name', 'Ada')] })
    await store.append(toStream(one.stream, noStream)([one]))()
    await store.append(toStream(one.stream, noStream)([{ ...one, data: { secret: 'Ada, again' } }]))()
    await store.append({ events: [fact(named), fact(streamId('order', 'Ada'))], expected: [] })()
    await store.append({ events: [{ ...fact(named), data: { Ada: Number.NaN } }], expected: [] })()
    await store.readStream(named)()
    await store.readStream(streamIdFrom('Ada\u0000'))()
    expect(spans.getFinishedSpans()).toHaveLength(6)
    const told = JSON.stringify([
      spans
        .getFinishedSpans()
        .map(({ name, attributes, status, events }) => [name, attributes, status, events]),
      await points(),
    ])
    expect(told).not.toMatch(/ada|secret/i)
    expect(told).not.toContain(one.id)
    expect(told).toContain('person')
  })

  test('are active while the store works, so that what it calls is told below them', async () => {
    const { tracer, meter, spans } = recorded()
    let current = ROOT_CONTEXT
    const manager: ContextManager = {
      active: () => current,
      with: (active, run, self, ...rest) => {
        const before = current
        current = active
        try {
          return run.call(self as ThisParameterType<typeof run>, ...rest)
        } finally {
          current = before
        }
      },
      bind: (_, target) => target,
      enable: () => manager,
      disable: () => manager,
    }
    context.setGlobalContextManager(manager)
    const memory = memoryStore()
    const head: EventStore['head'] = () => {
      tracer.startSpan('below').end()
      return memory.head()
    }
    await instrumented({ ...memory, head }, { tracer, meter }).head()
    context.disable()
    const [below, above] = spans.getFinishedSpans()
    expect(below?.name).toBe('below')
    expect(below?.parentSpanContext?.spanId).toBe(above?.spanContext().spanId)
  })
})

describe('metrics', () => {
  test('count what was recorded once, what was read, what conflicted, and how long calls took', async () => {
    const { tracer, meter, points } = recorded()
    const store = instrumented(memoryStore(), { tracer, meter })
    const stream = streamId('order', 'o1')
    const append = toStream(stream, noStream)([fact(stream), fact(stream)])
    await store.append(append)()
    await store.append(append)()
    await store.append(toStream(stream, noStream)([fact(stream)]))()
    await store.append({ events: [], expected: [] })()
    await store.readStream(stream)()
    await store.head()
    const told = (await points()).map(({ name, attributes, value }) => [
      name,
      attributes['db.operation.name'],
      attributes['decider.outcome'],
      value,
    ])
    expect(new Set(told.map((row) => row.join(' ')))).toEqual(
      new Set([
        'db.client.operation.duration append recorded 1',
        'db.client.operation.duration append repeated 1',
        'db.client.operation.duration append VersionConflict 1',
        'db.client.operation.duration read_stream found 1',
        'db.client.operation.duration head found 1',
        'decider.events.appended append recorded 2',
        'decider.events.read read_stream found 2',
        'decider.conflicts append VersionConflict 1',
      ]),
    )
    const keys = (await points()).flatMap(({ attributes }) => Object.keys(attributes))
    expect(new Set(keys)).toEqual(
      new Set(['db.operation.name', 'decider.stream.category', 'decider.outcome']),
    )
  })
})

test('an append can still be taken back', async () => {
  const { tracer, meter } = recorded()
  const stream = streamId('order', 'o1')
  const given: Array<unknown> = []
  const memory = memoryStore()
  const append: EventStore['append'] = (request, options) => {
    given.push(options)
    return memory.append(request, options)
  }
  const { signal } = new AbortController()
  await instrumented({ ...memory, append }, { tracer, meter }).append(
    toStream(stream, noStream)([fact(stream)]),
    {
      signal,
    },
  )()
  expect(given).toEqual([{ signal }])
})

test('a store keeps what else it can do', () => {
  const store = instrumented({ ...memoryStore(), figures: () => 7 })
  expect(store.figures()).toBe(7)
  expect(store.supports).toEqual(memoryStore().supports)
})

describe('observe', () => {
  test('tells the figures of every collection, leaves out what is undefined, and stops', async () => {
    const { meter, points } = recorded()
    let head = 2n ** 40n
    let asked = 0
    const figures = TE.fromIO(() => {
      asked += 1
      return { head, oldest: undefined }
    })
    const units = { head: '{event}', oldest: 'ms' }
    const stop = observe('decider.log', units, figures, { meter, attributes: { schema: 'shop' } })
    const told = (value: number) => ({
      name: 'decider.log.head',
      unit: '{event}',
      attributes: { schema: 'shop' },
      value,
    })
    expect(await points()).toEqual([told(2 ** 40)])
    head = 7n
    expect(await points()).toEqual([told(7)])
    expect(asked).toBe(2)
    stop()
    await points()
    expect(asked).toBe(2)
  })

  test('tells nothing where the figures are not to be had', async () => {
    const { meter, points } = recorded()
    observe<'head'>('decider.log', { head: '{event}' }, TE.left('down'), { meter })
    expect(await points()).toEqual([])
  })
})
