/** The laws of projecting in the transaction of an append, with a keeper that is a map. */
import { projection, readModelOf } from 'decider-ts/evolve'
import { type Entry, type InlineReadModels, projectInline } from 'decider-ts/run'
import { eventId, globalPosition, type RecordedEvent, streamId, timestamp, version } from 'decider-ts/store'
import fc from 'fast-check'
import { either as E, taskEither as TE } from 'fp-ts'
import * as t from 'io-ts'
import { law } from '../Law.js'

const trace = projection({
  name: 'trace',
  event: t.type({ type: t.literal('Noted'), keys: t.array(t.string) }),
  state: t.array(t.string),
  initialState: [],
  key: ({ keys }) => keys,
  evolve: (state, { keys }) => [...state, keys.join('+')],
})

const recorded = (position: number, keys: ReadonlyArray<string>, type = 'Noted'): RecordedEvent => ({
  id: eventId('0198a6a2-0000-7000-8000-000000000001'),
  stream: streamId('note', 'n1'),
  version: version(position),
  position: globalPosition(position),
  type,
  schemaVersion: 1,
  tags: [],
  data: { keys },
  metadata: {},
  recordedAt: timestamp(0),
})

const keeperOf = (kept: Map<string, Entry>): InlineReadModels => ({
  hold: (_, keys) => TE.fromIO(() => keys.flatMap((key) => kept.get(key) ?? [])),
  save: (_, entries) =>
    TE.fromIO(() => {
      for (const entry of entries) kept.set(entry.key, entry)
    }),
})

const history = fc
  .array(
    fc.record({
      keys: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }),
      type: fc.constantFrom('Noted', 'Noted', 'Other'),
      isLast: fc.boolean(),
    }),
    { maxLength: 12 },
  )
  .map((facts) =>
    facts.map(({ keys, type, isLast }, index) => ({ event: recorded(index + 1, keys, type), isLast })),
  )

type Inline = typeof projectInline

/** What each transaction brings: its events, in any order, since that is how streams are read one after another. */
const transactionsOf = (
  facts: ReadonlyArray<{ readonly event: RecordedEvent; readonly isLast: boolean }>,
) => {
  const transactions: Array<Array<RecordedEvent>> = [[]]
  for (const { event, isLast } of facts) {
    transactions.at(-1)?.unshift(event)
    if (isLast) transactions.push([])
  }
  return transactions
}

const isFold = (inline: Inline) =>
  fc.asyncProperty(history, async (facts) => {
    const kept = new Map<string, Entry>()
    const project = inline(keeperOf(kept), trace)
    for (const events of transactionsOf(facts)) {
      if (E.isLeft(await project(events)())) return false
    }
    const fold = readModelOf(trace)(facts.map(({ event }) => event))
    const states = [...kept.values()].map(({ key, state }) => [key, state] as const)
    return E.isRight(fold) && JSON.stringify(states.sort()) === JSON.stringify([...fold.right].sort())
  })

const refusesEarlier = (inline: Inline) =>
  fc.asyncProperty(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), async (first, second) => {
    const kept = new Map<string, Entry>()
    const project = inline(keeperOf(kept), trace)
    await project([recorded(first, ['a'])])()
    const before = JSON.stringify(kept.get('a')?.state)
    const answer = await project([recorded(second, ['a', 'b'])])()
    if (second > first) return E.isRight(answer) && kept.has('b')
    const isRefused = E.isLeft(answer) && answer.left._tag === 'Busy'
    return isRefused && !kept.has('b') && JSON.stringify(kept.get('a')?.state) === before
  })

/** In the order in which the events are given. */
const unsorted: Inline = (keeper, of) => (events) => async () => {
  for (const event of events) {
    const kept = new Map<string, Entry>()
    const alone: InlineReadModels = {
      ...keeperOf(kept),
      hold: (id, keys) =>
        TE.map((entries: ReadonlyArray<Entry>) =>
          entries.map((entry) => ({ ...entry, position: globalPosition(0) })),
        )(keeper.hold(id, keys)),
    }
    const answer = await projectInline(alone, of)([event])()
    if (E.isLeft(answer)) return answer
    await keeper.save(of, [...kept.values()])()
  }
  return E.right(undefined)
}

law('PIN-1 fold', isFold(projectInline))
law.rejects('PIN-1', 'events are taken in the order in which they are given', isFold(unsorted))
law('PIN-2 order', refusesEarlier(projectInline))
law.rejects('PIN-2', 'the place of the entry is not looked at', refusesEarlier(unsorted))
