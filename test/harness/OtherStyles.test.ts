/**
 * Deciders as they are written with other libraries, put into a domain as they are. What a newcomer reads about each is
 * written out here: the law, the step, what happened, and what to do.
 */
import { accept, type Decision, domain, reject } from 'decider-ts/decide'
import { describe, expect, test } from 'vitest'
import { catalogue } from '../../src/harness/domain/Catalogue.js'
import { trialsOf } from '../../src/harness/domain/Trial.js'
import { type Command, type Event, parts, type Rejection, type State } from './Inventory.js'

type Evolve = (state: State, event: Event) => State
type Decide = (command: Command) => (state: State) => Decision<Event, Rejection>

// The functions have the types of other libraries, or none: that they do not fit is what is tested.
const domainOf = (functions: { readonly decide?: unknown; readonly evolve?: unknown }) =>
  domain({ ...parts, ...(functions as { readonly decide?: Decide; readonly evolve?: Evolve }) })

/** The first law that fails, as the report has it. */
const reportOn = (functions: Parameters<typeof domainOf>[0]) => {
  const subject = { domain: domainOf(functions), expectations: {} }
  const { smallestBreach } = trialsOf(subject)
  for (const law of catalogue(subject)) {
    const found = smallestBreach(law)
    if (found !== undefined) return { law: law.id, ...found.breach }
  }
  return undefined
}

class IllegalStateError extends Error {}

describe('deciders of other libraries', () => {
  test('a rule that throws', () => {
    const decide = (command: Command) => (state: State) => {
      if (command.type === 'Receive' && state.status !== 'open')
        throw new IllegalStateError('The inventory is not open')
      return parts.decide(command)(state)
    }
    const report = reportOn({ decide })
    expect(report).toMatchObject({
      law: 'decide.total',
      past: [],
      command: { type: 'Receive', quantity: 1 },
      advice:
        'Return `reject({ type: ... })` instead of throwing: a rule that says no is an answer, and only a bug is thrown.',
    })
    expect(report?.cause).toMatch(
      /^`decide` threw `IllegalStateError: The inventory is not open` \(OtherStyles\.test\.ts:\d+\) when it was asked for \{ type: 'Receive', quantity: 1 \}\. It must answer\.$/,
    )
  })

  test('a command and a state in one call', () => {
    const decide = ({ type }: Command, { status }: State) => {
      if (type === 'Open' && status === 'new') return { type: 'Opened' }
      throw new IllegalStateError('No')
    }
    expect(reportOn({ decide })).toMatchObject({
      law: 'decide.answers',
      past: [],
      cause:
        '`decide` takes the command and the state in one call, and is asked in two: `decide(command)(state)`.',
      advice: 'Write it as `const decide = (command) => (state) => ...`.',
    })
  })

  test('events returned as an array', () => {
    const decide = (command: Command) => (state: State) =>
      command.type === 'Open' ? [{ type: 'Opened' }] : parts.decide(command)(state)
    expect(reportOn({ decide })).toEqual({
      law: 'decide.answers',
      past: [],
      command: { type: 'Open' },
      cause: "`decide` answered with the array [{ type: 'Opened' }], which is no decision.",
      advice: 'Return `accept(event, ...)` in place of the bare array.',
    })
  })

  test('an event returned bare', () => {
    const decide = (command: Command) => (state: State) =>
      command.type === 'Open' ? { type: 'Opened' } : parts.decide(command)(state)
    expect(reportOn({ decide })).toEqual({
      law: 'decide.answers',
      past: [],
      command: { type: 'Open' },
      cause: "`decide` answered with the bare object { type: 'Opened' }, which is no decision.",
      advice: 'Return `accept(event)` in place of the bare event, or `reject(reason)` if it is a reason.',
    })
  })

  test('a state that is assigned to', () => {
    const evolve = (state: State, event: Event) =>
      event.type === 'Received'
        ? Object.assign(state, parts.evolve(state, event))
        : parts.evolve(state, event)
    expect(reportOn({ evolve })).toEqual({
      law: 'evolve.keepsInputs',
      past: [{ type: 'Opened' }, { type: 'Received', quantity: 1 }],
      cause:
        "`evolve` changed what it was given on the event { type: 'Received', quantity: 1 }: `state.stock` was 0, and is 1 now.",
      advice:
        'Return a new state, such as `{ ...state, stock: ... }`, and leave the one that was given as it is.',
    })
  })

  test('a list that is pushed to', () => {
    const evolve = (state: State & { readonly log?: Array<string> }, event: Event) => {
      const { log = [] } = state
      log.push(event.type)
      return { ...parts.evolve(state, event), log }
    }
    const report = reportOn({ evolve })
    expect(report?.law).toBe('evolve.keepsInputs')
    expect(report?.past.length).toBe(2)
    expect(report?.cause).toMatch(/: `state\.log\[1\]` was not there, and is '\w+' now\.$/)
    expect(report?.advice).toContain('`{ ...state, log: ... }`')
  })

  test('the time and an id taken while deciding', () => {
    const stamped = (event: object) => accept({ ...event, at: Date.now(), id: crypto.randomUUID() })
    const decide = (command: Command) => (state: State) =>
      command.type === 'Open' && state.status === 'new'
        ? stamped({ type: 'Opened' })
        : reject({ type: 'AlreadyOpen' })
    const report = reportOn({ decide })
    expect(report).toMatchObject({
      law: 'decide.ambient',
      past: [],
      command: { type: 'Open' },
      advice:
        'Let the command bring the time along: whoever sends it may read the world, and `decide` need not.',
    })
    expect(report?.cause).toMatch(
      /^`decide` read the clock by `Date\.now\(\)` \(stamped, OtherStyles\.test\.ts:\d+\) when it was asked for `Open`, so the same command in the same state can be answered differently/,
    )
  })

  test('a branch that was forgotten', () => {
    const evolve = (state: State, event: Event) => {
      if (event.type !== 'Closed') return parts.evolve(state, event)
      return undefined
    }
    expect(reportOn({ evolve })).toEqual({
      law: 'evolve.total',
      past: [{ type: 'Opened' }, { type: 'Closed' }],
      cause:
        "`evolve` returned undefined on the event { type: 'Closed' }, although there was a state before it.",
      advice:
        'Return a state for `Closed`: each branch needs a `return`, and a `switch` a `default` that returns the state as it was.',
    })
  })
})
