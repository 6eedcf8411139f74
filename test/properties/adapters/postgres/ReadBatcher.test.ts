/**
 * The laws of reads that travel together, over runs of arrivals and of ends of calls in any order, well or badly. The
 * store behind them is a clock: a call answers each read with what it wanted and when the call left. The wrong samples
 * are batchers that tamper with their calls or with their bounds.
 */
import fc from 'fast-check'
import { either as E } from 'fp-ts'
import {
  type CallReads,
  type ReadBatcherOptions,
  readBatcher,
} from '../../../../src/adapters/postgres/ReadBatcher.js'
import type { Fault } from '../../../../src/adapters/postgres/SqlState.js'
import type { ReadError } from '../../../../src/store/index.js'
import { law } from '../../Law.js'

interface Answer {
  readonly want: number
  readonly left: number
}

type Batcher = (
  options: ReadBatcherOptions,
  call: CallReads<number, Answer>,
) => (want: number) => () => Promise<E.Either<ReadError, Answer>>

const real: Batcher = (options, call) =>
  readBatcher(
    options,
    call,
    (fault): ReadError => ({
      _tag: 'Unavailable',
      outcome: 'nothing written',
      reason: fault._tag,
      cause: fault._tag === 'Unavailable' ? fault.cause : undefined,
    }),
  )

/** In each step reads come in one go, a call under way ends, or one fails for everybody. */
const run = fc.record({
  options: fc.record({
    lanes: fc.integer({ min: 1, max: 3 }),
    itemsMax: fc.integer({ min: 1, max: 4 }),
    queueMax: fc.integer({ min: 1, max: 12 }),
  }),
  /** Reads that fail whatever call they are in. */
  damaged: fc.uniqueArray(fc.nat({ max: 20 }), { maxLength: 2 }),
  steps: fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.record({ come: fc.integer({ min: 1, max: 6 }) }) },
      { weight: 2, arbitrary: fc.record({ end: fc.nat() }) },
      { weight: 1, arbitrary: fc.record({ fail: fc.nat() }) },
    ),
    { maxLength: 25 },
  ),
})

type Sample = typeof run extends fc.Arbitrary<infer A> ? A : never

interface Call {
  readonly wants: ReadonlyArray<number>
  readonly left: number
  readonly underWay: number
  readonly end: (fault: Fault | undefined) => void
}

interface History {
  readonly sample: Sample
  /** When each read was asked for, and what it was told, if anything. */
  readonly asked: ReadonlyArray<number>
  readonly told: ReadonlyMap<number, E.Either<ReadError, Answer>>
  readonly tellings: number
  readonly calls: ReadonlyArray<Call>
  /** The wants of calls that failed for everybody. */
  readonly lost: ReadonlySet<number>
  /** Whether some read waited while a lane was free. */
  readonly idled: boolean
}

const failure = (code: string): Fault => ({
  _tag: 'Unavailable',
  outcome: 'unknown',
  reason: code,
  cause: { code },
})

const quiet = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const historyOf = async (make: Batcher, sample: Sample): Promise<History> => {
  const { options, damaged, steps } = sample
  const [asked, calls]: [Array<number>, Array<Call>] = [[], []]
  const [told, lost] = [new Map<number, E.Either<ReadError, Answer>>(), new Set<number>()]
  let [now, tellings, idled] = [0, 0, false]
  let underWay: Array<Call> = []
  const read = make(options, (wants) => () => {
    const left = now++
    return new Promise((resolve) => {
      const end = (fault: Fault | undefined): void => {
        underWay = underWay.filter((call) => call !== current)
        const own = wants.some((want) => damaged.includes(want)) ? failure('XX001') : undefined
        const why = fault ?? own
        resolve(why === undefined ? E.right(wants.map((want) => ({ want, left }))) : E.left(why))
      }
      const current: Call = { wants, left, underWay: underWay.length + 1, end }
      underWay.push(current)
      calls.push(current)
    })
  })
  const come = (): void => {
    const want = asked.push(now++) - 1
    void read(want)().then((answer) => {
      tellings += 1
      told.set(want, answer)
    })
  }
  const settle = async (): Promise<void> => {
    await quiet()
    const leftOrTold = new Set([...calls.flatMap(({ wants }) => wants), ...told.keys()])
    if (underWay.length < options.lanes && leftOrTold.size < asked.length) idled = true
  }
  for (const step of steps) {
    if ('come' in step) for (let nth = 0; nth < step.come; nth++) come()
    else if ('end' in step) underWay[step.end % Math.max(1, underWay.length)]?.end(undefined)
    else {
      const call = underWay[step.fail % Math.max(1, underWay.length)]
      for (const want of call?.wants ?? []) lost.add(want)
      call?.end(failure('ECONNRESET'))
    }
    await settle()
  }
  for (let round = 0; round < 40 * asked.length && underWay.length > 0; round++) {
    underWay[0]?.end(undefined)
    await settle()
  }
  return { sample, asked, told, tellings, calls, lost, idled }
}

