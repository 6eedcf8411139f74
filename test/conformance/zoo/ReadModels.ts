/** Keepers of read models that are wrong in one respect, each with the name of the case that finds it out. */
import type { MemoryReadModels, MemoryTransaction } from 'decider-ts/adapters/memory'
import type { OpenedReadModels } from 'decider-ts/harness'
import type { Entry, Lease, ReadModelCommit, ReadModelId, ReadModels } from 'decider-ts/run'
import { globalPosition, type Json, partitionOf } from 'decider-ts/store'
import { either as E, option as O, taskEither as TE } from 'fp-ts'
import type { Wrong } from '../FindsOut.js'
import { wrongKeeper } from './Keeper.js'

type Keeper = ReadModels<MemoryTransaction>

/** The leases that are answered, changed. */
const answering =
  (change: (leases: ReadonlyArray<Lease>, owner: string, of: ReadModelId) => ReadonlyArray<Lease>) =>
  (right: MemoryReadModels): Partial<Keeper> => ({
    lease: (of, owner, leaseMs) =>
      TE.map((leases: ReadonlyArray<Lease>) => change(leases, owner, of))(right.lease(of, owner, leaseMs)),
  })

/** What is committed, changed. */
const committing =
  (change: (commit: ReadModelCommit) => ReadModelCommit) =>
  (right: MemoryReadModels): Partial<Keeper> => ({
    commit: (of, commit, within) => right.commit(of, change(commit), within),
  })

const withState = (change: (state: Json) => Json) =>
  committing((commit) => ({
    ...commit,
    entries: commit.entries.map((entry) => ({ ...entry, state: change(entry.state) })),
  }))

/** A commit that is refused, made again under what is true: the mistake of whoever does not check. */
const unchecked =
  (isIgnored: (commit: ReadModelCommit, now: ReadonlyArray<Lease>) => boolean) =>
  (right: MemoryReadModels): Partial<Keeper> => {
    let owner = ''
    let held: ReadonlyArray<Lease> = []
    return {
      lease: (of, asking, leaseMs) => async () => {
        const leases = await right.lease(of, asking, leaseMs)()
        if (E.isRight(leases) && leases.right.length > 0) {
          owner = asking
          held = leases.right
        }
        return leases
      },
      commit: (of, commit, within) => async () => {
        const answer = await right.commit(of, commit, within)()
        if (E.isRight(answer) || answer.left._tag !== 'Fenced' || !isIgnored(commit, held)) return answer
        const place = await right.lease(of, owner, 60_000)()
        if (E.isLeft(place)) return place
        const moves = commit.moves.flatMap((move) => {
          const now = place.right.find(({ partition }) => partition === move.partition)
          return now === undefined ? [] : [{ ...now, to: move.to > now.upTo ? move.to : now.upTo }]
        })
        return right.commit(of, { ...commit, owner, moves }, within)()
      },
    }
  }

const hasOldPlace = ({ moves }: ReadModelCommit, held: ReadonlyArray<Lease>): boolean =>
  moves.every(({ partition, fence }) =>
    held.some((each) => each.partition === partition && each.fence === fence),
  )

