/**
 * The same histories elsewhere: in processes with another language, another time zone and a fresh memory. What a process
 * takes from its machine when it starts, such as the order of letters, cannot be changed within it; and what a module
 * remembers is only gone in another process.
 * Used by: `domainSuite`.
 * @since 0.1.0
 */

import type { Check } from '../../Check.js'
import { nodeModule, processHere } from '../../Platform.js'
import type { ModulePlace } from '../Expectations.js'
import type { Subject } from '../Law.js'
import { shown } from '../Shown.js'
import { trialsOf } from '../Trial.js'
import {
  type Account,
  type Assignment,
  accountOf,
  answerMark,
  type ChildAnswer,
  type StepAccount,
} from './ElsewhereReplay.js'

/** A process with a language and a time zone of its own. */
interface Place {
  readonly language: string
  readonly zone: string
}

/**
 * Turkish sorts ı before i, Swedish sorts ä after z, German writes 1.234,5. Each language has one of the zones, because
 * each process takes about half a second, and a difference names its place.
 */
const places: ReadonlyArray<Place> = [
  { language: 'tr_TR.UTF-8', zone: 'Pacific/Kiritimati' },
  { language: 'sv_SE.UTF-8', zone: 'America/St_Johns' },
  { language: 'de_DE.UTF-8', zone: 'UTC' },
]

/** How many histories are replayed elsewhere, unless fewer are asked for. */
const historiesMax = 100

/** A process that has not answered after so many milliseconds is stopped. */
const patience = 60_000

/**
 * The checks in other processes: each replays histories of the domain and compares every decision and state with those
 * of this process. Where the domain cannot be imported by another process, or there are no processes, one check says
 * that nothing was checked, and what to pass.
 * @internal
 */
export const elsewhereChecks = <Command, State, Event, Rejection>(
  subject: Subject<Command, State, Event, Rejection>,
): ReadonlyArray<Check> => {
  const { module } = subject.expectations
  const replay = replayModule()
  if (module === undefined) return [notChecked(withoutModule)]
  if (processHere()?.getBuiltinModule === undefined || replay === undefined)
    return [notChecked(withoutProcesses)]
  return places.map((place) => ({
    name: `elsewhere: decisions and states are the same in ${inWords(place)}`,
    run: async () => {
      const histories = historiesOf(subject)
      const there = await answerFrom(startScript(replay, module.url), module, place, histories)
      const here = accountOf(
        subject.domain,
        histories.map(({ encoded }) => encoded),
      )
      const difference = firstDifferentStep(here, there, histories)
      if (difference !== undefined) throw new Error(complaint(difference, place))
      return `${histories.length} histories are the same in ${inWords(place)}`
    },
  }))
}

const inWords = ({ language, zone }: Place): string => `a process with the language ${language} in ${zone}`

const notChecked = (why: string): Check => ({
  name: 'elsewhere: decisions and states are the same in other processes',
  run: async () => `not checked: ${why}`,
})

const withoutModule =
  'another process has to import the domain; pass `module: { url: import.meta.resolve(...), name: ... }` in the expectations'

const withoutProcesses =
  'no process can be started here; it takes Node 20.16 or later, and a library that was not bundled'

/** The commands of a history, and what is sent of them. */
interface Sent {
  readonly commands: ReadonlyArray<unknown>
  readonly encoded: ReadonlyArray<unknown>
}

const historiesOf = <Command, State, Event, Rejection>(
  subject: Subject<Command, State, Event, Rejection>,
): ReadonlyArray<Sent> => {
  const { domain, expectations } = subject
  const histories = Math.min(historiesMax, expectations.histories ?? historiesMax)
  return trialsOf({ domain, expectations: { ...expectations, histories } }).trials.map(
    ({ history, strayCommands }) => {
      const commands = [...history.steps.map(({ command }) => command), ...strayCommands]
      const encoded = commands.map((command) => domain.command.encode(command))
      // Here too the commands are read from JSON: what JSON does to them is no difference between two processes.
      return { commands, encoded: JSON.parse(JSON.stringify(encoded)) as ReadonlyArray<unknown> }
    },
  )
}

/** The module that a child runs lies beside this one, unless a bundler has moved both. */
const replayModule = (): string | undefined => {
  const { url } = import.meta as ImportMeta & { readonly url: string }
  const replay = url.replace(/\/Elsewhere(\.[jt]s)(\?.*)?$/, '/ElsewhereReplay$1')
  return replay === url ? undefined : replay
}

