/**
 * What a small scope found, for people: in a few sentences, and as a diagram of states.
 * Used by: users; lessons.
 * @since 0.1.0
 */
import type { SmallScope } from './SmallScope.js'
import { stateText } from './StateText.js'

/**
 * What was found, in sentences: how much was tried, whether that is all there is, and the breach with the commands that
 * lead to it.
 * @example
 * import { showSmallScope } from 'decider-ts/harness'
 * showSmallScope({ histories: 5, depth: 3, states: [0, 1], transitions: [], complete: true })
 * // => '5 histories of up to 3 commands: 2 states, 0 transitions.\nThat is all there is: longer histories lead to nothing new.'
 */
export const showSmallScope = (found: SmallScope<unknown, unknown, unknown>): string => {
  const { histories, depth, states, transitions, complete, breach } = found
  const tried = `${numberOf(histories, 'history', 'histories')} of up to ${numberOf(depth, 'command', 'commands')}: ${numberOf(states.length, 'state', 'states')}, ${numberOf(transitions.length, 'transition', 'transitions')}.`
  if (breach === undefined) {
    return `${tried}\n${
      complete
        ? 'That is all there is: longer histories lead to nothing new.'
        : 'Longer histories may lead to more; a greater `depth` finds out.'
    }`
  }
  const { law, statement, commands } = breach
  return [
    tried,
    `Broken: ${law} (${statement})`,
    commands.length === 0
      ? 'It shows before the first command.'
      : `No shorter history of these commands shows a breach than this one, of ${numberOf(commands.length, 'command', 'commands')}:`,
    ...commands.map((command, n) => `  ${n + 1}. ${stateText(command)}`),
    breach.breach.cause,
    breach.breach.advice,
  ].join('\n')
}

const numberOf = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`

/** How states and commands are called in a diagram. */
export interface DiagramNames<Command, State> {
  /** Its text, unless given. */
  readonly state?: (state: State) => string
  /** Its `type`, unless given. */
  readonly command?: (command: Command) => string
}

/**
 * The states and accepted commands as a Mermaid state diagram, which most viewers of Markdown can draw. What was rejected
 * is left out: it leads nowhere.
 * @example
 * import { smallScopeDiagram } from 'decider-ts/harness'
 * const found = {
 *   histories: 3,
 *   depth: 2,
 *   states: ['shut', 'open'],
 *   transitions: [{ from: 0, command: { type: 'Open' }, to: 1, outcome: 'accepted' as const }],
 *   complete: true,
 * }
 * smallScopeDiagram(found, { state: (state) => state })
 * // => 'stateDiagram-v2\n  s0: shut\n  s1: open\n  [*] --> s0\n  s0 --> s1: Open'
 */
export const smallScopeDiagram = <Command, State>(
  { states, transitions }: SmallScope<Command, State, unknown>,
  { state = stateText, command = typeOf }: DiagramNames<Command, State> = {},
): string => {
  const arrows = transitions
    .filter(({ outcome }) => outcome === 'accepted')
    .map((transition) => `  s${transition.from} --> s${transition.to}: ${plain(command(transition.command))}`)
  return [
    'stateDiagram-v2',
    ...states.map((each, n) => `  s${n}: ${plain(state(each))}`),
    '  [*] --> s0',
    ...new Set(arrows),
  ].join('\n')
}

const typeOf = (command: unknown): string =>
  typeof command === 'object' && command !== null && 'type' in command
    ? String(command.type)
    : stateText(command)

/** To Mermaid a line break, a semicolon or a second colon ends a label. */
const plain = (label: string): string => label.replace(/[\r\n;]+/g, ' ').replaceAll(':', '=')
