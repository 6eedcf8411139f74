/**
 * What it costs to find a fault: each broken domain of the zoo is examined with ten seeds, for the law that names its
 * fault. And what it costs to find none: the bank account of the example, held against every law. It fails when a fault
 * is not found or the account is found guilty, never because it took long.
 * Run it with `npm run bench:harness`; with `--save` the figures are kept in `bench/results/zoo.json`.
 */
import Table from 'cli-table3'
import { examine, gapsOf, moreUntilCovered, mutationScore } from 'decider-ts/harness'
import { Account } from '../examples/banking/Account.js'
import { accountExpectations } from '../examples/banking/Expectations.js'
import { catalogue } from '../src/harness/domain/Catalogue.js'
import { trialsOf } from '../src/harness/domain/Trial.js'
import { type Broken, subjectOf } from '../test/harness/zoo/Broken.js'
import { zooByFamily } from '../test/harness/zoo/index.js'
import { saveResults } from './Results.js'

const seeds = Array.from({ length: 10 }, (_, index) => index + 1)
const histories = 100

/** Time of the processor, because others may be at work on the machine; and of the clock, because that is what one waits for. */
const timed = async <A>(act: () => A | Promise<A>) => {
  const [cpu, wall] = [process.cpuUsage(), performance.now()]
  const answer = await act()
  const { user, system } = process.cpuUsage(cpu)
  return { answer, cpu: (user + system) / 1000, wall: performance.now() - wall }
}

const mean = (numbers: ReadonlyArray<number>): number =>
  numbers.reduce((sum, n) => sum + n, 0) / numbers.length

const rounded = (n: number): number => Math.round(n * 10) / 10

interface Found {
  readonly trial: number
  readonly commands: number
  readonly shrinks: number
}

/** A gap belongs to no trial: it is what none of them reached. */
const search = (each: Broken, seed: number): Found | undefined => {
  const subject = subjectOf({ ...each, expectations: { histories, ...each.expectations, seed } })
  const trials = trialsOf(subject)
  if (each.caughtBy === 'coverage') {
    const gaps = gapsOf(subject)(moreUntilCovered(subject)(trials.trials.map(({ history }) => history)))
    return gaps.length === 0 ? undefined : { trial: trials.trials.length, commands: 0, shrinks: 0 }
  }
  const law = catalogue(subject).find(({ id }) => id === each.caughtBy)
  return law && trials.smallestBreach(law)
}

const measured = async (family: string, each: Broken) => {
  const searches: Array<{ readonly answer: Found | undefined; readonly cpu: number }> = []
  for (const seed of seeds) searches.push(await timed(() => search(each, seed)))
  const found = searches.flatMap(({ answer = [] }) => answer)
  return {
    family,
    what: each.what,
    law: each.caughtBy,
    found: found.length,
    trial: rounded(mean(found.map(({ trial }) => trial))),
    commands: rounded(mean(found.map(({ commands }) => commands))),
    shrinks: rounded(mean(found.map(({ shrinks }) => shrinks))),
    milliseconds: rounded(mean(searches.map(({ cpu }) => cpu))),
  }
}

const examined = async () => {
  const cold = await timed(() => examine(Account))
  const warm = await timed(() => examine(Account))
  if (cold.answer.verdicts.some(({ verdict }) => verdict === 'broken') || cold.answer.gaps.length > 0)
    process.exitCode = 1
  const subject = { domain: Account, expectations: {} }
  const trials = await timed(() => trialsOf(subject))
  const laws: Array<{ readonly law: string; readonly milliseconds: number }> = []
  for (const law of catalogue(subject)) {
    const { cpu } = await timed(() => trials.answer.smallestBreach(law))
    laws.push({ law: law.id, milliseconds: rounded(cpu) })
  }
  const mutants = await timed(() => mutationScore(Account, accountExpectations))
  return {
    histories: cold.answer.histories,
    commands: cold.answer.steps,
    cold: { wall: rounded(cold.wall), cpu: rounded(cold.cpu) },
    warm: { wall: rounded(warm.wall), cpu: rounded(warm.cpu) },
    generation: rounded(trials.cpu),
    laws,
    mutationScore: {
      wall: rounded(mutants.wall),
      cpu: rounded(mutants.cpu),
      percent: mutants.answer.percent,
      mutants: mutants.answer.killed.length + mutants.answer.survivors.length,
    },
  }
}

// First, so that it is as cold as it is for whoever runs one test.
const account = await examined()

const style = { head: [], border: [], compact: true }
const table = new Table({ head: ['', 'law', 'found', 'in history', 'commands', 'shrinks', 'ms'], style })
const results: Array<Awaited<ReturnType<typeof measured>>> = []
for (const [family, list] of Object.entries(zooByFamily)) {
  for (const each of list) {
    const result = await measured(family, each)
    results.push(result)
    if (result.found < seeds.length) process.exitCode = 1
    const figures = [result.trial, result.commands, result.shrinks, result.milliseconds]
    table.push([result.what, result.law, `${result.found}/${seeds.length}`, ...figures])
  }
}
const laws = new Table({ head: ['the account, law by law', 'ms'], style })
for (const { law, milliseconds } of account.laws) laws.push([law, milliseconds])
const { cold, warm, mutationScore: score } = account
console.log(
  [
    table.toString(),
    laws.toString(),
    `The account, ${account.histories} histories with ${account.commands} commands, every law and the coverage: ` +
      `${cold.wall} ms (processor ${cold.cpu} ms) the first time, ${warm.wall} ms (${warm.cpu} ms) the second.`,
    `Its ${score.mutants} mutants: ${score.percent}% noticed in ${score.wall} ms (${score.cpu} ms).`,
  ].join('\n'),
)

saveResults('zoo', { seeds: seeds.length, histories, account, results })
