/**
 * What a run leaves behind, once all is quiet: the log, all that is kept, what happened outside, and what was left undone.
 * Used by: `Reactions`.
 */
import { either as E, option as O } from 'fp-ts'
import type { Sql } from 'postgres'
import {
  type PostgresReadModels,
  type PostgresStore,
  postgresReadModels,
  postgresStore,
} from '../../../src/adapters/postgres/index.js'
import { readModelIdOf, unaccounted } from '../../../src/run/index.js'
import { beginning, everything, type GlobalPosition, type RecordedEvent } from '../../../src/store/index.js'
import { right, sleep } from '../Database.js'
import { fulfilment, ledgerAnew, readModels, telling } from './Definitions.js'
import type { LoggedEvent } from './Expected.js'
import { whatHappened } from './Outside.js'
import type { KeptEntry, Posting, Reacted, Refusal } from './ReactionChecks.js'

/** Where everything is. */
export interface Place {
  readonly sql: Sql
  readonly outside: Sql
  readonly schema: string
  readonly partitions: number
}

type Keeper = PostgresReadModels<Record<string, never>>

const processes = [fulfilment, telling] as const

export const storeOf = ({ sql, schema }: Place): PostgresStore =>
  postgresStore(sql, { schema, hints: 'none' })
export const keeperOf = ({ sql, schema, partitions }: Place): Keeper =>
  postgresReadModels(sql, { schema, partitions, searchable: false })

/** What is behind the log, or owed. */
const undone = async (place: Place): Promise<ReadonlyArray<string>> => {
  const keeper = keeperOf(place)
  const head = await right(storeOf(place).head)
  const behind: Array<string> = []
  for (const of of readModels) {
    const reached = await right(keeper.place(readModelIdOf(of)))
    if (reached < head) behind.push(`${of.name} ${of.version} is at ${reached}, and the log at ${head}`)
  }
  for (const of of processes) {
    for (const { id } of await right(keeper.owed(of))) behind.push(`${of.name} owes ${id}`)
  }
  const live = await right(keeper.liveVersion(ledgerAnew.name))
  if (O.toUndefined(live) !== ledgerAnew.version) behind.push('the second version of the ledger is not shown')
  // Answering what was owed may have written events that somebody reads.
  return (await right(storeOf(place).head)) === head ? behind : [...behind, 'the log is being written']
}

/** Waits until there is nothing to do; gives up when nothing gets less for so long. */
export const untilQuiet = async (place: Place, patienceMs: number): Promise<void> => {
  let least = Number.POSITIVE_INFINITY
  let since = Date.now()
  for (;;) {
    // Connections of before a crash are found out by the first that use them.
    const left = await undone(place).catch(() => undefined)
    if (left?.length === 0) return
    const head = await storeOf(place).head()
    const work = left === undefined || E.isLeft(head) ? least : left.length - Number(head.right)
    if (work < least) {
      least = work
      since = Date.now()
    }
    if (Date.now() - since > patienceMs) return
    await sleep(100)
  }
}

/** Everything that the checks look at. */
export const remainsOf = async (
  place: Place,
  mishaps: ReadonlyArray<string>,
): Promise<{ readonly reacted: Reacted; readonly recorded: ReadonlyArray<RecordedEvent> }> => {
  const { sql, schema, outside } = place
  const keeper = keeperOf(place)
  const recorded = await wholeLog(storeOf(place))
  const entries: Record<string, ReadonlyArray<KeptEntry>> = {}
  const left = [...(await undone(place))]
  for (const of of readModels) {
    entries[`${of.name} ${of.version}`] = await allEntries(keeper, readModelIdOf(of))
    for (const { key, reason } of await right(keeper.parked(readModelIdOf(of))))
      left.push(`${key} of ${of.name} ${of.version} is parked: ${reason}`)
  }
  const forgotten = [
    ...(await right(unaccounted(keeper, fulfilment))),
    ...(await right(unaccounted(keeper, telling))),
  ]
  for (const { key, command } of forgotten) left.push(`nobody owes ${JSON.stringify(command)} of ${key}`)
  const refused: ReadonlyArray<Refusal> = [
    ...(await right(keeper.refused(fulfilment))),
    ...(await right(keeper.refused(telling))),
  ]
  const postings = await sql.unsafe<Array<{ key: string; position: string }>>(
    'select key, position from posting order by nth',
  )
  const tallies = await sql.unsafe<Array<{ key: string; count: string; sum: string }>>(
    'select key, count, sum from tally order by key',
  )
  const decided = await sql.unsafe<Array<{ id: string }>>(`select command_id as id from "${schema}".decision`)
  const live = await right(keeper.liveVersion(ledgerAnew.name))
  const reacted: Reacted = {
    log: recorded.map(loggedOf),
    entries,
    postings: postings.map(({ key, position }): Posting => ({ key, position: Number(position) })),
    tallies: tallies.map(({ key, count, sum }) => ({ key, count: Number(count), sum: Number(sum) })),
    decided: decided.map(({ id }) => id),
    refused: refused.map(({ id, refusal, isStuck }) => ({ id, refusal, isStuck })),
    outside: await whatHappened(outside),
    left,
    mishaps,
    liveLedger: O.toUndefined(live),
  }
  return { reacted, recorded }
}

const wholeLog = async (store: PostgresStore): Promise<ReadonlyArray<RecordedEvent>> => {
  const log: Array<RecordedEvent> = []
  for (let after: GlobalPosition = beginning; ; ) {
    const page = await right(store.feed.page(everything, after, 5_000))
    for (const event of page.events) log.push(event)
    if (page.beyond === 'nothing') return log
    if (page.beyond === 'unsettled') await sleep(20)
    after = page.upTo
  }
}

const pageSize = 1_000

const allEntries = async (
  keeper: Keeper,
  of: { readonly name: string; readonly version: number },
): Promise<ReadonlyArray<KeptEntry>> => {
  const all: Array<KeptEntry> = []
  for (let after: string | undefined; ; ) {
    const page = await right(keeper.page(of, pageSize, after))
    for (const { key, state } of page) all.push({ key, state })
    after = page.at(-1)?.key
    if (page.length < pageSize) return all
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const loggedOf = (recorded: RecordedEvent): LoggedEvent => ({
  id: recorded.id,
  stream: recorded.stream,
  type: recorded.type,
  version: Number(recorded.version),
  position: Number(recorded.position),
  recordedAt: Number(recorded.recordedAt),
  data: isRecord(recorded.data) ? recorded.data : {},
  ...(recorded.metadata.commandId !== undefined && { commandId: recorded.metadata.commandId }),
})
