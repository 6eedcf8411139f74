/** Deciders, and all ways to make one of others, need no type argument; what does not fit does not compile. */
import {
  accept,
  type Decider,
  decider,
  nothing,
  type OutOfFuel,
  processManager,
  reject,
} from 'decider-ts/decide'
import { type either as E, function as F, option as O } from 'fp-ts'
import type { Equal } from './Equal.js'

type Switched = { readonly type: 'SwitchedOn' } | { readonly type: 'SwitchedOff' }
type State = 'off' | 'on'

export const light = decider.make({
  initialState: 'off' as State,
  evolve: (_, event: Switched) => (event.type === 'SwitchedOn' ? 'on' : 'off'),
  decide: (command: 'on' | 'off') => (state) =>
    command === state
      ? reject({ type: 'Already', state })
      : accept(command === 'on' ? { type: 'SwitchedOn' } : { type: 'SwitchedOff' }),
})
export const lightType: Equal<
  typeof light,
  Decider<'on' | 'off', State, Switched, { readonly type: 'Already'; readonly state: State }>
> = true

export const counter = decider.make({
  initialState: 0,
  evolve: (n, by: number) => n + by,
  decide: (by: number) => () => accept(by),
})
export const counterType: Equal<typeof counter, Decider<number, number, number, never>> = true

export const run = decider.run(light)(['on', 'off'])
export const state: State = run.state
// @ts-expect-error not a command of the light
decider.run(light)(['dim'])
// @ts-expect-error not a state of the light
decider.run(light)(['on'], 'dim')

decider.make({
  initialState: 0,
  evolve: (n, event: { readonly by: number }) => n + event.by,
  // @ts-expect-error an event of another shape than `evolve` reads
  decide: (by: number) => () => accept({ by: `${by}` }),
})
decider.make({
  initialState: 0,
  evolve: (n, by: number) => n + by,
  // @ts-expect-error the state is a number
  decide: (by: number) => (n) => (n.open ? nothing : accept(by)),
})

export const both = decider.combine({ light, hits: counter })
export const bothType: Equal<
  typeof both,
  Decider<
    | { readonly _tag: 'light'; readonly value: 'on' | 'off' }
    | { readonly _tag: 'hits'; readonly value: number },
    { readonly light: State; readonly hits: number },
    { readonly _tag: 'light'; readonly value: Switched } | { readonly _tag: 'hits'; readonly value: number },
    { readonly type: 'Already'; readonly state: State }
  >
> = true
decider.run(both)([
  { _tag: 'light', value: 'on' },
  { _tag: 'hits', value: 1 },
])
// @ts-expect-error the part `hits` takes numbers
decider.run(both)([{ _tag: 'hits', value: 'on' }])
// @ts-expect-error no part of this name
decider.run(both)([{ _tag: 'misses', value: 1 }])

export const piped = F.pipe(
  light,
  decider.contramap((n: number) => (n > 0 ? 'on' : 'off')),
  decider.imapEvent(
    (event: Switched) => event.type,
    (type) => ({ type }),
  ),
  decider.imapState(
    (own: State) => ({ own }),
    ({ own }) => own,
  ),
  decider.mapRejection(({ type }) => type),
)
export const pipedType: Equal<
  typeof piped,
  Decider<number, { own: State }, 'SwitchedOn' | 'SwitchedOff', 'Already'>
> = true

export const beside = decider.tensor(light, decider.unit)
export const besideState: Equal<ReturnType<typeof beside.evolve>, readonly [State, undefined]> = true

export const perRoom = decider.many(light)
decider.run(perRoom)([['hall', 'on']])
// @ts-expect-error a key comes with a command of the light
decider.run(perRoom)([['hall', 'dim']])

export const texts = decider.adapt({
  readCommand: (text: string): O.Option<'on' | 'off'> =>
    text === 'on' || text === 'off' ? O.some(text) : O.none,
  readEvent: (text: string): O.Option<Switched> => (text === 'on' ? O.some({ type: 'SwitchedOn' }) : O.none),
  writeEvent: (event: Switched) => event.type,
})(light)
decider.run(texts)(['on', 'anything'])

export const follow = processManager.make({
  initialState: null,
  evolve: () => null,
  react: (_, event: Switched) => (event.type === 'SwitchedOn' ? ['off' as const] : []),
  pending: () => [],
  isTerminal: () => true,
})
export const closed = processManager.close(follow)(light)
export const closedRejection: Equal<
  (typeof closed)['decide'],
  Decider<
    'off',
    { readonly decider: State; readonly process: null },
    Switched,
    { readonly type: 'Already'; readonly state: State } | OutOfFuel
  >['decide']
> = true

export const mapped = decider.RejectionFunctor.map(light, ({ state: in_ }) => in_)
export const mappedDecision: E.Either<State, ReadonlyArray<Switched>> = mapped.decide('on')('on')
