/**
 * Was a run of concurrent transactions as if each had happened at one moment between its call and its answer? Each
 * transaction reads lists whole and appends elements of its own to lists, as a decision reads streams and appends events,
 * and no element is appended twice. Then a read gives away the order of all appends before it, and so who came before
 * whom; where that order goes in a circle, no serial order exists. The method is that of Elle (Kingsbury and Alvaro,
 * VLDB 2020), for histories of lists, with real time. Let a last transaction read all lists, or their ends go unjudged.
 * Used by: tests of stores under load and through crashes; users, for stores of their own.
 *
 * Laws (test/properties/harness/history/ListAppend.test.ts):
 * - LAP-1 soundness: transactions that each took effect at one moment between call and answer show no anomaly.
 * - LAP-2 nothing from nowhere: an element that nobody appended, or somebody whose append failed, is found in a read.
 * - LAP-3 one order: a read that is not a beginning of a longer read of its list, or that holds an element twice, is found.
 * - LAP-4 lost update: two that read one state of a list and both append to it are found.
 * - LAP-5 write skew: two that each miss what the other appended to another list are found.
 * - LAP-6 real time: a read that began after an append was acknowledged and lacks its element is found.
 * - LAP-7 whole appends: a read that sees an append to two lists in part is found.
 * @since 0.1.0
 */
import { cycles, type Dependency, type Graph } from './Cycles.js'
import { precedences } from './Precedence.js'

/** One transaction as its caller saw it. */
export interface ListTransaction {
  /** What a report calls it; no two have one name. */
  readonly name: string
  /** When it was called and answered, by one clock; an answer that never came is at `Infinity`. */
  readonly began: number
  readonly ended: number
  /** `unknown` where it may have happened: it has, if one of its elements is ever read. */
  readonly outcome: 'committed' | 'aborted' | 'unknown'
  /** Lists as they were before its own appends. What it did not read whole does not belong here. */
  readonly reads: ReadonlyArray<{ readonly list: string; readonly elements: ReadonlyArray<string> }>
  readonly appends: ReadonlyArray<{ readonly list: string; readonly element: string }>
}

/**
 * What is wrong with a history. A cycle is named as in the literature: `G0` has appends in two orders at once; `G1c` has
 * information going in a circle; `G-single` misses once what it should have seen; `G2` does so more than once. With
 * `inRealTime` the circle closes only because one transaction had been answered before another was called.
 */
export type ListAnomaly =
  | { readonly _tag: 'Duplicate'; readonly list: string; readonly element: string; readonly reader: string }
  | { readonly _tag: 'Phantom'; readonly list: string; readonly element: string; readonly reader: string }
  | (WriterAndReader & { readonly _tag: 'AbortedRead' })
  | (WriterAndReader & { readonly _tag: 'IntermediateRead' })
  | {
      readonly _tag: 'IncompatibleOrder'
      readonly list: string
      readonly readers: readonly [string, string]
      readonly at: number
    }
  | {
      readonly _tag: 'Cycle'
      readonly name: 'G0' | 'G1c' | 'G-single' | 'G2'
      readonly inRealTime: boolean
      readonly steps: ReadonlyArray<Dependency>
    }

interface WriterAndReader {
  readonly list: string
  readonly element: string
  readonly writer: string
  readonly reader: string
}

/**
 * All that is wrong with a history; none for one that could have been serial.
 * @example
 * import { listAppendAnomalies, type ListTransaction } from 'decider-ts/harness'
 * const when = { began: 0, ended: 1, outcome: 'committed' } as const
 * const reads = [{ list: 'seats', elements: [] }]
 * const ada: ListTransaction = { ...when, name: 'ada', reads, appends: [{ list: 'seats', element: 'a' }] }
 * const bob: ListTransaction = { ...when, name: 'bob', reads, appends: [{ list: 'seats', element: 'b' }] }
 * listAppendAnomalies([ada, bob]).length // => 1
 */
