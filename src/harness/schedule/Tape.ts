/**
 * An interleaving as data: a list of small numbers that says, at each point where one program can overtake another, who
 * goes next. A run that depends on the moment can be neither repeated nor made smaller; a list of numbers can be both,
 * and it can be pasted into a test. A tape full of zeros, and the empty one, run each program to its end before the next.
 * Used by: `EverySchedule`, the conformance suite, and users for programs of their own.
 *
 * Laws (test/properties/harness/schedule/Tape.test.ts):
 * - TAPE-1 one at a time: without overlap no step of a program begins while a step of another is under way.
 * - TAPE-2 replay: one tape has one trace, and the choices that were taken are a tape with that trace.
 * - TAPE-3 the empty tape is sequential: each program runs to its end before the next one makes its first step.
 * - TAPE-4 stuck is told: programs that wait for each other end in an error that says where they stand.
 * @since 0.1.0
 */
import fc from 'fast-check'
import { either as E } from 'fp-ts'

/**
 * Who goes next, choice by choice. 0: whoever made the last step goes on; 1: the one after it; and so on, around the
 * circle of those that can go. A number that is too large begins again at 0, and beyond the end every choice is a 0.
 * With overlap there are twice as many choices: those of the second half let a step begin without waiting for its end.
 */
export type Tape = ReadonlyArray<number>

/** Says what a step led to, for the trace. */
export type TapeSay = (result: string) => void

/** Where a program can be overtaken: it waits here until it is its turn, then makes the step that it names. */
export type TapePoint = (label: string) => Promise<TapeSay>

/** A program: it waits at a point before each of its steps, and at one point at a time. */
export type TapeProgram<A> = (point: TapePoint) => Promise<A>

/** One step of a run. */
export interface TapeStep {
  /** Which of the programs, counted from 0. */
  readonly program: number
  readonly label: string
  /** What the program said that it led to. */
  readonly result?: string
  /** Whether the next step began without waiting for this one. */
  readonly isTogether: boolean
}

/** A choice: which one was taken, of how many. */
export interface TapeChoice {
  readonly taken: number
  readonly of: number
}

/** What a run by a tape came to. */
export interface TapeRun<A> {
  /** What each program answered. */
  readonly answers: ReadonlyArray<A>
  readonly steps: ReadonlyArray<TapeStep>
  readonly choices: ReadonlyArray<TapeChoice>
}

/** How programs run together. */
export interface TapeOptions {
  /**
   * Whether the tape may let steps overlap; not unless given. Without it one step ends before the next begins, so a run
   * is exactly repeatable. With it a store with concurrency of its own decides what happens in between.
   */
  readonly overlap?: boolean
  /**
   * Resolves when nothing more can happen by itself, as after a turn of the event loop where all is in memory. For
   * programs that can wait for each other, as at a lock: then a step that has not ended by itself lets the others go on.
   */
  readonly quiet?: () => Promise<void>
}

/**
 * Runs programs together, as a tape says. It rejects if a program throws, once all have ended, and if all wait for each
 * other, with the trace in the message.
 * @example
 * import { type TapeProgram, runByTape } from 'decider-ts/harness'
 * let seats = 0
 * const take: TapeProgram<void> = async (point) => {
 *   await point('reads')
 *   const seen = seats
 *   await point('writes')
 *   seats = seen + 1
 * }
 * await runByTape([take, take], []).then(() => seats) // => 2
 * seats = 0
 * await runByTape([take, take], [0, 1]).then(() => seats) // => 1
 */
export const runByTape = async <A>(
  programs: ReadonlyArray<TapeProgram<A>>,
  tape: Tape,
  { overlap = false, quiet }: TapeOptions = {},
): Promise<TapeRun<A>> => {
  const lanes: Array<Lane<A>> = []
  const steps: Array<Mutable<TapeStep>> = []
  const choices: Array<TapeChoice> = []
  const settle = async (): Promise<void> => {
    const resting = Promise.all(lanes.map(({ rest }) => rest))
    await (quiet === undefined ? resting : Promise.race([resting, quiet()]))
  }
  for (const program of programs) {
    lanes.push(laneOf(program))
    await settle()
  }
  let last = 0
  for (;;) {
    const ready = inCircle(lanes, last)
    if (ready.length === 0) break
    const of = overlap && ready.length > 1 ? 2 * ready.length : ready.length
    const taken = naturalOf(tape[choices.length]) % of
    const next = ready[taken % ready.length]
    if (next === undefined) break
    choices.push({ taken, of })
    const step: Mutable<TapeStep> = {
      program: next.program,
      label: next.waiting.label,
      isTogether: taken >= ready.length,
    }
    steps.push(step)
    last = next.program
    next.waiting.go((result) => {
      step.result = result
    })
    if (!step.isTogether) await settle()
  }
  return { answers: answersOf(lanes, steps), steps, choices }
}

type Mutable<Value> = { -readonly [Key in keyof Value]: Value[Key] }

