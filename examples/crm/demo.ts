/**
 * The demo: four services as four processes on a real PostgreSQL. They are asked by HTTP, two of them are killed in the
 * middle and started again, and in the end every read model of each is what one big fold of all their events gives.
 * This is the composition root; it alone knows all four.
 */
import { resolve } from 'node:path'
import { either as E } from 'fp-ts'
import { startPostgres } from '../../tools/postgres/EmbeddedPostgres.js'
import { type Check, check, count, holds } from '../banking/Check.js'
import { reportBadInput } from '../banking/DelimitedText.js'
import { checkTable } from '../banking/Tables.js'
import { converged } from './Convergence.js'
import { type Options, parseOptions, usage } from './Options.js'
import { type Answer, type Processes, processesOn } from './Processes.js'
import { oracleChecks } from './pipeline/Oracle.js'
import type { Pipeline } from './pipeline/Pipeline.js'
import { isThere, loadPipeline, usualDirectory } from './pipeline/PipelineFiles.js'
import { agents, pipeline as stages } from './relationships/Projections.js'
import { changesOf, registrations, visitsOf } from './Script.js'
import { names } from './System.js'

const exitCode = { fine: 0, failed: 1, badInput: 2, interrupted: 130 }
const timeoutMs = 60_000

const say = (...lines: ReadonlyArray<string>): void => {
  for (const line of lines) console.log(line)
}
const chapter = (title: string): void => say('', title)
const secondsSince = (start: number): string => `${((performance.now() - start) / 1000).toFixed(1)} s`

