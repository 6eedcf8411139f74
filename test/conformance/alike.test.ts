/**
 * The keeper in PostgreSQL answers as the one in memory does, whatever is asked in whatever order: leases that are shared,
 * late and released, commits that are right, stale or wrong, keys that are parked and replayed, versions that come and go.
 */
import { deepStrictEqual } from 'node:assert/strict'
import type { OpenedOutbox } from 'decider-ts/harness'
import type { Lease, ReadModelCommit, ReadModelId, ToPark } from 'decider-ts/run'
import { eventId, globalPosition, type Json, streamIdFrom, timestamp, version } from 'decider-ts/store'
import fc from 'fast-check'
import { either as E, option as O } from 'fp-ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seed } from '../properties/Law.js'
import { type KeepersInPostgres, keepersInPostgres } from './Postgres.js'
import { openKeeper } from './zoo/Keeper.js'

let keepers: KeepersInPostgres

beforeAll(async () => {
  keepers = await keepersInPostgres()
})

afterAll(() => keepers.end())

const hourMs = 3_600_000
const keys = ['k', 'l', 'm']
const versions = [1, 2]

interface Entered {
  readonly key: string
  readonly state: Json
}

type Act =
  | { readonly _tag: 'Lease'; readonly owner: string; readonly version: number; readonly hours: number }
  | { readonly _tag: 'Release'; readonly owner: string; readonly version: number }
  | { readonly _tag: 'Pass'; readonly hours: number }
  | {
      readonly _tag: 'Commit'
      readonly owner: string
      readonly version: number
      /** Which answer to a request for leases it is made under, counted from the newest. */
      readonly leases: number
      /** The partition of this key alone, or all of them. */
      readonly only?: string
      /** Whether it may hold what these partitions do not cover. */
      readonly isStrange: boolean
      readonly further: number
      readonly entries: ReadonlyArray<Entered>
      readonly parked: ReadonlyArray<{ readonly key: string; readonly attempts: number }>
      readonly handler: 'none' | 'writes' | 'throws'
    }
  | {
      readonly _tag: 'Unpark'
      /** Unless it is not parked and another one is. */
      readonly key: string
      readonly version: number
      readonly through: 'last' | 'before'
      readonly state?: Json
      readonly handler: 'none' | 'writes' | 'throws'
    }
  | { readonly _tag: 'MakeLive' | 'Drop'; readonly version: number }

const owner = fc.constantFrom('a', 'a', 'a', 'a', 'b')
const nth = fc.constantFrom(1, 1, 1, 2)
const key = fc.constantFrom(...keys)
const seldom = <A>(usual: fc.Arbitrary<A>, strange: fc.Arbitrary<A>): fc.Arbitrary<A> =>
  fc.oneof({ weight: 40, arbitrary: usual }, { weight: 1, arbitrary: strange })
const anyKey = seldom(key, fc.constantFrom('', '\u0000', 'x'.repeat(513)))
const state: fc.Arbitrary<Json> = seldom(
  fc.constantFrom<Json>(1, -0, 'é\u0000', { a: [null] }),
  fc.constant(Number.NaN),
)
const handler = fc.constantFrom('none', 'none', 'writes', 'throws')

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      _tag: fc.constant('Lease' as const),
      owner,
      version: nth,
      hours: seldom(fc.constantFrom(1, 9), fc.constant(0)),
    }),
  },
  fc.record({ _tag: fc.constant('Release' as const), owner, version: nth }),
  fc.record({ _tag: fc.constant('Pass' as const), hours: fc.constantFrom(2, 10) }),
  {
    weight: 8,
    arbitrary: fc.record(
      {
        _tag: fc.constant('Commit' as const),
        owner,
        version: nth,
        leases: fc.constantFrom(0, 0, 0, 0, 1, 2),
        isStrange: seldom(fc.constant(false), fc.constant(true)),
        only: key,
        further: seldom(fc.constantFrom(0, 1, 2, 5), fc.constant(-1)),
        entries: seldom(
          fc.uniqueArray(fc.record({ key: anyKey, state }), { maxLength: 2, selector: (each) => each.key }),
          fc.array(fc.record({ key, state }), { maxLength: 3 }),
        ),
        parked: fc.array(
          fc.record({ key: anyKey, attempts: seldom(fc.constantFrom(0, 1, 1, 3), fc.constant(-1)) }),
          {
            maxLength: 2,
          },
        ),
        handler,
      },
      {
        requiredKeys: [
          '_tag',
          'owner',
          'version',
          'leases',
          'isStrange',
          'further',
          'entries',
          'parked',
          'handler',
        ],
      },
    ),
  },
  {
    weight: 3,
    arbitrary: fc.record(
      {
        _tag: fc.constant('Unpark' as const),
        key: anyKey,
        version: nth,
        through: fc.constantFrom('last', 'last', 'before'),
        state,
        handler,
      },
      { requiredKeys: ['_tag', 'key', 'version', 'through', 'handler'] },
    ),
  },
  fc.record({
    _tag: fc.constantFrom('MakeLive' as const, 'MakeLive' as const, 'MakeLive' as const, 'Drop' as const),
    version: nth,
  }),
)