interface Waiting {
  readonly label: string
  readonly go: (say: TapeSay) => void
}

/** A program under way. */
interface Lane<A> {
  /** Where it waits for its turn. */
  waiting: Waiting | undefined
  outcome: E.Either<unknown, A> | undefined
  /** Resolves when it waits again, or has ended. */
  rest: Promise<void>
}

const laneOf = <A>(program: TapeProgram<A>): Lane<A> => {
  let arrive = (): void => {}
  const setOut = (): Promise<void> =>
    new Promise((resolve) => {
      arrive = resolve
    })
  const lane: Lane<A> = { waiting: undefined, outcome: undefined, rest: setOut() }
  const point: TapePoint = (label) =>
    new Promise((resolve, reject) => {
      if (lane.waiting !== undefined) {
        return reject(
          new Error(`A program waits at one point at a time: ${lane.waiting.label}, then ${label}.`),
        )
      }
      const go = (say: TapeSay): void => {
        lane.waiting = undefined
        lane.rest = setOut()
        resolve(say)
      }
      lane.waiting = { label, go }
      arrive()
    })
  const end = (outcome: E.Either<unknown, A>): void => {
    lane.outcome = outcome
    arrive()
  }
  Promise.resolve()
    .then(() => program(point))
    .then(
      (answer) => end(E.right(answer)),
      (error: unknown) => end(E.left(error)),
    )
  return lane
}

/** Those that can go, beginning with the last one that went. */
const inCircle = <A>(
  lanes: ReadonlyArray<Lane<A>>,
  last: number,
): ReadonlyArray<{ readonly program: number; readonly waiting: Waiting }> =>
  lanes.flatMap((_, offset) => {
    const program = (last + offset) % lanes.length
    const waiting = lanes[program]?.waiting
    return waiting === undefined ? [] : [{ program, waiting }]
  })

const naturalOf = (entry: number | undefined): number => Math.abs(Math.trunc(entry ?? 0)) || 0

const answersOf = <A>(lanes: ReadonlyArray<Lane<A>>, steps: ReadonlyArray<TapeStep>): ReadonlyArray<A> => {
  const names = lanes.map((_, program) => `program ${program + 1}`)
  return lanes.map(({ outcome }, program) => {
    if (outcome === undefined) {
      throw new Error(
        `Program ${program + 1} waits for something that no other program will do.\n${showLanes(names, steps)}`,
      )
    }
    if (E.isRight(outcome)) return outcome.right
    const { left } = outcome
    const reason = left instanceof Error ? left.message : String(left)
    throw new Error(`Program ${program + 1} threw: ${reason}\n${showLanes(names, steps)}`, { cause: left })
  })
}

/**
 * Arbitrary tapes for so many programs of about so many steps each; they get smaller towards the empty tape, the one
 * that lets each program run to its end.
 * @example
 * import { arbitraryTape } from 'decider-ts/harness'
 * import fc from 'fast-check'
 * fc.sample(arbitraryTape({ programs: 3, steps: 4 }), 10).every((tape) => tape.every((entry) => entry < 3)) // => true
 */
export const arbitraryTape = ({
  programs,
  steps,
  overlap = false,
}: {
  readonly programs: number
  readonly steps: number
  /** Whether entries may let steps overlap. */
  readonly overlap?: boolean
}): fc.Arbitrary<Tape> =>
  fc.array(fc.nat((overlap ? 2 : 1) * Math.max(1, programs) - 1), {
    maxLength: programs * steps,
    size: 'max',
  })

/**
 * Steps as a table for people: a line for each step, in the order in which they began, and a column for each program. A
 * `+` marks a step that the next one did not wait for.
 * @example
 * import { showLanes } from 'decider-ts/harness'
 * const steps = [
 *   { program: 0, label: 'reads', result: 'no seat', isTogether: true },
 *   { program: 1, label: 'reads', isTogether: false },
 * ]
 * showLanes(['ada', 'bob'], steps)
 * // => '     ada             bob\n 1+  reads: no seat\n 2                   reads'
 */
export const showLanes = (names: ReadonlyArray<string>, steps: ReadonlyArray<TapeStep>): string => {
  const texts = steps.map(({ label, result }) => (result === undefined ? label : `${label}: ${result}`))
  const widths = names.map((name, program) =>
    Math.max(name.length, ...texts.map((text, n) => (steps[n]?.program === program ? text.length : 0))),
  )
  const row = (head: string, cells: ReadonlyArray<string>): string =>
    `${head.padEnd(5)}${cells.map((cell, n) => cell.padEnd((widths[n] ?? 0) + 2)).join('')}`.trimEnd()
  return [
    row('', names),
    ...steps.map(({ program, isTogether }, n) =>
      row(
        `${String(n + 1).padStart(2)}${isTogether ? '+' : ''}`,
        names.map((_, lane) => (lane === program ? (texts[n] ?? '') : '')),
      ),
    ),
  ].join('\n')
}
