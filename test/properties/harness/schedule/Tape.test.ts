/** The laws of `Tape`: programs that write down when they began and ended each step. */
import { deepStrictEqual } from 'node:assert/strict'
import {
  arbitraryTape,
  runByTape,
  showLanes,
  type Tape,
  type TapeProgram,
  type TapeRun,
} from 'decider-ts/harness'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { law } from '../../Law.js'

type Runner = typeof runByTape

const turns = async (howMany: number): Promise<void> => {
  for (let turn = 0; turn < howMany; turn++) await Promise.resolve()
}

/** Steps that take a few turns of the event loop, and what was noted of them. */
const scripted = (steps: ReadonlyArray<number>, name: number, notes: Array<string>): TapeProgram<number> => {
  return async (point) => {
    for (const [n, length] of steps.entries()) {
      const say = await point(`step ${n}`)
      notes.push(`${name} begins`)
      await turns(length)
      notes.push(`${name} ends`)
      say(`after ${length} turns`)
    }
    return name
  }
}

const scripts = fc.array(fc.array(fc.nat(9), { maxLength: 4 }), { minLength: 1, maxLength: 4 })
const tape = arbitraryTape({ programs: 4, steps: 4, overlap: true })

const play = async (
  run: Runner,
  lengths: ReadonlyArray<ReadonlyArray<number>>,
  by: Tape,
  overlap = false,
): Promise<{ readonly notes: ReadonlyArray<string>; readonly run: TapeRun<number> }> => {
  const notes: Array<string> = []
  const programs = lengths.map((steps, name) => scripted(steps, name, notes))
  const result = await run(programs, by, { overlap })
  return { notes, run: result }
}

const oneAtATime = (run: Runner) =>
  fc.asyncProperty(scripts, tape, async (lengths, by) => {
    const { notes } = await play(run, lengths, by)
    return notes.every((note, n) => n % 2 === 0 || note === notes[n - 1]?.replace('begins', 'ends'))
  })

const replay = (run: Runner) =>
  fc.asyncProperty(scripts, tape, fc.boolean(), async (lengths, by, overlap) => {
    const first = await play(run, lengths, by, overlap)
    const again = await play(run, lengths, by, overlap)
    const taken = first.run.choices.map((choice) => choice.taken)
    const byChoices = await play(run, lengths, taken, overlap)
    deepStrictEqual(again, first)
    deepStrictEqual(byChoices, first)
    return true
  })

const sequential = (run: Runner) =>
  fc.asyncProperty(scripts, async (lengths) => {
    const { steps, answers } = (await play(run, lengths, [])).run
    const inOrder = lengths.flatMap((each, program) => each.map(() => program))
    deepStrictEqual(
      steps.map(({ program }) => program),
      inOrder,
    )
    deepStrictEqual(answers, [...lengths.keys()])
    return true
  })

/** Each takes two locks; in two orders they can wait for each other. */
const stuckIsTold = (run: Runner) =>
  fc.asyncProperty(tape, async (by) => {
    const held = new Set<string>()
    const waiting: Array<() => void> = []
    const lock = async (name: string): Promise<void> => {
      while (held.has(name)) await new Promise<void>((go) => waiting.push(go))
      held.add(name)
    }
    const free = (name: string): void => {
      held.delete(name)
      for (const go of waiting.splice(0)) go()
    }
    const taker =
      (first: string, second: string): TapeProgram<string> =>
      async (point) => {
        await point(`locks ${first}`)
        await lock(first)
        await point(`locks ${second}`)
        await lock(second)
        await point('frees both')
        free(second)
        free(first)
        return 'done'
      }
    const quiet = (): Promise<void> => new Promise((done) => setImmediate(done))
    const outcome = await run([taker('a', 'b'), taker('b', 'a')], by, { quiet }).then(
      ({ answers }) => answers.join(),
      (error: Error) => error.message,
    )
    const isStuck = held.size === 2
    return isStuck
      ? /^TapeProgram [12] waits for something/.test(outcome) && outcome.includes('locks a')
      : outcome === 'done,done'
  })

const together: Runner = (programs, by, options) =>
  runByTape(
    programs,
    by.map((entry) => entry + programs.length),
    { ...options, overlap: true },
  )

const byChance =
  (random: () => number): Runner =>
  (programs, by, options) =>
    runByTape(
      programs,
      by.map((entry) => entry + Math.floor(3 * random())),
      options,
    )

const taking =
  (change: Tape): Runner =>
  (programs, by, options) =>
    runByTape(programs, by.length === 0 ? change : by, options)

const neverStuck: Runner = async (programs, by, options) => {
  const none: TapeRun<never> = { answers: [], steps: [], choices: [] }
  return runByTape(programs, by, options).catch(() => none)
}

/** Different numbers on each run, and the same ones on each run of the test. */
const counting = (): (() => number) => {
  let n = 0
  return () => {
    n += 1
    return (n % 7) / 7
  }
}

describe('laws', () => {
  law('TAPE-1 one at a time', oneAtATime(runByTape))
  law.rejects('TAPE-1', 'steps that are started together', oneAtATime(together))
  law('TAPE-2 replay', replay(runByTape))
  law.rejects('TAPE-2', 'choices that chance has a part in', replay(byChance(counting())))
  law('TAPE-3 the empty tape is sequential', sequential(runByTape))
  law.rejects('TAPE-3', 'taking turns', sequential(taking([1, 1, 1, 1, 1, 1, 1])))
  law('TAPE-4 stuck is told', stuckIsTold(runByTape))
  law.rejects('TAPE-4', 'silence about those who are stuck', stuckIsTold(neverStuck))
})

describe('what the trace and the errors say', () => {
  const steps = (labels: ReadonlyArray<string>): TapeProgram<void> => {
    return async (point) => {
      for (const label of labels) (await point(label))('done')
    }
  }

  test('lanes show who did what, and what overlapped', async () => {
    const programs = [steps(['reads', 'writes']), steps(['reads'])]
    const run = await runByTape(programs, [2], { overlap: true })
    expect(showLanes(['ada', 'bob'], run.steps)).toBe(
      [
        '     ada           bob',
        ' 1+  reads: done',
        ' 2                 reads: done',
        ' 3   writes: done',
      ].join('\n'),
    )
  })

  test('a program that throws is named, with the steps that led there', async () => {
    const throwing: TapeProgram<void> = async (point) => {
      await point('breaks')
      throw new Error('no paper')
    }
    await expect(runByTape([steps(['reads']), throwing], [])).rejects.toThrow(
      /^TapeProgram 2 threw: no paper\n[\s\S]*breaks/,
    )
  })

  test('a program that waits at two points at once is refused', async () => {
    const hasty: TapeProgram<void> = async (point) => {
      await Promise.all([point('one'), point('two')])
    }
    await expect(runByTape([hasty], [])).rejects.toThrow('one point at a time: one, then two')
  })

  test('shrinking a lost update ends in the one choice that it takes', async () => {
    const property = fc.asyncProperty(arbitraryTape({ programs: 3, steps: 2 }), async (by) => {
      let seats = 0
      const take: TapeProgram<void> = async (point) => {
        await point('reads')
        const seen = seats
        await point('writes')
        seats = seen + 1
      }
      await runByTape([take, take, take], by)
      return seats === 3
    })
    const { counterexample } = await fc.check(property, { seed: 1 })
    expect(counterexample).toEqual([[0, 1]])
  })
})
