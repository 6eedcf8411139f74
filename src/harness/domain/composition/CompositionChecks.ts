/**
 * What must hold when deciders are composed, checked on a user's own: each part of a composition runs as if it were
 * alone. The combinators of this library keep that promise for parts that are functions of their state; parts that share
 * anything else, such as a counter or a cache in their module, break it, and no test of one part alone can show it.
 * Used by: whoever combines domains.
 *
 * Laws (test/properties/harness/domain/composition/CompositionChecks.test.ts):
 * - CPC-1 alone: deciders at random pass every check with the combinators of this library, and a combinator that loses an
 *   update, or that mixes up keys, fails one.
 * @since 0.1.0
 */
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import * as D from '../../../decide/Decider.js'
import type { AnyDomain, Domain, Typed } from '../../../decide/Domain.js'
import type { Check } from '../../Check.js'
import { changesInWords } from '../Difference.js'
import { isSame } from '../Equality.js'
import { historyOf, isDecision, type Outcome } from '../History.js'
import { shown } from '../Shown.js'
import { arbitraryCommands, type CompositionOptions, sampledCheck } from './SampledCheck.js'

/**
 * The combinators that are checked: those of `decider`.
 * @internal
 */
export type Combinators = Pick<typeof D, 'combine' | 'many'>

/**
 * Checks that these domains run side by side as they run alone: under names with `combine`, and each under many keys.
 * Each check rejects with the shortest commands that show otherwise.
 * @example
 * import * as t from 'io-ts'
 * import { accept, domain } from 'decider-ts/decide'
 * import { compositionChecks } from 'decider-ts/harness'
 * const lamp = domain({
 *   name: 'lamp',
 *   command: t.type({ type: t.literal('Light') }),
 *   event: t.type({ type: t.literal('Lit') }),
 *   rejection: t.type({ type: t.literal('Broken') }),
 *   state: t.boolean,
 *   streamId: () => 'one',
 *   initialState: false,
 *   evolve: () => true,
 *   decide: () => () => accept({ type: 'Lit' }),
 * })
 * compositionChecks({ lamp }).map(({ name }) => name) // => ['combine: each part runs as if alone', 'combine: commands of different parts commute', 'many lamp: each key runs as if alone']
 */
export const compositionChecks = (
  domains: Readonly<Record<string, AnyDomain>>,
  options: CompositionOptions = {},
): ReadonlyArray<Check> => compositionChecksWith(D)(domains, options)

/**
 * `compositionChecks` of other combinators than those of this library.
 * @internal
 */
export const compositionChecksWith =
  ({ combine, many }: Combinators) =>
  (domains: Readonly<Record<string, AnyDomain>>, options: CompositionOptions = {}): ReadonlyArray<Check> => {
    const parts = Object.entries(domains).map(([name, part]) => ({ name, part: opened(part) }))
    const combined: Composition = {
      decider: combine(domains) as AnyComposite,
      commandOf: (_tag, value) => ({ _tag, value }),
      eventIn: (event) => (event as { readonly value: unknown }).value,
      stateOf: (state, name) => (state as Readonly<Record<string, unknown>>)[name],
    }
    return [
      check('combine: each part runs as if alone', options, parts, eachAlone(combined, parts)),
      check('combine: commands of different parts commute', options, parts, inAnyOrder(combined, parts)),
      ...parts.map(({ name, part }) => {
        const keyed = keys.map((key) => ({ name: key, part }))
        return check(
          `many ${name}: each key runs as if alone`,
          options,
          keyed,
          eachAlone(manyOf(many, part), keyed),
        )
      }),
    ]
  }

/** Keys that a record mistakes for something else are among them. */
const keys = ['__proto__', 'constructor', 'a']

type Opened = Domain<Typed, unknown, Typed, unknown>
type AnyComposite = D.Decider<unknown, unknown, unknown, unknown>

/** The cast forgets what the commands and states are: each part is only ever given its own. */
const opened = (part: AnyDomain): Opened => part as Opened

interface Part {
  readonly name: string
  readonly part: Opened
}

/** A composition, and how its commands, events and states are those of its parts. */
interface Composition {
  readonly decider: AnyComposite
  readonly commandOf: (name: string, command: unknown) => unknown
  readonly eventIn: (event: unknown) => unknown
  readonly stateOf: (state: unknown, name: string) => unknown
}

