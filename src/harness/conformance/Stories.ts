/**
 * What must be true of every story that writers and a store tell, in whatever order their steps came: written once and
 * not lost, a conflict only for those who were overtaken, one history for all readers, and one serial order that explains
 * everything.
 * Used by: `Schedules`.
 * @since 0.1.0
 */
import type { RecordedEvent } from '../../store/RecordedEvent.js'
import { version } from '../../store/Version.js'
import { explainAnomaly, type ListTransaction, listAppendAnomalies } from '../history/ListAppend.js'
import { equal, isTrue } from './Expect.js'
import { count } from './Samples.js'
import { type Attempt, type Ending, isConflict, type Sight, type Story, type StreamSeen } from './Writers.js'

/** Whose event it is: the writers of a scene put their names into what they write. */
export const authorOf = ({ data }: RecordedEvent): string =>
  typeof data === 'object' && data !== null && 'by' in data ? String(data['by']) : 'nobody'

const idsOf = ({ append }: Attempt): ReadonlyArray<string> => append?.events.map(({ id }) => id) ?? []

/** Whoever was told that it has written, has written once; whoever was told that it has not, has not. */
export const nothingLostOrDoubled = ({ attempts }: Story, recorded: ReadonlyArray<RecordedEvent>): void => {
  for (const name of new Set(attempts.map(({ writer }) => writer))) {
    const own = attempts.filter(({ writer }) => writer === name)
    const kept = own.filter(({ ending }) => ending._tag === 'Written' || ending._tag === 'Found')
    equal(
      recorded.filter((event) => authorOf(event) === name).map(({ id }): string => id),
      kept.flatMap(idsOf),
      `what ${name} was told is recorded, once and nothing else of it`,
    )
  }
}

/** The versions of a stream have no gaps, and its positions grow with them. */
export const isDense = (recorded: ReadonlyArray<RecordedEvent>): void => {
  equal(
    recorded.map((event) => event.version),
    count(1, recorded.length).map(version),
    'versions are dense',
  )
  isTrue(
    recorded.every(({ position }, n) => position > (recorded[n - 1]?.position ?? 0n)),
    'positions grow in the order of the versions',
  )
}

/** Whoever expected a version exactly, and wrote, wrote the very next one. */
export const writtenWhereExpected = ({ attempts }: Story, recorded: ReadonlyArray<RecordedEvent>): void => {
  for (const attempt of attempts) {
    const { ending, writer, append } = attempt
    const [belief] = append?.expected ?? []
    if (ending._tag !== 'Written' || belief?.version._tag !== 'Exactly') continue
    const first = recorded.find(({ id }) => id === append?.events[0]?.id)
    equal(
      first?.version,
      version(belief.version.version + 1n),
      `${writer} has the version after the one it expected`,
    )
  }
}

/** Whoever was told of a conflict was overtaken: by an event that it had not seen, sent before it was told. */
export const conflictsAreJustified = ({ attempts }: Story, recorded: ReadonlyArray<RecordedEvent>): void => {
  for (const { writer, sight, ending, ended } of attempts) {
    if (!isConflict(ending)) continue
    const rivals = recorded.filter(isRivalIn(ending)).map(({ id }): string => id)
    isTrue(rivals.length > 0, `what ${writer} was told to conflict with must have been written`)
    isTrue(
      sight.events.every(({ id }) => !rivals.includes(id)),
      `what ${writer} was told to conflict with must be new to it`,
    )
    isTrue(
      attempts.some((other) => other.seenAt < ended && idsOf(other).some((id) => rivals.includes(id))),
      `what ${writer} was told to conflict with must have been sent by then`,
    )
  }
}

const isRivalIn =
  (ending: Ending) =>
  (event: RecordedEvent): boolean =>
    ending._tag === 'VersionConflict'
      ? event.stream === ending.stream && event.version === ending.actual
      : ending._tag === 'ConditionConflict' && event.position === ending.position

/** Every read found a beginning of what the stream became, and no less than an earlier read. */
export const readsAreBeginnings = ({ attempts }: Story, final: Sight): void => {
  const readings = attempts.flatMap(({ writer, began, seenAt, sight }) =>
    sight.streams.map((seen) => ({ ...seen, writer, began, seenAt })),
  )
  for (const { stream, events: all } of final.streams) {
    const ofStream = readings.filter((reading) => reading.stream === stream)
    for (const { writer, began, events, version: told } of ofStream) {
      equal(idsIn(events), idsIn(all).slice(0, events.length), `${writer} read a beginning of ${stream}`)
      equal(told, version(events.length), `${writer} was told the version of what it read`)
      const before = ofStream.filter(({ seenAt }) => seenAt < began).map((earlier) => earlier.events.length)
      isTrue(
        events.length >= Math.max(0, ...before),
        `${writer} must read as much of ${stream} as an earlier read did`,
      )
    }
  }
}

const idsIn = (events: StreamSeen['events']): ReadonlyArray<string> => events.map(({ id }) => id)

/** All that was read and written fits one serial order, in which nobody is placed before its call or after its answer. */
export const hasSerialOrder = (story: Story, final: Sight): void => {
  const last: ListTransaction = {
    name: 'the last reader',
    began: story.now + 1,
    ended: story.now + 2,
    outcome: 'committed',
    reads: readsOf(final),
    appends: [],
  }
  const anomalies = listAppendAnomalies([...story.attempts.flatMap(transactionOf), last])
  isTrue(
    anomalies.length === 0,
    `there is a serial order\n  actual   ${anomalies.map(explainAnomaly).join('; ')}`,
  )
}

const readsOf = ({ streams }: Sight): ListTransaction['reads'] =>
  streams.map(({ stream, events }) => ({ list: stream, elements: idsIn(events) }))

/**
 * An attempt as one transaction. Its read of several streams takes several moments, which the expectations of its append
 * make one; a read that no append has confirmed is a transaction for each stream.
 */
const transactionOf = (
  { writer, began, seenAt, ended, sight, append, ending }: Attempt,
  index: number,
): ReadonlyArray<ListTransaction> => {
  const name = `${writer} ${index + 1}`
  const reads = readsOf(sight)
  const appends = append?.events.map(({ stream, id }) => ({ list: stream, element: id })) ?? []
  if (ending._tag === 'Written') return [{ name, began, ended, outcome: 'committed', reads, appends }]
  const looks = reads.map(
    (read): ListTransaction => ({
      name: `${name} ${read.list}`,
      began,
      ended: seenAt,
      outcome: 'committed',
      reads: [read],
      appends: [],
    }),
  )
  if (isConflict(ending))
    return [...looks, { name, began: seenAt, ended, outcome: 'aborted', reads: [], appends }]
  // A later attempt with the same ids stands for this one, unless it is the last that was sent.
  return ending._tag === 'Found'
    ? [...looks, { name, began: 0, ended: Number.POSITIVE_INFINITY, outcome: 'unknown', reads: [], appends }]
    : looks
}
