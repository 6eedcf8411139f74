/**
 * A mutation score as text: what became of the mutants, who noticed them, and for each that nobody noticed a sentence, an
 * advice, and an example to paste among the scenarios.
 * Used by: whoever runs `mutationScore`.
 *
 * Laws (test/properties/harness/mutation/ShowMutationScore.test.ts):
 * - SMS-1 to be pasted: the example printed for a survivor passes for the original, and fails for the mutant.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import { isSame } from '../domain/Equality.js'
import { isDecision, type Outcome } from '../domain/History.js'
import { literal, quoted } from '../report/Literal.js'
import type { MutationScore, SurvivingMutant } from './MutationScore.js'
import type { Parting } from './Parting.js'
import { changedFields } from './StateField.js'

type AnySurvivor = SurvivingMutant<unknown, unknown, unknown, unknown>
type AnyParting = Parting<unknown, unknown, unknown, unknown>

/**
 * A mutation score as text. The survivors come as a list of what to do: an example of each can be pasted into
 * `scenarios`; `given` is that of the harness.
 * @example
 * import * as t from 'io-ts'
 * import { accept, domain } from 'decider-ts/decide'
 * import { mutationScore, showMutationScore } from 'decider-ts/harness'
 * const named = <const Type extends string>(type: Type) => t.type({ type: t.literal(type) })
 * const Bell = domain({
 *   name: 'bell', command: named('Ring'), event: named('Rung'), rejection: named('Broken'), state: t.type({ rings: t.number }),
 *   streamId: () => 'front', initialState: { rings: 0 }, evolve: ({ rings }) => ({ rings: rings + 1 }),
 *   decide: () => () => accept({ type: 'Rung' }),
 * })
 * const text = showMutationScore(mutationScore(Bell, { unreachable: ['Broken'] }, { histories: 20 }))
 * text.split('\n')[0] // => 'bell: 3 of 7 mutants were noticed (42%).'
 */
export const showMutationScore = (score: MutationScore): string =>
  [
    headline(score),
    ...(score.equivalent.length === 0
      ? []
      : [
          `${count(score.equivalent.length, 'mutant')} did in all histories what the domain does, and ${score.equivalent.length === 1 ? 'does' : 'do'} not count.`,
        ]),
    ...(score.unreached.length === 0
      ? []
      : [`Nothing was tried with what no history reached: ${score.unreached.join(', ')}.`]),
    ...(score.broken.length === 0
      ? []
      : [
          `These fail for the domain itself, so they notice nothing until it is mended: ${score.broken.join(', ')}.`,
        ]),
    ...byKiller(score),
    ...score.survivors.flatMap((survivor) => ['', ...showSurvivor(survivor)]),
  ].join('\n')

