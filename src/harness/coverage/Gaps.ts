/**
 * What histories should have come to, and did not. Each gap is a sentence that names what is missing and what to do: a
 * law that no history put to the test is green, and worthless.
 * Used by: `Examination`, `mutationScore`, `moreUntilCovered`.
 *
 * Laws (test/properties/harness/coverage/Gaps.test.ts):
 * - GAP-1 exact: what is reached is no gap, and each declared type that is neither reached nor listed as unreachable is.
 * - GAP-2 honest list: what is listed as unreachable and is reached all the same is a gap.
 * @since 0.1.0
 */
import type { Subject } from '../domain/Law.js'
import type { Coverage, CoverageReach } from './Coverage.js'
import { declaresTerminal } from './StateLabel.js'

/** In how many of a hundred commands at least the generation must get through. */
const acceptedPercentMin = 5

/**
 * What is missing in a coverage of a subject; nothing, when all is well. A gap is a declared command, event or rejection
 * type that was never reached, one that was reached though it is listed in `unreachable`, a domain with terminal states
 * that no history came to, and histories in which fewer than 5% of the commands were accepted.
 * @example
 * import * as t from 'io-ts'
 * import { accept, domain, reject } from 'decider-ts/decide'
 * import { coverageOf, gapsOf, historyOf } from 'decider-ts/harness'
 * const named = <const Type extends string>(type: Type) => t.type({ type: t.literal(type) })
 * const Door = domain({
 *   name: 'door', command: named('Open'), event: named('Opened'), rejection: named('AlreadyOpen'), state: t.boolean,
 *   streamId: () => 'front', initialState: false, evolve: () => true,
 *   decide: () => (open) => (open ? reject({ type: 'AlreadyOpen' }) : accept({ type: 'Opened' })),
 * })
 * const subject = { domain: Door, expectations: {} }
 * gapsOf(subject)(coverageOf(subject)([historyOf(Door)([{ type: 'Open' }, { type: 'Open' }])])) // => []
 * gapsOf(subject)(coverageOf(subject)([historyOf(Door)([{ type: 'Open' }])])).length // => 1
 */
export const gapsOf =
  <Command, State, Event, Rejection>(subject: Subject<Command, State, Event, Rejection>) =>
  (coverage: Coverage): ReadonlyArray<string> => [
    ...unreached(subject, coverage).map(({ kind, type }) => sentenceFor(subject, coverage, kind, type)),
    ...listedInVain(subject, coverage),
    ...endless(subject, coverage),
    ...refused(subject, coverage),
  ]

/**
 * Whether more histories could close a gap of a coverage: what is unreached so far may only be rare.
 * @internal
 */
export const mayImprove = <Command, State, Event, Rejection>(
  subject: Subject<Command, State, Event, Rejection>,
  coverage: Coverage,
): boolean => unreached(subject, coverage).length > 0 || endless(subject, coverage).length > 0

type Kind = 'command' | 'event' | 'rejection'

/** The types that no history reached, those left out that are listed as unreachable. */
const unreached = <Command, State, Event, Rejection>(
  { expectations }: Subject<Command, State, Event, Rejection>,
  coverage: Coverage,
): ReadonlyArray<CoverageReach & { readonly kind: Kind }> => {
  const listed: ReadonlyArray<string> = expectations.unreachable ?? []
  return reachesOf(coverage).filter(({ type, times }) => times === 0 && !listed.includes(type))
}

const reachesOf = ({
  commands,
  events,
  rejections,
}: Coverage): ReadonlyArray<CoverageReach & { readonly kind: Kind }> => [
  ...commands.map((reach) => ({ ...reach, kind: 'command' as const })),
  ...events.map((reach) => ({ ...reach, kind: 'event' as const })),
  ...rejections.map((reach) => ({ ...reach, kind: 'rejection' as const })),
]

const sentenceFor = <Command, State, Event, Rejection>(
  { expectations }: Subject<Command, State, Event, Rejection>,
  { histories }: Coverage,
  kind: Kind,
  type: string,
): string => {
  const commandGen = expectations.commandGen === undefined ? 'Give a `commandGen` that' : 'Let `commandGen`'
  const verb = (word: string) => (expectations.commandGen === undefined ? `${word}s` : word)
  const whatToDo: Readonly<Record<Kind, string>> = {
    command: `${commandGen} ${verb('offer')} it, and if nobody is to send it, list '${type}' in \`unreachable\`.`,
    event: `${commandGen} ${verb('lead')} to the state in which it happens, and if no command leads to it any more, list '${type}' in \`unreachable\` or delete it.`,
    rejection: `${commandGen} ${verb('ask')} for what this rule forbids, in the state in which it is forbidden, and if no rule says it any more, list '${type}' in \`unreachable\` or delete it.`,
  }
  const never = { command: 'asked', event: 'recorded', rejection: 'given' }[kind]
  return `The ${kind} '${type}' was never ${never} in ${inWords(histories)}. ${whatToDo[kind]}`
}

/** A name in `unreachable` excuses every type of that name; where it excuses none, it misleads. */
const listedInVain = <Command, State, Event, Rejection>(
  { expectations }: Subject<Command, State, Event, Rejection>,
  coverage: Coverage,
): ReadonlyArray<string> => {
  const listed: ReadonlyArray<string> = expectations.unreachable ?? []
  return [...new Set(listed)].flatMap((name) => {
    const declared = reachesOf(coverage).filter(({ type }) => type === name)
    if (declared.length === 0)
      return [
        `'${name}' is listed in \`unreachable\`, and the domain declares no such type. Correct the name, or take it off the list.`,
      ]
    if (declared.some(({ times }) => times === 0)) return []
    const times = declared.reduce((sum, reach) => sum + reach.times, 0)
    return [
      `'${name}' is listed in \`unreachable\`, and it was reached ${times === 1 ? 'once' : `${times} times`} in ${inWords(coverage.histories)}. Take it off the list.`,
    ]
  })
}

const endless = <Command, State, Event, Rejection>(
  { domain }: Subject<Command, State, Event, Rejection>,
  { histories, terminated }: Coverage,
): ReadonlyArray<string> =>
  terminated > 0 || !declaresTerminal(domain)
    ? []
    : [
        `None of ${inWords(histories)} came to a terminal state, so nothing was tried there. Give a \`commandGen\` that leads to one, and if there is none, leave \`isTerminal\` out of the domain.`,
      ]

const refused = <Command, State, Event, Rejection>(
  { expectations }: Subject<Command, State, Event, Rejection>,
  { steps, accepted }: Coverage,
): ReadonlyArray<string> => {
  if (steps === 0 || accepted * 100 >= steps * acceptedPercentMin) return []
  const whatToDo =
    expectations.commandGen === undefined
      ? 'Give a `commandGen` that offers, for a state, commands that can be accepted there.'
      : 'Let `commandGen` offer more commands that can be accepted in the state that it is given.'
  return [
    `Only ${accepted} of ${steps} commands were accepted, fewer than ${acceptedPercentMin}%, so that histories hardly get anywhere. ${whatToDo}`,
  ]
}

const inWords = (histories: number): string => `${histories} ${histories === 1 ? 'history' : 'histories'}`
