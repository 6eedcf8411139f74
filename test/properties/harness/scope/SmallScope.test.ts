/** The laws of `SmallScope`: machines made of tables, whose histories can all be written down. */
import { deepStrictEqual } from 'node:assert/strict'
import { accept, domain, reject } from 'decider-ts/decide'
import { historyOf, type Law, showSmallScope, smallScope, smallScopeDiagram } from 'decider-ts/harness'
import fc from 'fast-check'
import * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { smallScopeOfLaws } from '../../../../src/harness/scope/SmallScope.js'
import { law } from '../../Law.js'

/** Where each command leads from each state; `undefined` is a rejection, and -1 a defect. */
type Table = ReadonlyArray<ReadonlyArray<number | undefined>>

const Move = t.type({ type: t.literal('Move'), way: t.number })
type Move = t.TypeOf<typeof Move>
const Moved = t.type({ type: t.literal('Moved'), to: t.number })
const Blocked = t.type({ type: t.literal('Blocked') })
const Room = t.type({ room: t.number })
type Room = t.TypeOf<typeof Room>

const maze = (table: Table) =>
  domain({
    name: 'maze',
    command: Move,
    event: Moved,
    rejection: Blocked,
    state: Room,
    streamId: () => 'one',
    initialState: { room: 0 },
    evolve: (_, event) => ({ room: event.to }),
    decide:
      ({ way }) =>
      ({ room }) => {
        const to = table[room]?.[way]
        if (to === -1) throw new Error('a trap')
        return to === undefined ? reject({ type: 'Blocked' }) : accept({ type: 'Moved', to })
      },
  })
type Maze = ReturnType<typeof maze>
type MazeLaw = Law<Move, Room, t.TypeOf<typeof Moved>, t.TypeOf<typeof Blocked>>

const ways = [0, 1, 2].map((way): Move => ({ type: 'Move', way }))

const tableOf = (targets: fc.Arbitrary<number | undefined>): fc.Arbitrary<Table> =>
  fc.array(fc.array(targets, { minLength: 3, maxLength: 3 }), { minLength: 5, maxLength: 5 })

const safe = tableOf(fc.oneof(fc.nat(4), fc.constant(undefined)))
const trapped = tableOf(
  fc.oneof(
    { weight: 6, arbitrary: fc.oneof(fc.nat(4), fc.constant(undefined)) },
    { weight: 1, arbitrary: fc.constant(-1) },
  ),
)

const naive = (depth: number): ReadonlyArray<ReadonlyArray<Move>> =>
  depth === 0
    ? [[]]
    : [
        ...naive(depth - 1),
        ...naive(depth - 1)
          .filter(({ length }) => length === depth - 1)
          .flatMap((shorter) => ways.map((way) => [...shorter, way])),
      ]

type Explore = typeof smallScopeOfLaws

/** A law that nobody breaks, and that writes down what it was asked about. */
const noting = (notes: Array<ReadonlyArray<Move>>): MazeLaw => ({
  id: 'noting',
  statement: 'Everything is noted.',
  judge: ({ history }) => {
    notes.push(history.steps.map(({ command }) => command))
    return undefined
  },
})

const complete = (explore: Explore) =>
  fc.property(safe, fc.nat(4), (table, depth) => {
    const notes: Array<ReadonlyArray<Move>> = []
    const { histories } = explore(maze(table), [noting(notes)], { commands: ways, depth, merge: false })
    deepStrictEqual(notes, naive(depth))
    return histories === notes.length
  })

/** The first that leads into a trap. */
const noTraps = {
  id: 'no.traps',
  statement: 'Nobody is trapped.',
  judge: ({ history }) =>
    history.steps.some(({ outcome }) => outcome._tag === 'Defect')
      ? { past: [], cause: 'There was a trap.', advice: 'Fill it.' }
      : undefined,
} satisfies MazeLaw

/** A law about the way and not about a step. */
const noDetours = {
  id: 'no.detours',
  statement: 'Nobody goes back to the room before.',
  judge: ({ history }) => {
    const rooms = [0, ...history.steps.map(({ after }) => after.room)]
    return rooms.some((room, n) => n > 1 && room !== rooms[n - 1] && room === rooms[n - 2])
      ? { past: [], cause: 'There was a way back.', advice: 'Stay.' }
      : undefined
  },
} satisfies MazeLaw

const shortest = (explore: Explore) =>
  fc.property(trapped, fc.nat(5), fc.boolean(), (table, depth, merge) => {
    const trap = maze(table)
    const laws: ReadonlyArray<MazeLaw> = merge ? [noTraps] : [noDetours, noTraps]
    const shows = (commands: ReadonlyArray<Move>): boolean => {
      const trial = { history: historyOf(trap)(commands), strayCommands: [], strayEvents: [] }
      return laws.some(({ judge }) => judge(trial) !== undefined)
    }
    const lengths = naive(depth)
      .filter(shows)
      .map(({ length }) => length)
    const { breach } = explore(trap, laws, { commands: ways, depth, merge })
    return breach?.commands.length === (lengths.length === 0 ? undefined : Math.min(...lengths))
  })

const sameStates = (explore: Explore) =>
  fc.property(safe, fc.nat(4), (table, depth) => {
    const [merged, apart] = [true, false].map((merge) =>
      explore(maze(table), [], { commands: ways, depth, merge }),
    )
    deepStrictEqual({ ...merged, histories: 0 }, { ...apart, histories: 0 })
    return true
  })