/** What a keeper has said so far. */
interface Course<Transaction> {
  readonly opened: OpenedOutbox<Transaction>
  /** By version; what was answered to `b` may be what `a` shows, and no answer is empty. */
  readonly answers: Map<number, ReadonlyArray<ReadonlyArray<Lease>>>
  count: number
}

const tagOf = (answer: E.Either<{ readonly _tag: string }, unknown>): unknown =>
  E.isRight(answer) ? ['done', answer.right] : [answer.left._tag]

const within =
  <Transaction>(
    { opened: { table } }: Course<Transaction>,
    handler: 'none' | 'writes' | 'throws',
    told: Array<unknown>,
    n: number,
  ) =>
  async (transaction: Transaction, isLive: boolean): Promise<void> => {
    told.push(isLive)
    await table.write(transaction, n)
    if (handler === 'throws') throw new Error('The handler did not like it.')
  }

const orThrown = (call: Promise<E.Either<{ readonly _tag: string }, unknown>>): Promise<unknown> =>
  call.then(tagOf, () => 'thrown')

const performed = async <Transaction>(course: Course<Transaction>, one: Act): Promise<unknown> => {
  const { opened, answers } = course
  const { readModels } = opened
  if (one._tag === 'Pass') return opened.pass(one.hours * hourMs)
  const of: ReadModelId = { name: 'balances', version: one.version }
  switch (one._tag) {
    case 'Lease': {
      const answer = await readModels.lease(of, one.owner, one.hours * hourMs)()
      if (E.isRight(answer) && answer.right.length > 0)
        answers.set(one.version, [answer.right, ...(answers.get(one.version) ?? [])])
      return tagOf(answer)
    }
    case 'Release':
      return tagOf(await readModels.release(of, one.owner)())
    case 'MakeLive':
      return tagOf(await readModels.makeLive(of)())
    case 'Drop':
      return tagOf(await readModels.drop(of)())
    case 'Commit':
      return commits(course, of, one)
    case 'Unpark': {
      course.count += 1
      const parked = await readModels.parked(of)()
      const isParked = E.isRight(parked) ? parked.right.map((each) => each.key).sort() : []
      const under = keys.includes(one.key) && !isParked.includes(one.key) ? (isParked[0] ?? one.key) : one.key
      const events = await readModels.parkedEvents(of, under)()
      const last = E.isRight(events) ? (events.right.at(-1)?.position ?? 0n) : 0n
      const through = globalPosition(one.through === 'last' ? last : last > 0n ? last - 1n : 0n)
      const position = globalPosition(course.count)
      const entry = one.state === undefined ? O.none : O.some({ key: under, state: one.state, position })
      const unparking = { key: under, entry, through }
      const told: Array<unknown> = []
      const inside = within(course, one.handler, told, course.count)
      const answer = readModels.unpark(of, unparking, one.handler === 'none' ? undefined : inside)()
      return [await orThrown(answer), told]
    }
  }
}

