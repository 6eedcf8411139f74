/**
 * A run as a history of lists, for the check of serial order. Lists are streams, and tags or several tags with or
 * without types, as queries name them: whoever writes an event that an item with tags matches holds the key of one of its
 * tags, so such events have one order for everybody. Events of a type have no such order (two that have no tag and no
 * stream in common may be seen in either order until both are there), so items without tags are no lists here; the check
 * of conditions in the order of the log judges those.
 * Used by: `Round`.
 */
import type { ListTransaction } from '../../src/harness/history/ListAppend.js'
import { byDecision, type Item, type Run, type SentEvent, statusOf } from './History.js'

/** What the check of these transactions is called. */
export const serialOrder = 'there is a serial order, in real time'

const nameOf = ({ types, tags }: Item): string =>
  `${[...types].sort().join('|')}[${[...tags].sort().join('&')}]`

const matches = ({ types, tags }: Item, event: SentEvent): boolean =>
  (types.length === 0 || types.includes(event.type)) && tags.every((tag) => event.tags.includes(tag))

/** What an item with tags found among events that were read. */
type Found = (ids: ReadonlyArray<string>, item: Item) => ReadonlyArray<string>

const taggedOnly = (items: ReadonlyArray<Item>): ReadonlyArray<Item> =>
  items.filter(({ tags }) => tags.length > 0)

export const transactionsOf = (run: Run): ReadonlyArray<ListTransaction> => {
  const events = new Map(
    [...run.attempts.flatMap(({ decision }) => decision.events), ...run.log].map((event) => [
      event.id,
      event,
    ]),
  )
  const found: Found = (ids, item) =>
    ids.filter((id) => {
      const event = events.get(id)
      return event === undefined || matches(item, event)
    })
  const listsOf = listsByAnchor(run)
  const appendsOf = (sent: ReadonlyArray<SentEvent>): ListTransaction['appends'] =>
    sent.flatMap((event) => [
      { list: event.stream, element: event.id },
      ...listsOf(event).map((list) => ({ list, element: event.id })),
    ])
  return [
    ...decisionsOf(run, found, appendsOf),
    ...run.readings.map(
      ({ began, ended, streams, items, ids }, n): ListTransaction => ({
        name: `reader ${n}`,
        began,
        ended,
        outcome: 'committed',
        reads: [...readsOf(streams), ...taggedReads(items ?? [], ids ?? [], found)],
        appends: [],
      }),
    ),
    lastReader(run, listsOf),
  ]
}

const decisionsOf = (
  run: Run,
  found: Found,
  appendsOf: (sent: ReadonlyArray<SentEvent>) => ListTransaction['appends'],
): ReadonlyArray<ListTransaction> =>
  [...byDecision(run.attempts).values()].flatMap((attempts): ReadonlyArray<ListTransaction> => {
    const status = statusOf(attempts)
    const [first] = attempts
    if (first === undefined) return []
    const { id, events, condition, reads } = first.decision
    // The append had happened when the first acknowledgement came, whichever attempt it was that did it.
    const told = attempts.filter(({ answer }) => answer.outcome === 'acknowledged').map(({ ended }) => ended)
    return [
      {
        name: id,
        began: first.began,
        ended: status === 'unknown' ? Infinity : Math.min(...told),
        outcome: status === 'acknowledged' ? 'committed' : status === 'refused' ? 'aborted' : 'unknown',
        reads: [
          ...readsOf(reads),
          ...(condition?.from === 0 ? taggedReads(condition.items, condition.seen, found) : []),
        ],
        appends: appendsOf(events),
      },
    ]
  })

const readsOf = (
  streams: ReadonlyArray<{ readonly stream: string; readonly ids: ReadonlyArray<string> }>,
): ListTransaction['reads'] => streams.map(({ stream, ids }) => ({ list: stream, elements: ids }))

const taggedReads = (
  items: ReadonlyArray<Item>,
  ids: ReadonlyArray<string>,
  found: Found,
): ListTransaction['reads'] =>
  taggedOnly(items).map((item) => ({ list: nameOf(item), elements: found(ids, item) }))

/** The lists, among those that somebody read, to which an event belongs: looked up by its tags. */
const listsByAnchor = (run: Run): ((event: SentEvent) => ReadonlyArray<string>) => {
  const byAnchor = new Map<string, Map<string, Item>>()
  const items = [
    ...run.attempts.flatMap(({ decision }) => decision.condition?.items ?? []),
    ...run.readings.flatMap((reading) => reading.items ?? []),
  ]
  for (const item of items) {
    const [anchor] = item.tags
    if (anchor === undefined) continue
    const known = byAnchor.get(anchor) ?? new Map<string, Item>()
    byAnchor.set(anchor, known.set(nameOf(item), item))
  }
  return (event) => [
    ...new Set(
      event.tags.flatMap((tag) =>
        [...(byAnchor.get(tag) ?? [])].filter(([, item]) => matches(item, event)).map(([name]) => name),
      ),
    ),
  ]
}

/** The final log is a read of everything, after everything. */
const lastReader = (run: Run, listsOf: (event: SentEvent) => ReadonlyArray<string>): ListTransaction => {
  const lists = new Map<string, Array<string>>()
  const touched = [...run.attempts.flatMap(({ decision }) => decision.events), ...run.log]
  for (const event of touched) for (const list of [event.stream, ...listsOf(event)]) lists.set(list, [])
  for (const event of run.log) {
    for (const list of [event.stream, ...listsOf(event)]) lists.get(list)?.push(event.id)
  }
  const last = run.attempts.reduce(
    (latest, { began, ended }) => Math.max(latest, began, ended === Infinity ? 0 : ended),
    0,
  )
  const at = run.readings.reduce((latest, { ended }) => Math.max(latest, ended), last) + 1
  return {
    name: 'final log',
    began: at,
    ended: at + 1,
    outcome: 'committed',
    reads: [...lists].map(([list, elements]) => ({ list, elements })),
    appends: [],
  }
}