const closed = (explore: Explore) =>
  fc.property(safe, fc.nat(6), fc.boolean(), (table, depth, merge) => {
    const found = explore(maze(table), [], {
      commands: ways,
      depth: merge ? depth : Math.min(depth, 4),
      merge,
    })
    const deeper = explore(maze(table), [], { commands: ways, depth: depth + 8 })
    const isAll =
      deeper.states.length === found.states.length && deeper.transitions.length === found.transitions.length
    return found.complete ? isAll : depth <= 5
  })

const always =
  (more: { readonly merge?: boolean; readonly complete?: boolean }): Explore =>
  (subject, laws, options) => ({
    ...smallScopeOfLaws(subject, laws, {
      ...options,
      ...(more.merge !== undefined && { merge: more.merge }),
    }),
    ...(more.complete !== undefined && { complete: more.complete }),
  })

/** Goes on from the last history instead of from the shortest. */
const depthFirst: Explore = (subject, laws, options) => {
  const walk = (commands: typeof options.commands): ReturnType<typeof find> =>
    find(commands) ??
    (commands.length === options.depth
      ? undefined
      : options.commands
          .map((command) => [...commands, command])
          .reduce<ReturnType<typeof find>>((found, longer) => found ?? walk(longer), undefined))
  const find = (commands: typeof options.commands) => {
    const history = historyOf(subject)(commands)
    const [first] = laws.flatMap(({ id, statement, judge }) => {
      const breach = judge({ history, strayCommands: [], strayEvents: [] })
      return breach === undefined ? [] : [{ law: id, statement, commands, breach }]
    })
    return first
  }
  const breach = walk([])
  const nothing = { histories: 0, depth: options.depth, states: [], transitions: [], complete: false }
  return { ...nothing, ...(breach && { breach }) }
}

/** Loses what it found last, if it merges. */
const withoutLastTransition: Explore = (subject, laws, options) => {
  const found = smallScopeOfLaws(subject, laws, options)
  return options.merge === false ? found : { ...found, transitions: found.transitions.slice(0, -1) }
}

describe('laws', () => {
  law('SCP-1 complete', complete(smallScopeOfLaws))
  law.rejects('SCP-1', 'histories that lead to a known state left out', complete(always({ merge: true })))
  law('SCP-2 shortest', shortest(smallScopeOfLaws))
  law.rejects('SCP-2', 'the first breach of a walk into the depth', shortest(depthFirst))
  law('SCP-3 same states', sameStates(smallScopeOfLaws))
  law.rejects('SCP-3', 'a transition that merging loses', sameStates(withoutLastTransition))
  law('SCP-4 closed', closed(smallScopeOfLaws))
  law.rejects('SCP-4', 'an answer that is called complete too early', closed(always({ complete: true })))
  law.rejects('SCP-4', 'an answer that is never called complete', closed(always({ complete: false })))
})

test('the laws of the catalogue are asked', () => {
  const trap = maze([
    [1, undefined, undefined],
    [-1, undefined, undefined],
  ])
  const { breach } = smallScope(trap, { commands: ways, depth: 3 })
  expect(breach?.law).toBe('decide.total')
  expect(breach?.commands.length).toBe(2)
})

describe('what is answered', () => {
  /** Three rooms in a row; beyond the last one is a trap. */
  const row: Maze = maze([
    [1, undefined, undefined],
    [2, 0, undefined],
    [-1, 1, undefined],
  ])

  test('the breach is shown with the commands that lead to it', () => {
    const found = smallScopeOfLaws(row, [noTraps], { commands: ways, depth: 6 })
    expect(showSmallScope(found)).toBe(
      [
        '8 histories of up to 6 commands: 3 states, 6 transitions.',
        'Broken: no.traps (Nobody is trapped.)',
        'No shorter history of these commands shows a breach than this one, of 3 commands:',
        '  1. {"type":"Move","way":0}',
        '  2. {"type":"Move","way":0}',
        '  3. {"type":"Move","way":0}',
        'There was a trap.',
        'Fill it.',
      ].join('\n'),
    )
  })

  test('without a breach it is told whether that is all', () => {
    const [near, far] = [2, 3].map((depth) => smallScope(row, { commands: ways.slice(1), depth }))
    expect(showSmallScope(near ?? smallScope(row, { commands: [], depth: 0 }))).toBe(
      '3 histories of up to 2 commands: 1 state, 2 transitions.\nThat is all there is: longer histories lead to nothing new.',
    )
    expect(far?.complete).toBe(true)
    const short = smallScope(row, { commands: ways, depth: 1 })
    expect(showSmallScope(short)).toContain('Longer histories may lead to more')
  })

  test('a diagram has the accepted commands alone, each arrow once', () => {
    const found = smallScope(row, { commands: ways, depth: 2 })
    expect(
      smallScopeDiagram(found, { state: ({ room }) => `room ${room}`, command: ({ way }) => `way: ${way}` }),
    ).toBe(
      [
        'stateDiagram-v2',
        '  s0: room 0',
        '  s1: room 1',
        '  s2: room 2',
        '  [*] --> s0',
        '  s0 --> s1: way= 0',
        '  s1 --> s2: way= 0',
        '  s1 --> s0: way= 1',
      ].join('\n'),
    )
  })

  test('what cannot end in time is refused before it begins', () => {
    expect(() => smallScope(row, { commands: ways, depth: 13, merge: false })).toThrow(
      'There are more than 1000000 histories of up to 13 of 3 commands.',
    )
    expect(() => smallScope(row, { commands: ways, depth: 1.5 })).toThrow('The depth is 1.5.')
  })

  test('with merging too, where the states never come again', () => {
    const endless: Table = Array.from({ length: 50 }, (_, room) => [room + 1, undefined, undefined])
    expect(() => smallScope(maze(endless), { commands: ways, depth: 99, most: 120 })).toThrow(
      'There are more than 120 histories of up to 40 commands.',
    )
  })
})
