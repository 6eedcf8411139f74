/**
 * The state diagram of a domain, as its histories found it, in the language of Mermaid. Nobody draws it, so nobody
 * forgets to: put beside the code and compared in a review, it shows how the behaviour changed.
 * Used by: whoever documents a domain.
 *
 * Laws (test/properties/harness/coverage/StateDiagram.test.ts):
 * - SDG-1 every transition: each transition is an arrow, between the states that it connects.
 * - SDG-2 safe names: whatever the names are, every line is one of the few forms that the language has for states and
 *   arrows, and nothing of a name is lost.
 * @since 0.1.0
 */
import type { Coverage } from './Coverage.js'

/**
 * A coverage as a `stateDiagram-v2` of Mermaid. The initial state has an arrow from `[*]`, each terminal state one to
 * `[*]`, and each arrow between states says the command and the events that it recorded.
 * @example
 * import * as t from 'io-ts'
 * import { accept, domain, reject } from 'decider-ts/decide'
 * import { coverageOf, coverageToMermaid, historyOf } from 'decider-ts/harness'
 * const named = <const Type extends string>(type: Type) => t.type({ type: t.literal(type) })
 * const Door = domain({
 *   name: 'door', command: named('Open'), event: named('Opened'), rejection: named('AlreadyOpen'), state: t.boolean,
 *   streamId: () => 'front', initialState: false, evolve: () => true,
 *   decide: () => (open) => (open ? reject({ type: 'AlreadyOpen' }) : accept({ type: 'Opened' })),
 * })
 * const coverage = coverageOf({ domain: Door, expectations: {} })([historyOf(Door)([{ type: 'Open' }])])
 * coverageToMermaid(coverage).split('\n').at(-1) // => '  s0 --> s1: Open / Opened'
 */
export const coverageToMermaid = ({ states, transitions, initial }: Coverage): string => {
  const ids = new Map(states.map(({ name }, place) => [name, `s${place}`]))
  const arrow = (from: string | undefined, to: string | undefined, text?: string): ReadonlyArray<string> =>
    from === undefined || to === undefined
      ? []
      : [`  ${from} --> ${to}${text === undefined ? '' : `: ${escaped(text)}`}`]
  return [
    'stateDiagram-v2',
    ...states.map(({ name }, place) => `  state "${escaped(name)}" as s${place}`),
    ...arrow('[*]', ids.get(initial)),
    ...transitions.flatMap(({ from, to, command, events }) =>
      arrow(ids.get(from), ids.get(to), `${command} / ${events}`),
    ),
    ...states.filter(({ terminal }) => terminal).flatMap(({ name }) => arrow(ids.get(name), '[*]')),
  ].join('\n')
}

/** Whatever could mean something to Mermaid is written by its number; letters and digits of any language stay. */
const escaped = (text: string): string =>
  text === ''
    ? '#8203;'
    : text.replace(/[^\p{L}\p{N} ,./+×·✗()_-]/gu, (character) => `#${character.codePointAt(0)};`)
