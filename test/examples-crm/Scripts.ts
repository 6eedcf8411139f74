/** Scripts as data: what is asked of whom, which service works on what and how much, and where it dies. */
import fc from 'fast-check'
import type { Death } from '../../examples/crm/Steps.js'
import { type Name, names, type System, settle } from '../../examples/crm/System.js'

export type Action =
  | { readonly _tag: 'Ask'; readonly of: Name; readonly command: unknown }
  /** One step of a service, by number; so what is delivered waits until somebody says so. */
  | {
      readonly _tag: 'Work'
      readonly of: Name
      readonly step: number
      readonly limit: number
      readonly death: Death
    }
  /** As many rounds of all its steps. */
  | { readonly _tag: 'CatchUp'; readonly of: Name; readonly rounds: number }
  | { readonly _tag: 'Restart'; readonly of: Name }
  | { readonly _tag: 'Stop'; readonly of: Name }
  | { readonly _tag: 'Start'; readonly of: Name }

const name = fc.constantFrom(...names)
const customer = fc.constantFrom('ada', 'ben', 'cho')
const appointment = fc.constantFrom('a1', 'a2', 'a3')
const on = fc.constantFrom('2026-01-05', '2026-01-06', '2026-02-01')
const segment = fc.constantFrom('private', 'small', 'large')
const campaign = fc.constantFrom('spring', 'autumn')
const opportunity = fc.constantFrom('OPP1', 'OPP2')

const of = (type: string, fields: Readonly<Record<string, fc.Arbitrary<unknown>>>) =>
  fc.record({ type: fc.constant(type), ...fields }, { noNullPrototype: true })

const selection = fc.record(
  { segment, keptAtLeast: fc.nat(1), missedAtMost: fc.nat(1), level: fc.constantFrom('distant', 'warm') },
  { requiredKeys: [], noNullPrototype: true },
)

const asking = (of: Name, ...commands: ReadonlyArray<fc.Arbitrary<unknown>>): fc.Arbitrary<Action> =>
  fc.oneof(...commands).map((command): Action => ({ _tag: 'Ask', of, command }))

const ask = fc.oneof(
  {
    arbitrary: asking(
      'customers',
      of('Register', { customer, name: fc.constant('A name'), email: fc.constant('a@b.example'), segment }),
      of('Register', { customer, name: fc.constant('A name'), email: fc.constant('a@b.example'), segment }),
      of('Reclassify', { customer, segment }),
      of('AllowContact', { customer }),
      of('AllowContact', { customer }),
      of('ForbidContact', { customer }),
      of('Leave', { customer }),
    ),
    weight: 4,
  },
  {
    arbitrary: asking(
      'appointments',
      of('Book', { customer, appointment, on }),
      of('Book', { customer, appointment, on }),
      of('Keep', { customer, appointment }),
      of('Miss', { customer, appointment }),
      of('Cancel', { customer, appointment }),
    ),
    weight: 6,
  },
  {
    arbitrary: asking(
      'relationships',
      of('SeeTo', { customer, meeting: appointment }),
      of('Prospect', { opportunity, agent: fc.constant('Lee'), product: fc.constant('GTX Pro') }),
      of('Attribute', { opportunity, customer }),
      of('Engage', { opportunity, on }),
      of('Win', { opportunity, on, value: fc.integer({ min: 1, max: 9 }) }),
      of('Lose', { opportunity, on }),
    ),
    weight: 4,
  },
  {
    arbitrary: asking(
      'campaigns',
      of('Plan', { campaign, title: fc.constant('A title') }),
      of('SelectAndLaunch', { campaign, selection }),
      of('SelectAndLaunch', { campaign, selection: fc.constant({}) }),
      of('Abandon', { campaign }),
    ),
    weight: 3,
  },
)

const death: fc.Arbitrary<Death> = fc.oneof(
  { arbitrary: fc.constant<Death>('nowhere'), weight: 4 },
  fc.constant<Death>('before the commit'),
  fc.constant<Death>('after the command'),
)

