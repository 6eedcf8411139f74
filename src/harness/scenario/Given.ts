/**
 * Tests by example: given events, when a command comes, then this happens. An example says values and nothing else, so
 * it needs no store, no test runner and no casts, and what the harness finds is printed as one.
 * Used by: tests, and every counterexample that the harness prints.
 *
 * One thing to know: `given(...).when(...)` with nothing behind it checks nothing. Where a runner waits for it, as in
 * `test('...', () => given(...).when(...))`, it fails and says so; as a statement it cannot.
 *
 * Laws (test/properties/harness/scenario/Given.test.ts):
 * - GWT-1 agrees: what a domain does in a situation passes as an example of it: events, rejection and state.
 * - GWT-2 exact: an example with one event left out, added, changed or moved fails.
 * - GWT-3 a law again: `obeys` passes where the law finds nothing, and fails with its breach where it finds one.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import type { Domain } from '../../decide/Domain.js'
import type { Codec } from '../../evolve/Codec.js'
import type { Expectations, TypeIn } from '../domain/Expectations.js'
import { literal } from '../report/Literal.js'
import {
  expectEvents,
  expectEventsLike,
  expectLaw,
  expectRejection,
  expectState,
  isAwaited,
  type Scene,
  sceneOf,
} from './Scene.js'
import type { ScenarioPart, WithoutBrands } from './WithoutBrands.js'

/** What may be checked after anything else was, and of events alone. */
export interface GivenChecked<State> {
  /**
   * The state that all this leads to: the fields that are named must be equal, the others may be anything. A state that
   * is no record must be equal as a whole. With a function, the state must be one that it answers with `true`.
   */
  readonly thenState: (
    expected: ScenarioPart<WithoutBrands<State>> | ((state: State) => boolean),
  ) => GivenChecked<State>
  /**
   * A law of the harness, by its id, such as `decide.total`: it is asked about exactly this situation.
   * A law that cannot be checked where this runs fails, and says what to do.
   */
  readonly obeys: (lawId: string) => GivenChecked<State>
}

/** Events that happened. */
export interface Given<Command, State, Event, Rejection> extends GivenChecked<State> {
  /** The command that comes then. With more than one, all but the last must be accepted. */
  readonly when: (
    command: WithoutBrands<Command>,
    ...more: ReadonlyArray<WithoutBrands<Command>>
  ) => GivenWhen<State, Event, Rejection>
}

/** Commands that came; what comes of them is to be said next, or nothing is checked. */
export interface GivenWhen<State, Event, Rejection> extends GivenChecked<State> {
  /** Exactly these events, in this order. Without any: the command is accepted, and nothing happens. */
  readonly then: (...events: ReadonlyArray<WithoutBrands<Event>>) => GivenChecked<State>
  /** The command is accepted, and nothing happens. */
  readonly thenNothing: () => GivenChecked<State>
  /** The command is rejected: with this type, with these fields, or for any reason. */
  readonly thenRejected: (
    expected?: TypeIn<Rejection> | ScenarioPart<WithoutBrands<Rejection>>,
  ) => GivenChecked<State>
  /** The command is accepted, and its events are such that the function answers with `true`. */
  readonly thenEvents: (isExpected: (events: ReadonlyArray<Event>) => boolean) => GivenChecked<State>
}

/**
 * An example: the events that happened so far, oldest first. The expectations are needed only for `obeys` with a law
 * that comes from them. An example that is no event or no command of the domain is a mistake in the test, and throws.
 * @example
 * import * as t from 'io-ts'
 * import { accept, domain, reject } from 'decider-ts/decide'
 * import { given } from 'decider-ts/harness'
 * const Door = domain({
 *   name: 'door',
 *   command: t.type({ type: t.literal('Open') }),
 *   event: t.type({ type: t.literal('Opened') }),
 *   rejection: t.type({ type: t.literal('AlreadyOpen') }),
 *   state: t.type({ open: t.boolean }),
 *   streamId: () => 'front',
 *   initialState: { open: false },
 *   evolve: () => ({ open: true }),
 *   decide: () => (state) => (state.open ? reject({ type: 'AlreadyOpen' }) : accept({ type: 'Opened' })),
 * })
 * given(Door).when({ type: 'Open' }).then({ type: 'Opened' }).thenState({ open: true })
 * given(Door, [{ type: 'Opened' }]).when({ type: 'Open' }).thenRejected('AlreadyOpen')
 * const outcome = (() => {
 *   try {
 *     return given(Door, [{ type: 'Opened' }]).when({ type: 'Open' }).thenNothing()
 *   } catch (error) {
 *     return error instanceof Error && error.message.split('\n')[0]
 *   }
 * })()
 * outcome // => 'door: Open after Opened was rejected, and the example expects nothing to happen.'
 */
export const given = <Command, State, Event, Rejection>(
  domain: Domain<Command, State, Event, Rejection>,
  past: ReadonlyArray<NoInfer<WithoutBrands<Event>>> = [],
  expectations: NoInfer<Expectations<Command, State, Event, Rejection>> = {},
): Given<Command, State, Event, Rejection> => {
  const events = past.map((event, index) =>
    checked(domain.event.tagged, event, `Event ${index + 1} of given(...)`, domain.name),
  )
  return {
    ...checksOf(sceneOf({ domain, expectations }, { past: events, commands: [] })),
    when: (...commands) => {
      const asked = commands.map((command, index) =>
        checked(domain.command, command, `Command ${index + 1} of when(...)`, domain.name),
      )
      return outcomesOf(sceneOf({ domain, expectations }, { past: events, commands: asked }))
    },
  }
}

const checksOf = <State>(scene: Scene<State, unknown, unknown>): GivenChecked<State> => {
  const checks: GivenChecked<State> = {
    thenState: (expected) => {
      expectState(scene, expected)
      return checks
    },
    obeys: (lawId) => {
      expectLaw(scene, lawId)
      return checks
    },
  }
  return checks
}

const outcomesOf = <State, Event, Rejection>(
  scene: Scene<State, Event, Rejection>,
): GivenWhen<State, Event, Rejection> => {
  const checks = checksOf(scene)
  return {
    ...checks,
    // biome-ignore lint/suspicious/noThenProperty: an example reads given, when, then; a runner that awaits it is told so.
    then: (...events) => {
      if (!isAwaited(scene, events)) expectEvents(scene, events)
      return checks
    },
    thenNothing: () => {
      expectEvents(scene, [])
      return checks
    },
    thenRejected: (expected) => {
      expectRejection(scene, expected)
      return checks
    },
    thenEvents: (isExpected) => {
      expectEventsLike(scene, isExpected)
      return checks
    },
  }
}

/** The value itself, if the codec knows it. */
const checked = <Value>(codec: Codec<Value>, value: unknown, place: string, domain: string): Value => {
  if (codec.is(value)) return value
  const decoded = codec.decode(value)
  const why = E.isLeft(decoded)
    ? `${decoded.left.path === '' ? 'it' : decoded.left.path} ${decoded.left.reason}`
    : 'it is written as a store keeps it, and an example says it as the program has it'
  throw new TypeError(
    `${place} is none of the domain '${domain}': ${why}. Correct the example: ${literal(value)}`,
  )
}
