/**
 * What must hold after any run, however many wrote at once and whatever was killed meanwhile: checked from the record of
 * the clients and the final log, and from nothing else. Each check is a function from the record to what it found wrong.
 * Used by: `Round`.
 */
import {
  type Attempt,
  byDecision,
  type Item,
  type LogEvent,
  type Outcome,
  type Run,
  statusOf,
} from './History.js'

export interface Violation {
  readonly check: string
  readonly text: string
}

/** A run with what several checks look up. */
export interface Indexed {
  readonly run: Run
  readonly placeOf: ReadonlyMap<string, LogEvent>
  readonly streams: ReadonlyMap<string, ReadonlyArray<LogEvent>>
  readonly decisions: ReadonlyArray<Decided>
}

interface Decided {
  readonly attempts: readonly [Attempt, ...ReadonlyArray<Attempt>]
  readonly status: Outcome
}

export const indexed = (run: Run): Indexed => {
  const streams = new Map<string, Array<LogEvent>>()
  for (const event of run.log) {
    const ofStream = streams.get(event.stream) ?? []
    ofStream.push(event)
    streams.set(event.stream, ofStream)
  }
  const decisions = [...byDecision(run.attempts).values()].flatMap(
    ([first, ...others]): Array<Decided> =>
      first === undefined ? [] : [{ attempts: [first, ...others], status: statusOf([first, ...others]) }],
  )
  return { run, placeOf: new Map(run.log.map((event) => [event.id, event])), streams, decisions }
}

type Check = (indexed: Indexed) => ReadonlyArray<string>

/** Every event of an acknowledged append is there. */
const nothingLost: Check = ({ decisions, placeOf }) =>
  decisions
    .filter(({ status }) => status === 'acknowledged')
    .flatMap(({ attempts: [{ decision }] }) => decision.events)
    .filter(({ id }) => !placeOf.has(id))
    .map(({ id, stream }) => `${id} of ${stream} was acknowledged and is not in the log`)

/** No event stands twice in the log, and none was sent by nobody. */
const nothingTwice: Check = ({ run, decisions }) => {
  const seen = new Set<string>()
  const sent = new Set(
    decisions.flatMap(({ attempts: [{ decision }] }) => decision.events.map(({ id }) => id)),
  )
  return run.log.flatMap(({ id, position }) => {
    const isAgain = seen.has(id)
    seen.add(id)
    if (isAgain) return [`${id} is in the log twice, the second time at ${position}`]
    return sent.has(id) ? [] : [`${id} at ${position} was sent by nobody`]
  })
}

/** Nothing of a refused append is there. */
const refusedIsAbsent: Check = ({ decisions, placeOf }) =>
  decisions
    .filter(({ status, attempts: [{ decision }] }) => status === 'refused' || decision.isPoisoned)
    .flatMap(({ attempts }) =>
      attempts[0].decision.events
        .filter(({ id }) => placeOf.has(id))
        .map(
          ({ id }) =>
            `${id} was refused (${attempts.map(({ answer }) => answer.why).join(', ')}) and is in the log`,
        ),
    )

/** An append is there whole or not at all, in its order, and in one piece in each of its streams. */
const wholeOrNot: Check = ({ decisions, placeOf }) =>
  decisions.flatMap(({ attempts: [{ decision }] }) => {
    const found = decision.events.flatMap(({ id }) => placeOf.get(id) ?? [])
    if (found.length === 0) return []
    if (found.length < decision.events.length)
      return [`${decision.id}: ${found.length} of ${decision.events.length} events are there`]
    const isTurned = found.some(({ position }, index) => position < (found[index - 1]?.position ?? 0))
    if (isTurned) return [`${decision.id}: its events are in another order`]
    const isParted = found.some(({ stream, version }, index) => {
      const before = found.slice(0, index).findLast((event) => event.stream === stream)
      return before !== undefined && version !== before.version + 1
    })
    return isParted ? [`${decision.id}: somebody else's event stands in the middle of it`] : []
  })

