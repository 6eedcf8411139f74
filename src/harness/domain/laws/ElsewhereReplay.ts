/**
 * The replay of histories in a process of its own, and its account of them as text. It is what the parent process and
 * the child process both do: where the accounts differ, the domain depends on the process it runs in.
 * Used by: `Elsewhere`, and the script that runs in the child process.
 * @since 0.1.0
 */

import { either as E } from 'fp-ts'
import type { Domain } from '../../../decide/Domain.js'
import { nodeModule, processHere } from '../../Platform.js'
import { copyOf } from '../Copy.js'
import { askDecide, askEvolve, eventsIn, isState } from './AskedAgain.js'

/** What a child process is told, as JSON on its standard input. */
export interface Assignment {
  /** The name by which the module exports the domain. */
  readonly name: string
  /** The commands of each history, encoded by the codec of the domain. */
  readonly histories: ReadonlyArray<ReadonlyArray<unknown>>
}

/** Each step of a history in words: what was decided, and the state after it. */
export interface StepAccount {
  readonly decision: string
  readonly state: string
}

/** The steps of each history. */
export type Account = ReadonlyArray<ReadonlyArray<StepAccount>>

/** What a child process answers. */
export type ChildAnswer = { readonly account: Account } | { readonly complaint: string }

/**
 * Before the answer on the standard output of a child: a module may print while it is loaded.
 * @internal
 */
export const answerMark = '@@decider-ts answer@@'

/**
 * What a child process does with the module that it has loaded: read the assignment, replay, and print the account.
 * @internal
 */
export const answerAssignment = (loaded: Readonly<Record<string, unknown>>): void => {
  const here = processHere()
  const files = nodeModule<{ readonly readFileSync: (from: 0, encoding: 'utf8') => string }>('node:fs')
  if (here === undefined || files === undefined) throw new TypeError('This runs in a process of Node.')
  const input = files.readFileSync(0, 'utf8')
  const answer = answerTo(JSON.parse(input) as Assignment, loaded)
  // A module may hold on to a connection or a timer, which would keep this process alive.
  here.stdout.write(`\n${answerMark}${JSON.stringify(answer)}\n`, () => here.exit(0))
}

const answerTo = (
  { name, histories }: Assignment,
  loaded: Readonly<Record<string, unknown>>,
): ChildAnswer => {
  const found = loaded[name]
  return isDomain(found)
    ? { account: accountOf(found, histories) }
    : { complaint: `The module exports no domain by the name '${name}', but ${namesIn(loaded)}.` }
}

const namesIn = (loaded: object): string =>
  Object.keys(loaded)
    .map((name) => `'${name}'`)
    .join(', ') || 'nothing'

const isDomain = (value: unknown): value is Domain<unknown, unknown, unknown, unknown> =>
  typeof value === 'object' && value !== null && 'decide' in value && 'evolve' in value && 'command' in value

/**
 * The account of histories, given by their encoded commands.
 * @internal
 */
export const accountOf = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
  histories: Assignment['histories'],
): Account => histories.map((history) => stepsOf(domain, history))

/** A command that cannot be decoded is left out, here as there. */
const stepsOf = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
  history: ReadonlyArray<unknown>,
): ReadonlyArray<StepAccount> => {
  let state = copyOf(domain.initialState)
  return history.flatMap((encoded) => {
    const command = domain.command.decode(encoded)
    if (E.isLeft(command)) return []
    const answer = askDecide(domain, command.right, copyOf(state))
    const decision = textOf(answer._tag === 'Threw' ? `threw ${String(answer.error)}` : answer.value)
    for (const event of eventsIn<Event>(answer._tag === 'Gave' ? answer.value : undefined)) {
      const next = askEvolve(domain, copyOf(state), event)
      if (isState(next, state)) state = next.value as State
    }
    return [{ decision, state: textOf(state) }]
  })
}

/** All of a value as text, the keys of its records in order: two equal values have one text in every process. */
const textOf = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return 'a function'
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value)
  if (Array.isArray(value)) return `[${value.map(textOf).join(', ')}]`
  if (value instanceof Date) return `Date ${value.getTime()}`
  if (value instanceof Map)
    return `Map {${Array.from(value, ([k, v]) => `${textOf(k)} => ${textOf(v)}`).join(', ')}}`
  if (value instanceof Set) return `Set {${Array.from(value, textOf).join(', ')}}`
  const parts = Object.entries(value)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, inner]) => `${key}: ${textOf(inner)}`)
  return `{ ${parts.join(', ')} }`
}
