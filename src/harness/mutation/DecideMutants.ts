/**
 * Mistakes in `decide`: an event that is not recorded, or recorded wrongly, a command that does nothing, a rule that is
 * left out, is off by one, or says the wrong thing.
 * Used by: `Mutants`.
 * @since 0.1.0
 */
import { either as E, readonlyArray as RA } from 'fp-ts'
import { nothing } from '../../decide/Decision.js'
import { typeOf } from '../../evolve/TaggedCodec.js'
import { isSame } from '../domain/Equality.js'
import { deciding, type Mutant } from './Mutant.js'
import { offByOne } from './Neighbour.js'
import type { Observed } from './Observed.js'
import { fieldAt, fieldsOf, isNumber, withFieldValue } from './StateField.js'

type MutantsOf = <Command, State, Event, Rejection>(
  observed: Observed<Command, State, Event, Rejection>,
) => ReadonlyArray<Mutant<Command, State, Event, Rejection>>

/**
 * The mistakes of `decide`: in what it records, in what commands do, and in its rules.
 * @internal
 */
export const decideMutants: MutantsOf = (observed) => [
  ...observed.domain.event.tagged.types
    .filter((type) => observed.events.has(type))
    .flatMap((type) => recordings(observed, type)),
  ...observed.domain.command.types.flatMap((type) => commandMutants(observed, type)),
  ...observed.domain.rejection.types
    .filter((type) => observed.rejections.has(type))
    .flatMap((type) => ruleMutants(observed, type)),
]

/** Other events in place of those of a type. */
const recording = <Command, State, Event, Rejection>(
  { domain }: Observed<Command, State, Event, Rejection>,
  type: string,
  instead: (event: Event) => ReadonlyArray<Event>,
) =>
  deciding(domain, (decision) =>
    E.isRight(decision)
      ? E.right(
          RA.chain((event: Event) => (typeOf(event) === type ? instead(event) : [event]))(decision.right),
        )
      : decision,
  )

const recordings = <Command, State, Event, Rejection>(
  observed: Observed<Command, State, Event, Rejection>,
  type: string,
): ReadonlyArray<Mutant<Command, State, Event, Rejection>> => [
  {
    name: `${type} is not recorded`,
    operator: 'event not recorded',
    domain: recording(observed, type, () => []),
    advice: `Give a scenario in which ${type} is recorded, or a postcondition that asks for it.`,
  },
  {
    name: `${type} is recorded twice`,
    operator: 'event recorded twice',
    domain: recording(observed, type, (event) => [event, event]),
    advice: `Give a scenario in which ${type} is recorded, or a postcondition that counts the events.`,
  },
  ...numbersIn(observed, type).map((field) => ({
    name: `${type} is recorded with one more as its ${field}`,
    operator: 'number off by one' as const,
    domain: recording(observed, type, (event) => [oneMore(event, field)]),
    advice: `Say which '${field}' ${type} must have: by a scenario, or by a postcondition that compares it with the command.`,
  })),
  ...swappable(observed, type).map(([one, other]) => ({
    name: `${type} is recorded with its ${one} and its ${other} exchanged`,
    operator: 'fields swapped' as const,
    domain: recording(observed, type, (event) => [swapped(event, one, other)]),
    advice: `Say which '${one}' and which '${other}' ${type} must have: by a scenario, or by a postcondition that compares them with the command.`,
  })),
]

const namesOf = (event: unknown): ReadonlyArray<string> =>
  fieldsOf({}, event)
    .flatMap(([name]) => (name === undefined ? [] : [name]))
    .filter((name) => name !== 'type')

const samplesOf = <Command, State, Event, Rejection>(
  { events }: Observed<Command, State, Event, Rejection>,
  type: string,
): ReadonlyArray<Event> => events.get(type) ?? []

const numbersIn = <Command, State, Event, Rejection>(
  observed: Observed<Command, State, Event, Rejection>,
  type: string,
): ReadonlyArray<string> => {
  const samples = samplesOf(observed, type)
  return samples
    .slice(0, 1)
    .flatMap(namesOf)
    .filter((name) => samples.every((event) => isNumber(fieldAt(event, [name]))))
}

/** Where the event type is that of a fraction, one more is still one more. */
const oneMore = <Event>(event: Event, field: string): Event => {
  const value = fieldAt(event, [field])
  return withFieldValue(event, [field], typeof value === 'bigint' ? value + 1n : Number(value) + 1)
}

