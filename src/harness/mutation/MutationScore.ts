/**
 * How much the tests of a domain notice. Each mutant is the domain with one mistake; those that some expectation notices
 * are killed, and those that none notices are a list of what nobody has said yet. A coverage shows what was run; this
 * shows what would fail.
 * Used by: whoever wants to know whether their expectations say enough.
 *
 * Laws (test/properties/harness/mutation/MutationScore.test.ts):
 * - MUT-1 a survivor differs: each survivor comes with a situation in which it does something else than the original.
 * - MUT-2 no equivalent counts: a mutant that does all as the original does is neither killed nor a survivor.
 * - MUT-3 repeatable: one seed gives one score.
 * @since 0.1.0
 */
import type { Domain } from '../../decide/Domain.js'
import { catalogue } from '../domain/Catalogue.js'
import type { Expectations } from '../domain/Expectations.js'
import type { LawsOf, Subject } from '../domain/Law.js'
import { type Trials, trialsOf, usualSeed } from '../domain/Trial.js'
import { killersOf } from './Killers.js'
import type { Mutant, MutationOperator } from './Mutant.js'
import { mutantsOf } from './Mutants.js'
import { observe } from './Observed.js'
import { type Parting, type PartingKind, partIn, smallestParting } from './Parting.js'

/** How thoroughly a domain is mutated. */
export interface MutationOptions {
  /** How many histories each mutant is asked about; 100 unless given. */
  readonly histories?: number
}

/** A mutant that something noticed. */
export interface KilledMutant {
  readonly name: string
  readonly operator: MutationOperator
  /** The scenario or law that noticed it first, or `coverage`. */
  readonly by: string
}

/** A mutant that nothing noticed, and how to notice it. */
export interface SurvivingMutant<Command, State, Event, Rejection> {
  readonly name: string
  readonly operator: MutationOperator
  /** What would notice it: one sentence. */
  readonly advice: string
  /** The smallest situation that was found in which it is not as the original. */
  readonly parting: Parting<Command, State, Event, Rejection>
}

/** What became of the mutants of a domain. */
export interface MutationScore<Command = unknown, State = unknown, Event = unknown, Rejection = unknown> {
  readonly domain: string
  readonly seed: number
  readonly histories: number
  /** The killed ones of a hundred mutants that are not equivalent; 100 where there are none. */
  readonly percent: number
  readonly killed: ReadonlyArray<KilledMutant>
  readonly survivors: ReadonlyArray<SurvivingMutant<Command, State, Event, Rejection>>
  /** The mutants that did in all histories what the original does; they do not count. */
  readonly equivalent: ReadonlyArray<string>
  /** The declared event and rejection types that no history reached: no mistake about them was tried. */
  readonly unreached: ReadonlyArray<string>
  /** The laws and scenarios that fail for the domain itself: they notice nothing until it is mended. */
  readonly broken: ReadonlyArray<string>
}

const usualHistoriesOfMutants = 100

/**
 * What the expectations notice of the mutants of a domain. It takes seconds, and the same domain, expectations and
 * seed give the same score. Scenarios must answer at once: one that gives a promise notices nothing.
 * @example
 * import * as t from 'io-ts'
 * import { accept, domain } from 'decider-ts/decide'
 * import { mutationScore } from 'decider-ts/harness'
 * const named = <const Type extends string>(type: Type) => t.type({ type: t.literal(type) })
 * const Bell = domain({
 *   name: 'bell', command: named('Ring'), event: named('Rung'), rejection: named('Broken'), state: t.type({ rings: t.number }),
 *   streamId: () => 'front', initialState: { rings: 0 }, evolve: ({ rings }) => ({ rings: rings + 1 }),
 *   decide: () => () => accept({ type: 'Rung' }),
 * })
 * const silent = { unreachable: ['Broken'] as const, histories: 20 }
 * mutationScore(Bell, silent).survivors.map(({ name }) => name).slice(0, 2) // => ['Rung is applied twice', 'Rung changes rings in the wrong direction']
 * const counted = mutationScore(Bell, {
 *   ...silent,
 *   postconditions: { Ring: ({ before, after }) => after.rings === before.rings + 1 },
 * })
 * counted.survivors.map(({ name }) => name) // => ['it begins with another rings']
 */
export const mutationScore = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
  expectations: NoInfer<Expectations<Command, State, Event, Rejection>> = {},
  options: MutationOptions = {},
): MutationScore<Command, State, Event, Rejection> =>
  mutationScoreBy(catalogue)({ domain, expectations }, options)

/**
 * As `mutationScore`, with other laws than those of the catalogue.
 * @internal
 */
export const mutationScoreBy =
  (lawsOf: LawsOf) =>
  <Command, State, Event, Rejection>(
    subject: Subject<Command, State, Event, Rejection>,
    { histories = usualHistoriesOfMutants }: MutationOptions = {},
  ): MutationScore<Command, State, Event, Rejection> => {
    const few: Subject<Command, State, Event, Rejection> = {
      ...subject,
      expectations: { ...subject.expectations, histories },
    }
    const trials = trialsOf(few)
    const { killerOf, broken } = killersOf(few, lawsOf, trials.trials)
    const observed = observe(
      subject.domain,
      trials.trials.map(({ history }) => history),
    )
    const fates = mutantsOf(observed).map((mutant) => fateOf(few, trials, killerOf(mutant.domain), mutant))
    const killed = fates.flatMap((fate) => ('by' in fate ? [fate] : []))
    const survivors = fates.flatMap((fate) => ('parting' in fate ? [fate] : []))
    const counted = killed.length + survivors.length
    return {
      domain: subject.domain.name,
      seed: subject.expectations.seed ?? usualSeed,
      histories,
      percent: counted === 0 ? 100 : Math.floor((100 * killed.length) / counted),
      killed,
      survivors,
      equivalent: fates.flatMap((fate) => ('by' in fate || 'parting' in fate ? [] : [fate.name])),
      unreached: [
        ...subject.domain.event.tagged.types.filter((type) => !observed.events.has(type)),
        ...subject.domain.rejection.types.filter((type) => !observed.rejections.has(type)),
      ],
      broken,
    }
  }

/** Killed, surviving, or equivalent, which has a name only. */
const fateOf = <Command, State, Event, Rejection>(
  subject: Subject<Command, State, Event, Rejection>,
  trials: Trials<Command, State, Event, Rejection>,
  killer: string | undefined,
  { name, operator, domain: mutant, advice }: Mutant<Command, State, Event, Rejection>,
): KilledMutant | SurvivingMutant<Command, State, Event, Rejection> | { readonly name: string } => {
  if (killer !== undefined) return { name, operator, by: killer }
  const pair = { original: subject.domain, mutant }
  // Commands drawn with the mutant's own states in hand lead where those of the original may not.
  const source = partIn(pair, trials.trials) ? trials : trialsOf({ ...subject, domain: mutant })
  const parting = smallestParting(pair, source, kindsFor(operator))
  return parting === undefined ? { name } : { name, operator, advice, parting }
}

/** What shows a mistake best comes first: for a command that it is no longer accepted, and otherwise any decision. */
const kindsFor = (operator: MutationOperator): ReadonlyArray<PartingKind> => {
  const rest: ReadonlyArray<PartingKind> = ['decision', 'terminal', 'state']
  return operator.startsWith('command') ? ['recorded', ...rest] : rest
}
