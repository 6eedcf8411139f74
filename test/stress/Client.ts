/**
 * One client of a run: a pool of connections with writers, a reader and a follower on it. It writes down what it is about
 * to send before it sends it, and what it was told before it goes on, so that it can be killed at any moment. A client
 * that replaces a killed one finds out what became of its last appends, and follows on from its checkpoint.
 * Used by: `ClientProcess`, and by `Round` directly where nobody is to be killed.
 */
import { either as E } from 'fp-ts'
import postgres, { type Sql } from 'postgres'
import { postgresStore } from '../../src/adapters/postgres/index.js'
import type { Append, AppendError, Appended, RecordedEvent } from '../../src/store/index.js'
import { chanceFrom } from './Chance.js'
import {
  anyItems,
  appendOf,
  decide,
  type Heat,
  hotStream,
  idsOf,
  type Planned,
  queryOf,
  type World,
} from './Decisions.js'
import { followBy, type Way } from './Following.js'
import {
  type Answer,
  byDecision,
  historyFile,
  linesOf,
  now,
  recordOf,
  shortId,
  statusOf,
  type Witness,
} from './History.js'

/** What a client is told at its start. */
export interface ClientOptions {
  readonly url: string
  readonly schema: string
  readonly seed: number
  readonly client: number
  readonly incarnation: number
  readonly writers: number
  readonly heat: Heat
  readonly follow: Way
  /** Where it writes. */
  readonly file: string
  /** Where those wrote that it replaces. */
  readonly predecessors: ReadonlyArray<string>
}

/** A running client. */
export interface Client {
  /** The writers and the reader finish what they are doing. */
  readonly stop: () => Promise<void>
  /** The follower goes on up to a place, and everything ends. */
  readonly drain: (upTo: number) => Promise<void>
}

const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

interface Running extends World {
  readonly options: ClientOptions
  readonly sql: Sql
  readonly write: ReturnType<typeof historyFile>['write']
  readonly nextAttempt: () => number
  readonly isStopping: () => boolean
}

export const startClient = (options: ClientOptions): Client => {
  const { url, schema, seed, client, incarnation, file, heat } = options
  const history = historyFile(file)
  const sql = postgres(url, {
    max: 8,
    // With them, a server that is lost at the first statement of a connection ends the process: postgres.js 3.4.9 asks
    // for the types in a promise that nobody holds.
    fetch_types: false,
    onnotice: () => {},
    backoff: () => 0.05,
    connect_timeout: 5,
    connection: { lock_timeout: 5_000, statement_timeout: 20_000 },
  })
  let attempts = 0
  let isStopping = false
  let drainTo = Infinity
  const running: Running = {
    options,
    sql,
    store: postgresStore(sql, { schema }),
    chance: chanceFrom(seed + 1_000 * client + incarnation),
    heat,
    nextId: idsOf(client, incarnation),
    write: history.write,
    nextAttempt: () => {
      attempts += 1
      return attempts
    },
    isStopping: () => isStopping,
  }
  const legacy = recordOf(options.predecessors.map((path) => ({ client: `${client}`, lines: linesOf(path) })))
  const working = Promise.all([
    takeOver(running, legacy),
    ...Array.from({ length: options.writers }, () => writing(running)),
    reading(running),
  ])
  const checkpoint = legacy.pages.at(-1)?.upTo ?? 0
  const following = followUntil(running, checkpoint, () => drainTo)
  return {
    stop: async () => {
      isStopping = true
      await working
    },
    drain: async (upTo) => {
      drainTo = upTo
      await following
      // Without a time limit, postgres.js 3.4.9 waits for the statements of connections that were lost.
      await sql.end({ timeout: 1 })
      history.close()
    },
  }
}

/** Sends again what a killed client may have sent, until the outcome is known. */
const takeOver = async (
  running: Running,
  { attempts }: Pick<ReturnType<typeof recordOf>, 'attempts'>,
): Promise<void> => {
  for (const same of byDecision(attempts).values()) {
    const [first] = same
    if (first === undefined || first.decision.isPoisoned || statusOf(same) !== 'unknown') continue
    await untilKnown(running, { decision: first.decision, append: appendOf(first.decision) })
  }
}

const writing = async (running: Running): Promise<void> => {
  while (!running.isStopping()) {
    const planned = await decide(running)
    if (planned === undefined) await sleep(50)
    else await carryOut(running, planned)
  }
}

const carryOut = async (running: Running, planned: Planned): Promise<void> => {
  const { chance } = running
  const answer =
    !planned.decision.isPoisoned && chance.isLikely(0.1)
      ? await inOwnTransaction(running, planned, chance.isLikely(0.5))
      : await attempt(running, planned, () => running.store.append(planned.append)())
  if (planned.decision.isPoisoned) return
  if (answer.outcome === 'unknown') await untilKnown(running, planned)
  else if (answer.outcome === 'acknowledged' && chance.isLikely(0.05)) await sendAgain(running, planned)
  // What was rolled back on purpose may be sent again under the same ids.
  else if (answer.why === 'rolled back' && chance.isLikely(0.3)) await untilKnown(running, planned)
  else if (answer.why.startsWith('Unavailable')) await sleep(50)
}

const sendAgain = (running: Running, planned: Planned): Promise<Answer> =>
  attempt(running, planned, () => running.store.append(planned.append)())

