/**
 * Laws of the ambient world: `decide` and `evolve` depend on their arguments alone. Who reads a clock, a random number
 * or a setting decides otherwise the next time, and a replay of the same events leads somewhere else.
 * Used by: `Catalogue`.
 *
 * What a module took hold of when it was loaded, such as `const { now } = Date`, is out of reach of the traps; the laws
 * of purity and of other processes find it by what it does.
 * @since 0.1.0
 */
import { type AmbientKind, type AmbientRead, watched } from '../../ambient/Trap.js'
import { copyOf } from '../Copy.js'
import { shownType } from '../Shown.js'
import { askDecide, askEvolve, type LawsOfReplays, replayOf } from './AskedAgain.js'
import type { Complaint } from './NoDecision.js'

/** The laws of the ambient world. */
export const ambientWorld: LawsOfReplays = (subject, replay = replayOf(subject)) => {
  const { domain } = subject
  return [
    {
      id: 'decide.ambient',
      statement:
        '`decide` reads no clock, no random number, no setting, no locale and no time zone of the machine.',
      judge: (trial) => {
        const { events, questions } = replay(trial)
        const found = firstRead(questions, ({ command, state }) => {
          const [ownCommand, ownState] = [copyOf(command), copyOf(state)]
          return () => askDecide(domain, ownCommand, ownState)
        })
        if (found === undefined) return undefined
        const { command, pastLength } = found.asked
        const when = `when it was asked for \`${shownType(command)}\``
        return { past: events.slice(0, pastLength), command, ...complaint('decide', when, found.read) }
      },
    },
    {
      id: 'evolve.ambient',
      statement:
        '`evolve` reads no clock, no random number, no setting, no locale and no time zone of the machine.',
      judge: (trial) => {
        const found = firstRead(replay(trial).moves, ({ state, event }) => {
          const [ownState, ownEvent] = [copyOf(state), copyOf(event)]
          return () => askEvolve(domain, ownState, ownEvent)
        })
        if (found === undefined) return undefined
        const { event, past } = found.asked
        return { past: past(), ...complaint('evolve', `on the event \`${shownType(event)}\``, found.read) }
      },
    },
  ]
}

/** All of a trial is asked under one watch, because setting the traps costs as much as a hundred calls. */
const firstRead = <Asked>(
  all: ReadonlyArray<Asked>,
  prepare: (asked: Asked) => () => unknown,
): { readonly asked: Asked; readonly read: AmbientRead } | undefined => {
  if (all.length === 0) return undefined
  const calls = all.map(prepare)
  const { result: index, reads } = watched((hasRead) =>
    calls.findIndex((call) => {
      call()
      return hasRead()
    }),
  )
  const [asked, [read]] = [all[index], reads]
  return asked === undefined || read === undefined ? undefined : { asked, read }
}

const complaint = (by: 'decide' | 'evolve', when: string, { kind, what, place }: AmbientRead): Complaint => {
  const at = place === undefined ? '' : ` (${place})`
  return {
    cause: `\`${by}\` ${deed[kind]} by \`${what}\`${at} ${when}, ${consequence[by]}.`,
    advice: adviceOn(by, kind),
  }
}

const deed: Readonly<Record<AmbientKind, string>> = {
  clock: 'read the clock',
  chance: 'drew a random value',
  settings: 'read a setting of the process',
  'later work': 'left work for later',
  network: 'called the network',
  locale: "read the machine's locale",
  'time zone': "read the machine's time zone",
}

const consequence = {
  decide:
    'so the same command in the same state can be answered differently another time or on another machine',
  evolve: 'so the same events can lead to another state another time or on another machine',
}

const adviceOn = (by: 'decide' | 'evolve', kind: AmbientKind): string => {
  if (kind === 'locale')
    return "Name the locale, as in `toLocaleString('en')`, or compare texts with `<`, which is the same everywhere."
  if (kind === 'time zone')
    return 'Use the UTC form, such as `getUTCHours()` or `toISOString()`; where local time matters, let the command bring it along.'
  if (kind === 'later work' || kind === 'network')
    return `Leave that to a process manager or a subscription that acts on the event; \`${by}\` only answers.`
  const thing = { clock: 'the time', chance: 'the random value', settings: 'the setting' }[kind]
  return by === 'evolve'
    ? `Put ${thing} into the event when it is decided, and let \`evolve\` read it from there.`
    : `Let the command bring ${thing} along: whoever sends it may read the world, and \`decide\` need not.`
}
