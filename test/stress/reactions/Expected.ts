/**
 * What a log calls for, in plain code that shares nothing with the library and nothing with the definitions: the entries
 * of every read model, the rows of the user's table, the commands that are owed with their ids, and what is told to the
 * outside. The definitions are compared with it by every run.
 * Used by: `ReactionChecks`.
 */

/** An event of the final log. */
export interface LoggedEvent {
  readonly id: string
  readonly stream: string
  readonly type: string
  readonly version: number
  readonly position: number
  /** In milliseconds. */
  readonly recordedAt: number
  readonly data: Readonly<Record<string, unknown>>
  /** Whose command it is the effect of, where it is one. */
  readonly commandId?: string
}

export interface ExpectedCommand {
  readonly id: string
  readonly key: string
  readonly position: number
  readonly index: number
  readonly what: string
  readonly isTimer: boolean
}

/** What the log calls for. */
export interface Expected {
  /** By the name of a read model and its version: the states of its keys, as texts that can be compared. */
  readonly entries: Readonly<Record<string, ReadonlyMap<string, string>>>
  /** By key: the positions of what was posted, in order. */
  readonly postings: ReadonlyMap<string, ReadonlyArray<number>>
  readonly tallies: ReadonlyMap<string, string>
  readonly fulfilment: ReadonlyArray<ExpectedCommand>
  readonly telling: ReadonlyArray<ExpectedCommand>
  /** The timers that an event took back in time. */
  readonly takenBack: ReadonlySet<string>
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const number = (value: unknown): number => (typeof value === 'number' ? value : 0)

/** The value of a key, made where there is none. */
const at = <Value>(map: Map<string, Value>, key: string, make: () => Value): Value => {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

export const expectedOf = (log: ReadonlyArray<LoggedEvent>): Expected => {
  const { fulfilment, takenBack, processes } = fulfilmentOf(log)
  const { telling, told } = tellingOf(log)
  const { ledger, ledgerAnew } = ledgersOf(log)
  const { postings, counts, tallies } = postingsOf(log)
  return {
    entries: {
      'ledger 1': ledger,
      'ledger 2': ledgerAnew,
      'postings 1': counts,
      'fulfilment 1': processes,
      'telling 1': told,
    },
    postings,
    tallies,
    fulfilment,
    telling,
    takenBack,
  }
}

const written: ReadonlySet<string> = new Set(['Deposited', 'Placed', 'Extended', 'Paid'])

/** Of each stream and each bucket: how many, how much, and the ids in order. */
const ledgersOf = (log: ReadonlyArray<LoggedEvent>) => {
  const kept = new Map<string, { count: number; sum: number; hash: number; last: string }>()
  for (const { stream, type, data } of log) {
    if (!written.has(type)) continue
    const nth = text(data['nth'])
    const bucket = `bucket-${Number.parseInt(nth.slice(-2), 16) % 4}`
    for (const key of [stream, bucket]) {
      const one = at(kept, key, () => ({ count: 0, sum: 0, hash: 0, last: '' }))
      one.count += 1
      one.sum += number(data['amount'])
      for (const character of nth) one.hash = Math.imul(one.hash ^ character.charCodeAt(0), 16777619) >>> 0
      one.last = nth
    }
  }
  const ledger = new Map<string, string>()
  const ledgerAnew = new Map<string, string>()
  for (const [key, { count, sum, hash, last }] of kept) {
    ledger.set(key, JSON.stringify({ count, sum, hash }))
    ledgerAnew.set(key, JSON.stringify({ count, sum, hash, last }))
  }
  return { ledger, ledgerAnew }
}

const postingsOf = (log: ReadonlyArray<LoggedEvent>) => {
  const postings = new Map<string, Array<number>>()
  const sums = new Map<string, number>()
  for (const { stream, type, position, data } of log) {
    if (type !== 'Deposited' && type !== 'Paid') continue
    at(postings, stream, () => []).push(position)
    sums.set(stream, (sums.get(stream) ?? 0) + number(data['amount']))
  }
  const counts = new Map<string, string>()
  const tallies = new Map<string, string>()
  for (const [key, { length }] of postings) {
    counts.set(key, JSON.stringify({ count: length }))
    tallies.set(key, `${length} of ${sums.get(key)}`)
  }
  return { postings, counts, tallies }
}

/** A timer of an order that is running, as far as the log was looked at. */
interface Running {
  readonly command: ExpectedCommand
  readonly dueAt: number
}

/**
 * Whether a timer fires is decided by the times at which events were recorded: it is taken back by a later event of its
 * order that was recorded before it was due. So an order may have several timers that fire, if it was extended too late.
 */
const fulfilmentOf = (log: ReadonlyArray<LoggedEvent>) => {
  const commands: Array<ExpectedCommand> = []
  const takenBack = new Set<string>()
  const timers = new Map<string, ReadonlyArray<Running>>()
  const states = new Map<string, { toReserve: boolean; toShip: boolean; seen: Array<string> }>()
  const seenTypes = new Set(['Placed', 'Extended', 'Paid', 'Reserved', 'Shipped'])
  for (const { id, type, position, recordedAt, data } of log) {
    if (!seenTypes.has(type)) continue
    const key = text(data['order'])
    const state = at(states, key, () => ({ toReserve: false, toShip: false, seen: [] }))
    state.seen.push(type)
    const owed = (index: number, what: string, isTimer = false): ExpectedCommand => ({
      id: `fulfilment/${id}/${index}/${key}`,
      key,
      position,
      index,
      what: `${what} ${key}`,
      isTimer,
    })
    if (type === 'Placed') commands.push(owed(0, 'Reserve'))
    if (type === 'Paid') commands.push(owed(0, 'Ship'), owed(1, 'Refund'))
    if (type === 'Shipped') commands.push(owed(0, 'Thank'))
    if (type === 'Placed' || type === 'Paid') state[type === 'Placed' ? 'toReserve' : 'toShip'] = true
    if (type === 'Reserved' || type === 'Shipped') state[type === 'Reserved' ? 'toReserve' : 'toShip'] = false
    if (type === 'Placed' || type === 'Extended' || type === 'Paid') {
      const running = timers.get(key) ?? []
      for (const { command, dueAt } of running) if (recordedAt < dueAt) takenBack.add(command.id)
      const others = running.filter(({ dueAt }) => dueAt <= recordedAt)
      // A timer comes behind the commands of its event.
      const command = owed(type === 'Placed' ? 1 : 0, 'Expire', true)
      const set = type === 'Paid' ? [] : [{ command, dueAt: recordedAt + number(data['patience']) }]
      timers.set(key, [...others, ...set])
    }
  }
  const fired = [...timers.values()].flatMap((running) => running.map(({ command }) => command))
  const processes = new Map<string, string>()
  for (const [order, { toReserve, toShip, seen }] of states)
    processes.set(order, JSON.stringify({ toReserve, toShip, seen, order }))
  return { fulfilment: [...commands, ...fired], takenBack, processes }
}

const tellingOf = (log: ReadonlyArray<LoggedEvent>) => {
  const telling: Array<ExpectedCommand> = []
  const counts = new Map<string, number>()
  const tell = ({ type, data }: LoggedEvent): string | undefined => {
    if (type === 'Expired') return `expired ${text(data['order'])}`
    if (type === 'Paid') return `paid ${text(data['nth'])}`
    return number(data['amount']) >= 90 ? `deposited ${text(data['nth'])}` : undefined
  }
  for (const event of log) {
    const { id, stream, type, position } = event
    if (type !== 'Deposited' && type !== 'Paid' && type !== 'Expired') continue
    const what = tell(event)
    counts.set(stream, (counts.get(stream) ?? 0) + (what === undefined ? 0 : 1))
    if (what === undefined) continue
    telling.push({
      id: `telling/${id}/0/${stream}`,
      key: stream,
      position,
      index: 0,
      what,
      isTimer: false,
    })
  }
  const told = new Map([...counts].map(([key, count]) => [key, JSON.stringify({ told: count })] as const))
  return { telling, told }
}