/** Two fields of one kind, which differ in a sample, and which the event may hold either way round. */
const swappable = <Command, State, Event, Rejection>(
  observed: Observed<Command, State, Event, Rejection>,
  type: string,
): ReadonlyArray<readonly [string, string]> => {
  const samples = samplesOf(observed, type)
  const names = samples.slice(0, 1).flatMap(namesOf)
  return names
    .flatMap((one, n) => names.slice(n + 1).map((other) => [one, other] as const))
    .filter(
      ([one, other]) =>
        samples.some((event) => !isSame(fieldAt(event, [one]), fieldAt(event, [other]))) &&
        samples.every((event) => observed.domain.event.tagged.is(swapped(event, one, other))),
    )
}

const swapped = <Event>(event: Event, one: string, other: string): Event =>
  withFieldValue(withFieldValue(event, [one], fieldAt(event, [other])), [other], fieldAt(event, [one]))

const commandMutants = <Command, State, Event, Rejection>(
  observed: Observed<Command, State, Event, Rejection>,
  type: string,
): ReadonlyArray<Mutant<Command, State, Event, Rejection>> => {
  const { domain, rejections, rejectionsOf } = observed
  const said =
    firstDeclared(observed, rejectionsOf.get(type) ?? []) ?? firstDeclared(observed, [...rejections.keys()])
  const rejection = said === undefined ? undefined : rejections.get(said)
  const advice = `Give a scenario in which ${type} is accepted.`
  const isOne = (command: Command) => typeOf(command) === type
  return [
    {
      name: `${type} does nothing`,
      operator: 'command does nothing',
      domain: deciding(domain, (decision, command) => (isOne(command) ? nothing : decision)),
      advice,
    },
    ...(rejection === undefined
      ? []
      : [
          {
            name: `${type} is always rejected with ${said}`,
            operator: 'command always rejected' as const,
            domain: deciding(domain, (decision, command) => (isOne(command) ? E.left(rejection) : decision)),
            advice,
          },
        ]),
  ]
}

const ruleMutants = <Command, State, Event, Rejection>(
  observed: Observed<Command, State, Event, Rejection>,
  type: string,
): ReadonlyArray<Mutant<Command, State, Event, Rejection>> => {
  const { domain, rejections, near, acceptedIn } = observed
  const other = otherRejection(observed, type)
  const instead = other === undefined ? undefined : rejections.get(other)
  return [
    {
      name: `nothing refuses with ${type}`,
      operator: 'rule left out',
      // What the command does where no rule forbids it, is what it does without the rule.
      domain: deciding(domain, (decision, command) => {
        if (E.isRight(decision) || typeOf(decision.left) !== type) return decision
        for (const state of acceptedIn.get(typeOf(command)) ?? []) {
          const accepted = domain.decide(command)(state)
          if (E.isRight(accepted) && accepted.right.length > 0) return accepted
        }
        return decision
      }),
      advice: `Give a scenario in which a command is rejected with ${type}, or an invariant that would be broken if it were not.`,
    },
    ...(near.has(type) ? [lenient(observed, type)] : []),
    ...(instead === undefined
      ? []
      : [
          {
            name: `${type} is given as ${other}`,
            operator: 'wrong rejection' as const,
            domain: deciding(domain, (decision) =>
              E.isLeft(decision) && typeOf(decision.left) === type ? E.left(instead) : decision,
            ),
            advice: `Give a scenario in which a command is rejected with ${type}.`,
          },
        ]),
  ]
}

const lenient = <Command, State, Event, Rejection>(
  { domain }: Observed<Command, State, Event, Rejection>,
  type: string,
): Mutant<Command, State, Event, Rejection> => ({
  name: `${type} lets one more through`,
  operator: 'rule off by one',
  domain: deciding(domain, (decision, command, state) => {
    if (E.isRight(decision) || typeOf(decision.left) !== type) return decision
    const events = offByOne(domain, command, state)
    return events === undefined ? decision : E.right(events)
  }),
  advice: `Give a scenario in which a command is just rejected with ${type}, by one.`,
})

/** The likeliest to be mistaken for it: one that the same command may meet. */
const otherRejection = <Command, State, Event, Rejection>(
  observed: Observed<Command, State, Event, Rejection>,
  type: string,
): string | undefined => {
  const beside = [...observed.rejectionsOf.values()].filter((types) => types.includes(type)).flat()
  const isOther = (candidate: string): boolean => candidate !== type
  return (
    firstDeclared(observed, beside.filter(isOther)) ??
    firstDeclared(observed, [...observed.rejections.keys()].filter(isOther))
  )
}

/** By declaration, so that the mutants of a domain have the same names whatever its histories met first. */
const firstDeclared = <Command, State, Event, Rejection>(
  { domain }: Observed<Command, State, Event, Rejection>,
  types: ReadonlyArray<string>,
): string | undefined => domain.rejection.types.find((type) => types.includes(type))