export const wrongReadModels: ReadonlyArray<Wrong<OpenedReadModels<MemoryTransaction>>> = [
  wrongKeeper(
    'the first partition is left out',
    'leases: who is alone',
    answering((leases) => leases.slice(1)),
  ),
  wrongKeeper('a hash of its own', 'leases: keys are spread', () => ({
    partitionOf: (key) => (partitionOf(64)(key) + 1) % 64,
  })),
  wrongKeeper('each renewal has a new fence', 'leases: what is renewed', (right) => ({
    lease: (of, owner, leaseMs) => TE.chain(() => right.lease(of, owner, leaseMs))(right.release(of, owner)),
  })),
  wrongKeeper('who comes first keeps all', 'leases: owners share', (right) => {
    const first = new Map<string, string>()
    return {
      lease: (of, owner, leaseMs) => {
        const one = first.get(of.name) ?? owner
        first.set(of.name, one)
        return one === owner ? right.lease(of, owner, leaseMs) : TE.right([])
      },
    }
  }),
  wrongKeeper('who asks takes from the others', 'leases: a share that is fair', (right) => {
    const last = new Map<string, string>()
    return {
      lease: (of, owner, leaseMs) => async () => {
        const before = last.get(of.name)
        last.set(of.name, owner)
        if (before !== undefined && before !== owner) {
          await right.release(of, before)()
        }
        return right.lease(of, owner, leaseMs)()
      },
    }
  }),
  wrongKeeper('a lease never ends', 'leases: what a late owner held', (right) => ({
    lease: (of, owner) => right.lease(of, owner, 1e12),
  })),
  wrongKeeper('every lease ends after a moment', 'leases: what is held', (right) => ({
    lease: (of, owner, leaseMs) => right.lease(of, owner, Math.min(leaseMs, 20)),
  })),
  wrongKeeper('what is released has to be waited for', 'leases: what is released', () => ({
    release: () => TE.right(undefined),
  })),
  wrongKeeper('versions share their leases', 'leases: read models and versions', (right) => ({
    lease: (of, owner, leaseMs) => right.lease({ ...of, version: 1 }, owner, leaseMs),
  })),
  wrongKeeper('any name will do', 'leases: names that cannot be kept', (right) => ({
    lease: (of, owner, leaseMs) => right.lease({ ...of, name: of.name.slice(0, 512) }, owner, leaseMs),
  })),
  wrongKeeper('two owners who ask at once are given the same', 'leases: owners who race', (right) => {
    let last: ReadonlyArray<Lease> = []
    return {
      lease: (of, owner, leaseMs) => async () => {
        const leases = await right.lease(of, owner, leaseMs)()
        if (E.isRight(leases) && leases.right.length === 0) return E.right(last.slice(0, 1))
        if (E.isRight(leases)) last = leases.right
        return leases
      },
    }
  }),
  wrongKeeper(
    'the sign of -0 is lost',
    'commit: entries are found',
    withState((state) => JSON.parse(JSON.stringify(state))),
  ),
  wrongKeeper('what is written is what the writer holds', 'commit: what was written', (right) => {
    const held = new Map<string, Entry>()
    return {
      commit: (of, commit, within) => {
        for (const entry of commit.entries) held.set(entry.key, entry)
        return right.commit(of, commit, within)
      },
      get: (_, key) => TE.right(O.fromNullable(held.get(key))),
    }
  }),
  wrongKeeper('the place is that of the first partition', 'commit: the place of a read model', (right) => {
    let greatest = globalPosition(0)
    return {
      commit: (of, commit, within) => {
        for (const { to } of commit.moves) greatest = to > greatest ? to : greatest
        return right.commit(of, commit, within)
      },
      place: () => TE.fromIO(() => greatest),
    }
  }),
  wrongKeeper(
    'nobody looks at the fence',
    'fence: an owner who was late',
    unchecked(() => true),
  ),
  wrongKeeper('who is late may not write', 'fence: who was late and lost nothing', (right, now) => {
    let until = 0
    return {
      lease: (of, owner, leaseMs) => {
        until = now() + leaseMs
        return right.lease(of, owner, leaseMs)
      },
      commit: (of, commit, within) => async () =>
        now() >= until ? E.left({ _tag: 'Fenced', partition: 0 }) : right.commit(of, commit, within)(),
    }
  }),
  wrongKeeper('who has released may write', 'fence: who has released', (right) => ({
    commit: (of, commit, within) => async () => {
      const answer = await right.commit(of, commit, within)()
      const leases = await right.lease(of, commit.owner, 60_000)()
      if (E.isRight(answer) || E.isLeft(leases)) return answer
      const isReleased = leases.right.every(
        ({ fence }, index) => fence > (commit.moves[index]?.fence ?? fence),
      )
      return isReleased ? E.right(undefined) : answer
    },
  })),
  wrongKeeper('partitions are written one after another', 'commit: one partition that is lost', (right) => ({
    commit: (of, commit, within) => async () => {
      for (const move of commit.moves.slice(0, -1)) {
        const isOurs = ({ key }: { readonly key: string }): boolean =>
          right.partitionOf(key) === move.partition
        const part = { ...commit, moves: [move], entries: commit.entries.filter(isOurs), parked: [] }
        const isWrong = commit.entries.some(({ key }) => right.partitionOf(key) === move.partition)
        if (!isWrong) continue
        const answer = await right.commit(of, part)()
        if (E.isLeft(answer) && commit.moves.length < 3) return answer
      }
      return right.commit(of, commit, within)()
    },
  })),
  wrongKeeper('nobody looks at the place', 'commit: the same one', unchecked(hasOldPlace)),
  wrongKeeper('an entry of another partition is written too', 'commit: what cannot be kept', (right) => ({
    commit: (of, commit, within) => {
      const moved = new Set(commit.moves.map(({ partition }) => partition))
      const entries = commit.entries.filter(({ key }) => moved.has(right.partitionOf(key)))
      return right.commit(of, { ...commit, entries }, within)
    },
  })),
  wrongKeeper('a page begins with the key it is to begin after', 'page: put together', (right) => ({
    page: (of, limit, after) => async () => {
      const page = await right.page(of, limit, after)()
      if (after === undefined || E.isLeft(page)) return page
      const first = await right.get(of, after)()
      return E.isRight(first) && O.isSome(first.right)
        ? E.right([first.right.value, ...page.right].slice(0, limit === 1 ? 2 : limit))
        : page
    },
  })),
  wrongKeeper('parked events are read the other way around', 'parking: events wait in order', (right) => ({
    parkedEvents: (of, key) =>
      TE.map((events: ReadonlyArray<{ readonly position: bigint }>) => [...events].reverse() as never)(
        right.parkedEvents(of, key),
      ),
  })),
  wrongKeeper('an entry of a parked key is left out in silence', 'parking: nobody writes past', (right) => ({
    commit: (of, commit, within) => async () => {
      const { right: loaded } = (await right.load(
        of,
        commit.entries.map(({ key }) => key),
      )()) as E.Right<{ readonly parked: ReadonlySet<string> }>
      const entries = commit.entries.filter(({ key }) => !loaded.parked.has(key))
      return right.commit(of, { ...commit, entries }, within)()
    },
  })),
  wrongKeeper('what was unparked is kept as it was', 'unpark: the entry is written', (right) => ({
    unpark: (of, unparking, within) => right.unpark(of, { ...unparking, entry: O.none }, within),
  })),
  wrongKeeper('nobody looks whether more came to wait', 'unpark: what came to wait', (right) => ({
    unpark: (of, unparking, within) => async () => {
      const events = await right.parkedEvents(of, unparking.key)()
      const last = E.isRight(events) ? events.right.at(-1) : undefined
      return right.unpark(of, { ...unparking, through: last?.position ?? unparking.through }, within)()
    },
  })),
  wrongKeeper('an event may wait for nobody', 'unpark: a commit that did not know', (right) => {
    const known = new Set<string>()
    return {
      commit: (of, commit, within) => {
        for (const { key, attempts } of commit.parked) if (attempts > 0) known.add(key)
        const parked = commit.parked.map((each) => (known.has(each.key) ? { ...each, attempts: 1 } : each))
        return right.commit(of, { ...commit, parked }, within)
      },
    }
  }),
  wrongKeeper('the handler writes before the commit', 'handler: it writes with the commit', (right) => ({
    commit: (of, commit, within) => async () => {
      await within?.({ write: (change) => change() }, true)
      return right.commit(of, commit)()
    },
  })),
  wrongKeeper('the highest version is shown', 'versions: readers are shown one', (right) => {
    let highest: number | undefined
    return {
      lease: (of, owner, leaseMs) => {
        highest = Math.max(highest ?? 0, of.version)
        return right.lease(of, owner, leaseMs)
      },
      liveVersion: () => TE.fromIO(() => O.fromNullable(highest)),
    }
  }),
  wrongKeeper('every handler is told that it is live', 'versions: a handler is told', (right) => ({
    commit: (of, commit, within) =>
      right.commit(of, commit, within && ((transaction) => within(transaction, true))),
  })),
  wrongKeeper('another version is made live at once', 'versions: another one is made live', (right) => ({
    makeLive: () => TE.right(undefined),
    commit: (of, commit, within) =>
      right.commit(of, commit, within && ((transaction) => within(transaction, true))),
  })),
  wrongKeeper('what is dropped is still shown', 'versions: one that is dropped', () => ({
    drop: () => TE.right(undefined),
  })),
]