/** Versions of a stream are 1, 2, 3, ... in the order of positions, and positions grow. */
const denseStreams: Check = ({ run, streams }) => [
  ...run.log.flatMap(({ position }, index) =>
    index > 0 && position <= (run.log[index - 1]?.position ?? 0)
      ? [`position ${position} comes after a greater one`]
      : [],
  ),
  ...[...streams].flatMap(([stream, events]) =>
    events.flatMap(({ version }, index) =>
      version === index + 1 ? [] : [`event ${index + 1} of ${stream} has version ${version}`],
    ),
  ),
]

/** Who was ever seen or acknowledged at a position is the one who stands there, before and after any crash. */
const noPositionReused: Check = ({ run }) => {
  const standing = new Map(run.log.map(({ position, id }) => [position, id]))
  const witnesses = [
    ...run.pages.flatMap(({ events, follower }) => events.map((witness) => [witness, follower] as const)),
    ...run.readings.flatMap(({ newest }) => (newest === undefined ? [] : [[newest, 'a reader'] as const])),
    ...run.attempts.flatMap(({ decision, answer }) => {
      const last = decision.events.at(-1)
      if (answer.outcome !== 'acknowledged' || answer.lastPosition === undefined || last === undefined)
        return []
      return [[[answer.lastPosition, last.id] as const, 'its writer'] as const]
    }),
  ]
  return witnesses.flatMap(([[position, id], who]) => {
    const now = standing.get(position)
    return now === id ? [] : [`${who} knew ${id} at ${position}, where ${now ?? 'nothing'} stands`]
  })
}

/** The versions that a writer was told are those of the log, and every repeated answer is the first one again. */
const honestAnswers: Check = ({ decisions, placeOf }) =>
  decisions.flatMap(({ attempts }) => {
    const told = attempts.filter(({ answer }) => answer.outcome === 'acknowledged')
    const [{ decision }] = attempts
    const wrong = told.flatMap(({ answer }) =>
      (answer.versions ?? []).flatMap(({ stream, version }) => {
        const last = decision.events.findLast((event) => event.stream === stream)
        const actual = last === undefined ? undefined : placeOf.get(last.id)?.version
        return actual === version
          ? []
          : [`${decision.id}: told version ${version} of ${stream}, and it is ${actual}`]
      }),
    )
    const first = told.filter(({ answer }) => answer.isRepeated === false)
    return first.length > 1
      ? [...wrong, `${decision.id} was told ${first.length} times that it was new`]
      : wrong
  })

const isRecorded = ({ placeOf }: Indexed, { attempts: [{ decision }] }: Decided): boolean =>
  decision.events.some(({ id }) => placeOf.has(id))

const firstPlace = ({ placeOf }: Indexed, { attempts: [{ decision }] }: Decided): number =>
  Math.min(...decision.events.map(({ id }) => placeOf.get(id)?.position ?? Infinity))

/** What a writer believed of a stream was so where its append stands in the log. */
const beliefsHeld: Check = (index) =>
  index.decisions
    .filter((decided) => isRecorded(index, decided))
    .flatMap((decided) => {
      const first = firstPlace(index, decided)
      const [{ decision }] = decided.attempts
      return decision.expected.flatMap(({ stream, version }) => {
        const before = countBefore(index.streams.get(stream) ?? [], first)
        return before === version
          ? []
          : [`${decision.id} expected ${stream} at ${version}, and it is at ${before} before ${first}`]
      })
    })

/** How many of these, which are in the order of positions, stand before a place. */
const countBefore = (events: ReadonlyArray<LogEvent>, place: number): number => {
  let [low, high] = [0, events.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((events[middle]?.position ?? Infinity) < place) low = middle + 1
    else high = middle
  }
  return low
}

const matchesItem = ({ types, tags }: Item, event: LogEvent): boolean =>
  (types.length === 0 || types.includes(event.type)) && tags.every((tag) => event.tags.includes(tag))

