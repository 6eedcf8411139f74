/**
 * A walk through a domain: commands drawn one after another, with the state in hand. Commands drawn blindly rarely pass a
 * guard, so most are drawn with help: from what the user suggests for the state, or by asking the decider, which is pure
 * and costs nothing to ask, what it would say to a few of them. Never are all of them: a rule that forbids is a rule too.
 * Used by: `ArbitraryHistory`.
 * @since 0.1.0
 */

import type fc from 'fast-check'
import type { Domain } from '../../decide/Domain.js'
import { typeOf } from '../../evolve/TaggedCodec.js'
import type { ArbitraryDomain } from '../arbitrary/ArbitraryDomain.js'
import type { Expectations } from './Expectations.js'
import { eventsOfOutcome, isDecision, type Outcome, stepOf } from './History.js'
import { isSameLeaf, kindOf, type LeafValue, leavesOf, withLeaf } from './Leaf.js'
import { isOf, type Recognizes } from './Stored.js'
import { isTerminalIn } from './Terminal.js'

/** A command as it was drawn, and what its own arbitrary would give in its place to make it simpler. */
export interface Drawn<Command> {
  readonly command: Command
  readonly smaller: () => Iterable<Drawn<Command>>
}

/** What a walk needs to know. */
export interface Terrain<Command, State, Event, Rejection> {
  readonly domain: Domain<Command, State, Event, Rejection>
  readonly expectations: Pick<Expectations<Command, State, Event, Rejection>, 'commandGen' | 'commandsMax'>
  readonly arbitraries: ArbitraryDomain<Command, Event>
}

/** How many commands a history has at the most, unless someone says otherwise. */
const usualCommandsMax = 30

/** How many commands are tried on the decider before the best of them is taken. */
const triesMax = 4

/** Of so many past leaves a command may borrow: the last, because what is long gone is seldom asked for. */
const rememberedMax = 60

/**
 * A command as one arbitrary drew it. Defects of the arbitrary end its shrinking, and nothing else.
 * @internal
 */
export const drawnFrom = <Command>(
  arbitrary: fc.Arbitrary<Command>,
  value: fc.Value<Command>,
): Drawn<Command> => ({
  command: value.value,
  smaller: function* () {
    try {
      for (const smaller of arbitrary.shrink(value.value, value.context)) yield drawnFrom(arbitrary, smaller)
    } catch {
      return
    }
  },
})

/**
 * A command of which no arbitrary knows.
 * @internal
 */
export const plainly = <Command>(command: Command): Drawn<Command> => ({ command, smaller: () => [] })

/** What a walk remembers on its way. */
interface Memory<State> {
  state: State
  /** What events have said: the ids and amounts that a later command may name. */
  readonly remembered: Array<LeafValue>
  /** How often a command of a type has led to an outcome of a kind. */
  readonly seen: Map<string, number>
  /** Command types that this walk does without. */
  avoided: ReadonlySet<string>
}

/**
 * One walk.
 * @internal
 */
export const walk = <Command, State, Event, Rejection>(
  terrain: Terrain<Command, State, Event, Rejection>,
  random: fc.Random,
  bias: number | undefined,
): ReadonlyArray<Drawn<Command>> => {
  const { domain, arbitraries } = terrain
  arbitraries.beginHistory()
  const length = lengthOf(random, terrain.expectations.commandsMax ?? usualCommandsMax)
  const avoided = typesAvoided(random, domain.command.types)
  const memory: Memory<State> = {
    state: domain.initialState,
    remembered: [],
    seen: new Map(),
    avoided: new Set(),
  }
  const drawn: Array<Drawn<Command>> = []
  while (drawn.length < length && !isEnough(domain, memory.state, random)) {
    const next = nextCommand(terrain, memory, random, bias)
    drawn.push(next)
    const step = stepOf(domain, memory.state, next.command, 0)
    const events = eventsOfOutcome(step.outcome)
    // Types are avoided only after something happened: without the first command nothing ever does.
    if (events.length > 0) memory.avoided = avoided
    count(memory.seen, labelOf(next.command, step.outcome))
    memory.remembered.push(...events.flatMap((event) => leavesOf(event).map(({ value }) => value)))
    memory.remembered.splice(0, memory.remembered.length - rememberedMax)
    memory.state = step.after
  }
  return drawn
}

/** A quarter of the walks are short: a small fault is then found in a small history, and the long ones still come. */
const lengthOf = (random: fc.Random, max: number): number =>
  random.nextInt(1, 4) === 1
    ? random.nextInt(0, Math.min(max, Math.ceil(max / 3)))
    : random.nextInt(Math.min(max, Math.ceil(max / 5)), max)

/**
 * What a walk does without, so that what is rare with all types becomes common without some: every third walk avoids up
 * to half of them, and never all.
 */
const typesAvoided = (random: fc.Random, types: ReadonlyArray<string>): ReadonlySet<string> => {
  if (types.length < 2 || random.nextInt(1, 3) > 1) return new Set()
  const most = Math.floor(types.length / 2)
  return new Set(types.filter(() => random.nextInt(1, 3) === 1).slice(0, most))
}

/** After the end little is left to see: a few commands more, and mostly none. */
const isEnough = <State>(
  domain: { readonly isTerminal: (state: State) => boolean },
  state: State,
  random: fc.Random,
): boolean => isTerminalIn(domain, state) && random.nextInt(1, 5) > 3

