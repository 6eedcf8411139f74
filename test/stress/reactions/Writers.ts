/**
 * Those who append while others read and react: deposits to hot and to new streams, and orders, which are placed,
 * extended and paid around their deadlines. Some appends are held open in a transaction of the writer's, so that what was
 * recorded before a deadline becomes visible after it, and some are rolled back after positions were drawn. What they
 * sent and were told is the record that `LogChecks` looks at.
 * Used by: `Round`.
 */
import type { Sql } from 'postgres'
import { type PostgresStore, postgresStore } from '../../../src/adapters/postgres/index.js'
import {
  type Append,
  type EventToAppend,
  eventId,
  eventToAppend,
  noStream,
  streamIdFrom,
} from '../../../src/store/index.js'
import { type Chance, chanceFrom } from '../Chance.js'
import { answerOf } from '../Client.js'
import { idsOf } from '../Decisions.js'
import { type Answer, type Attempt, now, shortId } from '../History.js'

export interface WritersPlan {
  /** Whether to end before that, since something else has failed. */
  readonly isOver: () => boolean
  readonly seed: number
  readonly writers: number
  /** How many events they write at least. */
  readonly events: number
  /** In which time about, in bursts. */
  readonly milliseconds: number
}

/** What all writers share. */
interface Writing extends WritersPlan {
  readonly sql: Sql
  readonly schema: string
  readonly store: PostgresStore
  readonly attempts: Array<Attempt>
  readonly began: number
  /** Orders whose life goes on beside their writer. */
  readonly lives: Set<Promise<void>>
  acknowledged: number
}

interface Writer {
  readonly writing: Writing
  readonly name: string
  readonly chance: Chance
  readonly nextId: () => string
}

const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)))

/** Writes until so many events are acknowledged and every order has had its life. */
export const runWriters = async (
  sql: Sql,
  schema: string,
  plan: WritersPlan,
): Promise<ReadonlyArray<Attempt>> => {
  const writing: Writing = {
    ...plan,
    sql,
    schema,
    store: postgresStore(sql, { schema }),
    attempts: [],
    began: Date.now(),
    lives: new Set(),
    acknowledged: 0,
  }
  await Promise.all(
    Array.from({ length: plan.writers }, (_, nth) =>
      write({
        writing,
        name: `${nth}`,
        chance: chanceFrom(plan.seed + 7919 * nth),
        nextId: idsOf(nth, 0),
      }),
    ),
  )
  await Promise.all(writing.lives)
  return writing.attempts
}

/** So many bursts there are, with rest between them, in which those who follow get to the end of the log. */
const bursts = 40

const write = async (writer: Writer): Promise<void> => {
  const { writing, chance } = writer
  for (let orders = 0; writing.acknowledged < writing.events && !writing.isOver(); ) {
    const elapsed = (Date.now() - writing.began) / writing.milliseconds
    const allowed = (writing.events * (Math.floor(elapsed * bursts) + 1)) / bursts
    if (writing.acknowledged >= allowed) {
      await sleep(5 + chance.below(20))
    } else if (chance.isLikely(0.32)) {
      orders += 1
      const life = liveOf(writer, `${writer.name}n${orders}`).finally(() => writing.lives.delete(life))
      writing.lives.add(life)
      await sleep(chance.below(4))
    } else {
      const isHot = chance.isLikely(0.6)
      const stream = isHot ? `account-hot${chance.below(12)}` : `account-${writer.name}n${chance.below(60)}`
      const events = Array.from({ length: 1 + chance.below(6) }, () => deposit(writer, stream))
      const other = chance.isLikely(0.1)
        ? [deposit(writer, `account-${writer.name}x${chance.below(20)}`)]
        : []
      await send(writer, { events: [...events, ...other], expected: [] }, !isHot && chance.isLikely(0.1))
    }
  }
}

const fact = (
  { nextId }: Writer,
  stream: string,
  type: string,
  data: Readonly<Record<string, unknown>>,
): EventToAppend => {
  const id = nextId()
  return eventToAppend({
    id: eventId(id),
    stream: streamIdFrom(stream),
    type,
    data: { nth: shortId(id), ...data },
  })
}

const deposit = (writer: Writer, stream: string): EventToAppend =>
  fact(writer, stream, 'Deposited', { amount: 1 + writer.chance.below(100) })

