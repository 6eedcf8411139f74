/**
 * What must hold of everything that read and reacted, whatever was killed and paused meanwhile: checked from the final
 * log, what is kept, what happened outside and what was said, and from nothing else. Each check is a function from the
 * record to what it found wrong. What the writers were told is checked by `LogChecks`.
 * Used by: `Round`.
 */
import type { Violation } from '../LogChecks.js'
import { type Expected, type ExpectedCommand, expectedOf, type LoggedEvent } from './Expected.js'
import type { Asked } from './Outside.js'

export interface KeptEntry {
  readonly key: string
  readonly state: unknown
}

export interface Posting {
  readonly key: string
  readonly position: number
}

export interface Refusal {
  readonly id: string
  readonly refusal: string
  readonly isStuck: boolean
}

/** Everything that is left behind by a run of which all is quiet. */
export interface Reacted {
  readonly log: ReadonlyArray<LoggedEvent>
  /** By the name of a read model and its version. */
  readonly entries: Readonly<Record<string, ReadonlyArray<KeptEntry>>>
  /** In the order in which they were written. */
  readonly postings: ReadonlyArray<Posting>
  readonly tallies: ReadonlyArray<{ readonly key: string; readonly count: number; readonly sum: number }>
  /** The ids of all commands that were decided. */
  readonly decided: ReadonlyArray<string>
  readonly refused: ReadonlyArray<Refusal>
  readonly outside: { readonly effects: ReadonlyArray<Asked>; readonly attempts: ReadonlyArray<Asked> }
  /** What is owed, parked, unaccounted for, or behind the log, in the end: in words. */
  readonly left: ReadonlyArray<string>
  /** What ended unasked, and what did not stop when it was. */
  readonly mishaps: ReadonlyArray<string>
  readonly liveLedger: number | undefined
}

interface Indexed {
  readonly reacted: Reacted
  readonly expected: Expected
  /** The effects in the log, by the command of which each is one. */
  readonly effectsOf: ReadonlyMap<string, ReadonlyArray<LoggedEvent>>
}

type Check = (indexed: Indexed) => ReadonlyArray<string>

const grouped = <One>(all: ReadonlyArray<One>, keyOf: (one: One) => string | undefined) => {
  const groups = new Map<string, Array<One>>()
  for (const one of all) {
    const key = keyOf(one)
    if (key === undefined) continue
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [one])
    else group.push(one)
  }
  return groups
}

const differences = (
  what: string,
  actual: ReadonlyMap<string, string>,
  expected: ReadonlyMap<string, string>,
): ReadonlyArray<string> => [
  ...[...expected].flatMap(([key, wanted]) =>
    actual.get(key) === wanted
      ? []
      : [`${what}: ${key} is ${actual.get(key) ?? 'not there'}, and the fold is ${wanted}`],
  ),
  ...[...actual.keys()].flatMap((key) => (expected.has(key) ? [] : [`${what}: ${key} comes from nowhere`])),
]

/** Every entry of every read model is the fold of the log, and there is no other. */
const entriesAreTheFold: Check = ({ reacted, expected }) =>
  Object.entries(expected.entries).flatMap(([name, wanted]) => {
    const kept = reacted.entries[name] ?? []
    return differences(name, new Map(kept.map(({ key, state }) => [key, JSON.stringify(state)])), wanted)
  })

/** The rows that the handler wrote, of each key in the order in which it wrote them, and its sums. */
const tableIsTheFold: Check = ({ reacted, expected }) => {
  const rows = grouped(reacted.postings, ({ key }) => key)
  const actual = new Map([...rows].map(([key, all]) => [key, all.map(({ position }) => position).join()]))
  const wanted = new Map([...expected.postings].map(([key, positions]) => [key, positions.join()]))
  const tallies = new Map(reacted.tallies.map(({ key, count, sum }) => [key, `${count} of ${sum}`]))
  return [...differences('posting', actual, wanted), ...differences('tally', tallies, expected.tallies)]
}

const pastTense: Readonly<Record<string, string>> = {
  Reserve: 'Reserved',
  Ship: 'Shipped',
  Thank: 'Thanked',
  Expire: 'Expired',
}

/** Every command that the log calls for has had its effect once, or was refused for the reason of the rules. */
const commandsCarriedOutOnce: Check = ({ reacted, expected, effectsOf }) => {
  const refusals = grouped(reacted.refused, ({ id }) => id)
  return expected.fulfilment.flatMap(({ id, what }) => {
    const effects = (effectsOf.get(id) ?? []).map(({ type, data }) => `${type} ${data['order']}`)
    const [verb = '', order] = what.split(' ')
    const wanted = verb in pastTense ? [`${pastTense[verb]} ${order}`] : []
    const reasons = (refusals.get(id) ?? []).map(({ refusal, isStuck }) => `${refusal}${isStuck ? '!' : ''}`)
    const allowed = verb in pastTense ? [] : ['{"type":"NoRefunds"}']
    return effects.join() === wanted.join() && reasons.join() === allowed.join()
      ? []
      : [`${what} (${id}) has had ${effects.length} effects: ${effects}; it was refused for: ${reasons}`]
  })
}

