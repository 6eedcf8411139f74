/**
 * A case of the conformance suite of read models, and what it is given: an empty keeper, perhaps with a second connection
 * to it, a way to let its clock go on, and perhaps a table of the user's to write to in the transaction of a commit.
 * Used by: `ReadModelSuite` and every module of its cases.
 * @since 0.1.0
 */
import { either as E, option as O, type taskEither as TE } from 'fp-ts'
import type {
  Entry,
  Fenced,
  Lease,
  ReadModelCommit,
  ReadModelError,
  ReadModelId,
  ReadModels,
  ToPark,
} from '../../run/ReadModels.js'
import { globalPosition } from '../../store/GlobalPosition.js'
import type { Json } from '../../store/Json.js'
import type { RecordedEvent } from '../../store/RecordedEvent.js'
import { timestamp } from '../../store/Timestamp.js'
import { version } from '../../store/Version.js'
import { equal, fail, textOf } from './Expect.js'
import { event, streamNamed } from './Samples.js'

/** A table of the user's: what a handler writes by its transaction, and what is in it. */
export interface OwnTable<Transaction> {
  readonly write: (transaction: Transaction, n: number) => Promise<void>
  /** In the order of writing. */
  readonly written: () => Promise<ReadonlyArray<number>>
}

/** An empty keeper, and how to be rid of it. */
export interface OpenedReadModels<Transaction> {
  readonly readModels: ReadModels<Transaction>
  /** One more connection to the same keeper, for races; `close` closes it too. */
  readonly connect?: () => Promise<ReadModels<Transaction>>
  /** Lets the keeper's clock go on by so many milliseconds: by waiting, or by turning it. */
  readonly pass: (milliseconds: number) => Promise<void>
  readonly table: OwnTable<Transaction>
  readonly close: () => Promise<void>
}

/** What a case is given. */
export interface ReadModelWorld<Transaction> extends OpenedReadModels<Transaction> {
  /** A second connection where there is one, and otherwise the first. */
  readonly other: ReadModels<Transaction>
  readonly rounds: number
}

/** A behaviour, and how to find out whether a keeper has it. */
export interface ReadModelCase {
  readonly name: string
  readonly body: <Transaction>(world: ReadModelWorld<Transaction>) => Promise<void>
}

/** A case. */
export const readModelCase = (name: string, body: ReadModelCase['body']): ReadModelCase => ({ name, body })

/** The read model of the cases. */
export const balances: ReadModelId = { name: 'balances', version: 1 }

/** A lease that is long enough for any case to end in it. */
export const longMs = 60_000

/** A lease that is over after a moment. */
export const shortMs = 50

/** The answer of a call that must succeed. */
export const done = async <A>(call: TE.TaskEither<ReadModelError | Fenced, A>, what: string): Promise<A> => {
  const answer = await call()
  return E.isRight(answer)
    ? answer.right
    : fail(`${what}: the keeper refused\n  actual   ${textOf(answer.left)}`)
}

/** A call that must be refused in this way. */
export const refused = async (
  call: TE.TaskEither<ReadModelError | Fenced, unknown>,
  tag: (ReadModelError | Fenced)['_tag'],
  what: string,
): Promise<void> => {
  const answer = await call()
  if (E.isLeft(answer) && answer.left._tag === tag) return
  fail(`${what}\n  expected ${tag}\n  actual   ${textOf(E.isLeft(answer) ? answer.left : answer.right)}`)
}

/** Leases what an owner can have. */
export const leased = <Transaction>(
  readModels: ReadModels<Transaction>,
  owner: string,
  of = balances,
  leaseMs = longMs,
): Promise<ReadonlyArray<Lease>> => done(readModels.lease(of, owner, leaseMs), `${owner} asks for leases`)

/** A commit of entries under leases, that moves all of them to a place. */
export const commitOf = (
  owner: string,
  leases: ReadonlyArray<Lease>,
  to: number,
  entries: ReadonlyArray<Entry> = [],
  parked: ReadonlyArray<ToPark> = [],
): ReadModelCommit => ({
  owner,
  moves: leases.map((lease) => ({ ...lease, to: globalPosition(to) })),
  entries,
  parked,
})

/** An entry. */
export const entryAt = (key: string, at: number, state: Json = at): Entry => ({
  key,
  state,
  position: globalPosition(at),
})

/** An event to be parked, the one that failed or one behind it. */
export const parkedAt = (key: string, at: number, attempts = 0): ToPark => ({
  key,
  event: recordedAt(at),
  reason: attempts > 0 ? `It failed ${attempts} times.` : 'It waits.',
  attempts,
})

/** An event as a log would have it. */
export const recordedAt = (at: number): RecordedEvent => ({
  ...event(at, streamNamed('one')),
  data: { n: at, text: '"\\ é😀' },
  metadata: {},
  version: version(at),
  position: globalPosition(at),
  recordedAt: timestamp(1_700_000_000_000 + at),
})

/** What is kept of keys: states and positions of entries, and what is parked. */
export const keptOf = async <Transaction>(
  readModels: ReadModels<Transaction>,
  keys: ReadonlyArray<string>,
  of = balances,
): Promise<unknown> => {
  const { entries, parked } = await done(readModels.load(of, keys), 'the keys are loaded')
  const events = []
  for (const key of keys)
    events.push(
      (await done(readModels.parkedEvents(of, key), 'parked events are read')).map(
        ({ position }) => position,
      ),
    )
  return {
    entries: [...entries]
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .map(({ key, state, position }) => [key, textOf(state), position]),
    parked: keys.filter((key) => parked.has(key)),
    events,
    place: await done(readModels.place(of), 'the place is read'),
  }
}

/** The entry of a key, which is loaded and got alike. */
export const finds = async <Transaction>(
  readModels: ReadModels<Transaction>,
  expected: Entry,
  what: string,
  of = balances,
): Promise<void> => {
  const got = await done(readModels.get(of, expected.key), 'the entry is read')
  const { entries } = await done(readModels.load(of, [expected.key]), 'the entry is loaded')
  equal(shownEntry(O.toUndefined(got)), shownEntry(expected), what)
  equal(entries.map(shownEntry), [shownEntry(expected)], `${what}, also when it is loaded`)
}

const shownEntry = (entry: Entry | undefined) =>
  entry && { key: entry.key, position: entry.position, state: textOf(entry.state) }

/** Keys of two different partitions. */
export const twoKeys = <Transaction>({ partitionOf }: ReadModels<Transaction>): readonly [string, string] => {
  const first = 'account-1'
  for (let n = 2; n < 10_000; n++)
    if (partitionOf(`account-${n}`) !== partitionOf(first)) return [first, `account-${n}`]
  return fail('the keeper has more than one partition')
}

/** The lease of the partition of a key. */
export const leaseFor = <Transaction>(
  { partitionOf }: ReadModels<Transaction>,
  leases: ReadonlyArray<Lease>,
  key: string,
): Lease =>
  leases.find(({ partition }) => partition === partitionOf(key)) ??
  fail(`there is a lease for the key ${key}`)
