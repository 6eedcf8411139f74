/**
 * How soon a fault of five commands is found, how small it is shown, and how soon every event and rejection was seen: our
 * histories beside what one would write without them. It fails when a fault that was found is not shown with its five
 * commands by ours, never because it took long.
 * Run it with `npx tsx bench/histories.ts`; with `--save` the figures are kept in `bench/results/histories.json`.
 */
import Table from 'cli-table3'
import { type Expectations, historyOf } from 'decider-ts/harness'
import fc from 'fast-check'
import { Account } from '../examples/banking/Account.js'
import { arbitraryHistory } from '../src/harness/domain/ArbitraryHistory.js'
import { eventsOfOutcome, type History } from '../src/harness/domain/History.js'
import {
  Command,
  type Event,
  Inventory,
  isConserved,
  type Rejection,
  ReservationId,
  type State,
} from '../test/harness/Inventory.js'
import { forgetful, shortestProof, suggested } from '../test/properties/harness/domain/Samples.js'
import { saveResults } from './Results.js'

type Seen = Pick<History<Command, State, Event, Rejection>, 'steps'>

interface Strategy {
  readonly name: string
  readonly ours: boolean
  /** Histories of a domain, however they are made. */
  readonly of: (domain: typeof Inventory) => fc.Arbitrary<Seen>
}

const seeds = Array.from({ length: 30 }, (_, index) => index + 1)
const runsMax = 1000
const seenMax = 300
const commandsMax = 30
const seenInAll = Inventory.event.tagged.types.length + Inventory.rejection.types.length

const quantity = fc.integer({ min: 1, max: 1000 })

const anyCommand = (id: fc.Arbitrary<string>): fc.Arbitrary<Command> =>
  fc
    .oneof(
      fc.record({ type: fc.constant('Open') }, { noNullPrototype: true }),
      fc.record({ type: fc.constant('Receive'), quantity }, { noNullPrototype: true }),
      fc.record({ type: fc.constant('Reserve'), id, quantity }, { noNullPrototype: true }),
      fc.record({ type: fc.constantFrom('Release', 'Confirm'), id }, { noNullPrototype: true }),
      fc.record({ type: fc.constant('Close') }, { noNullPrototype: true }),
    )
    .filter(Command.is)

const listed = (id: fc.Arbitrary<string>) => (domain: typeof Inventory) =>
  fc.array(anyCommand(id), { maxLength: commandsMax, size: 'max' }).map(historyOf(domain))

const next = (domain: typeof Inventory, commands: ReadonlyArray<Command>): fc.Arbitrary<Command> =>
  suggested(historyOf(domain)(commands).state) ?? anyCommand(fc.uuid())

/** `chainUntil` does the same and gives the same figures. */
const chained = (domain: typeof Inventory): fc.Arbitrary<Seen> => {
  const grown = (commands: ReadonlyArray<Command>, more: number): fc.Arbitrary<ReadonlyArray<Command>> =>
    more === 0
      ? fc.constant(commands)
      : next(domain, commands).chain((command) => grown([...commands, command], more - 1))
  return fc
    .nat(commandsMax)
    .chain((length) => grown([], length))
    .map((commands) => historyOf(domain)(commands))
}

const ours =
  (expectations: Expectations<Command, State, Event, Rejection>) =>
  (domain: typeof Inventory): fc.Arbitrary<Seen> =>
    arbitraryHistory(domain, { ...expectations, commandsMax })

const strategies: ReadonlyArray<Strategy> = [
  { name: 'array(oneof(...)), ids from uuid()', ours: false, of: listed(fc.uuid()) },
  { name: 'array(oneof(...)), three ids', ours: false, of: listed(fc.constantFrom('a', 'b', 'c')) },
  { name: 'chain, from the state, ids from uuid()', ours: false, of: chained },
  { name: 'arbitraryHistory(domain), ids not recycled', ours: true, of: ours({ fresh: [ReservationId] }) },
  { name: 'arbitraryHistory(domain)', ours: true, of: ours({}) },
  { name: 'arbitraryHistory(domain, { commandGen })', ours: true, of: ours({ commandGen: suggested }) },
]