const headline = ({ domain, killed, survivors, percent }: MutationScore): string => {
  const counted = killed.length + survivors.length
  return counted === 0
    ? `${domain}: there was nothing to mutate, as no event happened.`
    : `${domain}: ${killed.length} of ${count(counted, 'mutant')} ${counted === 1 ? 'was' : 'were'} noticed (${percent}%).`
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`

/** Whoever noticed most comes first. */
const byKiller = ({ killed }: MutationScore): ReadonlyArray<string> => {
  const kills = new Map<string, number>()
  for (const { by } of killed) kills.set(by, (kills.get(by) ?? 0) + 1)
  const width = Math.max(...[...kills.values()].map((n) => String(n).length), 1)
  return [...kills]
    .sort(([, a], [, b]) => b - a)
    .map(([killer, n]) => `  ${String(n).padStart(width)} by ${killer}`)
}

const showSurvivor = (survivor: AnySurvivor): ReadonlyArray<string> => [
  `No test notices that ${survivor.name}.`,
  `  ${survivor.advice} An example:`,
  ...scenarioOf(survivor).map((line) => `    ${line}`),
  `  With this mistake ${mistaken(survivor.parting)}.`,
]

/**
 * An entry of `scenarios` that passes for the original, and fails for the mutant.
 * @internal
 */
export const scenarioOf = ({ name, parting }: AnySurvivor): ReadonlyArray<string> => {
  const { past, command, original } = parting
  const events = past.length === 0 ? '' : `, ${literal(past, { indent: 2, taken: 'given(domain, )'.length })}`
  return [
    `${quoted(name)}: (domain) =>`,
    `  given(domain${events})`,
    ...('command' in parting ? [`    .when(${argument(command, '.when()')})`] : []),
    ...(original.outcome === undefined ? [] : [`    ${thenOutcome(original.outcome)}`]),
    ...thenState(parting).map((line) => `    ${line}`),
  ].flatMap((line, index, lines) => (index === lines.length - 1 ? `${line},` : line).split('\n'))
}

/** A value between the brackets of a call, which are part of the line. */
const argument = (value: unknown, call: string): string => literal(value, { indent: 4, taken: call.length })

/** A value in a sentence, in one line. */
const inLine = (value: unknown): string => literal(value, { columns: Number.MAX_SAFE_INTEGER })

const thenOutcome = (outcome: Outcome<unknown, unknown>): string => {
  if (!isDecision(outcome)) return `// ${outcome.by} ${outcome.how} ${inLine(outcome.value)}`
  if (E.isLeft(outcome)) return `.thenRejected(${argument(outcome.left, '.thenRejected()')})`
  return outcome.right.length === 0
    ? '.thenNothing()'
    : `.then(${outcome.right.map((event) => argument(event, '.then()')).join(', ')})`
}

/** Of the state only what the mutant has otherwise: the rest would make the example fail for other reasons. */
const thenState = ({ kind, original, mutant }: AnyParting): ReadonlyArray<string> => {
  if (kind === 'decision' || kind === 'recorded') return []
  if (kind === 'terminal')
    return [`.thenState((state) => ${original.terminal ? '' : '!'}domain.isTerminal(state))`]
  const fields = changedFields({}, mutant.state, original.state).flatMap(([name]) =>
    name === undefined ? [] : [name],
  )
  // A part of a state says nothing of a field that the state does not have.
  const gone = fields.filter((name) => !hasField(original.state, name))
  if (gone.length > 0)
    return [`.thenState((state) => ${gone.map((name) => `!(${quoted(name)} in state)`).join(' && ')})`]
  const expected = fields.length === 0 ? original.state : only(original.state, fields)
  return [`.thenState(${argument(expected, '.thenState()')})`]
}

const hasField = (state: unknown, name: string): boolean =>
  typeof state === 'object' && state !== null && Object.hasOwn(state, name)

const only = (state: unknown, names: ReadonlyArray<string>): unknown =>
  Object.fromEntries(
    Object.entries(state as Readonly<Record<string, unknown>>).filter(([name]) => names.includes(name)),
  )

/** What the mutant does there, in a clause. */
const mistaken = ({ kind, mutant, original }: AnyParting): string => {
  if (kind === 'terminal') return `that state is ${mutant.terminal ? '' : 'not '}terminal`
  if (kind === 'state' || mutant.outcome === undefined) return stateInWords(original.state, mutant.state)
  if (!isDecision(mutant.outcome))
    return `${mutant.outcome.by} ${mutant.outcome.how} ${inLine(mutant.outcome.value)}`
  if (E.isLeft(mutant.outcome)) return `it is rejected with ${inLine(mutant.outcome.left)}`
  return mutant.outcome.right.length === 0
    ? 'nothing happens'
    : `what happens is ${mutant.outcome.right.map(inLine).join(', ')}`
}

const stateInWords = (original: unknown, mutant: unknown): string => {
  const fields = changedFields({}, original, mutant).flatMap(([name]) => (name === undefined ? [] : [name]))
  return `the state has ${inLine(fields.length === 0 || isSame(original, mutant) ? mutant : only(mutant, fields))}`
}
