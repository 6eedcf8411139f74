/**
 * The laws of domains. A random decider becomes a domain by giving its commands, events and rejections a `type` each;
 * what is then combined by type has to do what `decider.combine` does by name.
 */
import { deepStrictEqual } from 'node:assert/strict'
import {
  accept,
  combine,
  type Decider,
  type Domain,
  decider,
  domain,
  reject,
  type Typed,
} from 'decider-ts/decide'
import { view } from 'decider-ts/evolve'
import { tag } from 'decider-ts/store'
import fc from 'fast-check'
import { either as E, function as F, readonlyArray as RA } from 'fp-ts'
import * as t from 'io-ts'
import { expect, test } from 'vitest'
import { arbitraryDecider } from '../../../src/harness/ArbitraryDecider.js'
import { command, commands, entriesOf, event, hostileName, isoDate, numbers } from '../evolve/Samples.js'
import { law } from '../Law.js'

type Sample = Decider<number, number, number, string>
type AnyTyped = Domain<Typed, number, Typed, Typed>

const anyDecider = arbitraryDecider(numbers, { acceptsInTerminal: true })

/** One codec for each name, as a union where there are several. */
const typed = (names: ReadonlyArray<string>): t.Type<Typed, unknown> => {
  const [first = t.type({ type: t.literal<string>('') }), second, ...others] = names.map((name) =>
    t.type({ type: t.literal(name) }),
  )
  return second === undefined ? first : t.union([first, second, ...others])
}

/** What a number of a part is called: `Do-a-2` is the command 2 of the part `a`. */
const called = (kind: string, part: string) => (n: number | string) => ({ type: `${kind}-${part}-${n}` })

const numberOf = ({ type }: Typed): number => Number(type.slice(type.lastIndexOf('-') + 1))

interface Names {
  readonly command: (n: number) => Typed
  readonly event: (n: number) => Typed
  readonly rejection: (text: string) => Typed
}

const namesOf = (part: string): Names => ({
  command: called('Do', part),
  event: called('Done', part),
  rejection: called('Not', part),
})

const domainOf = (any: Sample, { command: toCommand, event: toEvent, rejection }: Names): AnyTyped => {
  const own = F.pipe(
    any,
    decider.contramap(numberOf),
    decider.imapEvent(toEvent, numberOf),
    decider.mapRejection(rejection),
  )
  return domain({
    name: 'sample',
    command: typed(numbers.commands.map(toCommand).map(({ type }) => type)),
    event: typed(numbers.events.map(toEvent).map(({ type }) => type)),
    rejection: typed(numbers.rejections.map(rejection).map(({ type }) => type)),
    state: t.number,
    streamId: ({ type }) => type,
    tags: ({ type }) => [tag('of', type)],
    ...own,
  })
}

const declared = (
  typesOf: (any: AnyTyped) => Readonly<Record<'command' | 'event' | 'rejection', ReadonlyArray<string>>>,
) =>
  fc.property(anyDecider, hostileName, (any, part) => {
    const names = namesOf(part)
    deepStrictEqual(typesOf(domainOf(any, names)), {
      command: numbers.commands.map((n) => names.command(n).type),
      event: numbers.events.map((n) => names.event(n).type),
      rejection: numbers.rejections.map((text) => names.rejection(text).type),
    })
  })

const typesOf = (any: AnyTyped) => ({
  command: any.command.types,
  event: any.event.tagged.types,
  rejection: any.rejection.types,
})

law('DOM-1 names', declared(typesOf))
law.rejects(
  'DOM-1',
  'names that are found by running the domain',
  declared((any) => ({
    ...typesOf(any),
    event: [
      ...new Set(
        decider
          .run(any)(any.command.types.map((type) => ({ type })))
          .events.map(({ type }) => type),
      ),
    ],
  })),
)

type CombineTyped = (
  parts: Readonly<Record<string, AnyTyped>>,
) => Domain<Typed, Readonly<Record<string, number>>, Typed, Typed>

