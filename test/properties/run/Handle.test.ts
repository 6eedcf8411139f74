/** The laws of `Handle`, with races and lost answers as generated data. */
import { deepStrictEqual } from 'node:assert/strict'
import { memoryStore } from 'decider-ts/adapters/memory'
import { accept, decider, decisionModel, domain, reject, scopedView } from 'decider-ts/decide'
import { handle, handleInput, immediately, stateAfter, systemEnvironment } from 'decider-ts/run'
import { type EventStore, everything, streamId, tag, timestamp } from 'decider-ts/store'
import fc from 'fast-check'
import { either as E, function as F, readonlyArray as RA, taskEither as TE } from 'fp-ts'
import * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { law } from '../Law.js'
import { interleave } from './Gate.js'
import { fate, lossy } from './Lossy.js'
import { arbitraryCommand, TaggedTill, Till, type TillCommand } from './Till.js'

const environment = { ...systemEnvironment, sleep: () => async () => undefined }
const patient = { retry: immediately(1_000), environment }

/** Runs one command against a store: what the laws are about, so that wrong ones can take its place. */
type Run = (store: EventStore) => (command: TillCommand) => TE.TaskEither<unknown, unknown>

const onStream: Run = (store) => handle(store, Till, patient)
const onQuery: Run = (store) => handle(store, TaggedTill, patient)

const recorded = async (store: EventStore) =>
  F.pipe(
    await store.read(everything)(),
    E.match(
      (error) => {
        throw new Error(error._tag)
      },
      ({ events }) => events,
    ),
  )

/** The recorded history as the decider would have decided it, command by command: amounts and tills, in order. */
const history = async (store: EventStore) =>
  RA.map(({ type, data }: { type: string; data: unknown }) => ({ type, ...(data as object) }))(
    await recorded(store),
  )

const agrees = (run: Run) =>
  fc.asyncProperty(fc.array(arbitraryCommand(['a'])), async (commands) => {
    const store = memoryStore()
    const answers: Array<boolean> = []
    for (const command of commands) answers.push(E.isRight(await run(store)(command)()))
    const expected = decider.run(Till)(commands)
    deepStrictEqual(answers, expected.decisions.map(E.isRight))
    deepStrictEqual(await history(store), expected.events)
  })

law('HDL-1 agreement', agrees(onStream))
law('HDL-1 agreement, over a query', agrees(onQuery))
law.rejects(
  'HDL-1',
  'a handle that sends every command twice',
  agrees(
    (store) => (command) =>
      F.pipe(
        onStream(store)(command),
        TE.chain(() => onStream(store)(command)),
      ),
  ),
)

const tape = fc.array(fc.nat({ max: 7 }), { maxLength: 60 })

/** No till may ever be overdrawn, whoever races, and every accepted command left exactly its event. */
const neverOverdrawn = (run: Run, seal: (store: EventStore) => EventStore = F.identity) =>
  fc.asyncProperty(
    fc.array(arbitraryCommand(), { minLength: 2, maxLength: 6 }),
    tape,
    async (commands, choices) => {
      const store = memoryStore()
      const answers = await interleave(
        store,
        choices,
        commands.map((command) => (gated) => run(seal(gated))(command)),
      )
      const balances = new Map<string, number>()
      for (const event of await history(store)) {
        const { till, amount, type } = event as unknown as { till: string; amount: number; type: string }
        const balance = (balances.get(till) ?? 0) + (type === 'PutIn' ? amount : -amount)
        if (balance < 0) throw new Error(`till ${till} is overdrawn by ${-balance}`)
        balances.set(till, balance)
      }
      const effective = commands.filter(
        (command, index) => command.amount > 0 && E.isRight(answers[index] ?? E.left(0)),
      )
      deepStrictEqual((await recorded(store)).length, effective.length)
    },
  )

const unguarded = (store: EventStore): EventStore => ({
  ...store,
  append: ({ events }) => store.append({ events, expected: [] }),
})

law('HDL-2 one winner', neverOverdrawn(onStream))
law('HDL-2 one winner, over a query', neverOverdrawn(onQuery))
law.rejects('HDL-2', 'an append without a guard', neverOverdrawn(onStream, unguarded), { numRuns: 1_000 })
law.rejects('HDL-2', 'an append without a guard, over a query', neverOverdrawn(onQuery, unguarded), {
  numRuns: 1_000,
})

const fates = fc.array(fate, { maxLength: 30 })

/** As if every resend made new ids: what idempotent event ids protect from. */
const withNewIds = (store: EventStore): EventStore => ({
  ...store,
  append: (request) =>
    store.append({
      ...request,
      expected: [],
      events: request.events.map((event) => ({ ...event, id: systemEnvironment.newEventId() })),
    }),
})

