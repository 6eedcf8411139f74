/**
 * Keepers in PostgreSQL, in a world whose time is a number: the functions of a schema are made anew with a clock that can
 * be turned, and are otherwise what they are. So what is asked of runners in memory can be asked of them here, with
 * sessions, locks and transactions in place of turns of the event loop.
 */
import type { MemoryTransaction } from 'decider-ts/adapters/memory'
import { postgresReadModels } from 'decider-ts/adapters/postgres'
import type { ProcessKeeper, Within } from 'decider-ts/run'
import { either as E, type taskEither as TE } from 'fp-ts'
import type { TransactionSql } from 'postgres'
import { deskIn, type OpenDesk, partitions } from '../../properties/run/Notes.js'
import { type OpenShop, shopIn } from '../../properties/run/Orders.js'
import { type VirtualWorld, virtualWorld } from '../../properties/run/VirtualWorld.js'
import { type Installed, sleep } from './support.js'

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

/** Gives the functions of a schema another clock: a sequence, since those are seen at once and by everybody. */
export const installClock = async ({ sql, schema }: Installed): Promise<void> => {
  await sql.unsafe(`
    create sequence "${schema}".world_clock minvalue 0 start 0;
    create function "${schema}".world_now() returns timestamptz language sql volatile as
      $$ select 'epoch'::timestamptz + last_value * interval '1 microsecond' from "${schema}".world_clock $$`)
  const found = await sql.unsafe(
    `select pg_get_functiondef(p.oid) as definition
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = $1 and p.prosrc like '%clock_timestamp()%' and p.prosrc like '%read_model%'`,
    [schema],
  )
  if (found.length < 3) throw new Error('The functions that look at the clock were not found.')
  for (const { definition } of found)
    await sql.unsafe(definition.replaceAll('clock_timestamp()', `"${schema}".world_now()`))
}

let nth = 0

/** A keeper of its own, in a schema that several share: its read models have names that no other has. */
const keeperIn = (
  { sql, schema }: Installed,
  world: VirtualWorld,
  { during }: Calls,
): ProcessKeeper<MemoryTransaction> => {
  const keeper = postgresReadModels(sql, { schema, partitions })
  const suffix = ` of sample ${nth++}`
  const named = <Of extends { readonly name: string }>(of: Of): Of => ({ ...of, name: of.name + suffix })
  let told = Number.NaN
  const tellTime = async (): Promise<void> => {
    const now = world.now()
    if (now === told) return
    await sql.unsafe(`select setval('"${schema}".world_clock', $1)`, [Math.round(now * 1_000)])
    told = now
  }
  const asked =
    <Failure, A>(call: TE.TaskEither<Failure, A>): TE.TaskEither<Failure, A> =>
    () =>
      during(async () => {
        await tellTime()
        return call()
      })

  /** A handler writes as it does in memory: what it asks for is done when the transaction is. */
  const handling = async <Failure, A>(
    within: Within<MemoryTransaction> | undefined,
    call: (within?: Within<TransactionSql>) => Promise<E.Either<Failure, A>>,
  ): Promise<E.Either<Failure, A>> => {
    if (within === undefined) return asked(() => call())()
    let changes: Array<() => void> = []
    const answer = await during(async (outside) => {
      await tellTime()
      return call((_, isLive) => {
        changes = []
        return outside(() => within({ write: (change) => void changes.push(change) }, isLive))
      })
    })
    if (E.isRight(answer) && answer.right !== false) for (const change of changes) change()
    return answer
  }
  return {
    partitions,
    partitionOf: keeper.partitionOf,
    lease: (of, owner, leaseMs) => asked(keeper.lease(named(of), owner, leaseMs)),
    release: (of, owner) => asked(keeper.release(named(of), owner)),
    load: (of, keys) => asked(keeper.load(named(of), keys)),
    commit: (of, commit, within) => () =>
      handling(within, (inside) => keeper.commit(named(of), commit, inside)()),
    place: (of) => asked(keeper.place(named(of))),
    parked: (of) => asked(keeper.parked(named(of))),
    parkedEvents: (of, key) => asked(keeper.parkedEvents(named(of), key)),
    unpark: (of, unparking, within) => () =>
      handling(within, (inside) => keeper.unpark(named(of), unparking, inside)()),
    get: (of, key) => asked(keeper.get(named(of), key)),
    page: (of, limit, after) => asked(keeper.page(named(of), limit, after)),
    liveVersion: (name) => asked(keeper.liveVersion(name + suffix)),
    makeLive: (of) => asked(keeper.makeLive(named(of))),
    drop: (of) => asked(keeper.drop(named(of))),
    due: (of, owner, limit) => asked(keeper.due(named(of), owner, limit)),
    settle: (of, settled) => asked(keeper.settle(named(of), settled)),
    nextDueAt: (of) => asked(keeper.nextDueAt(named(of))),
    owed: (of) => asked(keeper.owed(named(of))),
    refused: (of) => asked(keeper.refused(named(of))),
    resend: (of, ids) => asked(keeper.resend(named(of), ids)),
  }
}

/** Worlds, one after another, each with a keeper in a schema. */
export const worldsInPostgres = (
  installed: () => Installed,
): { readonly openDesk: OpenDesk; readonly openShop: OpenShop; readonly end: () => Promise<void> } => {
  const worlds: Array<Calls> = []
  const end = async (): Promise<void> => {
    for (const calls of worlds.splice(0)) await calls.end()
  }
  const open = () => {
    void end()
    const calls = callsUnderWay()
    worlds.push(calls)
    const world = virtualWorld(calls.quiet)
    return { world, keeper: keeperIn(installed(), world, calls) }
  }
  return {
    openDesk: () => {
      const { world, keeper } = open()
      return { world, desk: deskIn(world, keeper) }
    },
    openShop: () => {
      const { world, keeper } = open()
      return { world, shop: shopIn(world, keeper) }
    },
    end,
  }
}