const lawOn = (judge: (history: History) => boolean) => (make: Batcher) =>
  fc.asyncProperty(run, async (sample) => judge(await historyOf(make, sample)))

const ownAnswer = lawOn(
  ({ asked, told, tellings }) =>
    told.size === asked.length &&
    tellings === asked.length &&
    [...told].every(([want, answer]) => E.isLeft(answer) || answer.right.want === want),
)

const fresh = lawOn(({ asked, told }) =>
  [...told].every(([want, answer]) => E.isLeft(answer) || answer.right.left > (asked[want] ?? 0)),
)

const bounded = lawOn(({ sample: { options }, calls, asked, told }) => {
  const isBusy = (want: number): boolean => {
    const answer = told.get(want)
    return answer !== undefined && E.isLeft(answer) && answer.left._tag === 'Busy'
  }
  // A read is refused only where as many as the queue holds were asked for before it and had not left.
  const mayBeRefused = (want: number): boolean => {
    const before = asked.slice(0, want).filter((_, other) => !isBusy(other)).length
    return before >= options.queueMax
  }
  const waitingAt = (want: number): number =>
    asked
      .slice(0, want)
      .filter(
        (_, other) =>
          !isBusy(other) &&
          !calls.some(({ wants, left }) => wants.includes(other) && left < (asked[want] ?? 0)),
      ).length
  return (
    calls.every(({ wants, underWay }) => wants.length <= options.itemsMax && underWay <= options.lanes) &&
    asked.every((_, want) => (isBusy(want) ? mayBeRefused(want) : waitingAt(want) < options.queueMax))
  )
})

const busyLanes = lawOn(({ calls, idled }) => {
  const firsts = new Map<number, number>()
  for (const { wants, left } of calls) for (const want of wants) if (!firsts.has(want)) firsts.set(want, left)
  const inOrder = [...firsts].sort(([one], [other]) => one - other).map(([, left]) => left)
  return !idled && inOrder.every((left, index) => left >= (inOrder[index - 1] ?? 0))
})

const isolated = lawOn(({ sample: { damaged }, told, lost }) =>
  [...told].every(([want, answer]) => {
    if (E.isRight(answer)) return !damaged.includes(want) && !lost.has(want)
    return damaged.includes(want) || lost.has(want) || answer.left._tag === 'Busy'
  }),
)

/** The real one behind calls that were tampered with. */
const behind =
  (tamper: (call: CallReads<number, Answer>) => CallReads<number, Answer>): Batcher =>
  (options, call) =>
    real(options, tamper(call))

law('RDB-1 own answer', ownAnswer(real))
law.rejects(
  'RDB-1',
  'answers in another order',
  ownAnswer(
    behind((call) => (wants) => async () => {
      const answers = await call(wants)()
      return E.isRight(answers) ? E.right([...answers.right].reverse()) : answers
    }),
  ),
)

law('RDB-2 fresh', fresh(real))
law.rejects(
  'RDB-2',
  'a reader who shares the call that is under way for the same range',
  fresh((options, call) => {
    const read = real(options, call)
    let last: Promise<E.Either<ReadError, Answer>> | undefined
    return (want) => () => {
      const shared = last
      last ??= read(want)()
      return shared === undefined
        ? last
        : shared.then((answer) => (E.isRight(answer) ? E.right({ ...answer.right, want }) : answer))
    }
  }),
)

law('RDB-3 bounds', bounded(real))
law.rejects(
  'RDB-3',
  'one item too many in a call',
  bounded((options, call) => real({ ...options, itemsMax: options.itemsMax + 1 }, call)),
)
law.rejects(
  'RDB-3',
  'one lane too many',
  bounded((options, call) => real({ ...options, lanes: options.lanes + 1 }, call)),
)
law.rejects(
  'RDB-3',
  'a queue without end',
  bounded((options, call) => real({ ...options, queueMax: 1_000 }, call)),
)

law('RDB-4 no idling', busyLanes(real))
law.rejects(
  'RDB-4',
  'a lane that is never used',
  busyLanes((options, call) => real({ ...options, lanes: Math.max(1, options.lanes - 1) }, call)),
)

law('RDB-5 isolation', isolated(real))
law.rejects(
  'RDB-5',
  'a damaged stream that fails everybody',
  isolated(
    behind((call) => (wants) => async () => {
      const answers = await call(wants)()
      return E.isLeft(answers) ? E.left(failure('ECONNRESET')) : answers
    }),
  ),
)
law.rejects(
  'RDB-5',
  'a lost connection that is tried again for each',
  isolated(
    behind((call) => (wants) => async () => {
      const answers = await call(wants)()
      return E.isLeft(answers) ? E.left(failure('XX001')) : answers
    }),
  ),
)