const isRecordedOnce = (attemptsMax: number, seal: (store: EventStore) => EventStore = F.identity) =>
  fc.asyncProperty(fc.array(arbitraryCommand(['a'])), fates, async (commands, plan) => {
    const store = memoryStore()
    const run = handle(lossy(seal(store), plan), Till, { retry: immediately(attemptsMax), environment })
    let [least, most] = [0, 0]
    for (const command of commands) {
      const answer = await run(command)()
      if (E.isRight(answer)) {
        least += answer.right.events.length
        most += answer.right.events.length
      } else if (answer.left._tag === 'Unavailable') {
        deepStrictEqual(answer.left.outcome, 'unknown')
        most += 1
      }
    }
    const count = (await recorded(store)).length
    if (count < least || count > most)
      throw new Error(`${count} events, and ${least} to ${most} were decided`)
  })

law('HDL-3 once', isRecordedOnce(100))
law('HDL-3 once, when retries run out', isRecordedOnce(2))
law.rejects('HDL-3', 'a resend with new ids', isRecordedOnce(100, withNewIds))

/** One caller keeps its handle for good; the other is another process, and makes a handle for each command. */
const changesNothing = (seal: (store: EventStore) => EventStore = F.identity) =>
  fc.asyncProperty(fc.array(fc.tuple(fc.boolean(), arbitraryCommand())), async (commands) => {
    const [shared, alone] = [memoryStore(), memoryStore()]
    const kept = handle(seal(shared), Till, { retry: immediately(5), environment, statesMax: 1 })
    const answers: Array<unknown> = []
    const expected: Array<unknown> = []
    for (const [isKept, command] of commands) {
      const answer = await (isKept ? kept(command)() : handle(shared, Till, patient)(command)())
      answers.push(E.isRight(answer) ? answer.right.events : answer.left)
      const plain = await handle(alone, Till, { ...patient, statesMax: 0 })(command)()
      expected.push(E.isRight(plain) ? plain.right.events : plain.left)
    }
    deepStrictEqual(answers, expected)
    deepStrictEqual(await history(shared), await history(alone))
  })

/** A store that finds nothing new: what acting on old knowledge without looking would be like. */
const withoutNews = (store: EventStore): EventStore => ({
  ...store,
  readStream: (stream, range) =>
    range?.after ? TE.right({ events: [], version: range.after }) : store.readStream(stream, range),
})

law('HDL-4 transparency', changesNothing())
law.rejects('HDL-4', 'a state that is never read anew', changesNothing(withoutNews))