const answerFrom = async (
  script: string,
  { name, nodeOptions = [] }: ModulePlace,
  place: Place,
  histories: ReadonlyArray<Sent>,
): Promise<Account> => {
  const assignment: Assignment = { name, histories: histories.map(({ encoded }) => encoded) }
  const output = await run(
    [...nodeOptions, '--input-type=module', '-e', script],
    place,
    JSON.stringify(assignment),
  )
  const at = output.text.lastIndexOf(answerMark)
  const answer: ChildAnswer =
    at === -1
      ? { complaint: `It said: ${output.errors.trim().slice(-800) || 'nothing'}` }
      : JSON.parse(output.text.slice(at + answerMark.length))
  if ('account' in answer) return answer.account
  throw new Error(
    `The domain could not be replayed in ${inWords(place)}. ${answer.complaint}\n` +
      "Check the expectation `module`: its `url` and `name`, and `nodeOptions: ['--import', 'tsx']` if it is written in TypeScript.",
  )
}

/** What is used of `node:child_process`. */
interface ChildProcesses {
  readonly execFile: (
    path: string,
    parameters: ReadonlyArray<string>,
    options: object,
    done: (error: unknown, text: string, errors: string) => void,
  ) => {
    readonly stdin?: {
      readonly on: (event: 'error', listener: () => void) => unknown
      readonly end: (text: string) => unknown
    } | null
  }
}

const run = (
  options: ReadonlyArray<string>,
  { language, zone }: Place,
  input: string,
): Promise<{ readonly text: string; readonly errors: string }> =>
  new Promise((resolve, reject) => {
    const here = processHere()
    const children = nodeModule<ChildProcesses>('node:child_process')
    if (here === undefined || children === undefined) return reject(new Error(withoutProcesses))
    const child = children.execFile(
      here.execPath,
      options,
      { env: { ...here.env, LC_ALL: language, TZ: zone }, maxBuffer: 2 ** 28, timeout: patience },
      (_, text, errors) => resolve({ text, errors }),
    )
    // A process that ends before it has read everything is reported by what it did not answer.
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
  })

/** Written out, because a bundler that met such an import in this module would try to follow it. */
const startScript = (replayModuleUrl: string, url: string): string =>
  `Promise.all([import(${JSON.stringify(replayModuleUrl)}), import(${JSON.stringify(url)})])` +
  '.then(([{ answerAssignment }, loaded]) => answerAssignment(loaded))'

/** A step that came out differently; `index` is its place in the history. */
interface DifferentStep {
  readonly commands: ReadonlyArray<unknown>
  readonly index: number
  readonly here: StepAccount
  readonly there: StepAccount
}

/** The step with the fewest commands before it. */
const firstDifferentStep = (
  here: Account,
  there: Account,
  histories: ReadonlyArray<Sent>,
): DifferentStep | undefined =>
  histories
    .flatMap(({ commands }, at): ReadonlyArray<DifferentStep> => {
      const [own, other] = [here[at] ?? [], there[at] ?? []]
      const index = own.findIndex((step, n) => !isSameStep(step, other[n]))
      const [left, right] = [own[index], other[index]]
      return left === undefined || right === undefined ? [] : [{ commands, index, here: left, there: right }]
    })
    .sort((left, right) => left.index - right.index)[0]

const isSameStep = (left: StepAccount, right: StepAccount | undefined): boolean =>
  left.decision === right?.decision && left.state === right.state

const complaint = ({ commands, index, here, there }: DifferentStep, place: Place): string => {
  const past = commands.slice(0, index)
  const what = here.decision === there.decision ? 'state' : 'decision'
  const [own, other] = aroundDifference(here[what], there[what])
  return [
    what === 'decision'
      ? `\`decide\` answers differently in ${inWords(place)}.`
      : `\`evolve\` leads to another state in ${inWords(place)}.`,
    `  after    ${past.length === 0 ? 'nothing' : past.map((command) => shown(command)).join('\n           ')}`,
    `  command  ${shown(commands[index])}`,
    `  here     ${own}`,
    `  there    ${other}`,
    "Name the language and the zone wherever texts, numbers and dates are compared or written, as in `localeCompare(other, 'en')`, or compare texts with `<`. If the laws of purity fail as well, mend what they name first.",
  ].join('\n')
}

/** How much of two long texts is shown before and after the place where they part. */
const [contextBefore, contextAfter] = [60, 100]

const aroundDifference = (left: string, right: string): readonly [string, string] => {
  let same = 0
  while (same < left.length && left[same] === right[same]) same++
  const from = Math.max(0, same - contextBefore)
  const cut = (text: string): string =>
    `${from === 0 ? '' : '…'}${text.slice(from, same + contextAfter)}${text.length > same + contextAfter ? '…' : ''}`
  return [cut(left), cut(right)]
}
