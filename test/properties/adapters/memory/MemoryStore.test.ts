/** The laws of `src/adapters/memory/MemoryStore.ts`: it is the journal, it cannot be altered, and appends cost the same. */
import { memoryStore } from 'decider-ts/adapters/memory'
import {
  type Append,
  appendToJournal,
  type ConsistencyToken,
  type EventStore,
  emptyJournal,
  eventId,
  eventToAppend,
  exactly,
  type GlobalPosition,
  globalPosition,
  headOf,
  type Journal,
  type Query,
  type Range,
  readFromJournal,
  readStreamFromJournal,
  type StreamId,
  streamId,
  tagFrom,
  timestamp,
  type Version,
} from 'decider-ts/store'
import fc from 'fast-check'
import { either as E, function as F, taskEither as TE } from 'fp-ts'
import { expect, test } from 'vitest'
import { law } from '../../Law.js'
import {
  append,
  decidedAppend,
  json,
  query,
  rangeOf,
  stream,
  textOf,
  versionRange,
} from '../../store/Samples.js'
import { stepsOf } from './Steps.js'

type Open = (options: { readonly now: () => ReturnType<typeof timestamp> }) => EventStore

type Command =
  | { readonly _tag: 'Append'; readonly append: Append }
  | { readonly _tag: 'AppendAgain'; readonly which: number }
  | { readonly _tag: 'AppendGuarded'; readonly append: Append; readonly which: number }
  | { readonly _tag: 'ReadStream'; readonly stream: StreamId; readonly range: Range<Version> }
  | { readonly _tag: 'Read'; readonly query: Query; readonly range: Range<GlobalPosition> }
  | { readonly _tag: 'Head' }
  | { readonly _tag: 'DecisionsOn'; readonly ids: ReadonlyArray<string> }
  | { readonly _tag: 'Decisions'; readonly limit: number }

const which = fc.nat({ max: 9 })

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ _tag: fc.constant('Append'), append }) },
  { weight: 3, arbitrary: fc.record({ _tag: fc.constant('Append'), append: decidedAppend }) },
  { weight: 1, arbitrary: fc.record({ _tag: fc.constant('AppendAgain'), which }) },
  { weight: 2, arbitrary: fc.record({ _tag: fc.constant('AppendGuarded'), append, which }) },
  { weight: 2, arbitrary: fc.record({ _tag: fc.constant('ReadStream'), stream, range: versionRange }) },
  { weight: 3, arbitrary: fc.record({ _tag: fc.constant('Read'), query, range: rangeOf(globalPosition) }) },
  { weight: 1, arbitrary: fc.record({ _tag: fc.constant('Head') }) },
  {
    weight: 1,
    arbitrary: fc.record({
      _tag: fc.constant('DecisionsOn'),
      ids: fc.array(
        fc.nat({ max: 7 }).map((n) => `command ${n}`),
        { maxLength: 4 },
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ _tag: fc.constant('Decisions'), limit: fc.integer({ min: 1, max: 4 }) }),
  },
)

const commands = fc.array(command, { maxLength: 25, size: 'max' })

/** The journal behind the port, with a clock that counts its appends. */
const journalStore: Open = ({ now }) => {
  let journal: Journal = emptyJournal
  return {
    supports: { severalStreams: true, queries: true, decisions: true },
    append: (request) => async () =>
      F.pipe(
        appendToJournal(request, now())(journal),
        E.map(([appended, next]) => {
          journal = next
          return appended
        }),
      ),
    readStream: (stream, range) => async () => readStreamFromJournal(stream, range)(journal),
    read: (query, range) => async () => readFromJournal(query, range)(journal),
    head: TE.fromIO(() => headOf(journal)),
    decisions: {
      on: (ids) =>
        TE.fromIO(() =>
          [...new Set(ids)].flatMap((id) => journal.decisions.filter(({ commandId }) => commandId === id)),
        ),
      page: (limit, after) =>
        TE.fromIO(() => {
          const first = journal.decisions.findIndex(({ commandId }) => commandId === after) + 1
          return journal.decisions.slice(first, first + limit)
        }),
    },
  }
}

/** All decisions, by pages of so many. */
const pagesOf = async (decisions: EventStore['decisions'], limit: number) => {
  const pages: Array<unknown> = []
  for (let after: string | undefined; ; ) {
    const page = await decisions?.page(limit, after)()
    if (page === undefined || E.isLeft(page) || page.right.length === 0) return pages
    pages.push(page.right)
    after = page.right.at(-1)?.commandId
  }
}

/** All answers of a store to the commands, as one text. */
const answersOf = async (open: Open, list: ReadonlyArray<Command>): Promise<string> => {
  let moment = 0
  const store = open({ now: () => timestamp(moment) })
  const sent: Array<Append> = []
  const reads: Array<{ readonly query: Query; readonly token: ConsistencyToken }> = []
  const send = (request: Append): Promise<unknown> => {
    sent.push(request)
    return store.append(request)()
  }
  const answer = async (command: Command): Promise<unknown> => {
    switch (command._tag) {
      case 'Append':
        return send(command.append)
      case 'AppendAgain': {
        const earlier = sent[command.which % Math.max(1, sent.length)]
        return earlier && send(earlier)
      }
      case 'AppendGuarded': {
        const earlier = reads[command.which % Math.max(1, reads.length)]
        const condition = earlier && { failIfEventsMatch: earlier.query, after: earlier.token }
        return condition && send({ ...command.append, condition })
      }
      case 'ReadStream':
        return store.readStream(command.stream, command.range)()
      case 'Read': {
        const slice = await store.read(command.query, command.range)()
        if (E.isRight(slice)) reads.push({ query: command.query, token: slice.right.token })
        return slice
      }
      case 'Head':
        return store.head()
      case 'DecisionsOn':
        return store.decisions?.on(command.ids)()
      case 'Decisions':
        return pagesOf(store.decisions, command.limit)
    }
  }
  const answers: Array<unknown> = []
  for (const command of list) {
    moment += 1
    answers.push(await answer(command))
  }
  return textOf(answers)
}

