/** The laws of `Journaling`: a command is decided once, whoever sends it how often, and the journal disturbs nothing. */
import { deepStrictEqual } from 'node:assert/strict'
import { memoryStore } from 'decider-ts/adapters/memory'
import { accept, domain, reject } from 'decider-ts/decide'
import { type CommandContext, handle, immediately, systemEnvironment } from 'decider-ts/run'
import { type EventStore, everything } from 'decider-ts/store'
import fc from 'fast-check'
import { either as E, function as F, taskEither as TE } from 'fp-ts'
import * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { law } from '../Law.js'
import { interleave } from './Gate.js'
import { type Fate, fate, lossy } from './Lossy.js'
import { arbitraryCommand, TaggedTill, Till, type TillCommand } from './Till.js'

const environment = { ...systemEnvironment, sleep: () => async () => undefined }

/** One process: it runs commands against a store, and keeps what it knows. */
type Office = (
  store: EventStore,
) => (command: TillCommand, context?: CommandContext) => TE.TaskEither<{ readonly _tag: string }, Answered>

interface Answered {
  readonly events: ReadonlyArray<unknown>
  readonly decidedIn: unknown
  readonly appended: { readonly streams: ReadonlyArray<unknown> }
}

const how = { retry: immediately(4), environment, statesMax: 2 }
const byStream: Office = (store) => handle(store, Till, { ...how, journal: 'ids' })
const byStreamInFull: Office = (store) => handle(store, Till, { ...how, journal: 'full' })
const byQuery: Office = (store) =>
  F.flow(
    handle(store, TaggedTill, { ...how, journal: 'full' }),
    TE.map((handled): Answered => handled),
  )
const withoutJournal: Office = (store) => handle(store, Till, how)

/** Three commands with an id each, and who is sent which of them. */
const sendings = fc.record({
  commands: fc.tuple(arbitraryCommand(), arbitraryCommand(['a']), arbitraryCommand(['a'])),
  deliveries: fc.array(fc.record({ which: fc.nat({ max: 2 }), office: fc.nat({ max: 1 }) }), {
    minLength: 2,
    maxLength: 8,
    size: 'max',
  }),
})

const tape = fc.array(fc.nat({ max: 7 }), { maxLength: 60 })

const fates = fc.array(fate, { maxLength: 15 })

/** What the sender of a command sees of its answer, or undefined where there was none. */
const seenOf = (answer: E.Either<{ readonly _tag: string }, Answered>): unknown => {
  if (E.isLeft(answer)) return answer.left._tag === 'Rejected' ? answer.left : undefined
  const { events, decidedIn, appended } = answer.right
  return { events, decidedIn, streams: appended.streams }
}

const recorded = async (store: EventStore) => {
  const slice = await store.read(everything)()
  const decisions = await store.decisions?.page(1_000)()
  if (E.isLeft(slice) || decisions === undefined || E.isLeft(decisions))
    throw new Error('the memory store cannot fail here')
  return { events: slice.right.events, decisions: decisions.right }
}

/** Sends all commands at once, and each once more in the end; all answers by the id of the command. */
const send = async (
  office: Office,
  store: EventStore,
  { commands, deliveries }: typeof sendings extends fc.Arbitrary<infer Sample> ? Sample : never,
  choices: ReadonlyArray<number>,
  plan: ReadonlyArray<Fate>,
) => {
  const answers = new Map<string, Array<unknown>>()
  const offices: Array<ReturnType<Office> | undefined> = []
  let broken: EventStore | undefined
  const deliver = (run: ReturnType<Office>, which: number) => async () => {
    const command = commands[which]
    if (command === undefined) return
    const commandId = `c${which}`
    const answer = seenOf(await run(command, { commandId })())
    if (answer !== undefined) answers.set(commandId, [...(answers.get(commandId) ?? []), answer])
  }
  await interleave(
    store,
    choices,
    deliveries.map(({ which, office: n }) => (gated) => {
      broken ??= lossy(gated, plan)
      offices[n] ??= office(broken)
      return deliver(offices[n], which)
    }),
  )
  for (const which of commands.keys()) await deliver(office(store), which)()
  return answers
}

const decidesOnce = (office: Office, seal: (store: EventStore) => EventStore = F.identity) =>
  fc.asyncProperty(sendings, tape, fates, async (sample, choices, plan) => {
    const store = memoryStore()
    const answers = await send(office, seal(store), sample, choices, plan)
    const { events } = await recorded(store)
    for (const [commandId, [first, ...others]] of answers) {
      for (const other of others) deepStrictEqual(other, first)
      const own = events.filter(({ metadata }) => metadata.commandId === commandId)
      const told = (first as { readonly events?: ReadonlyArray<{ readonly type: string }> }).events ?? []
      deepStrictEqual(
        own.map(({ type }) => type),
        told.map(({ type }) => type),
      )
    }
  })

