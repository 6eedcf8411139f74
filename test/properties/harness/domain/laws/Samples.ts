/** What the tests of laws share: trials without chance, and judges that are wrong on purpose. */
import { type Domain, decider, domain } from 'decider-ts/decide'
import { type Alphabet, arbitraryDecider, historyOf } from 'decider-ts/harness'
import fc from 'fast-check'
import * as t from 'io-ts'
import type { Breach, LawsOf, Subject, Trial } from '../../../../../src/harness/domain/Law.js'

/** The trial of these commands, with some that nobody decided. */
export const trialOf = <Command, State, Event, Rejection>(
  subject: Domain<Command, State, Event, Rejection>,
  commands: ReadonlyArray<Command>,
  strayCommands: ReadonlyArray<Command> = [],
): Trial<Command, State, Event, Rejection> => ({
  history: historyOf(subject)(commands),
  strayCommands,
  strayEvents: [],
})

/** The ids of the laws that a trial breaks, with what each says. */
export const breachesOf = <Command, State, Event, Rejection>(
  laws: LawsOf,
  subject: Subject<Command, State, Event, Rejection>,
  trial: Trial<Command, State, Event, Rejection>,
): ReadonlyMap<string, Breach<Command, Event>> =>
  new Map(
    laws(subject).flatMap((each) => {
      const breach = each.judge(trial)
      return breach === undefined ? [] : [[each.id, breach] as const]
    }),
  )

/** Laws that find nothing. */
export const blind =
  (laws: LawsOf): LawsOf =>
  (subject) =>
    laws(subject).map((each) => ({ ...each, judge: () => undefined }))

/** Laws that find fault with everything. */
export const overzealous =
  (laws: LawsOf): LawsOf =>
  (subject) =>
    laws(subject).map((each) => ({
      ...each,
      judge: () => ({ past: [], cause: 'It is not to my taste.', advice: 'Write another.' }),
    }))

const alphabet: Alphabet<string, number, string, string> = {
  commands: ['A', 'B', 'C'],
  states: [0, 1, 2, 3],
  events: ['X', 'Y'],
  rejections: ['No', 'Never'],
}

const named = <const Names extends readonly [string, string, ...Array<string>]>(names: Names) =>
  t.type({
    type: t.keyof(Object.fromEntries(names.map((name) => [name, null])) as { [N in Names[number]]: null }),
  })

/**
 * Domains that do anything at all, and declare what they do. The cast says which texts the alphabet has: it is made of
 * plain texts, since a table looks a value up by identity.
 */
export const arbitraryTableDomain = (name: string, acceptsInTerminal = true) =>
  arbitraryDecider(alphabet, { acceptsInTerminal }).map((any) => {
    const typed = decider.mapRejection((type: string) => ({ type }))(
      decider.imapEvent(
        (type: string) => ({ type }),
        ({ type }: { readonly type: string }) => type,
      )(decider.contramap(({ type }: { readonly type: string }) => type)(any)),
    )
    return domain({
      name,
      command: named(['A', 'B', 'C']),
      event: named(['X', 'Y']),
      rejection: named(['No', 'Never']),
      state: t.number,
      streamId: () => 'one',
      ...(typed as unknown as Pick<
        Domain<{ type: 'A' | 'B' | 'C' }, number, { type: 'X' | 'Y' }, { type: 'No' | 'Never' }>,
        'decide' | 'evolve' | 'initialState' | 'isTerminal'
      >),
    })
  })

/** Commands of these domains. */
export const tableCommands = fc.array(
  fc.constantFrom<{ type: 'A' | 'B' | 'C' }>({ type: 'A' }, { type: 'B' }, { type: 'C' }),
  { maxLength: 12 },
)
