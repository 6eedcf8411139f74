/**
 * Read models in the memory of the process: for tests, for teaching, and for programs whose read models may die with
 * them. It is what the port says, in the fewest words, so it is what other keepers are compared with.
 * Whatever has no handler in it runs in one turn of the event loop, which is all the locking that a single thread needs;
 * what has one is checked again when the handler is done, and what the handler writes by its transaction is done with it.
 * Used by: applications and tests.
 * @since 0.1.0
 */
import { either as E, option as O, taskEither as TE } from 'fp-ts'
import type { Outbox } from '../../run/Outbox.js'
import type {
  Entry,
  Fenced,
  Lease,
  ReadModelCommit,
  ReadModelError,
  ReadModelId,
  ReadModels,
  Unparking,
  Within,
} from '../../run/ReadModels.js'
import { beginning, type GlobalPosition } from '../../store/GlobalPosition.js'
import type { Json } from '../../store/Json.js'
import {
  checkKeptCommit,
  checkKeptUnparking,
  countProblem,
  type KeptValues,
  keyProblem,
  keysProblem,
  leaseProblem,
  readModelProblem,
} from '../../store/Keeping.js'
import { partitionOf } from '../../store/Partition.js'
import type { RecordedEvent } from '../../store/RecordedEvent.js'
import { type InvalidInput, invalidInput } from '../../store/StoreError.js'
import { type Timestamp, timestamp } from '../../store/Timestamp.js'
import {
  dueOf,
  type OwedCommands,
  owedAgain,
  owedOf,
  owingMore,
  refusedOf,
  settledOf,
} from './MemoryOutbox.js'

/** What a handler writes with: changes that are made when the commit is, and never if it is refused. */
export interface MemoryTransaction {
  readonly write: (change: () => void) => void
}

/** A keeper of read models, with the commands that are owed. */
export interface MemoryReadModels extends ReadModels<MemoryTransaction>, Outbox {}

/** What a keeper in memory may be given. */
export interface MemoryReadModelsOptions {
  /** The clock by which leases end; the clock of the machine unless given. */
  readonly now?: () => Timestamp
  /** How many partitions there are; 64 unless given. */
  readonly partitions?: number
}

interface Partition {
  readonly owner: string | undefined
  readonly until: Timestamp
  readonly fence: bigint
  readonly place: GlobalPosition
}

interface Parked {
  readonly events: ReadonlyArray<RecordedEvent>
  readonly reason: string
  readonly attempts: number
  readonly since: Timestamp
}

interface Model {
  readonly id: ReadModelId
  readonly partitions: Array<Partition>
  /** Who shares the partitions, and until when unless they ask again. */
  readonly owners: Map<string, Timestamp>
  readonly entries: Map<string, Entry>
  readonly parked: Map<string, Parked>
  owed: OwedCommands
}

/** All of a keeper. */
interface Keeper {
  readonly now: () => Timestamp
  readonly partitions: number
  readonly models: Map<string, Model>
  readonly live: Map<string, number>
  /** Handlers under way: another version is made live between them. */
  readonly handling: Set<Promise<unknown>>
  /** Resolves when no other version is being made live. */
  switching: Promise<unknown>
}

/**
 * A keeper without read models, whose read models live as long as it is referred to.
 * @example
 * import { memoryReadModels } from 'decider-ts/adapters/memory'
 * import { either as E } from 'fp-ts'
 * const readModels = memoryReadModels({ partitions: 4 })
 * const leases = await readModels.lease({ name: 'balances', version: 1 }, 'me', 5_000)()
 * E.isRight(leases) && leases.right.map(({ partition }) => partition) // => [0, 1, 2, 3]
 */