/** The names of the parts are known only when the test runs, so the types cannot say that they are disjoint. */
const combineTyped: CombineTyped = (parts) => combine(parts as Readonly<Record<string, never>>) as never

const tagged = <Value>(value: fc.Arbitrary<Value>) => fc.array(fc.tuple(fc.nat(1), value), { maxLength: 8 })

const routed = (implementation: CombineTyped) =>
  fc.property(
    entriesOf(anyDecider, { minLength: 2, maxLength: 2 }),
    tagged(command),
    tagged(event),
    (deciders, cs, es) => {
      const nameAt = (place: number): string => deciders[place]?.[0] ?? ''
      const names = (place: number): Names => namesOf(nameAt(place))
      const parts = Object.fromEntries(
        deciders.map(([name, any], place): [string, AnyTyped] => [name, domainOf(any, names(place))]),
      )
      const typedDomain = implementation(parts)
      const named = decider.combine(parts)

      const byType = decider.run(typedDomain)(cs.map(([place, n]) => names(place).command(n)))
      const byName = decider.run(named)(
        cs.map(([place, n]) => ({ _tag: nameAt(place), value: names(place).command(n) })),
      )
      deepStrictEqual(byType, {
        decisions: byName.decisions.map(E.map(RA.map(({ value }) => value))),
        events: byName.events.map(({ value }) => value),
        state: byName.state,
      })
      deepStrictEqual(
        view.fold(typedDomain)(es.map(([place, n]) => names(place).event(n))),
        view.fold(named)(es.map(([place, n]) => ({ _tag: nameAt(place), value: names(place).event(n) }))),
      )
      deepStrictEqual(typedDomain.isTerminal(byType.state), named.isTerminal(byName.state))
      deepStrictEqual(typedDomain.state.decode(typedDomain.state.encode(byType.state)), E.right(byType.state))
      for (const [place, n] of cs) {
        const one = names(place).command(n)
        deepStrictEqual(typedDomain.streamOf(one), parts[nameAt(place)]?.streamOf(one))
        deepStrictEqual(typedDomain.command.decode(one), E.right(one))
      }
      for (const happened of byType.events) {
        deepStrictEqual(typedDomain.tagsOf(happened), [tag('of', happened.type)])
        deepStrictEqual(typedDomain.event.decode(typedDomain.event.encode(happened)), E.right(happened))
      }
    },
  )

law('DOM-2 combine', routed(combineTyped))
law.rejects(
  'DOM-2',
  'a combine that asks every part and takes the last answer',
  routed((parts) => ({
    ...combineTyped(parts),
    evolve: (states, happened) => {
      const evolved = Object.entries(parts).map(([name, part]) => ({
        ...states,
        [name]: part.event.tagged.is(happened) ? part.evolve(states[name] as number, happened) : states[name],
      }))
      return Object.assign({}, ...evolved) as Readonly<Record<string, number>>
    },
  })),
)
law.rejects(
  'DOM-2',
  'a combine that names all streams after its first part',
  routed((parts) => ({
    ...combineTyped(parts),
    streamOf: (one) => ({ ...Object.values(parts)[0] })?.streamOf?.({ type: `${one.type}, first` }) as never,
  })),
)

const throws = (attempt: () => unknown): boolean => {
  try {
    attempt()
    return false
  } catch (problem) {
    if (problem instanceof TypeError) return true
    throw problem
  }
}

const disjoint = (implementation: CombineTyped) =>
  fc.property(
    fc.array(fc.tuple(anyDecider, hostileName, hostileName), { minLength: 1, maxLength: 3 }),
    (specs) => {
      const parts = specs.map(([any, ofCommands, ofEvents], place) => [
        `part ${place}`,
        domainOf(any, { ...namesOf(ofEvents), command: namesOf(ofCommands).command }),
      ])
      const isDisjoint = (names: ReadonlyArray<string>) => new Set(names).size === names.length
      deepStrictEqual(
        throws(() => implementation(Object.fromEntries(parts))),
        !isDisjoint(specs.map(([, names]) => names)) || !isDisjoint(specs.map(([, , names]) => names)),
      )
    },
  )