const patience = 200

/** The same append, until it is acknowledged or can never be recorded. */
const untilKnown = async (running: Running, planned: Planned): Promise<void> => {
  for (let nth = 0; nth < patience; nth++) {
    const answer = await sendAgain(running, planned)
    if (answer.outcome === 'acknowledged' || answer.isFinal) return
    await sleep(50)
  }
}

const attempt = async (
  { write, nextAttempt }: Running,
  { decision, append }: Planned,
  send: () => Promise<E.Either<AppendError, Appended>>,
): Promise<Answer> => {
  const number = nextAttempt()
  write({ ...decision, line: 'send', at: now(), attempt: number })
  const answer = answerOf(append, await send())
  write({ ...answer, line: 'answer', at: now(), attempt: number })
  return answer
}

export const answerOf = (append: Append, result: E.Either<AppendError, Appended>): Answer => {
  if (E.isRight(result)) {
    const { streams, lastPosition, repeated } = result.right
    return {
      outcome: 'acknowledged',
      why: 'recorded',
      lastPosition: Number(lastPosition),
      versions: streams.map(({ stream, version }) => ({ stream, version: Number(version) })),
      isRepeated: repeated,
    }
  }
  const error = result.left
  const reason = 'reason' in error ? `: ${error.reason}` : ''
  const isUnknown = error._tag === 'Unavailable' && error.outcome === 'unknown'
  return {
    outcome: isUnknown ? 'unknown' : 'refused',
    why: `${error._tag}${reason}`,
    ...(isConflict(error) && append.events.length > 0 ? { isFinal: true } : {}),
  }
}

const isConflict = ({ _tag }: AppendError): boolean =>
  _tag === 'VersionConflict' || _tag === 'ConditionConflict'

/** In a transaction of the caller's, held open for a while and committed, or rolled back after positions were drawn. */
const inOwnTransaction = async (
  { sql, chance, options, write, nextAttempt }: Running,
  { decision, append }: Planned,
  isRolledBack: boolean,
): Promise<Answer> => {
  const number = nextAttempt()
  write({ ...decision, line: 'send', at: now(), attempt: number })
  let answer: Answer = { outcome: 'refused', why: 'lost before anything was sent' }
  let isLost = false
  let mayCommit = false
  const transaction = sql.begin(async (own) => {
    answer = answerOf(append, await postgresStore(own, { schema: options.schema }).append(append)())
    if (answer.outcome === 'acknowledged') await sleep(isRolledBack ? chance.below(5) : 20 + chance.below(40))
    // One more word on a connection that was lost would be a thrown error in nobody's hands: postgres.js 3.4.9.
    if (isLost) await new Promise(() => {})
    mayCommit = answer.outcome === 'acknowledged' && !isRolledBack
    if (!mayCommit) throw new Error('rolled back')
  })
  const end = await transaction.then(
    () => answer,
    (): Answer => {
      isLost = true
      if (mayCommit) return { outcome: 'unknown', why: 'lost while it was committed' }
      // Nobody has sent a commit, so whatever the append was told is gone.
      return answer.outcome === 'refused'
        ? answer
        : { outcome: 'refused', why: answer.outcome === 'unknown' ? 'lost before the commit' : 'rolled back' }
    },
  )
  write({ ...end, line: 'answer', at: now(), attempt: number })
  return end
}

/** Streams and tags, read whole. */
const reading = async (running: Running): Promise<void> => {
  const { store, write, chance } = running
  while (!running.isStopping()) {
    await sleep(chance.below(6))
    const began = now()
    if (chance.isLikely(0.6)) {
      const stream = hotStream(running)
      const slice = await store.readStream(stream)()
      if (E.isRight(slice)) {
        const ids = slice.right.events.map(({ id }) => shortId(id))
        write({
          line: 'read',
          began,
          ended: now(),
          streams: [{ stream, ids }],
          ...newest(slice.right.events),
        })
      } else await sleep(50)
    } else {
      const items = anyItems(running)
      const slice = await store.read(queryOf(items))()
      if (E.isRight(slice)) {
        const ids = slice.right.events.map(({ id }) => shortId(id))
        write({ line: 'read tags', began, ended: now(), items, ids, ...newest(slice.right.events) })
      } else await sleep(50)
    }
  }
}

const newest = (events: ReadonlyArray<RecordedEvent>): { readonly newest?: Witness } => {
  const last = events.at(-1)
  return last === undefined ? {} : { newest: [Number(last.position), shortId(last.id)] }
}

/** The checkpoint is the line that was written about a page, as a projection writes both in one transaction. */
const followUntil = async (
  { store, sql, options, write }: Running,
  checkpoint: number,
  drainTo: () => number,
): Promise<void> => {
  const follow = followBy(store, sql, options.schema, options.follow)
  if (follow === undefined) return
  const follower = followerOf(options.client)
  for (let after = checkpoint; ; ) {
    const page = await follow(after).catch(() => undefined)
    if (page === undefined) {
      await sleep(50)
      continue
    }
    const { upTo, events, isAtEnd } = page
    if (upTo > after || events.length > 0) write({ line: 'page', follower, after, upTo, events })
    after = upTo
    if (after >= drainTo()) return
    if (isAtEnd || events.length === 0) await sleep(4)
  }
}

export const followerOf = (client: number): string => `follower ${client}`