/** A store that refuses no command, however often it was decided. */
const withoutMemory = (store: EventStore): EventStore => ({
  ...store,
  append: (append) =>
    F.pipe(
      store.append(append),
      TE.orElse((error) => {
        const { decisions: _, ...plain } = append
        return error._tag === 'AlreadyDecided' ? store.append(plain) : TE.left(error)
      }),
    ),
})

law('DCJ-1 one decision', decidesOnce(byStream), { numRuns: 300 })
law('DCJ-1 one decision, in full', decidesOnce(byStreamInFull))
law('DCJ-1 one decision, over a query', decidesOnce(byQuery), { numRuns: 300 })
law.rejects('DCJ-1', 'a handle without the journal', decidesOnce(withoutJournal))
law.rejects('DCJ-1', 'a store that forgets what was decided', decidesOnce(byStream, withoutMemory))

/** Some commands one after another, and some at once. */
const batches = fc.array(fc.array(arbitraryCommand(), { minLength: 1, maxLength: 4 }), { maxLength: 6 })

const changesNothing = (office: Office, seal: (store: EventStore) => EventStore = F.identity) =>
  fc.asyncProperty(batches, async (list) => {
    const [journaled, plain] = [memoryStore(), memoryStore()]
    const [run, expected] = [office(seal(journaled)), withoutJournal(plain)]
    const order = async (go: ReturnType<Office>) => {
      const answers: Array<unknown> = []
      for (const commands of list) {
        const batch = await Promise.all(commands.map((command) => go(command)()))
        answers.push(...batch.map(seenOf))
      }
      return answers
    }
    deepStrictEqual(await order(run), await order(expected))
    // Streams do not wait for each other, so how theirs mingle in the log is left to chance.
    const facts = async (store: EventStore) =>
      (await recorded(store)).events
        .map(({ stream, version, type, data }) => ({ stream, version, type, data }))
        .toSorted((a, b) => a.stream.localeCompare(b.stream))
    deepStrictEqual(await facts(journaled), await facts(plain))
  })

/** A store that records what was decided and forgets what happened. */
const withoutEvents = (store: EventStore): EventStore => ({
  ...store,
  append: (append) =>
    store.append({
      ...append,
      events: [],
      decisions: (append.decisions ?? []).map((decision) => ({ ...decision, events: 0 })),
    }),
})

law('DCJ-2 transparency', changesNothing(byStream))
law('DCJ-2 transparency, in full', changesNothing(byStreamInFull))
law.rejects('DCJ-2', 'a journal in place of the events', changesNothing(byStream, withoutEvents))

const isWhole = (office: Office, seal: (store: EventStore) => EventStore = F.identity) =>
  fc.asyncProperty(sendings, tape, fates, async (sample, choices, plan) => {
    const store = memoryStore()
    const answers = await send(office, seal(store), sample, choices, plan)
    const { events, decisions } = await recorded(store)
    const ids = decisions.map(({ commandId }) => commandId)
    deepStrictEqual([...answers.keys()].sort(), ids.toSorted())
    const own = decisions.flatMap((decision) => decision.events)
    deepStrictEqual(
      own.toSorted((a, b) => Number(a.position - b.position)),
      events,
    )
    for (const { commandId, outcome } of decisions) {
      const [answer] = answers.get(commandId) ?? []
      deepStrictEqual(outcome === 'rejected', (answer as { readonly _tag?: string })._tag === 'Rejected')
    }
  })

/** A store for which an append without events is nothing. */
const withoutRejections = (store: EventStore): EventStore => ({
  ...store,
  append: (append) => store.append(append.events.length > 0 ? append : { events: [], expected: [] }),
})

law('DCJ-3 whole', isWhole(byStream))
law('DCJ-3 whole, over a query', isWhole(byQuery))
law.rejects('DCJ-3', 'a journal of accepted commands alone', isWhole(byStream, withoutRejections))

const put = { type: 'Put', till: 'x', amount: 5 } as TillCommand
const take = { type: 'Take', till: 'x', amount: 60 } as TillCommand
const commandId = 'c1'

/** A store that tells which of its functions were called. */
const counted = (calls: Array<string>): EventStore => {
  const store = memoryStore()
  return {
    ...store,
    append: (request) => async () => {
      calls.push('append')
      return store.append(request)()
    },
    readStream: (stream, range) => async () => {
      calls.push('read')
      return store.readStream(stream, range)()
    },
  }
}