law('DOM-3 disjoint', disjoint(combineTyped))
law.rejects(
  'DOM-3',
  'a combine whose first part wins',
  disjoint((parts) => {
    const [first] = Object.values(parts)
    return combineTyped(first === undefined ? {} : { first })
  }),
)

const Door = domain({
  name: 'door',
  command: t.type({ type: t.literal('Open'), door: t.string }),
  event: t.type({ type: t.literal('Opened'), at: isoDate }),
  rejection: t.type({ type: t.literal('AlreadyOpen') }),
  state: t.type({ open: t.boolean }),
  streamId: (one) => one.door,
  initialState: { open: false },
  evolve: () => ({ open: true }),
  decide: () => (state) =>
    state.open ? reject({ type: 'AlreadyOpen' }) : accept({ type: 'Opened', at: new Date(0) }),
})

test.each(['', '-', 'front-door'])('a domain cannot be named %j', (name) => {
  const sample = { ...domainSpec(), name }
  expect(() => domain(sample)).toThrow(
    new TypeError(`A domain's name is the category of its streams: '${name}' is empty or contains '-'.`),
  )
})

const domainSpec = () => ({
  name: 'door',
  command: t.type({ type: t.literal('Open') }),
  event: t.type({ type: t.literal('Opened') }),
  rejection: t.type({ type: t.literal('AlreadyOpen') }),
  state: t.boolean,
  streamId: () => 'd1',
  initialState: false,
  evolve: () => true,
  decide: () => () => accept({ type: 'Opened' }),
})

test.each(['command', 'event', 'rejection'])('a %s without a literal type is refused', (part) => {
  expect(() => domain({ ...domainSpec(), [part]: t.type({ type: t.string }) })).toThrow(
    new TypeError("The codec { type: string } needs a literal 'type' in each of its members."),
  )
})

test('overlapping parts that were not type-checked are refused at run time, and the shared type is named', () => {
  const unchecked: CombineTyped = combineTyped
  const again = { a: Door, b: Door } as Readonly<Record<string, unknown>>
  expect(() => unchecked(again as never)).toThrow(
    new TypeError("Two parts declare the type 'Open', so it cannot be routed."),
  )
})

test('a value of no part is a defect, and named', () => {
  const house = combine({ door: Door })
  const lost = { type: 'Lost' } as never
  expect(() => house.streamOf(lost)).toThrow(
    new TypeError("No part of this combination declares the type 'Lost'."),
  )
  expect(() => house.decide(lost)).not.toThrow()
  expect(() => house.decide(lost)({ door: { open: false } })).toThrow(TypeError)
})

test('a combination combines again, and events survive storage', () => {
  const Lamp = domain({
    ...domainSpec(),
    name: 'lamp',
    command: t.type({ type: t.literal('Light') }),
    event: t.type({ type: t.literal('Lit') }),
    decide: () => () => accept({ type: 'Lit' }),
  })
  const house = combine({ ground: combine({ door: Door }), lamp: Lamp })
  const run = decider.run(house)([
    { type: 'Light' },
    { type: 'Open', door: 'd1' },
    { type: 'Open', door: 'd1' },
  ])
  expect(run.state).toEqual({ ground: { door: { open: true } }, lamp: true })
  expect(run.decisions.at(-1)).toEqual(reject({ type: 'AlreadyOpen' }))
  expect(house.streamOf({ type: 'Open', door: 'd1' })).toBe('door-d1')
  expect(
    run.events.map((one) => house.event.decode(JSON.parse(JSON.stringify(house.event.encode(one))))),
  ).toEqual(run.events.map((one) => E.right(one)))
})

test('random domains decide as the deciders that they are made of', () => {
  fc.assert(
    fc.property(anyDecider, commands, (any, cs) => {
      const { command: toCommand, event: toEvent } = namesOf('a')
      const run = decider.run(domainOf(any, namesOf('a')))(cs.map(toCommand))
      deepStrictEqual(run.state, decider.run(any)(cs).state)
      deepStrictEqual(run.events, decider.run(any)(cs).events.map(toEvent))
    }),
  )
})