/** Nothing was decided, and nothing recorded, that the log does not call for. */
const noOtherCommand: Check = ({ reacted, expected, effectsOf }) => {
  const owed = new Set(expected.fulfilment.map(({ id }) => id))
  const why = (id: string) =>
    expected.takenBack.has(id) ? 'was taken back in time' : 'is called for by nothing'
  return [
    ...reacted.decided.filter((id) => !owed.has(id)).map((id) => `${id} was decided, and ${why(id)}`),
    ...[...effectsOf.keys()].filter((id) => !owed.has(id)).map((id) => `${id} had an effect, and ${why(id)}`),
    ...reacted.refused.filter(({ id }) => !owed.has(id)).map(({ id }) => `${id} was refused, and ${why(id)}`),
    ...[...grouped(reacted.decided, (id) => id)].flatMap(([id, { length }]) =>
      length > 1 ? [`${id} was decided ${length} times`] : [],
    ),
  ]
}

/** A timer fires once if nothing took it back in time, and else never. */
const timersFireOnceOrNever: Check = ({ expected, effectsOf }) => {
  const fires = (id: string): number => (effectsOf.get(id) ?? []).length
  return [
    ...expected.fulfilment.flatMap(({ id, isTimer }) =>
      isTimer && fires(id) !== 1 ? [`${id} was to fire, and has fired ${fires(id)} times`] : [],
    ),
    ...[...expected.takenBack].flatMap((id) =>
      fires(id) > 0 ? [`${id} was taken back before it was due, and has fired`] : [],
    ),
  ]
}

/** What happened outside is what the log calls for, each of it once, and was asked for at least as often. */
const outsideOnce: Check = ({ reacted: { outside }, expected }) => {
  const wanted = new Map(expected.telling.map(({ id, what }) => [id, what]))
  const twice = [...grouped(outside.effects, ({ id }) => id)].filter(([, { length }]) => length > 1)
  return [
    ...differences('outside', new Map(outside.effects.map(({ id, what }) => [id, what])), wanted),
    ...differences('asked for outside', new Map(outside.attempts.map(({ id, what }) => [id, what])), wanted),
    ...twice.map(([id, { length }]) => `outside: ${id} happened ${length} times`),
  ]
}

/** Commands of a key are first sent in the order in which they were called for; timers come when they are due. */
const inTheOrderOfTheirKeys: Check = ({ reacted, expected, effectsOf }) => {
  const effectAt = (id: string) => effectsOf.get(id)?.[0]?.position
  const attemptAt = new Map<string, number>()
  for (const [nth, { id }] of reacted.outside.attempts.entries())
    if (!attemptAt.has(id)) attemptAt.set(id, nth)
  return [...turned(expected.fulfilment, effectAt), ...turned(expected.telling, (id) => attemptAt.get(id))]
}

const turned = (
  commands: ReadonlyArray<ExpectedCommand>,
  placeOf: (id: string) => number | undefined,
): ReadonlyArray<string> =>
  [...grouped(commands, ({ key, isTimer }) => (isTimer ? undefined : key)).values()].flatMap((own) => {
    const inOrder = own.toSorted((a, b) => a.position - b.position || a.index - b.index)
    const done = inOrder.flatMap(({ id }) => {
      const place = placeOf(id)
      return place === undefined ? [] : [{ id, place }]
    })
    return done.flatMap(({ id, place }, nth) => {
      const before = done[nth - 1]
      return before === undefined || before.place < place
        ? []
        : [`${id} came before ${before.id}, which was called for first`]
    })
  })

/** Nothing is owed, stuck, parked, unaccounted for or behind the log. */
const nothingLeft: Check = ({ reacted }) => [
  ...reacted.left,
  ...reacted.refused.filter(({ isStuck }) => isStuck).map(({ id, refusal }) => `${id} is stuck: ${refusal}`),
]

/** Nothing ended that was not asked to, and readers are shown the version that was made anew. */
const nothingUnforeseen: Check = ({ reacted }) => [
  ...reacted.mishaps,
  ...(reacted.liveLedger === 2 ? [] : [`version ${reacted.liveLedger} of the ledger is shown, and not 2`]),
]

export const reactionChecks: Readonly<Record<string, Check>> = {
  'read models are the fold': entriesAreTheFold,
  'the table of the handler is the fold': tableIsTheFold,
  'commands are carried out once': commandsCarriedOutOnce,
  'no command comes from nowhere': noOtherCommand,
  'timers fire once or never': timersFireOnceOrNever,
  'effects outside happen once': outsideOnce,
  'commands of a key are sent in their order': inTheOrderOfTheirKeys,
  'nothing is left': nothingLeft,
  'nothing ends unasked': nothingUnforeseen,
}

export const reactionViolations = (
  reacted: Reacted,
  expected: Expected = expectedOf(reacted.log),
): ReadonlyArray<Violation> => {
  const effectsOf = grouped(reacted.log, ({ commandId }) => commandId)
  const index = { reacted, expected, effectsOf }
  return Object.entries(reactionChecks).flatMap(([check, find]) =>
    find(index).map((text) => ({ check, text })),
  )
}