export const listAppendAnomalies = (history: ReadonlyArray<ListTransaction>): ReadonlyArray<ListAnomaly> => {
  const writers = writersOf(history)
  const lists = listsOf(history)
  const local = [...lists].flatMap(([list, readings]) => anomaliesOfList(list, readings, writers))
  const broken = new Set(local.map(({ list }) => list))
  const sound = new Map([...lists].filter(([list]) => !broken.has(list)))
  const happened = history.filter(hasHappened(lists))
  return [...local, ...cycles(graphOf(happened, sound, writers))]
}

/**
 * An anomaly in words.
 * @example
 * import { explainAnomaly } from 'decider-ts/harness'
 * explainAnomaly({ _tag: 'Phantom', list: 'seats', element: 'x', reader: 'ada' })
 * // => 'Phantom: ada read x in seats, which nobody appended'
 */
export const explainAnomaly = (anomaly: ListAnomaly): string => {
  switch (anomaly._tag) {
    case 'Duplicate':
      return `Duplicate: ${anomaly.reader} read ${anomaly.element} twice in ${anomaly.list}`
    case 'Phantom':
      return `Phantom: ${anomaly.reader} read ${anomaly.element} in ${anomaly.list}, which nobody appended`
    case 'AbortedRead':
      return `AbortedRead: ${anomaly.reader} read ${anomaly.element} in ${anomaly.list}, and the append of ${anomaly.writer} failed`
    case 'IntermediateRead':
      return `IntermediateRead: ${anomaly.reader} read ${anomaly.list} up to ${anomaly.element}, in the middle of the append of ${anomaly.writer}`
    case 'IncompatibleOrder':
      return `IncompatibleOrder: ${anomaly.readers.join(' and ')} read different elements at ${anomaly.at} of ${anomaly.list}`
    case 'Cycle': {
      const steps = anomaly.steps.map(({ from, to, because }) => `${from} before ${to}: ${because}`)
      return `${anomaly.name}${anomaly.inRealTime ? ' in real time' : ''}: ${steps.join('; ')}`
    }
  }
}

/** One reading of a list by a transaction. */
interface Reading {
  readonly reader: ListTransaction
  readonly elements: ReadonlyArray<string>
}

/** A list's readings, the longest one first, by those whose reads count: whoever was not told no. */
type Lists = ReadonlyMap<string, ReadonlyArray<Reading>>

/** Who appended an element of a list. */
type Writers = ReadonlyMap<string, ReadonlyMap<string, ListTransaction>>

const writersOf = (history: ReadonlyArray<ListTransaction>): Writers => {
  const writers = new Map<string, Map<string, ListTransaction>>()
  for (const transaction of history) {
    for (const { list, element } of transaction.appends) {
      const ofList = writers.get(list) ?? new Map<string, ListTransaction>()
      writers.set(list, ofList.set(element, transaction))
    }
  }
  return writers
}

const listsOf = (history: ReadonlyArray<ListTransaction>): Lists => {
  const lists = new Map<string, Array<Reading>>()
  for (const reader of history) {
    if (reader.outcome !== 'committed') continue
    for (const { list, elements } of reader.reads) {
      const readings = lists.get(list) ?? []
      readings.push({ reader, elements })
      lists.set(list, readings)
    }
  }
  for (const readings of lists.values()) readings.sort((a, b) => b.elements.length - a.elements.length)
  return lists
}

const hasHappened =
  (lists: Lists) =>
  ({ outcome, appends }: ListTransaction): boolean =>
    outcome === 'committed' ||
    (outcome === 'unknown' &&
      appends.some(({ list, element }) => lists.get(list)?.[0]?.elements.includes(element)))

type LocalAnomaly = Exclude<ListAnomaly, { readonly _tag: 'Cycle' }>

const anomaliesOfList = (
  list: string,
  readings: ReadonlyArray<Reading>,
  writers: Writers,
): ReadonlyArray<LocalAnomaly> => {
  const [longest] = readings
  if (longest === undefined) return []
  const known = writers.get(list)
  return [
    ...anomaliesOfOrder(list, longest, readings),
    ...anomaliesOfElements(list, longest, known),
    ...readings.flatMap((reading) => intermediateRead(list, reading, known)),
  ]
}