/** In ten commands: two blind, six from what the user suggests, if anything, and the others sought. */
const nextCommand = <Command, State, Event, Rejection>(
  terrain: Terrain<Command, State, Event, Rejection>,
  memory: Memory<State>,
  random: fc.Random,
  bias: number | undefined,
): Drawn<Command> => {
  const share = random.nextInt(1, 10)
  if (share <= 2) return draw(terrain.arbitraries.command, random, bias)
  const suggested = share <= 8 ? suggestion(terrain, memory, random, bias) : undefined
  return suggested ?? seek(terrain, memory, random, bias)
}

/** A suggestion that throws is none. */
const suggestion = <Command, State, Event, Rejection>(
  { expectations }: Terrain<Command, State, Event, Rejection>,
  { state, avoided }: Memory<State>,
  random: fc.Random,
  bias: number | undefined,
): Drawn<Command> | undefined => {
  try {
    const arbitrary = expectations.commandGen?.(state)
    return arbitrary && drawUnavoided(arbitrary, avoided, random, bias)
  } catch {
    return undefined
  }
}

const draw = <Command>(
  arbitrary: fc.Arbitrary<Command>,
  random: fc.Random,
  bias: number | undefined,
): Drawn<Command> => drawnFrom(arbitrary, arbitrary.generate(random, bias))

/** Drawn again while it is of a type to avoid, but not for ever: there may be no other. */
const drawUnavoided = <Command>(
  arbitrary: fc.Arbitrary<Command>,
  avoided: ReadonlySet<string>,
  random: fc.Random,
  bias: number | undefined,
): Drawn<Command> => {
  let drawn = draw(arbitrary, random, bias)
  for (let again = 0; again < 3 && avoided.has(typeOf(drawn.command)); again++) {
    drawn = draw(arbitrary, random, bias)
  }
  return drawn
}

/** The best of a few: what the domain would accept, and what this walk has seen least; now and then only the latter. */
const seek = <Command, State, Event, Rejection>(
  terrain: Terrain<Command, State, Event, Rejection>,
  memory: Memory<State>,
  random: fc.Random,
  bias: number | undefined,
): Drawn<Command> => {
  const curious = random.nextInt(1, 4) === 1
  let best = attempt(terrain, memory, random, bias, curious)
  for (let tries = 1; tries < triesMax && best.cost > 0; tries++) {
    const other = attempt(terrain, memory, random, bias, curious)
    if (other.cost < best.cost) best = other
  }
  return best.drawn
}

interface Attempt<Command> {
  readonly drawn: Drawn<Command>
  /**
   * Nothing for what was not seen before and changes something, or is a defect. What ends the history costs more, because
   * it makes everything else impossible, and what changes nothing the most.
   */
  readonly cost: number
}

const attempt = <Command, State, Event, Rejection>(
  terrain: Terrain<Command, State, Event, Rejection>,
  memory: Memory<State>,
  random: fc.Random,
  bias: number | undefined,
  curious: boolean,
): Attempt<Command> => {
  const { domain, arbitraries } = terrain
  const plain = drawUnavoided(arbitraries.command, memory.avoided, random, bias)
  const drawn = random.nextInt(1, 3) > 1 ? borrowing(domain, plain, memory, random) : plain
  const { outcome, after } = stepOf(domain, memory.state, drawn.command, 0)
  const isFruitful = !isDecision(outcome) || eventsOfOutcome(outcome).length > 0
  const seen = memory.seen.get(labelOf(drawn.command, outcome)) ?? 0
  if (!isFruitful) return { drawn, cost: seen + (curious ? 0 : 100) }
  // Where types are avoided the same again is welcome: ten reservations at once take ten, and nothing in between.
  const novelty = memory.avoided.size > 0 ? 0 : seen
  return { drawn, cost: novelty + (isTerminalIn(domain, after) ? 50 : 0) }
}

/** The command with one of its leaves taken from the state or from what has happened; itself where the codec objects. */
const borrowing = <Command, State>(
  { command }: { readonly command: Recognizes<Command> },
  drawn: Drawn<Command>,
  { state, remembered }: Memory<State>,
  random: fc.Random,
): Drawn<Command> => {
  const leaf = oneOf(leavesOf(drawn.command), random)
  if (leaf === undefined) return drawn
  const kind = kindOf(leaf.value)
  const lenders = [...leavesOf(state).map(({ value }) => value), ...remembered].filter(
    (value) => kindOf(value) === kind && !isSameLeaf(value, leaf.value),
  )
  const lent = oneOf(lenders, random)
  if (lent === undefined) return drawn
  const borrowed = withLeaf(drawn.command, leaf.path, beside(lent, random))
  return isOf(command, borrowed) ? plainly(borrowed) : drawn
}

/** Rules compare, so what lies right beside a number is worth as much as the number. */
const beside = (leaf: LeafValue, random: fc.Random): LeafValue =>
  typeof leaf === 'number' ? leaf + ([0, 0, 0, 1, -1][random.nextInt(0, 4)] ?? 0) : leaf

const oneOf = <Item>(items: ReadonlyArray<Item>, random: fc.Random): Item | undefined =>
  items.length === 0 ? undefined : items[random.nextInt(0, items.length - 1)]

const count = (seen: Map<string, number>, label: string): void => {
  seen.set(label, (seen.get(label) ?? 0) + 1)
}

const labelOf = (command: unknown, outcome: Outcome<unknown, unknown>): string => {
  if (!isDecision(outcome)) return `${typeOf(command)} defect`
  if (outcome._tag === 'Left') return `${typeOf(command)} rejected ${typeOf(outcome.left)}`
  return `${typeOf(command)} accepted ${outcome.right.map(typeOf).join()}`
}