export const memoryReadModels = ({
  now = machineClock,
  partitions = 64,
}: MemoryReadModelsOptions = {}): MemoryReadModels => {
  const keeper: Keeper = {
    now,
    partitions,
    models: new Map(),
    live: new Map(),
    handling: new Set(),
    switching: Promise.resolve(),
  }
  const inModel = looksInto(keeper)
  return {
    partitions,
    partitionOf: partitionOf(partitions),
    lease: (of, owner, leaseMs) => TE.fromIOEither(() => lease(keeper, of, owner, leaseMs)),
    release: (of, owner) =>
      inModel(of, (model) => release(model, owner), undefined, keyProblem(owner, 'owner')),
    load: (of, keys) =>
      inModel(
        of,
        ({ entries, parked }) => ({
          entries: keys.flatMap((key) => entries.get(key) ?? []),
          parked: new Set(keys.filter((key) => parked.has(key))),
        }),
        { entries: [], parked: new Set<string>() },
        keysProblem(keys, 'keys'),
      ),
    commit: (of, commit, within) => () => commitTo(keeper, of, commit, within),
    place: (of) => inModel(of, placeOf, beginning),
    parked: (of) => inModel(of, parkedKeys, []),
    parkedEvents: (of, key) =>
      inModel(of, ({ parked }) => parked.get(key)?.events ?? [], [], keyProblem(key, 'key')),
    unpark: (of, unparking, within) => () => unpark(keeper, of, unparking, within),
    get: (of, key) =>
      inModel(of, ({ entries }) => O.fromNullable(entries.get(key)), O.none, keyProblem(key, 'key')),
    page: (of, limit, after) =>
      inModel(of, ({ entries }) => pageOf(entries, limit, after), [], countProblem(limit, 'limit')),
    liveVersion: (name) => TE.fromIO(() => O.fromNullable(liveVersionOf(keeper, name))),
    makeLive: (of) => () => makeLive(keeper, of),
    drop: (of) => TE.fromIO(() => drop(keeper, of)),
    ...outboxOf(keeper),
  }
}

/** Asks a read model, or gives the answer of one that is not there. */
const looksInto =
  (keeper: Keeper) =>
  <A>(
    of: ReadModelId,
    found: (model: Model) => A,
    none: A,
    problem?: InvalidInput,
  ): TE.TaskEither<ReadModelError, A> =>
    TE.fromIOEither(() => {
      const refusal = readModelProblem(of) ?? problem
      if (refusal !== undefined) return E.left(refusal)
      const model = keeper.models.get(textOf(of))
      return E.right(model === undefined ? none : found(model))
    })

const outboxOf = (keeper: Keeper): Outbox => {
  const inModel = looksInto(keeper)
  const changed = (of: ReadModelId, change: (owed: OwedCommands) => OwedCommands) =>
    inModel(
      of,
      (model) => {
        model.owed = change(model.owed)
      },
      undefined,
    )
  return {
    due: (of, owner, limit) =>
      inModel(
        of,
        (model) => dueOf(model.owed, isOwnedBy(keeper, model, owner), keeper.now()).slice(0, limit),
        [],
        keyProblem(owner, 'owner') ?? countProblem(limit, 'limit'),
      ),
    settle: (of, settled) => changed(of, (owed) => settledOf(owed, settled)),
    nextDueAt: (of) => inModel(of, ({ owed }) => nextDueAt(owed, keeper.now()), undefined),
    owed: (of) => inModel(of, ({ owed }) => owedOf(owed), []),
    refused: (of) => inModel(of, ({ owed }) => refusedOf(owed), []),
    resend: (of, ids) => changed(of, (owed) => owedAgain(owed, ids)),
  }
}

const machineClock = (): Timestamp => timestamp(Date.now())

const textOf = ({ name, version }: ReadModelId): string => `${version} ${name}`

const lease = (
  keeper: Keeper,
  of: ReadModelId,
  owner: string,
  leaseMs: number,
): E.Either<InvalidInput, ReadonlyArray<Lease>> => {
  const problem = readModelProblem(of) ?? leaseProblem(owner, leaseMs)
  if (problem !== undefined) return E.left(problem)
  const model = keeper.models.get(textOf(of)) ?? newModel(keeper, of)
  const moment = keeper.now()
  const until = timestamp(moment + leaseMs)
  model.owners.set(owner, until)
  for (const [name, end] of model.owners) if (end <= moment) model.owners.delete(name)
  const share = shareOf(model, owner)
  let held = 0
  model.partitions.forEach((partition, index) => {
    if (partition.owner !== owner) return
    held += 1
    model.partitions[index] = held > share ? { ...partition, owner: undefined } : { ...partition, until }
  })
  model.partitions.forEach((partition, index) => {
    const isFree = partition.owner === undefined || (partition.owner !== owner && partition.until <= moment)
    if (!isFree || held >= share) return
    held += 1
    model.partitions[index] = { ...partition, owner, until, fence: partition.fence + 1n }
  })
  return E.right(
    model.partitions.flatMap(({ owner: holder, fence, place }, partition) =>
      holder === owner ? [{ partition, fence, upTo: place }] : [],
    ),
  )
}

