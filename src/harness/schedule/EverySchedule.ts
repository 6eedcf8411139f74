/**
 * Every schedule of a few short programs: where chance finds a fault in most runs, this finds it in all, and where it
 * finds none there is none to be found by these programs. The number of schedules grows fast, so it is bounded, and told.
 * Used by: the conformance suite, and users for programs of their own.
 *
 * Laws (test/properties/harness/schedule/EverySchedule.test.ts):
 * - EVS-1 all and once: the schedules of straight programs are their interleavings, each of them once.
 * - EVS-2 counted: of programs with so many steps there are as many interleavings as their multinomial coefficient.
 * @since 0.1.0
 */
import {
  runByTape,
  type Tape,
  type TapeChoice,
  type TapeOptions,
  type TapeProgram,
  type TapeRun,
} from './Tape.js'

/** How many schedules are tried at most, unless someone says otherwise. */
const usualMost = 10_000

/** Looks at a run, and throws where something is wrong. */
export type ScheduleJudge<A> = (run: TapeRun<A>, tape: Tape) => void | Promise<void>

/** What all schedules are asked. */
export interface EveryScheduleOptions extends TapeOptions {
  /** More schedules than this are refused with an error; 10,000 unless given. */
  readonly most?: number
}

/**
 * Runs programs in every order there is, and hands each run to a judge, who throws where something is wrong. `programs`
 * is called for each run anew, and must give programs that do the same in the same situation. Tells how many schedules
 * there were; an error tells by which tape it is met again.
 * @example
 * import { everySchedule, type TapeProgram } from 'decider-ts/harness'
 * const program: TapeProgram<void> = async (point) => {
 *   for (const label of ['reads', 'decides', 'writes']) await point(label)
 * }
 * await everySchedule(async () => [program, program], () => {}) // => 20
 */
export const everySchedule = async <A>(
  programs: () => Promise<ReadonlyArray<TapeProgram<A>>>,
  judge: ScheduleJudge<A>,
  { most = usualMost, ...options }: EveryScheduleOptions = {},
): Promise<number> => {
  let tape: Tape | undefined = []
  for (let schedules = 1; ; schedules++) {
    if (schedules > most) {
      throw new Error(
        `There are more than ${most} schedules. Take fewer programs or steps, or raise \`most\` if there is time.`,
      )
    }
    const run: TapeRun<A> = await judged(await programs(), judge, tape, options).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error)
      const where = `found in schedule ${schedules}, by the tape [${tape?.join(', ')}]`
      throw new Error(`${reason}\n${where}`, { cause: error })
    })
    tape = following(run.choices)
    if (tape === undefined) return schedules
  }
}

const judged = async <A>(
  programs: ReadonlyArray<TapeProgram<A>>,
  judge: ScheduleJudge<A>,
  tape: Tape,
  options: TapeOptions,
): Promise<TapeRun<A>> => {
  const run = await runByTape(programs, tape, options)
  await judge(run, tape)
  return run
}

/** The last choice that has another one after it takes that one. */
const following = (choices: ReadonlyArray<TapeChoice>): Tape | undefined => {
  const at = choices.findLastIndex(({ taken, of }) => taken + 1 < of)
  const choice = choices[at]
  return choice === undefined
    ? undefined
    : [...choices.slice(0, at).map(({ taken }) => taken), choice.taken + 1]
}

/**
 * Every order in which the items of several lists can follow each other while those of one list keep theirs. Two lists of
 * three items have 20.
 * @example
 * import { allInterleavings } from 'decider-ts/harness'
 * allInterleavings([['a', 'b'], ['c']]) // => [['a', 'b', 'c'], ['a', 'c', 'b'], ['c', 'a', 'b']]
 * allInterleavings([[1, 2, 3], [4, 5, 6]]).length // => 20
 */
export const allInterleavings = <Item>(
  lists: ReadonlyArray<ReadonlyArray<Item>>,
): ReadonlyArray<ReadonlyArray<Item>> => {
  if (lists.every((list) => list.length === 0)) return [[]]
  return lists.flatMap((list, n) => {
    if (list.length === 0) return []
    const others = lists.map((other, index) => (index === n ? list.slice(1) : other))
    return allInterleavings(others).map((rest) => [...list.slice(0, 1), ...rest])
  })
}
