/** The law of what is pending and not owed: processes that say they owe some letters, and an outbox that holds others. */
import { deepStrictEqual } from 'node:assert/strict'
import { processDefinition, unaccounted } from 'decider-ts/run'
import { globalPosition } from 'decider-ts/store'
import fc from 'fast-check'
import { either as E, taskEither as TE } from 'fp-ts'
import * as t from 'io-ts'
import { describe } from 'vitest'
import { law } from '../Law.js'

const State = t.type({ owes: t.array(t.string), isOver: t.boolean })

const letters = processDefinition({
  name: 'letters',
  event: t.type({ type: t.literal('Never') }),
  command: t.string,
  state: State,
  manager: {
    initialState: { owes: [], isOver: false },
    evolve: (state) => state,
    react: () => [],
    pending: ({ owes }) => owes,
    isTerminal: ({ isOver }) => isOver,
  },
})

const list = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 4 })

interface Process extends t.TypeOf<typeof State> {
  readonly owed: ReadonlyArray<string>
  readonly refused: ReadonlyArray<string>
}

const processes: fc.Arbitrary<ReadonlyArray<Process>> = fc.array(
  fc.record({ owes: list, isOver: fc.boolean(), owed: list, refused: list }),
  { maxLength: 4 },
)

const keeperOf = (all: ReadonlyArray<Process>): Parameters<typeof unaccounted>[0] => {
  const commandsOf = (of: 'owed' | 'refused') =>
    all.flatMap((process, nth) =>
      process[of].map((command, index) => ({
        id: `${of} ${nth} ${index}`,
        key: `k${nth}`,
        position: globalPosition(1),
        index,
        command,
      })),
    )
  return {
    page: (_of, limit, after) =>
      TE.right(
        all
          .map(({ owes, isOver }, nth) => ({
            key: `k${nth}`,
            state: { owes, isOver },
            position: globalPosition(1),
          }))
          .filter(({ key }) => after === undefined || key > after)
          .slice(0, limit),
      ),
    owed: () => TE.right(commandsOf('owed')),
    refused: () =>
      TE.right(commandsOf('refused').map((command) => ({ ...command, refusal: 'no', isStuck: false }))),
  }
}

const count = (texts: ReadonlyArray<string>, text: string): number =>
  texts.filter((one) => one === text).length

const exact = (ask: typeof unaccounted) =>
  fc.asyncProperty(processes, async (all) => {
    const expected = all.flatMap(({ owes, isOver, owed, refused }, nth) =>
      ['a', 'b', 'c'].flatMap((command) => {
        const missing = count(owes, command) - count([...owed, ...refused], command)
        return isOver ? [] : Array.from({ length: Math.max(0, missing) }, () => `k${nth} ${command}`)
      }),
    )
    const found = await ask(keeperOf(all), letters)()
    const texts = E.isRight(found)
      ? found.right.map(({ key, command }) => `${key} ${command}`)
      : [found.left._tag]
    deepStrictEqual([...texts].sort(), [...expected].sort())
    return true
  })

describe('laws', () => {
  law('UNA-1 exact', exact(unaccounted))
  law.rejects(
    'UNA-1',
    'refused commands that are forgotten',
    exact((keeper, process) => unaccounted({ ...keeper, refused: () => TE.right([]) }, process)),
  )
  law.rejects(
    'UNA-1',
    'processes that never end',
    exact((keeper, process) => unaccounted(keeper, { ...process, isTerminal: () => false })),
  )
})