const newModel = ({ models, partitions }: Keeper, { name, version }: ReadModelId): Model => {
  const nobodys: Partition = { owner: undefined, until: timestamp(0), fence: 0n, place: beginning }
  const model: Model = {
    id: { name, version },
    partitions: Array.from({ length: partitions }, () => nobodys),
    owners: new Map(),
    entries: new Map(),
    parked: new Map(),
    owed: [],
  }
  models.set(textOf(model.id), model)
  return model
}

/** As many as the others, and one more for the first by name where they do not come out even. */
const shareOf = ({ owners, partitions }: Model, owner: string): number => {
  const names = [...owners.keys()].sort()
  const rest = partitions.length % names.length
  return Math.floor(partitions.length / names.length) + (names.indexOf(owner) < rest ? 1 : 0)
}

const release = (model: Model, owner: string): void => {
  model.owners.delete(owner)
  model.partitions.forEach((partition, index) => {
    if (partition.owner === owner) model.partitions[index] = { ...partition, owner: undefined }
  })
}

const placeOf = ({ partitions }: Model): GlobalPosition =>
  partitions.reduce((least, { place }) => (place < least ? place : least), partitions[0]?.place ?? beginning)

const isOwnedBy =
  (keeper: Keeper, { partitions }: Model, owner: string) =>
  (key: string): boolean => {
    const partition = partitions[partitionOf(keeper.partitions)(key)]
    return partition?.owner === owner && partition.until > keeper.now()
  }

const commitTo = async (
  keeper: Keeper,
  of: ReadModelId,
  commit: ReadModelCommit,
  within: Within<MemoryTransaction> | undefined,
): Promise<E.Either<ReadModelError | Fenced, void>> => {
  const problem = readModelProblem(of)
  if (problem !== undefined) return E.left(problem)
  const kept = checkKeptCommit(commit, partitionOf(keeper.partitions))
  if (E.isLeft(kept)) return kept
  const isFenced = (): Fenced | undefined => fencedBy(keeper.models.get(textOf(of)), keeper, commit)
  const before = isFenced()
  if (before !== undefined) return E.left(before)
  const changes = within === undefined ? [] : await handled(keeper, of, within)
  // The handler took its time, and anything may have happened in it.
  const model = keeper.models.get(textOf(of))
  const after = isFenced()
  if (after !== undefined || model === undefined)
    return E.left(after ?? fenced(commit.moves[0]?.partition ?? 0))
  write(model, commit, kept.right, keeper.now())
  for (const change of changes) change()
  return E.right(undefined)
}

/** Runs a handler, with the live version held fast, and answers the changes it asks for. */
const handled = async (
  keeper: Keeper,
  { name, version }: ReadModelId,
  within: Within<MemoryTransaction>,
): Promise<ReadonlyArray<() => void>> => {
  await keeper.switching
  const changes: Array<() => void> = []
  const handling = within(
    { write: (change) => void changes.push(change) },
    liveVersionOf(keeper, name) === version,
  )
  keeper.handling.add(handling)
  try {
    await handling
  } finally {
    keeper.handling.delete(handling)
  }
  return changes
}

const fenced = (partition: number): Fenced => ({ _tag: 'Fenced', partition })

const fencedBy = (
  model: Model | undefined,
  keeper: Keeper,
  { owner, moves, entries, parked }: ReadModelCommit,
): Fenced | undefined => {
  const isLost = ({ partition, fence, upTo }: Lease): boolean => {
    const now = model?.partitions[partition]
    return now === undefined || now.owner !== owner || now.fence !== fence || now.place !== upTo
  }
  const lost = moves.find(isLost)
  if (lost !== undefined) return fenced(lost.partition)
  const waiting = new Set(model?.parked.keys())
  const wrong =
    entries.find(({ key }) => waiting.has(key)) ??
    parked.find(({ key, attempts }) => {
      if (attempts > 0) waiting.add(key)
      return !waiting.has(key)
    })
  return wrong && fenced(partitionOf(keeper.partitions)(wrong.key))
}