/** No event that a condition forbids, and that its writer had not seen, stands before the append in the log. */
const conditionsHeld: Check = (index) => {
  const tagged = new Map<string, Array<LogEvent>>()
  for (const event of index.run.log) {
    for (const tag of event.tags) {
      const ofTag = tagged.get(tag) ?? []
      ofTag.push(event)
      tagged.set(tag, ofTag)
    }
  }
  const candidates = ({ tags: [anchor] }: Item): ReadonlyArray<LogEvent> =>
    anchor === undefined ? index.run.log : (tagged.get(anchor) ?? [])
  return index.decisions
    .filter((decided) => isRecorded(index, decided))
    .flatMap((decided) => {
      const [{ decision }] = decided.attempts
      if (decision.condition === undefined) return []
      const { items, after, from, seen } = decision.condition
      const first = firstPlace(index, decided)
      const known = new Set(seen)
      return (items.length === 0 ? [{ types: [], tags: [] }] : items).flatMap((item, entry) => {
        const least = Math.min(from, after[entry] ?? 0)
        const events = candidates(item)
        return events
          .slice(countBefore(events, least + 1), countBefore(events, first))
          .filter((event) => matchesItem(item, event))
          .filter(({ position, id }) => position > (after[entry] ?? 0) || !known.has(id))
          .map(({ id, position }) => `${decision.id} at ${first} did not know ${id} at ${position}`)
      })
    })
}

/** Whoever read a stream saw a beginning of it. */
const readsArePrefixes: Check = ({ run, streams, decisions }) =>
  [
    ...run.readings.flatMap((reading) => reading.streams),
    ...decisions.flatMap(({ attempts: [{ decision }] }) => decision.reads),
  ].flatMap(({ stream, ids }) => {
    const events = streams.get(stream) ?? []
    const at = ids.findIndex((id, index) => events[index]?.id !== id)
    return at === -1
      ? []
      : [`a reader of ${stream} saw ${ids[at]} at ${at + 1}, where ${events[at]?.id ?? 'nothing'} is`]
  })

/** Each follower got the log from its beginning to its end, each event once and in order, through all its restarts. */
const followersSawTheLog: Check = ({ run }) =>
  run.followers.flatMap((follower) => {
    const pages = run.pages.filter((page) => page.follower === follower)
    const broken = pages.find(({ after }, index) => after !== (pages[index - 1]?.upTo ?? 0))
    if (broken !== undefined) return [`${follower} went on after ${broken.after}, where it had not been`]
    const got = pages.flatMap(({ events }) => events)
    const at = run.log.findIndex(({ id }, index) => got[index]?.[1] !== id)
    if (at !== -1) {
      const expected = run.log[at]
      return [
        `${follower} got ${got[at]?.join(' ') ?? 'nothing'} where ${expected?.position} ${expected?.id} was next`,
      ]
    }
    if (got.length > run.log.length) return [`${follower} got ${got.length} events of ${run.log.length}`]
    const outside = pages.find(({ after, upTo, events }) =>
      events.some(([place]) => place <= after || place > upTo),
    )
    return outside === undefined
      ? []
      : [`${follower} got an event outside of ${outside.after} to ${outside.upTo}`]
  })

/** Appends cannot deadlock: the server saw none, and no writer was told of one. */
const noDeadlocks: Check = ({ run }) => {
  const told = run.attempts.filter(({ answer }) => answer.why.includes('deadlock')).length
  return run.deadlocks + told === 0
    ? []
    : [`${run.deadlocks} deadlocks in the server, ${told} writers told of one`]
}

/** What a writer of valid input may be told. */
const foreseen = /^(recorded|VersionConflict|ConditionConflict|Busy|Unavailable|rolled back|no answer|lost)/

const nothingUnforeseen: Check = ({ run }) =>
  run.attempts
    .filter(({ answer }) => !foreseen.test(answer.why))
    .map(({ decision, answer }) => `${decision.id} was told ${answer.why}`)

export const logChecks: Readonly<Record<string, Check>> = {
  'nothing acknowledged is lost': nothingLost,
  'nothing twice or from nowhere': nothingTwice,
  'nothing refused is recorded': refusedIsAbsent,
  'appends are whole': wholeOrNot,
  'streams are dense, in the order of the log': denseStreams,
  'no position is used again': noPositionReused,
  'answers say what the log says': honestAnswers,
  'expected versions held': beliefsHeld,
  'conditions held in the order of the log': conditionsHeld,
  'reads are beginnings': readsArePrefixes,
  'followers saw the log': followersSawTheLog,
  'no deadlocks': noDeadlocks,
  'nothing unforeseen': nothingUnforeseen,
}

export const violationsOf = (run: Run): ReadonlyArray<Violation> => {
  const index = indexed(run)
  return Object.entries(logChecks).flatMap(([check, find]) => find(index).map((text) => ({ check, text })))
}
