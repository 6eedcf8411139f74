/**
 * Read models in PostgreSQL, in a world whose time is a number: leases last for ever by the clock of the server, and who
 * is late by the clock of the world has them taken away. So what is asked of runners in memory can be asked of them here,
 * with sessions, locks and transactions in place of turns of the event loop.
 */
import type { MemoryTransaction } from 'decider-ts/adapters/memory'
import { postgresReadModels } from 'decider-ts/adapters/postgres'
import type { Within } from 'decider-ts/run'
import { either as E } from 'fp-ts'
import type { TransactionSql } from 'postgres'
import { deskIn, type NoteKeeper, type OpenDesk, partitions } from '../../properties/run/Notes.js'
import { type VirtualWorld, virtualWorld } from '../../properties/run/VirtualWorld.js'
import { type Installed, sleep } from './support.js'

const dayMs = 86_400_000

/** How long it takes until a call is believed to wait for a transaction whose handler waits for time to pass. */
const patienceMs = 25

/**
 * Calls under way, for which time stands still. While no handler is at work every call ends by itself; while one is, a
 * call that takes long may wait for it, and is no longer waited for until a handler is done.
 */
const callsUnderWay = () => {
  const calls = new Set<object>()
  const blocked = new Set<object>()
  let handlers = 0
  let isOver = false
  let close = (): void => {}
  const closed = new Promise<never>((_, reject) => {
    close = () => {
      isOver = true
      reject(new Error('The world has ended.'))
    }
  })
  closed.catch(() => {})
  const never = new Promise<never>(() => {})
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  const isBusy = (): boolean => [...calls].some((call) => !blocked.has(call))
  return {
    quiet: async (): Promise<void> => {
      const until = performance.now() + patienceMs
      await turn()
      while (isBusy()) {
        if (handlers > 0 && performance.now() > until) for (const call of calls) blocked.add(call)
        await sleep(0)
      }
      await turn()
    },
    during: async <A>(
      call: (outside: <B>(handling: () => Promise<B>) => Promise<B>) => Promise<A>,
    ): Promise<A> => {
      if (isOver) return never
      const self = {}
      calls.add(self)
      /** What a handler does is no call: it may wait for time to pass. */
      const outside = async <B>(handling: () => Promise<B>): Promise<B> => {
        calls.delete(self)
        handlers += 1
        try {
          return await Promise.race([handling(), closed])
        } finally {
          handlers -= 1
          calls.add(self)
          blocked.clear()
        }
      }
      try {
        return await call(outside)
      } catch (error) {
        if (isOver) return never
        throw error
      } finally {
        calls.delete(self)
        blocked.delete(self)
      }
    },
    /** The end of this world: nothing is called any more, handlers give up, and what is under way is waited for. */
    end: async (): Promise<void> => {
      close()
      while (calls.size + handlers > 0) await sleep(1)
    },
  }
}

type Calls = ReturnType<typeof callsUnderWay>

let nth = 0

/** A keeper of its own, in a schema that several share: its read models have names that no other has. */
const keeperIn = ({ sql, schema }: Installed, world: VirtualWorld, calls: Calls): NoteKeeper => {
  const keeper = postgresReadModels(sql, { schema, partitions })
  const suffix = ` of sample ${nth++}`
  const named = <Of extends { readonly name: string }>(of: Of): Of => ({ ...of, name: of.name + suffix })
  const ends = new Map<string, number>()

  /** Takes away what late owners hold, but for what is in the middle of a commit. */
  const takeAway = async (name: string): Promise<void> => {
    const late = [...ends].flatMap(([owner, end]) => (end <= world.now() ? [owner] : []))
    if (late.length === 0) return
    for (const table of ['read_model_place', 'read_model_owner'])
      await sql.unsafe(
        `update "${schema}".${table} set lease_until = '-infinity'
        where ctid in (
          select t.ctid from "${schema}".${table} t join "${schema}".read_model r on r.id = t.read_model
          where r.name = $1 and t.owner = any ($2) for update of t skip locked)`,
        [name, late],
      )
  }

  /** A handler writes as it does in memory: what it asks for is done when the transaction is. */
  const handling = async <Failure, A>(
    within: Within<MemoryTransaction> | undefined,
    call: (within?: Within<TransactionSql>) => Promise<E.Either<Failure, A>>,
  ): Promise<E.Either<Failure, A>> => {
    if (within === undefined) return calls.during(() => call())
    let changes: Array<() => void> = []
    const answer = await calls.during((outside) =>
      call((_, isLive) => {
        changes = []
        return outside(() => within({ write: (change) => void changes.push(change) }, isLive))
      }),
    )
    if (E.isRight(answer) && answer.right !== false) for (const change of changes) change()
    return answer
  }
  return {
    partitions,
    partitionOf: keeper.partitionOf,
    lease: (of, owner, leaseMs) => () =>
      calls.during(async () => {
        await takeAway(named(of).name)
        ends.set(owner, world.now() + leaseMs)
        return keeper.lease(named(of), owner, dayMs)()
      }),
    release: (of, owner) => () =>
      calls.during(async () => {
        ends.delete(owner)
        return keeper.release(named(of), owner)()
      }),
    load: (of, keys) => () => calls.during(keeper.load(named(of), keys)),
    commit: (of, commit, within) => () =>
      handling(within, (inside) => keeper.commit(named(of), commit, inside)()),
    place: (of) => () => calls.during(keeper.place(named(of))),
    parked: (of) => () => calls.during(keeper.parked(named(of))),
    parkedEvents: (of, key) => () => calls.during(keeper.parkedEvents(named(of), key)),
    unpark: (of, unparking, within) => () =>
      handling(within, (inside) => keeper.unpark(named(of), unparking, inside)()),
    get: (of, key) => () => calls.during(keeper.get(named(of), key)),
    page: (of, limit, after) => () => calls.during(keeper.page(named(of), limit, after)),
    liveVersion: (name) => () => calls.during(keeper.liveVersion(name + suffix)),
    makeLive: (of) => () => calls.during(keeper.makeLive(named(of))),
    drop: (of) => () => calls.during(keeper.drop(named(of))),
  }
}

/** Worlds, one after another, each with a desk in it whose keeper is a schema. */
export const desksInPostgres = (
  installed: () => Installed,
): { readonly open: OpenDesk; readonly end: () => Promise<void> } => {
  const worlds: Array<Calls> = []
  const end = async (): Promise<void> => {
    for (const calls of worlds.splice(0)) await calls.end()
  }
  return {
    open: () => {
      void end()
      const calls = callsUnderWay()
      worlds.push(calls)
      const world = virtualWorld(calls.quiet)
      return { world, desk: deskIn(world, keeperIn(installed(), world, calls)) }
    },
    end,
  }
}
