/**
 * The demo: bank accounts decided by pure functions, kept in a real PostgreSQL, replayed, and checked to the heller.
 * This is the composition root, the one place where the domain, the stores, the files and the terminal meet.
 */
import { resolve } from 'node:path'
import { type EventStore, reportStoreError, timeline, toIsoString } from 'decider-ts'
import { memoryStore } from 'decider-ts/adapters/memory'
import { either as E } from 'fp-ts'
import { loadBerka } from './BerkaFiles.js'
import { type Book, type Books, onDay, readBooks, totalsOf } from './Books.js'
import { type Check, check, count, holds } from './Check.js'
import { type Database, openDatabase } from './Database.js'
import { reportBadInput } from './DelimitedText.js'
import { digestOf } from './Digest.js'
import { addTallies, runLanes, StoreFailure, type Tally } from './Lanes.js'
import { format } from './Money.js'
import { type Options, parseOptions, usage } from './Options.js'
import { type Lane, lengthOf } from './Order.js'
import { progressOf } from './Progress.js'
import { generatedScenario, realScenario, type Scenario, strictScenario } from './Scenario.js'
import { changes, checkTable, historyTable, refusalCounts, refusalLines, stateInWords } from './Tables.js'

const exitCode = { fine: 0, failed: 1, badInput: 2, interrupted: 130 }