const commits = async <Transaction>(
  course: Course<Transaction>,
  of: ReadModelId,
  one: Extract<Act, { readonly _tag: 'Commit' }>,
): Promise<unknown> => {
  const { readModels } = course.opened
  const known = course.answers.get(one.version) ?? []
  const leases = (known[one.leases] ?? known[0] ?? []).filter(
    ({ partition }) => one.only === undefined || partition === readModels.partitionOf(one.only),
  )
  // As whoever commits one batch after another, who knows where he has come to.
  const place = await readModels.lease(of, one.owner, 9 * hourMs)()
  const places = new Map(
    (E.isRight(place) ? place.right : []).map(({ partition, upTo }) => [partition, upTo] as const),
  )
  const moves = leases.map((lease) => {
    const upTo = one.leases === 0 ? (places.get(lease.partition) ?? lease.upTo) : lease.upTo
    const to = upTo + BigInt(one.further)
    return { ...lease, upTo, to: globalPosition(to < 0n ? 0n : to) }
  })
  const at = (): number => {
    course.count += 1
    return course.count
  }
  const moved = new Set(moves.map(({ partition }) => partition))
  const isCovered = (each: { readonly key: string }): boolean =>
    one.isStrange || !keys.includes(each.key) || moved.has(readModels.partitionOf(each.key))
  const commit: ReadModelCommit = {
    owner: one.owner,
    moves,
    entries: one.entries.filter(isCovered).map((each) => ({ ...each, position: globalPosition(at()) })),
    parked: one.parked.filter(isCovered).map((each) => parkedAt(each.key, each.attempts, at())),
  }
  const told: Array<unknown> = []
  const inside = within(course, one.handler, told, at())
  const answer = await orThrown(readModels.commit(of, commit, one.handler === 'none' ? undefined : inside)())
  const isFenced = Array.isArray(answer) && answer[0] === 'Fenced'
  // Whether a key is parked may be asked before the handler is called or after it, so either failure may come first.
  if (one.handler === 'throws' && (isFenced || answer === 'thrown')) return 'nothing was written'
  return isFenced ? answer : [answer, told]
}

const parkedAt = (under: string, attempts: number, at: number): ToPark => ({
  key: under,
  reason: `because of ${at}`,
  attempts,
  event: {
    id: eventId(`00000000-0000-7000-8000-${String(at).padStart(12, '0')}`),
    stream: streamIdFrom('account-1'),
    version: version(at),
    position: globalPosition(at),
    type: 'Happened',
    schemaVersion: 1,
    tags: [],
    data: { at },
    metadata: {},
    recordedAt: timestamp(1_700_000_000_000 + at),
  },
})

const looks = async <Transaction>({ opened }: Course<Transaction>): Promise<unknown> => {
  const { readModels, table } = opened
  const seen: Array<unknown> = [await table.written(), tagOf(await readModels.liveVersion('balances')())]
  for (const nth of versions) {
    const of = { name: 'balances', version: nth }
    const loaded = await readModels.load(of, keys)()
    const parked = await readModels.parked(of)()
    seen.push(
      E.isRight(loaded) && [
        new Map(loaded.right.entries.map((entry) => [entry.key, entry])),
        loaded.right.parked,
      ],
      E.isRight(parked) && new Map(parked.right.map(({ since: _, ...each }) => [each.key, each])),
      tagOf(await readModels.place(of)()),
      tagOf(await readModels.page(of, 10)()),
    )
    for (const each of keys) seen.push(tagOf(await readModels.parkedEvents(of, each)()))
  }
  return seen
}

const saidBy = async <Transaction>(
  opened: OpenedOutbox<Transaction>,
  acts: ReadonlyArray<Act>,
): Promise<ReadonlyArray<unknown>> => {
  const course: Course<Transaction> = { opened, answers: new Map(), count: 0 }
  for (const nth of versions) await performed(course, { _tag: 'Lease', owner: 'a', version: nth, hours: 9 })
  const said: Array<unknown> = []
  for (const one of acts) said.push([one._tag, await performed(course, one), await looks(course)])
  return said
}

const alike = <Transaction>(open: () => Promise<OpenedOutbox<Transaction>>) =>
  fc.asyncProperty(fc.array(act, { maxLength: 16, size: 'max' }), async (acts) => {
    const inMemory = await saidBy(openKeeper(), acts)
    deepStrictEqual(await saidBy(await open(), acts), inMemory)
  })

const samples = { seed, numRuns: Number(process.env['RUNS'] ?? 25) }

describe('keepers', () => {
  test('answer alike, whatever they are asked', async () => {
    await fc.assert(
      alike(() => keepers.open(true)),
      samples,
    )
  })

  test('are compared in earnest: one that writes no entry where a parking ends is found out', async () => {
    const forgetful = async () => {
      const opened = openKeeper()
      const { unpark } = opened.readModels
      const wrong: typeof unpark = (of, unparking, inside) =>
        unpark(of, { ...unparking, entry: O.none }, inside)
      return { ...opened, readModels: { ...opened.readModels, unpark: wrong } }
    }
    const { failed } = await fc.check(alike(forgetful), { seed, numRuns: 300 })
    expect(failed).toBe(true)
  })
})