const manyOf = (many: Combinators['many'], part: Opened): Composition => ({
  decider: many(part) as AnyComposite,
  commandOf: (key, command) => [key, command],
  eventIn: (event) => (event as readonly [string, unknown])[1],
  // A key without events may have no entry.
  stateOf: (states, key) => (states as ReadonlyMap<string, unknown>).get(key) ?? part.initialState,
})

/** A command, and the part that it is for. */
interface Addressed {
  readonly to: string
  readonly command: Typed
}

/** What is wrong with these commands, if something is. */
type Judge = (interleaved: ReadonlyArray<Addressed>) => string | undefined

const eachAlone =
  ({ decider, commandOf, eventIn, stateOf }: Composition, parts: ReadonlyArray<Part>): Judge =>
  (interleaved) => {
    const together = historyOf(decider)(interleaved.map(({ to, command }) => commandOf(to, command)))
    for (const { name, part } of parts) {
      const alone = historyOf(part)(interleaved.filter(({ to }) => to === name).map(({ command }) => command))
      const decided = together.steps.filter((_, index) => interleaved[index]?.to === name)
      for (const [index, { command, outcome }] of alone.steps.entries()) {
        const found = decided[index]?.outcome
        if (found !== undefined && isSame(plain(found, eventIn), outcome)) continue
        return `${shown(command)} of '${name}' is decided as ${shown(found)}, and alone as ${shown(outcome)}`
      }
      const state = stateOf(together.state, name)
      if (!isSame(state, alone.state))
        return `the state of '${name}' is not the one that it has alone (${changesInWords(alone.state, state)})`
    }
    return undefined
  }

const inAnyOrder =
  ({ decider, commandOf, stateOf }: Composition, parts: ReadonlyArray<Part>): Judge =>
  (interleaved) => {
    const inTurn = parts.flatMap(({ name }) => interleaved.filter(({ to }) => to === name))
    const [mixed, sorted] = [interleaved, inTurn].map(
      (commands) => historyOf(decider)(commands.map(({ to, command }) => commandOf(to, command))).state,
    )
    const other = parts.find(({ name }) => !isSame(stateOf(mixed, name), stateOf(sorted, name)))
    return (
      other &&
      `the state of '${other.name}' depends on when the other parts act (${changesInWords(stateOf(sorted, other.name), stateOf(mixed, other.name))})`
    )
  }

const plain = (
  outcome: Outcome<unknown, unknown>,
  eventIn: Composition['eventIn'],
): Outcome<unknown, unknown> =>
  isDecision(outcome) && E.isRight(outcome) ? E.right(outcome.right.map(eventIn)) : outcome

const check = (name: string, options: CompositionOptions, parts: ReadonlyArray<Part>, judge: Judge): Check =>
  sampledCheck(
    name,
    options,
    {
      arbitrary: arbitraryInterleaving(parts, options),
      called: `interleavings of ${parts.map((part) => part.name).join(', ')}`,
    },
    judge,
  )

/** A history for each part, and a tape that says whose command is next; a tape of zeros takes them part by part. */
const arbitraryInterleaving = (
  parts: ReadonlyArray<Part>,
  options: CompositionOptions,
): fc.Arbitrary<ReadonlyArray<Addressed>> => {
  const lists = parts.map(({ name, part }) =>
    arbitraryCommands(part, options).map((commands) =>
      commands.map((command): Addressed => ({ to: name, command })),
    ),
  )
  return fc
    .tuple(fc.tuple(...lists), fc.array(fc.nat({ max: 99 }), { maxLength: 40 }))
    .map(([queues, tape]) => interleave(queues, tape))
}

const interleave = (
  queues: ReadonlyArray<ReadonlyArray<Addressed>>,
  tape: ReadonlyArray<number>,
): ReadonlyArray<Addressed> => {
  const taken: Array<Addressed> = []
  let left = queues.filter((queue) => queue.length > 0)
  for (let turn = 0; left.length > 0; turn++) {
    const chosen = (tape[turn] ?? 0) % left.length
    const [next] = left[chosen] ?? []
    if (next !== undefined) taken.push(next)
    left = left
      .map((queue, index) => (index === chosen ? queue.slice(1) : queue))
      .filter(({ length }) => length > 0)
  }
  return taken
}