const answersAsJournal = (open: Open) =>
  fc.asyncProperty(
    commands,
    async (list) => (await answersOf(open, list)) === (await answersOf(journalStore, list)),
  )

law('MEM-1 journal: the same answers to any commands', answersAsJournal(memoryStore), { numRuns: 300 })
law.rejects(
  'MEM-1',
  'a store without a clock',
  answersAsJournal(() => memoryStore({ now: () => timestamp(0) })),
)
law.rejects(
  'MEM-1',
  'tokens with one entry',
  answersAsJournal((options) => {
    const store = memoryStore(options)
    return {
      ...store,
      read: (query, range) =>
        F.pipe(
          store.read(query, range),
          TE.map(({ events, token }) => ({ events, token: token.slice(0, 1) as never })),
        ),
    }
  }),
)

const partsOf = (value: unknown): ReadonlyArray<object> =>
  typeof value === 'object' && value !== null ? [value, ...Object.values(value).flatMap(partsOf)] : []

/** Changes all that can be changed: what a careless writer or reader may do. */
const spoil = (value: unknown): void => {
  for (const part of partsOf(value)) {
    for (const key of Object.keys(part)) Reflect.set(part, key, 'spoilt')
    if (Array.isArray(part)) Reflect.set(part, 'length', 0)
    else Reflect.set(part, 'added', true)
  }
}

const isIsolated = (open: Open) =>
  fc.asyncProperty(fc.array(append, { minLength: 1, maxLength: 5 }), json, async (requests, data) => {
    const store = open({ now: () => timestamp(0) })
    const whole: Query = { _tag: 'Everything' }
    const log = F.pipe(
      store.read(whole),
      TE.map(({ events }) => events),
    )
    for (const request of requests) {
      const own = {
        ...request,
        events: request.events.map((each) => ({ ...each, tags: [...each.tags], data: [data] })),
      }
      const answer = await store.append(own)()
      const before = textOf(await log())
      spoil(own.events)
      spoil(answer)
      if (textOf(await log()) !== before) return false
      spoil(await log())
      for (const { stream } of request.events) spoil(await store.readStream(stream)())
      if (textOf(await log()) !== before) return false
    }
    return true
  })

law('MEM-2 isolation: neither writers nor readers alter what is recorded', isIsolated(memoryStore))
law.rejects('MEM-2', 'the bare journal, whose events can be changed', isIsolated(journalStore))

/** Takes as many steps for a store that holds much as for one that holds little. */
const hasConstantCost = (open: Open) =>
  fc.asyncProperty(fc.constantFrom('one stream', 'many streams'), async (kind) => {
    const store = open({ now: () => timestamp(0) })
    const write = (n: number) => store.append(nthAppend(n, kind === 'one stream'))()
    const costs: Array<number> = []
    for (let n = 0; n < 1_000; n++) costs.push(await stepsOf(() => write(n)))
    const [few, many] = [costs.slice(20, 60), costs.slice(-40)].map((some) =>
      some.reduce((sum, steps) => sum + steps, 0),
    )
    return few !== undefined && many !== undefined && few > 0 && many <= few * 1.1
  })

/** Guarded by a version and by a tag that many events have. */
const nthAppend = (n: number, isOneStream: boolean): Append => {
  const stream = streamId('account', isOneStream ? 'a1' : `${n}`)
  const event = eventToAppend({
    id: eventId(`00000000-0000-7000-8000-${String(n).padStart(12, '0')}`),
    stream,
    type: 'Deposited',
    tags: [tagFrom('bank:b1'), tagFrom(`teller:${n % 7}`)],
    data: { amount: n },
  })
  const failIfEventsMatch: Query = {
    _tag: 'AnyOf',
    items: [{ categories: [], types: ['Deposited'], tags: event.tags }],
  }
  return {
    events: [event],
    expected: [{ stream, version: exactly(isOneStream ? n : 0) }],
    condition: { failIfEventsMatch, after: [globalPosition(n)] as never },
  }
}

law('MEM-3 constant cost: an append takes no more steps in a long log', hasConstantCost(memoryStore), {
  numRuns: 2,
})
law.rejects('MEM-3', 'the bare journal', hasConstantCost(journalStore), { numRuns: 1 })

test('an append whose signal is aborted beforehand records nothing, and any other signal is of no account', async () => {
  const store = memoryStore()
  const request = nthAppend(0, true)
  const aborted = new AbortController()
  aborted.abort()
  expect(await store.append(request, { signal: aborted.signal })()).toEqual(E.left({ _tag: 'Aborted' }))
  expect(await store.head()).toEqual(E.right(0n))
  expect(E.isRight(await store.append(request, { signal: new AbortController().signal })())).toBe(true)
})