/** How often each answer was given. */
const inWords = (answers: ReadonlyArray<Answer>): string => {
  const counts = new Map<string, number>()
  for (const answer of answers) {
    const word =
      'accepted' in answer
        ? 'accepted'
        : 'rejected' in answer
          ? `rejected: ${answer.rejected}`
          : answer.failed
    counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  return [...counts].map(([word, times]) => `${count(times)} ${word}`).join(', ')
}

interface Run {
  readonly processes: Processes
  readonly options: Options
  readonly signal: AbortSignal
}

const startAll = async ({ processes: { services } }: Run): Promise<void> => {
  await Promise.all(names.map((name) => services[name].start()))
  for (const name of names) say(`   ${name.padEnd(14)} process ${services[name].pid()}`)
}

/** Asks again until the news has come: what was written over there is known here a moment later. */
const untilKnown = async ({ processes: { services }, signal }: Run, customer: string): Promise<number> => {
  const start = performance.now()
  const appointment = { customer, appointment: 'first' }
  for (;;) {
    signal.throwIfAborted()
    const [answer] = await services.appointments.ask({ type: 'Book', ...appointment, on: '2026-02-28' })
    if (answer !== undefined && 'accepted' in answer) break
    if (performance.now() - start > timeoutMs) throw new Error(`${customer} is not known in appointments.`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const ms = performance.now() - start
  await services.appointments.ask({ type: 'Keep', ...appointment })
  return ms
}

const tellKnowledge = async (run: Run, customers: ReturnType<typeof registrations>): Promise<void> => {
  const { services } = run.processes
  chapter('2  An appointment is booked only for customers who are known there')
  const stranger = { type: 'Book', customer: 'stranger', appointment: 'a1', on: '2026-02-28' }
  say(`   for a stranger: ${inWords(await services.appointments.ask(stranger))}`)
  const answers = await services.customers.ask(...customers.flatMap(({ commands }) => commands))
  say(`   ${count(customers.length)} customers register in the customers service: ${inWords(answers)}`)
  const last = customers.at(-1)?.customer ?? ''
  const ms = await untilKnown(run, last)
  say(`   ${last} could book in the appointments service ${ms.toFixed(0)} ms later`)
}

/** Appointments of a round, asked all at once. Where nobody answers, nobody knows what became of the request. */
const visits = (
  { processes: { services }, options: { seed } }: Run,
  customers: ReadonlyArray<string>,
  round: number,
): ReadonlyArray<Promise<ReadonlyArray<Answer>>> =>
  customers.map((customer, index) =>
    services.appointments
      .ask(...visitsOf(customer, round, seed + round * 1_000 + index))
      .catch((): ReadonlyArray<Answer> => [{ failed: 'requests without an answer' }]),
  )

const all = async (answers: ReadonlyArray<Promise<ReadonlyArray<Answer>>>): Promise<string> =>
  inWords((await Promise.all(answers)).flat())

const tellDeath = async (run: Run, customers: ReadonlyArray<string>): Promise<void> => {
  const { services } = run.processes
  chapter('3  Two services are killed in the middle of their work')
  const before = await all(visits(run, customers, 1))
  const during = visits(run, customers, 2)
  await Promise.race(during)
  await Promise.all([services.appointments.kill(), services.relationships.kill()])
  say(`   appointments of all customers: ${before}`)
  say(`   and more, when appointments and relationships are killed (SIGKILL): ${await all(during)}`)
  const changes = customers.flatMap((customer, index) =>
    changesOf(customer, run.options.seed + 7_000 + index),
  )
  say(`   meanwhile, in the customers service: ${inWords(await services.customers.ask(...changes))}`)
  const campaign = 'spring'
  const launched = await services.campaigns.ask(
    { type: 'Plan', campaign, title: 'Spring' },
    { type: 'SelectAndLaunch', campaign, selection: { missedAtMost: 1 } },
  )
  say(`   meanwhile, in the campaigns service: ${inWords(launched)}`)
  await Promise.all([services.appointments.start(), services.relationships.start()])
  say('   both are started again, on what they had written')
  say(`   the same once more, as nobody knows what was done: ${await all(visits(run, customers, 2))}`)
}

const tellConvergence = async ({ processes, signal }: Run): Promise<ReadonlyArray<Check>> => {
  const { different, readModels, entries, events, afterMs } = await converged(processes, {
    timeoutMs,
    signal,
  })
  const equal = readModels - different.length
  say(
    `   ${count(events)} events in four logs; ${count(entries)} entries in ${readModels} read models`,
    different.length === 0
      ? `   all equal to the one big fold after ${(afterMs / 1000).toFixed(1)} s`
      : `   DIFFERENT after ${(afterMs / 1000).toFixed(1)} s: ${different.join(', ')}`,
  )
  return [
    check(
      'read models equal to the one big fold',
      `${readModels} of ${readModels}`,
      `${equal} of ${readModels}`,
    ),
  ]
}

const tellCampaign = async ({ processes: { services } }: Run): Promise<void> => {
  chapter('5  A campaign for those who come, selected from the read models of three neighbours')
  const campaign = 'friends'
  const selection = { keptAtLeast: 3, missedAtMost: 1 }
  const answers = await services.campaigns.ask(
    { type: 'Plan', campaign, title: 'Friends' },
    { type: 'SelectAndLaunch', campaign, selection },
  )
  say(`   three kept appointments or more, one missed at most: ${inWords(answers)}`)
}

const atOnce = 3

/** The real pipeline, a list of commands for each opportunity, some lists at once. */
const loadReal = async ({ processes: { services }, signal }: Run, { accounts, opportunities }: Pipeline) => {
  const answers = [...(await services.customers.ask(...accounts.flat()))]
  const batches = Array.from({ length: Math.ceil(opportunities.length / 100) }, (_, index) =>
    opportunities.slice(index * 100, index * 100 + 100),
  )
  const work = async (): Promise<void> => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      signal.throwIfAborted()
      answers.push(...(await services.relationships.ask(...batch)))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return answers
}

const realFigures = async (
  { processes: { services } }: Run,
  data: Pipeline,
): Promise<ReadonlyArray<Check>> => {
  const all = (await services.relationships.read(stages.name)) as Readonly<
    Record<string, typeof stages.initialState>
  >
  const sold = (await services.relationships.read(agents.name)) as Readonly<
    Record<string, { readonly value: number }>
  >
  return oracleChecks(data, {
    pipeline: all['all'] ?? stages.initialState,
    agents: new Map(Object.entries(sold).map(([key, sales]) => [key.replace(/^agent:/, ''), sales])),
  })
}

const tellReal = async (run: Run, data: Pipeline | undefined): Promise<ReadonlyArray<Check>> => {
  chapter('6  A real sales pipeline')
  if (data === undefined) {
    say('   The data are not here, so this part is left out. --data DIR says where they are.')
    return []
  }
  const start = performance.now()
  const answers = await loadReal(run, data)
  say(`   ${count(data.opportunities.length)} opportunities: ${inWords(answers)} in ${secondsSince(start)}`)
  const same = await tellConvergence(run)
  return [...(await realFigures(run, data)), ...same]
}

/** The whole story; what it found out is in the checks. */
const tell = async (run: Run, data: Pipeline | undefined): Promise<ReadonlyArray<Check>> => {
  chapter('1  Four services, each with a process and a database of its own')
  await startAll(run)
  const customers = registrations(run.options.customers, run.options.seed)
  await tellKnowledge(run, customers)
  await tellDeath(
    run,
    customers.map(({ customer }) => customer),
  )
  chapter('4  What everybody knows, and what everybody should know')
  const first = await tellConvergence(run)
  await tellCampaign(run)
  const second = await tellConvergence(run)
  return [...first, ...second, ...(await tellReal(run, data))]
}

const run = async (options: Options, data: Pipeline | undefined, signal: AbortSignal): Promise<number> => {
  const start = performance.now()
  say('decider-ts: a CRM of four services that share nothing but what they have promised each other')
  const server = await startPostgres()
  try {
    const processes = await processesOn(server.url)
    try {
      const checks = await tell({ processes, options, signal }, data)
      chapter('7  What must be so, and what is so')
      say(...checkTable(checks))
      const isFine = checks.every(holds)
      const verdict = isFine ? 'All of it holds.' : 'NOT all of it holds: see the rows marked with ✗.'
      say('', `${verdict} ${secondsSince(start)} in all.`)
      return isFine ? exitCode.fine : exitCode.failed
    } finally {
      await processes.close()
    }
  } finally {
    await server.stop()
  }
}

/** The pipeline if it is there; a directory that was named has to be. */
const dataOf = async ({ data }: Options): Promise<E.Either<string, Pipeline | undefined>> => {
  const { INIT_CWD = process.cwd() } = process.env
  const directory = data === undefined ? usualDirectory() : resolve(INIT_CWD, data)
  if (data === undefined && !isThere(directory)) return E.right(undefined)
  return E.mapLeft(reportBadInput)(await loadPipeline(directory)())
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
  const data = await dataOf(options.right)
  if (E.isLeft(data)) {
    console.error(`Bad input: ${data.left}`)
    return exitCode.badInput
  }
  const controller = new AbortController()
  process.on('SIGINT', () => controller.abort()).on('SIGTERM', () => controller.abort())
  try {
    return await run(options.right, data.right, controller.signal)
  } catch (error) {
    if (controller.signal.aborted) {
      say('Interrupted.')
      return exitCode.interrupted
    }
    console.error(error)
    return exitCode.failed
  }
}

process.exitCode = await main()