const write = (
  model: Model,
  { moves, entries, parked, owing }: ReadModelCommit,
  kept: KeptValues,
  now: Timestamp,
): void => {
  for (const { partition, to } of moves) {
    const before = model.partitions[partition]
    if (before !== undefined) model.partitions[partition] = { ...before, place: to }
  }
  for (const [index, entry] of entries.entries()) writeEntry(model, entry, kept.states[index])
  for (const { key, event, reason, attempts } of parked) {
    const before = model.parked.get(key) ?? { events: [], reason, attempts, since: now }
    model.parked.set(key, { ...before, events: [...before.events, event] })
  }
  if (owing !== undefined) model.owed = owingMore(model.owed, owing, kept.commands)
}

const writeEntry = ({ entries }: Model, { key, position }: Entry, state: Json = null): void => {
  entries.set(key, Object.freeze({ key, state, position }))
}

const parkedKeys = ({ parked }: Model) =>
  [...parked]
    .map(([key, { events, reason, attempts, since }]) => ({
      key,
      events: events.length,
      firstPosition: events[0]?.position ?? beginning,
      reason,
      attempts,
      since,
    }))
    .sort((a, b) => (a.firstPosition < b.firstPosition ? -1 : a.firstPosition > b.firstPosition ? 1 : 0))

const unpark = async (
  keeper: Keeper,
  of: ReadModelId,
  unparking: Unparking,
  within: Within<MemoryTransaction> | undefined,
): Promise<E.Either<ReadModelError, boolean>> => {
  const { key, entry, through, owing } = unparking
  const problem = readModelProblem(of)
  if (problem !== undefined) return E.left(problem)
  const kept = checkKeptUnparking(unparking)
  if (E.isLeft(kept)) return kept
  const parkedIn = (): Model | undefined => {
    const model = keeper.models.get(textOf(of))
    return model?.parked.get(key)?.events.at(-1)?.position === through ? model : undefined
  }
  if (parkedIn() === undefined) return E.right(false)
  const changes = within === undefined ? [] : await handled(keeper, of, within)
  const model = parkedIn()
  if (model === undefined) return E.right(false)
  model.parked.delete(key)
  if (O.isSome(entry)) writeEntry(model, entry.value, kept.right.states[0])
  if (owing !== undefined) model.owed = owingMore(model.owed, owing, kept.right.commands)
  for (const change of changes) change()
  return E.right(true)
}

const pageOf = (
  entries: ReadonlyMap<string, Entry>,
  limit: number,
  after: string | undefined,
): ReadonlyArray<Entry> =>
  [...entries.keys()]
    .filter((key) => after === undefined || key > after)
    .sort()
    .slice(0, limit)
    .flatMap((key) => entries.get(key) ?? [])

const liveVersionOf = ({ live, models }: Keeper, name: string): number | undefined => {
  const versions = [...models.values()].filter(({ id }) => id.name === name).map(({ id }) => id.version)
  return live.get(name) ?? (versions.length === 0 ? undefined : Math.min(...versions))
}

const makeLive = async (
  keeper: Keeper,
  { name, version }: ReadModelId,
): Promise<E.Either<ReadModelError, void>> => {
  const mine = keeper.switching.then(async (): Promise<E.Either<ReadModelError, void>> => {
    while (keeper.handling.size > 0) await Promise.allSettled(keeper.handling)
    if (!keeper.models.has(textOf({ name, version })))
      return E.left(invalidInput('version', `is not there: ${version} of '${name}'`))
    keeper.live.set(name, version)
    return E.right(undefined)
  })
  keeper.switching = mine
  return mine
}

const drop = ({ models, live }: Keeper, of: ReadModelId): void => {
  models.delete(textOf(of))
  if (live.get(of.name) === of.version) live.delete(of.name)
}

const nextDueAt = (owed: OwedCommands, now: Timestamp): Timestamp | undefined => {
  const times = owed.flatMap(({ dueAt, refusal }) =>
    dueAt !== undefined && dueAt > now && refusal === undefined ? [dueAt] : [],
  )
  return times.length === 0 ? undefined : timestamp(Math.min(...times))
}