describe('handle', () => {
  test('a stream in use costs one call of the store a command, and two the first time', async () => {
    const store = memoryStore()
    const calls: Array<string> = []
    const counting: EventStore = {
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
    const kept = handle(counting, Till)
    for (let n = 0; n < 3; n++) await kept({ ...put })()
    expect(calls).toEqual(['read', 'append', 'append', 'append'])
    await kept({ type: 'Take', till: 'x', amount: 100 } as TillCommand)()
    expect(calls.slice(4)).toEqual(['read'])
  })

  test('commands that wait for one stream share an append, and each has its own answer', async () => {
    const store = memoryStore()
    const sizes: Array<number> = []
    const counting: EventStore = {
      ...store,
      append: (request) => {
        sizes.push(request.events.length)
        return store.append(request)
      },
    }
    const kept = handle(counting, Till)
    const take = { type: 'Take', till: 'x', amount: 60 } as TillCommand
    const answers = await Promise.all(
      [...Array.from({ length: 20 }, () => put), take, take].map((c) => kept(c)()),
    )
    const versions = answers.map((answer) =>
      E.isRight(answer) ? Number(answer.right.appended.streams[0]?.version) : answer.left,
    )
    const tooLittle = { _tag: 'Rejected', rejection: { type: 'TooLittle', missing: 20 } }
    expect(versions).toEqual([...Array.from({ length: 21 }, (_, n) => n + 1), tooLittle])
    expect(answers.map((answer) => E.isRight(answer) && answer.right.attempts)).toEqual([
      ...Array(21).fill(1),
      false,
    ])
    expect(sizes).toEqual([1, 20])
    expect((await recorded(store)).map(({ version }) => Number(version))).toEqual(versions.slice(0, 21))
  })

  test('of commands that share an append, one that cannot be recorded harms no other', async () => {
    const Notes = domain({
      name: 'notes',
      command: t.strict({ type: t.literal('Note'), n: t.number }),
      event: t.strict({ type: t.literal('Noted'), n: t.number }),
      rejection: t.strict({ type: t.literal('Never') }),
      state: t.number,
      streamId: () => 'all',
      initialState: 0,
      evolve: (count, event) => {
        if (event.n === 13) throw new Error('a defect')
        return count + 1
      },
      decide: (command) => () => accept({ type: 'Noted', n: command.n }),
    })
    const store = memoryStore()
    const kept = handle(store, Notes)
    const answers = await Promise.allSettled(
      [1, 2, Number.NaN, 13, 3].map((n) => kept({ type: 'Note', n })()),
    )
    const told = answers.map((answer) =>
      answer.status === 'rejected' ? 'defect' : E.isRight(answer.value) ? 'noted' : answer.value.left._tag,
    )
    expect(told).toEqual(['noted', 'noted', 'InvalidInput', 'defect', 'noted'])
    expect((await recorded(store)).map(({ data }) => data)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
  })

  test("a defect is its sender's alone, and the next command is handled", async () => {
    const Broken = {
      ...Till,
      decide: () => () => {
        throw new Error('a defect')
      },
    }
    const kept = handle(memoryStore(), Broken)
    await expect(kept(put)()).rejects.toThrow('a defect')
    await expect(kept(put)()).rejects.toThrow('a defect')
  })

  const run = handle(memoryStore(), Till)
  const put = { type: 'Put', till: 'x', amount: 5 } as TillCommand

  test('answers with the events, the state before, the versions and the attempts', async () => {
    const answer = await handle(memoryStore({ now: () => timestamp(0) }), Till)(put)()
    expect(answer).toEqual(
      E.right({
        events: [{ type: 'PutIn', till: 'x', amount: 5 }],
        decidedIn: 0,
        appended: { streams: [{ stream: 'till-x', version: 1n }], lastPosition: 1n, repeated: false },
        attempts: 1,
      }),
    )
    expect(E.isRight(answer) && stateAfter(Till)(answer.right)).toBe(5)
  })

  test('a value that is no command is an UndecodableCommand that names the path', async () => {
    const answer = await run({ ...put, amount: 'five' as never })()
    expect(answer).toEqual(
      E.left({ _tag: 'UndecodableCommand', path: 'amount', reason: "is 'five', which is not Int" }),
    )
    expect(await handleInput(memoryStore(), Till)({ type: 'Steal' })()).toMatchObject({
      left: { _tag: 'UndecodableCommand' },
    })
  })

  test('an event that no longer decodes is Undecodable, with stream, version, position and path', async () => {
    const store = memoryStore()
    const stream = streamId('till', 'x')
    const id = systemEnvironment.newEventId()
    const event = {
      id,
      stream,
      type: 'PutIn',
      schemaVersion: 1,
      tags: [],
      data: { till: 'x', amount: 'many' },
      metadata: {},
    }
    await store.append({ events: [event], expected: [] })()
    expect(await handle(store, Till)(put)()).toEqual(
      E.left({
        _tag: 'Undecodable',
        stream: 'till-x',
        version: 1n,
        position: 1n,
        type: 'PutIn',
        schemaVersion: 1,
        path: 'data.amount',
        reason: "is 'many', which is not Int",
      }),
    )
  })

  test('events of an older shape are lifted on every way to a decision', async () => {
    const store = memoryStore()
    const Paid = t.strict({ type: t.literal('Paid'), cents: t.number })
    const upcasters = { Paid: [(data: unknown) => ({ cents: (data as { euros: number }).euros * 100 })] }
    const codecs = {
      command: t.strict({ type: t.literal('Total') }),
      event: Paid,
      rejection: t.strict({ type: t.literal('Is'), cents: t.number }),
    }
    const stream = streamId('till', 'x')
    const id = systemEnvironment.newEventId()
    const old = {
      id,
      stream,
      type: 'Paid',
      schemaVersion: 1,
      tags: [tag('till', 'x')],
      data: { euros: 2 },
      metadata: {},
    }
    await store.append({ events: [old], expected: [] })()
    const sum = (total: number, event: t.TypeOf<typeof Paid>) => total + event.cents
    const told = E.left({ _tag: 'Rejected', rejection: { type: 'Is', cents: 200 } })
    const OnStream = domain({
      ...codecs,
      name: 'till',
      state: t.number,
      upcasters,
      streamId: () => 'x',
      initialState: 0,
      evolve: sum,
      decide: () => (cents) => reject({ type: 'Is', cents }),
    })
    const OnQuery = decisionModel({
      ...codecs,
      name: 'till',
      upcasters,
      stream: () => stream,
      tags: () => [],
      views: () => ({
        total: scopedView({ event: Paid, upcasters, tags: [tag('till', 'x')], initialState: 0, evolve: sum }),
      }),
      decide: () => (state) => reject({ type: 'Is', cents: state.total }),
    })
    expect(await handle(store, OnStream)({ type: 'Total' })()).toEqual(told)
    expect(await handle(store, OnQuery)({ type: 'Total' })()).toEqual(told)
  })

  test('the context becomes metadata', async () => {
    const store = memoryStore()
    const context = {
      commandId: 'c1',
      correlationId: 'k1',
      actor: 'ada',
      occurredAt: '2026-01-01T00:00:00.000Z',
    }
    await handle(store, Till)(put, context)()
    expect((await recorded(store))[0]?.metadata).toEqual({ ...context, causationId: 'c1' })
  })

  test('a conflict that outlasts the retries is the answer', async () => {
    const store = memoryStore()
    const meddling: EventStore = {
      ...store,
      append: (request) =>
        F.pipe(
          TE.fromTask(() => onStream(store)(put)()),
          TE.chain(() => store.append(request)),
        ),
    }
    const answer = await handle(meddling, Till, { retry: immediately(3), environment })(put)()
    expect(answer).toMatchObject({ left: { _tag: 'VersionConflict', actual: 3n } })
  })
})