interface Found {
  readonly runs: number
  readonly commands: number
  readonly shrinks: number
  readonly milliseconds: number
}

const isKept = ({ steps }: Seen): boolean => steps.every(({ after }) => isConserved(after))

const search =
  ({ of }: Strategy) =>
  (seed: number): ReadonlyArray<Found> => {
    const start = process.cpuUsage()
    const details = fc.check(fc.property(of(forgetful), isKept), { seed, numRuns: runsMax })
    const shown = details.counterexample?.[0]
    if (!details.failed || shown === undefined) return []
    const milliseconds = process.cpuUsage(start).user / 1000
    return [
      { runs: details.numRuns, commands: shown.steps.length, shrinks: details.numShrinks, milliseconds },
    ]
  }

/** How many histories it took until every event and every rejection was seen; infinitely many where it took too many. */
const untilAllSeen =
  ({ of }: Strategy) =>
  (seed: number): number => {
    const seen = new Set<string>()
    const histories = fc.sample(of(Inventory), { seed, numRuns: seenMax })
    const enough = histories.findIndex(({ steps }) => {
      for (const { outcome } of steps) {
        if (outcome._tag === 'Left') seen.add(outcome.left.type)
        for (const { type } of eventsOfOutcome<Event>(outcome)) seen.add(type)
      }
      return seen.size === seenInAll
    })
    return enough === -1 ? Number.POSITIVE_INFINITY : enough + 1
  }

const mean = (numbers: ReadonlyArray<number>): number =>
  numbers.reduce((sum, n) => sum + n, 0) / numbers.length

const median = (numbers: ReadonlyArray<number>): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN

const measured = (strategy: Strategy) => {
  const found = seeds.flatMap(search(strategy))
  const average = (of: (one: Found) => number) => (found.length === 0 ? null : mean(found.map(of)))
  const histories = median(seeds.slice(0, 15).map(untilAllSeen(strategy)))
  return {
    strategy: strategy.name,
    found: found.length,
    runs: average(({ runs }) => runs),
    runsMax: found.length === 0 ? null : Math.max(...found.map(({ runs }) => runs)),
    commands: average(({ commands }) => commands),
    shownWithFive: found.filter(({ commands }) => commands === shortestProof.length).length,
    shrinks: average(({ shrinks }) => shrinks),
    milliseconds: average(({ milliseconds }) => milliseconds),
    historiesUntilAllSeen: Number.isFinite(histories) ? histories : null,
  }
}

const figure = (n: number | null, digits = 1): string => (n === null ? '-' : n.toFixed(digits))

const table = new Table({
  head: ['', 'found', 'histories', 'at most', 'commands', 'shown with 5', 'shrinks', 'ms', 'all seen after'],
})
const results = strategies.map((strategy) => {
  const result = measured(strategy)
  table.push([
    result.strategy,
    `${result.found}/${seeds.length}`,
    figure(result.runs),
    figure(result.runsMax, 0),
    figure(result.commands),
    `${result.shownWithFive}/${result.found}`,
    figure(result.shrinks),
    figure(result.milliseconds, 0),
    result.historiesUntilAllSeen === null ? `more than ${seenMax}` : result.historiesUntilAllSeen,
  ])
  if (strategy.ours && result.shownWithFive < result.found) process.exitCode = 1
  return result
})
console.log(table.toString())

// Time of the processor, because others may be at work on the machine.
const before = process.cpuUsage()
const accounts = fc.sample(arbitraryHistory(Account), { seed: 1, numRuns: 300 })
const accountMilliseconds = process.cpuUsage(before).user / 1000
const accountCommands = accounts.reduce((sum, { steps }) => sum + steps.length, 0)
console.log(
  `300 histories of an account, ${accountCommands} commands: ${accountMilliseconds.toFixed(0)} ms of the processor`,
)

saveResults('histories', { runsMax, seeds: seeds.length, results, accountMilliseconds, accountCommands })