describe('handle with a journal', () => {
  test('a stream in use costs one call of the store a command, a rejected one too, and two the first time', async () => {
    const calls: Array<string> = []
    const run = handle(counted(calls), Till, { journal: 'ids' })
    for (const command of [put, put, take, { ...put, amount: 0 as t.Int }]) await run(command)()
    expect(calls).toEqual(['read', 'append', 'append', 'append', 'append'])
  })

  test('a repeated command gets the recorded answer, marked as repeated, whatever has happened since', async () => {
    const store = memoryStore()
    const first = await handle(store, Till, { journal: 'full' })(put, { commandId })()
    await handle(store, Till)(put)()
    const again = await handle(store, Till, { journal: 'full' })(put, { commandId })()
    if (E.isLeft(first) || E.isLeft(again)) throw new Error('both are accepted')
    expect(again.right).toEqual({ ...first.right, appended: { ...first.right.appended, repeated: true } })
  })

  test('a rejection stays, though the command would be accepted now', async () => {
    const run = handle(memoryStore(), Till, { journal: 'ids' })
    const told = E.left({ _tag: 'Rejected', rejection: { type: 'TooLittle', missing: 60 } })
    expect(await run(take, { commandId })()).toEqual(told)
    await run({ ...put, amount: 100 as t.Int })()
    expect(await run(take, { commandId })()).toEqual(told)
    expect(E.isRight(await run(take, { commandId: 'c2' })())).toBe(true)
  })

  test('the same command many times at once is decided once', async () => {
    const store = memoryStore()
    const run = handle(store, Till, { journal: 'ids' })
    const answers = await Promise.all(Array.from({ length: 10 }, () => run(put, { commandId })()))
    expect(answers.map((answer) => E.isRight(answer) && answer.right.appended.repeated)).toEqual([
      false,
      ...Array(9).fill(true),
    ])
    expect((await recorded(store)).events).toHaveLength(1)
  })

  test('an id that belongs to another command is told: by its stream, and in full by the command', async () => {
    const reused = E.left({ _tag: 'CommandIdReused', commandId })
    for (const journal of ['ids', 'full'] as const) {
      const run = handle(memoryStore(), Till, { journal })
      await run(put, { commandId })()
      expect(await run({ ...put, till: 'y' }, { commandId })()).toEqual(reused)
      const other = await run({ ...put, amount: 6 as t.Int }, { commandId })()
      const sameInOtherOrder = { amount: 5, till: 'x', type: 'Put' } as TillCommand
      expect(E.isRight(await run(sameInOtherOrder, { commandId })())).toBe(true)
      if (journal === 'full') expect(other).toEqual(reused)
      else expect(E.isRight(other) && other.right.events).toEqual([{ type: 'PutIn', till: 'x', amount: 5 }])
    }
  })

  test('a store without a journal is Unsupported, and nothing is read', async () => {
    const calls: Array<string> = []
    const { decisions: _, ...store } = counted(calls)
    const plain = { ...store, supports: { severalStreams: true, queries: true } }
    expect(await handle(plain, Till, { journal: 'ids' })(put)()).toEqual(
      E.left({ _tag: 'Unsupported', feature: 'decisions' }),
    )
    expect(calls).toEqual([])
  })

  test('a defect is no decision: the command can be sent again', async () => {
    const store = memoryStore()
    const broken = {
      ...Till,
      decide: () => () => {
        throw new Error('a defect')
      },
    }
    await expect(handle(store, broken, { journal: 'ids' })(put, { commandId })()).rejects.toThrow('a defect')
    const answer = await handle(store, Till, { journal: 'ids' })(put, { commandId })()
    expect(E.isRight(answer) && answer.right.appended.repeated).toBe(false)
  })

  const door = (rejection: string) =>
    domain({
      name: 'door',
      command: t.strict({ type: t.literal('Open') }),
      event: t.strict({ type: t.literal('Opened') }),
      rejection: t.strict({ type: t.literal(rejection) }),
      state: t.boolean,
      streamId: () => 'only',
      initialState: false,
      evolve: () => true,
      decide: () => (open) => (open ? reject({ type: rejection }) : accept({ type: 'Opened' })),
    })

  test('a recorded rejection that no longer decodes is told with its path', async () => {
    const store = memoryStore()
    const run = handle(store, door('Never'), { journal: 'ids' })
    await run({ type: 'Open' })()
    await run({ type: 'Open' }, { commandId })()
    expect(await handle(store, door('Other'), { journal: 'ids' })({ type: 'Open' }, { commandId })()).toEqual(
      E.left({ _tag: 'UndecodableDecision', commandId, path: 'type', reason: expect.any(String) }),
    )
  })
})