/** Placed, perhaps extended, and paid in time, at the last moment, too late, or never. */
const liveOf = async (writer: Writer, order: string): Promise<void> => {
  const { chance } = writer
  const stream = `order-${order}`
  const patience = 60 + chance.below(500)
  const placed = fact(writer, stream, 'Placed', { order, patience })
  const began = Date.now()
  const append: Append = {
    events: [placed],
    expected: [{ stream: streamIdFrom(stream), version: noStream }],
  }
  const answer = await send(writer, append, chance.isLikely(0.1))
  if (answer.outcome !== 'acknowledged') return
  let deadline = began + patience
  if (chance.isLikely(0.2)) {
    await sleep(aimedAt(chance, deadline) - Date.now())
    const more = 60 + chance.below(300)
    deadline = Date.now() + more
    await send(
      writer,
      { events: [fact(writer, stream, 'Extended', { order, patience: more })], expected: [] },
      chance.isLikely(0.3),
    )
  }
  if (chance.isLikely(0.25)) return
  await sleep(aimedAt(chance, deadline) - Date.now())
  const paid = fact(writer, stream, 'Paid', { order, amount: 1 + chance.below(100) })
  await send(writer, { events: [paid], expected: [] }, chance.isLikely(0.5))
}

/** A moment well before a deadline, after it, or so near that nobody can say which is first. */
const aimedAt = (chance: Chance, deadline: number): number => {
  const kind = chance.next()
  if (kind < 0.35) return deadline - 60 - chance.below(300)
  return kind < 0.85 ? deadline - 30 + chance.below(40) : deadline + 50 + chance.below(100)
}

/** Sent again under the same ids as long as nobody can tell what became of it, or the server cannot be reached. */
const send = async (writer: Writer, append: Append, isHeld: boolean): Promise<Answer> => {
  for (let isFirst = true; ; isFirst = false) {
    const answer = await sendOnce(writer, append, isHeld && isFirst)
    const mayPass = answer.outcome === 'unknown' || /^(Unavailable|lost)/.test(answer.why)
    if (!mayPass || writer.writing.isOver()) return answer
    await sleep(50)
  }
}

const sendOnce = async (writer: Writer, append: Append, isHeld: boolean): Promise<Answer> => {
  const { writing, name, chance } = writer
  const began = now()
  const answer = isHeld
    ? await inOwnTransaction(writer, append, chance.isLikely(0.3))
    : answerOf(append, await writing.store.append(append)())
  writing.attempts.push({
    client: name,
    decision: {
      id: shortId(append.events[0]?.id ?? ''),
      events: append.events.map(({ id, stream, type }) => ({ id: shortId(id), stream, type, tags: [] })),
      expected: append.expected.map(({ stream }) => ({ stream, version: 0 })),
      reads: [],
    },
    began,
    ended: now(),
    answer,
  })
  if (answer.outcome === 'acknowledged') writing.acknowledged += append.events.length
  return answer
}

/** Held open for a while after the append, and committed or rolled back. */
const inOwnTransaction = async (
  { writing: { sql, schema }, chance }: Writer,
  append: Append,
  isRolledBack: boolean,
): Promise<Answer> => {
  let answer: Answer = { outcome: 'refused', why: 'lost before anything was sent' }
  let isLost = false
  let mayCommit = false
  const holdMs = 10 + chance.below(50)
  const transaction = sql.begin(async (own) => {
    answer = answerOf(append, await postgresStore(own, { schema }).append(append)())
    if (answer.outcome === 'acknowledged') await sleep(isRolledBack ? holdMs / 10 : holdMs)
    // One more word on a connection that was lost would be a thrown error in nobody's hands: postgres.js 3.4.9.
    if (isLost) await new Promise(() => {})
    mayCommit = answer.outcome === 'acknowledged' && !isRolledBack
    if (!mayCommit) throw new Error('rolled back')
  })
  try {
    await transaction
    return answer
  } catch {
    isLost = true
    if (mayCommit) return { outcome: 'unknown', why: 'lost while it was committed' }
    if (answer.outcome === 'refused') return answer
    // Nobody has sent a commit, so whatever the append was told is gone.
    return {
      outcome: 'refused',
      why: answer.outcome === 'unknown' ? 'lost before the commit' : 'rolled back',
    }
  }
}