const say = (...lines: ReadonlyArray<string>): void => {
  for (const line of lines) console.log(line)
}
const indented = (lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.map((line) => `   ${line}`.trimEnd())
const chapter = (title: string): void => say('', title)

const secondsSince = (start: number): number => (performance.now() - start) / 1000

/** The scenario that the options ask for, or why it cannot be had. Relative paths are the caller's, also under npm. */
const scenarioOf = async (options: Options): Promise<E.Either<string, Scenario>> => {
  if (options.berka === undefined) return E.right(generatedScenario(options))
  const { INIT_CWD = process.cwd() } = process.env
  const berka = await loadBerka(resolve(INIT_CWD, options.berka))()
  if (E.isLeft(berka)) return E.left(reportBadInput(berka.left))
  return E.right(options.noOverdraft ? strictScenario(berka.right) : realScenario(berka.right))
}

/** Every lane, and then the rush, each of whose commands is a lane of its own. */
const runScenario = async (
  store: EventStore,
  { lanes, rush }: Scenario,
  { concurrency, signal }: { readonly concurrency: number; readonly signal: AbortSignal },
): Promise<Tally> => {
  const progress = progressOf(
    lanes.reduce((sum, lane) => sum + lengthOf(lane), rush.length),
    say,
  )
  const run = runLanes(store, { atOnce: concurrency, signal, onAnswer: progress.advance })
  try {
    const orderly = await run(lanes)
    return addTallies(orderly, await run(rush.map((order) => [order])))
  } finally {
    progress.stop()
  }
}

const readAll = async (store: EventStore): Promise<Books> => {
  const books = await readBooks(store)
  if (E.isLeft(books)) throw new StoreFailure(reportStoreError(books.left))
  return books.right
}

/**
 * The same commands in memory. Accounts share nothing, so each lane just runs again; the order within the rush was
 * settled in PostgreSQL by who won which race, so it is taken from there.
 */
const runInMemory = async ({ lanes, rush }: Scenario, recorded: Books, signal: AbortSignal) => {
  const store = memoryStore()
  const places = new Map(
    [...recorded.values()]
      .flatMap((book) => book.recorded)
      .map(({ metadata, version }) => [metadata.commandId, version]),
  )
  const placeOf = (commandId: string): number => Number(places.get(commandId) ?? 0n)
  const settled: Lane = rush.toSorted(
    (left, right) => placeOf(left.context.commandId) - placeOf(right.context.commandId),
  )
  const run = runLanes(store, { atOnce: 1, signal })
  const tally = addTallies(await run(lanes), await run([settled]))
  return { tally, books: await readAll(store) }
}

const tellHistory = (book: Book): void => {
  chapter(`3  The history of account ${book.account}: nothing else is stored`)
  say(...historyTable(book))
}

const tellTimeTravel = (book: Book): void => {
  const { steps } = book.timeline
  const early = steps[Math.floor(steps.length / 3)]
  const later = steps[Math.floor((2 * steps.length) / 3)]
  if (early === undefined || later === undefined) return
  const before = timeline.atVersion(early.version)(book.timeline)
  const after = timeline.atTime(later.recordedAt)(book.timeline)
  const lines = [
    [`at version ${early.version}`, before],
    [`at ${toIsoString(later.recordedAt)}, by the clock of the store`, after],
    [`on ${later.event.on}, by the calendar of the bank`, onDay(later.event.on)(book)],
    ['now', book.state],
  ] as const
  chapter('4  Back in time: any prefix of the history is a state')
  say(...lines.map(([when, state]) => `   ${when.padEnd(56)} ${stateInWords(state)}`))
  say(`   what changed between version ${early.version} and now:`, ...changes(before, book.state))
}

const tellCounts = (tally: Tally, books: Books, seconds: number): void => {
  const { accounts, events, balance } = totalsOf(books)
  const commands = tally.accepted + tally.refused.length
  say(
    `   ${count(commands)} commands: ${count(tally.accepted)} accepted, ${count(tally.refused.length)} rejected by a rule of the domain`,
    ...refusalLines(tally.refused),
    `   ${count(tally.retried)} conflicts, where someone else wrote first and the command was decided again`,
    `   ${count(events)} events in ${count(accounts)} accounts, balances ${format(balance)} CZK`,
    `   ${seconds.toFixed(1)} s, ${count(Math.round(commands / seconds))} commands/s, ${count(Math.round(events / seconds))} events/s`,
  )
}

/** Both stores must have rejected the same commands for the same reasons; what differs is then said in full. */
const sameRejections = (memory: Tally, stored: Tally): Check => {
  const detail = ({ refused }: Tally) =>
    refusalCounts(refused)
      .map(([reason, times]) => `${reason} ${times}`)
      .join(', ')
  const [expected, actual] = [detail(memory), detail(stored)]
  const short = count(stored.refused.length)
  return expected === actual ? check('rejections', short, short) : check('rejections', expected, actual)
}

/** The whole story; what it found out is in the checks that it returns. */
const tell = async (
  database: Database,
  scenario: Scenario,
  { concurrency, signal }: { readonly concurrency: number; readonly signal: AbortSignal },
): Promise<ReadonlyArray<Check>> => {
  chapter(`2  Commands in two offices, ${concurrency} at once: decide, and append if nobody else has written`)
  say(...indented(scenario.intro))
  const start = performance.now()
  const tally = await runScenario(database.store, scenario, { concurrency, signal })
  const seconds = secondsSince(start)

  const replayStart = performance.now()
  const books = await readAll(database.store)
  const replaySeconds = secondsSince(replayStart)
  tellCounts(tally, books, seconds)
  say(...indented(scenario.findings(tally.refused)))

  const [shown] = [...books.values()].sort(
    (left, right) => scenario.interest(right) - scenario.interest(left),
  )
  if (shown !== undefined) {
    tellHistory(shown)
    tellTimeTravel(shown)
  }
  signal.throwIfAborted()

  chapter('5  The same commands once more, in memory, and the digests of every history and every state')
  const memory = await runInMemory(scenario, books, signal)
  const [stored, recomputed] = [digestOf(books), digestOf(memory.books)]
  say(
    `   PostgreSQL  ${stored}   (${count(totalsOf(books).events)} events replayed in ${replaySeconds.toFixed(1)} s)`,
  )
  say(`   memory      ${recomputed}   ${stored === recomputed ? 'equal' : 'DIFFERENT'}`)
  return [
    check('digest of all books', recomputed.slice(0, 16), stored.slice(0, 16)),
    sameRejections(memory.tally, tally),
    ...scenario.checks(books, tally.refused),
  ]
}

const tellChecks = (checks: ReadonlyArray<Check>): number => {
  const failed = checks.filter((each) => !holds(each))
  chapter('6  What must be so, and what the replayed events say')
  say(...checkTable(checks))
  return failed.length === 0 ? exitCode.fine : exitCode.failed
}

const run = async (options: Options, scenario: Scenario, signal: AbortSignal): Promise<number> => {
  const start = performance.now()
  say('decider-ts: a bank whose accounts are two pure functions, decide and evolve')
  chapter('1  A place to keep facts')
  const database = await openDatabase()
  try {
    const whose = database.own ? 'started for this run' : 'of DATABASE_URL, in a schema of its own'
    say(`   PostgreSQL ${database.version}, ${whose}: ready after ${secondsSince(start).toFixed(1)} s`)
    signal.throwIfAborted()
    const code = tellChecks(await tell(database, scenario, { concurrency: options.concurrency, signal }))
    const verdict =
      code === exitCode.fine ? 'All of it holds.' : 'NOT all of it holds: see the rows marked with ✗.'
    say('', `${verdict} ${secondsSince(start).toFixed(1)} s in all.`)
    return code
  } finally {
    await database.close()
    say(database.own ? 'The server is stopped and its files are removed.' : 'The schema is dropped.')
  }
}

/**
 * The first Ctrl-C ends the run in an orderly way; whoever presses it again does not want to wait. A terminal and npm may
 * both pass on one and the same key press, so what follows at once is not a second one.
 */
const interruption = (): AbortSignal => {
  const controller = new AbortController()
  let interruptedAt = 0
  const interrupt = () => {
    if (!controller.signal.aborted) interruptedAt = performance.now()
    else if (secondsSince(interruptedAt) > 1) process.exit(exitCode.interrupted)
    controller.abort()
  }
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt)
  // A reader that goes away, as in `| head`, ends the run too.
  process.stdout.on('error', () => controller.abort())
  return controller.signal
}

const main = async (): Promise<number> => {
  const options = parseOptions(process.argv.slice(2))
  if (E.isLeft(options)) {
    console.error(`${options.left}\nTry --help.`)
    return exitCode.badInput
  }
  if (options.right.help) {
    say(usage)
    return exitCode.fine
  }
  const signal = interruption()
  const scenario = await scenarioOf(options.right)
  if (E.isLeft(scenario)) {
    console.error(`Bad input: ${scenario.left}`)
    return exitCode.badInput
  }
  try {
    return await run(options.right, scenario.right, signal)
  } catch (error) {
    if (signal.aborted) {
      say('Interrupted.')
      return exitCode.interrupted
    }
    console.error(error instanceof StoreFailure ? error.message : error)
    return exitCode.failed
  }
}

process.exitCode = await main()