/** That the longest reading holds nothing twice, and that all others are beginnings of it. */
const anomaliesOfOrder = (
  list: string,
  longest: Reading,
  readings: ReadonlyArray<Reading>,
): ReadonlyArray<LocalAnomaly> => {
  const seen = new Set<string>()
  const found: Array<LocalAnomaly> = []
  for (const element of longest.elements) {
    if (seen.has(element)) found.push({ _tag: 'Duplicate', list, element, reader: longest.reader.name })
    seen.add(element)
  }
  for (const { reader, elements } of readings) {
    const at = elements.findIndex((element, index) => element !== longest.elements[index])
    if (at === -1) continue
    found.push({ _tag: 'IncompatibleOrder', list, readers: [longest.reader.name, reader.name], at })
  }
  return found
}

/** Whose the elements are. What is wrong with an element of a shorter reading is so in the longest, or it is no beginning. */
const anomaliesOfElements = (
  list: string,
  { reader, elements }: Reading,
  writers: ReadonlyMap<string, ListTransaction> | undefined,
): ReadonlyArray<LocalAnomaly> =>
  elements.flatMap((element): ReadonlyArray<LocalAnomaly> => {
    const writer = writers?.get(element)
    if (writer === undefined) return [{ _tag: 'Phantom', list, element, reader: reader.name }]
    if (writer.outcome !== 'aborted') return []
    return [{ _tag: 'AbortedRead', list, element, writer: writer.name, reader: reader.name }]
  })

const intermediateRead = (
  list: string,
  { reader, elements }: Reading,
  writers: ReadonlyMap<string, ListTransaction> | undefined,
): ReadonlyArray<LocalAnomaly> => {
  const element = elements.at(-1)
  const writer = element === undefined ? undefined : writers?.get(element)
  if (element === undefined || writer === undefined || writer === reader) return []
  const last = writer.appends.findLast((append) => append.list === list)?.element
  if (last === element) return []
  return [{ _tag: 'IntermediateRead', list, element, writer: writer.name, reader: reader.name }]
}

const graphOf = (happened: ReadonlyArray<ListTransaction>, lists: Lists, writers: Writers): Graph => {
  const names = new Set(happened.map(({ name }) => name))
  const dependencies = [...lists].flatMap(([list, readings]) =>
    dependenciesOf(list, readings, writers.get(list) ?? new Map(), names),
  )
  return { dependencies: [...dependencies, ...precedences(happened)] }
}

/** Who came before whom in one list: by the order of its elements, by what was read, and by what was not there yet. */
const dependenciesOf = (
  list: string,
  readings: ReadonlyArray<Reading>,
  writers: ReadonlyMap<string, ListTransaction>,
  happened: ReadonlySet<string>,
): ReadonlyArray<Dependency> => {
  const order = readings[0]?.elements ?? []
  const read = new Set(order)
  // What happened and was never read comes after all that was; among these there is no known order.
  const unread = [...writers]
    .filter(([element, { name }]) => !read.has(element) && happened.has(name))
    .map(([element, { name }]) => ({ element, name }))
  const nameOf = (element: string | undefined): string | undefined =>
    element === undefined ? undefined : writers.get(element)?.name
  const after = (index: number): ReadonlyArray<{ readonly element: string; readonly name: string }> => {
    const element = order[index]
    const name = nameOf(element)
    return element === undefined || name === undefined ? unread : [{ element, name }]
  }
  const found: Array<Dependency> = []
  const add = (
    kind: Dependency['kind'],
    from: string | undefined,
    to: string | undefined,
    because: string,
  ) => {
    if (from !== undefined && to !== undefined && from !== to) found.push({ kind, from, to, because })
  }
  for (const [index, element] of order.entries()) {
    for (const next of after(index + 1))
      add('append', nameOf(element), next.name, `${element} stands before ${next.element} in ${list}`)
  }
  for (const { reader, elements } of readings) {
    const last = elements.at(-1)
    add('read', nameOf(last), reader.name, `${reader.name} read ${last} in ${list}`)
    for (const next of after(elements.length))
      add('missed', reader.name, next.name, `${reader.name} did not read ${next.element} in ${list}`)
  }
  return found
}