const action: fc.Arbitrary<Action> = fc.oneof(
  { arbitrary: ask, weight: 12 },
  {
    arbitrary: fc.record({
      _tag: fc.constant('Work' as const),
      of: name,
      step: fc.nat(9),
      limit: fc.integer({ min: 1, max: 3 }),
      death,
    }),
    weight: 6,
  },
  {
    arbitrary: fc.record({
      _tag: fc.constant('CatchUp' as const),
      of: name,
      rounds: fc.integer({ min: 1, max: 4 }),
    }),
    weight: 5,
  },
  fc.record({ _tag: fc.constantFrom('Restart' as const, 'Stop' as const), of: name }),
  { arbitrary: fc.record({ _tag: fc.constant('Start' as const), of: name }), weight: 2 },
)

const asked = (of: Name, command: unknown): Action => ({ _tag: 'Ask', of, command })
const caughtUp = (of: Name): Action => ({ _tag: 'CatchUp', of, rounds: 2 })

/** Chance alone seldom gets as far as a second appointment, so some things are done in the order in which people do them. */
const visit = fc
  .tuple(customer, appointment, on, segment, fc.constantFrom('Keep', 'Miss'))
  .map(
    ([customer, appointment, on, segment, type]): ReadonlyArray<Action> => [
      asked('customers', { type: 'Register', customer, name: 'A name', email: 'a@b.example', segment }),
      asked('customers', { type: 'AllowContact', customer }),
      caughtUp('appointments'),
      asked('appointments', { type: 'Book', customer, appointment, on }),
      asked('appointments', { type, customer, appointment }),
    ],
  )

const missedVisit = fc
  .tuple(visit, customer, appointment)
  .map(([actions, customer, meeting]) => [
    ...actions,
    caughtUp('relationships'),
    asked('relationships', { type: 'SeeTo', customer, meeting }),
  ])

const sale = fc
  .tuple(opportunity, customer, on, fc.constantFrom('Win', 'Lose'))
  .map(
    ([opportunity, customer, on, type]): ReadonlyArray<Action> => [
      asked('relationships', { type: 'Prospect', opportunity, agent: 'Lee', product: 'GTX Pro' }),
      asked('relationships', { type: 'Attribute', opportunity, customer }),
      asked('relationships', { type: 'Engage', opportunity, on }),
      asked('relationships', { type, opportunity, on, value: 5 }),
    ],
  )

const launch = fc
  .tuple(campaign, selection)
  .map(
    ([campaign, selection]): ReadonlyArray<Action> => [
      asked('campaigns', { type: 'Plan', campaign, title: 'A title' }),
      caughtUp('campaigns'),
      asked('campaigns', { type: 'SelectAndLaunch', campaign, selection }),
    ],
  )

export const script: fc.Arbitrary<ReadonlyArray<Action>> = fc
  .array(
    fc.oneof(
      { arbitrary: action.map((action) => [action]), weight: 12 },
      { arbitrary: visit, weight: 2 },
      missedVisit,
      sale,
      launch,
    ),
    { minLength: 1, maxLength: 100, size: 'max' },
  )
  .map((parts) => parts.flat())

/** How much of it came to something. */
export interface Tally {
  readonly answers: ReadonlyMap<string, number>
  readonly deaths: number
  readonly unreachable: number
}

const restart = (system: System, of: Name): void => {
  system[of].stop()
  system[of].start()
}

/** Plays a script; then all services run, and work until nothing is left to do. */
export const play = async (system: System, script: ReadonlyArray<Action>): Promise<Tally> => {
  const answers = new Map<string, number>()
  let [deaths, unreachable] = [0, 0]
  for (const action of script) {
    const place = system[action.of]
    const running = place.running()
    if (action._tag === 'Start' && running === undefined) place.start()
    if (running === undefined) continue
    if (action._tag === 'Stop') place.stop()
    if (action._tag === 'Restart') restart(system, action.of)
    if (action._tag === 'Ask') {
      const answer = await running.service.ask(action.command)()
      const word = answer._tag === 'Right' ? 'accepted' : answer.left._tag
      answers.set(word, (answers.get(word) ?? 0) + 1)
    }
    if (action._tag === 'CatchUp')
      for (let round = 0; round < action.rounds; round++)
        for (const step of running.steps) await step.run(100)
    if (action._tag === 'Work') {
      const outcome = await running.steps[action.step % running.steps.length]?.run(action.limit, action.death)
      if (outcome === 'died') restart(system, action.of)
      deaths += outcome === 'died' ? 1 : 0
      unreachable += outcome === 'unreachable' ? 1 : 0
    }
  }
  for (const name of names) if (system[name].running() === undefined) system[name].start()
  await settle(system)
  return { answers, deaths, unreachable }
}
