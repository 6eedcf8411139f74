/** Outboxes that are wrong in one respect, each with the name of the case that finds it out. */
import type { MemoryReadModels, MemoryTransaction } from 'decider-ts/adapters/memory'
import type { OpenedOutbox } from 'decider-ts/harness'
import type { Lease, OwedCommand, Owing, RefusedCommand, Settled } from 'decider-ts/run'
import { globalPosition, timestamp } from 'decider-ts/store'
import { either as E, taskEither as TE } from 'fp-ts'
import type { Wrong } from '../FindsOut.js'
import { wrongKeeper } from './Keeper.js'

type Keeper = MemoryReadModels

/** What is owed, changed before it is written. */
const owingAs =
  (change: (owing: Owing) => Owing) =>
  (right: Keeper): Partial<Keeper> => ({
    commit: (of, commit, within) =>
      right.commit(of, commit.owing ? { ...commit, owing: change(commit.owing) } : commit, within),
  })

const owingCommandsAs = (change: (command: OwedCommand) => OwedCommand) =>
  owingAs(({ commands, cancelled }) => ({ commands: commands.map(change), cancelled }))

/** What is settled, changed. */
const settlingAs =
  (change: (settled: Settled) => Settled) =>
  (right: Keeper): Partial<Keeper> => ({
    settle: (of, settled) => right.settle(of, settled.map(change)),
  })

type Commands = ReadonlyArray<OwedCommand>

/** Every command that is due by itself, whatever is before it. */
const dueBySelf = (right: Keeper, of: { readonly name: string; readonly version: number }, now: number) =>
  TE.map((owed: Commands) => owed.filter(({ dueAt }) => dueAt === undefined || dueAt <= now))(right.owed(of))

const ofOwner = (right: Keeper, owner: string, leases: ReadonlyArray<Lease>) => (commands: Commands) =>
  owner === 'a'
    ? commands.filter(({ key }) => leases.some(({ partition }) => partition === right.partitionOf(key)))
    : []

export const wrongOutboxes: ReadonlyArray<Wrong<OpenedOutbox<MemoryTransaction>>> = [
  wrongKeeper(
    'the sign of -0 is lost',
    'owing: commands are found',
    owingCommandsAs((one) => ({ ...one, command: JSON.parse(JSON.stringify(one.command)) })),
  ),
  wrongKeeper(
    'a conversation that has no name is none',
    'owing: commands are found',
    owingCommandsAs(({ correlationId, ...one }) => ({
      ...one,
      ...(correlationId !== undefined && correlationId !== '' && { correlationId }),
    })),
  ),
  wrongKeeper('what is owed is what the writer holds', 'owing: what was written', (right) => {
    const held = new Map<string, OwedCommand>()
    return {
      commit: (of, commit, within) => {
        for (const command of commit.owing?.commands ?? []) held.set(command.id, command)
        return right.commit(of, commit, within)
      },
      owed: (of) => TE.map((owed: Commands) => owed.map((one) => held.get(one.id) ?? one))(right.owed(of)),
    }
  }),
  wrongKeeper(
    'what is owed is written, whoever holds the lease',
    'owing: a commit that is refused',
    (right) => {
      let last: { readonly owner: string; readonly leases: ReadonlyArray<Lease> } | undefined
      return {
        lease: (of, owner, leaseMs) => async () => {
          const leases = await right.lease(of, owner, leaseMs)()
          if (E.isRight(leases) && leases.right.length > 0) last = { owner, leases: leases.right }
          return leases
        },
        commit: (of, commit, within) => async () => {
          const answer = await right.commit(of, commit, within)()
          if (E.isRight(answer) || last === undefined || commit.owing === undefined) return answer
          const moves = last.leases.map((lease) => ({ ...lease, to: lease.upTo }))
          const { owing } = commit
          await right.commit(of, { owner: last.owner, moves, entries: [], parked: [], owing })()
          return answer
        },
      }
    },
  ),
  wrongKeeper('what is owed is written before the handler', 'owing: a commit that is refused', (right) => ({
    commit: (of, commit, within) => async () => {
      const { owing, ...rest } = commit
      const moves = commit.moves.map((move) => ({ ...move, to: move.upTo }))
      const first = { owner: commit.owner, moves, entries: [], parked: [], ...(owing && { owing }) }
      const answer = await right.commit(of, first)()
      return E.isLeft(answer) ? answer : right.commit(of, rest, within)()
    },
  })),
  wrongKeeper('what cannot be kept is left out in silence', 'owing: what cannot be kept', (right) => ({
    commit: (of, commit, within) => {
      const moved = new Set(commit.moves.map(({ partition }) => partition))
      const isMoved = ({ key }: { readonly key: string }): boolean => moved.has(right.partitionOf(key))
      const { commands, cancelled } = commit.owing ?? { commands: [], cancelled: [] }
      const owing = { commands: commands.filter(isMoved), cancelled: cancelled.filter(isMoved) }
      return right.commit(of, { ...commit, owing }, within)
    },
  })),
  wrongKeeper(
    'one that is owed again takes the place of the first',
    'owing: one id is owed once',
    (right) => ({
      commit: (of, commit, within) => {
        const settled = (commit.owing?.commands ?? []).map(({ id }) => ({ id }))
        return TE.chainW(() => right.commit(of, commit, within))(right.settle(of, settled))
      },
    }),
  ),
  wrongKeeper('what ends a parking owes nothing', 'owing: what ends the parking', (right) => ({
    unpark: (of, unparking, within) => {
      const { commands, cancelled } = unparking.owing ?? { commands: [], cancelled: [] }
      const owing = { commands: commands.filter(({ key }) => key !== unparking.key), cancelled }
      return right.unpark(of, { ...unparking, owing }, within)
    },
  })),
  wrongKeeper('what a dropped read model owes is kept', 'owing: what a dropped', (right) => {
    let kept: Commands = []
    return {
      drop: (of) => async () => {
        const owed = await right.owed(of)()
        kept = E.isRight(owed) ? owed.right : []
        return right.drop(of)()
      },
      owed: (of) =>
        TE.map((owed: Commands) => (of.version === 1 ? [...kept, ...owed] : owed))(right.owed(of)),
    }
  }),
  wrongKeeper('of two settlings at once one counts', 'owing: commits and settlings at once', (right) => {
    let isSettling = false
    return {
      settle: (of, settled) => async () => {
        if (isSettling) return E.right(undefined)
        isSettling = true
        await Promise.resolve()
        isSettling = false
        return right.settle(of, settled)()
      },
    }
  }),
  wrongKeeper('all commands of a key are due at once', 'due: the commands of a key', (right, now) => ({
    due: (of) => dueBySelf(right, of, now()),
  })),
  wrongKeeper(
    'the order is that of the texts of positions',
    'due: the commands of a key',
    owingCommandsAs((one) => ({
      ...one,
      position: globalPosition(BigInt(String(one.position).padEnd(6, '0'))),
    })),
  ),
  wrongKeeper('the limit is forgotten', 'due: the first ones', (right) => ({
    due: (of, owner) => right.due(of, owner, 1_000),
  })),
  wrongKeeper('what is due is due to everybody', 'due: to who holds', (right) => ({
    due: (of, _, limit) => async () => {
      const [a, b] = [await right.due(of, 'a', 1_000)(), await right.due(of, 'b', 1_000)()]
      return E.isRight(a) && E.isRight(b) ? E.right([...a.right, ...b.right].slice(0, limit)) : a
    },
  })),
  wrongKeeper('who is late sends on', 'due: to who holds', (right, now) => {
    let leases: ReadonlyArray<Lease> = []
    return {
      lease: (of, owner, leaseMs) => async () => {
        const answer = await right.lease(of, owner, leaseMs)()
        if (E.isRight(answer) && owner === 'a') leases = answer.right
        return answer
      },
      due: (of, owner, limit) =>
        owner === 'a' && now() > 1_000
          ? TE.map(ofOwner(right, owner, leases))(dueBySelf(right, of, now()))
          : right.due(of, owner, limit),
    }
  }),
  wrongKeeper('what was given out is not due again', 'due: what is due stays', (right) => {
    const given = new Set<string>()
    return {
      due: (of, owner, limit) => async () => {
        const due = await right.due(of, owner, limit)()
        if (E.isLeft(due)) return due
        const fresh = due.right.filter(({ id }) => !given.has(id))
        for (const { id } of fresh) given.add(id)
        return E.right(fresh)
      },
    }
  }),
  wrongKeeper(
    'one that is stuck holds up nothing',
    'stuck: one that is stuck',
    settlingAs(({ isStuck: _, ...one }) => one),
  ),
  wrongKeeper('one that is stuck holds up everything', 'stuck: one that is stuck', (right) => ({
    due: (of, owner, limit) => async () => {
      const refused = await right.refused(of)()
      const isHeldUp = E.isRight(refused) && refused.right.some(({ isStuck }) => isStuck)
      return isHeldUp ? E.right([]) : right.due(of, owner, limit)()
    },
  })),
  wrongKeeper(
    'a rejection holds up its key',
    'settle: one that was rejected',
    settlingAs((one) => (one.refusal === undefined ? one : { ...one, isStuck: true })),
  ),
  wrongKeeper(
    'what was rejected is forgotten',
    'settle: each is settled',
    settlingAs(({ id, isStuck, refusal }) =>
      isStuck === true && refusal !== undefined ? { id, refusal, isStuck } : { id },
    ),
  ),
  wrongKeeper('one that is not there stops the others', 'settle: each is settled', (right) => ({
    settle: (of, settled) => async () => {
      const [owed, refused] = [await right.owed(of)(), await right.refused(of)()]
      const known = new Set(
        [owed, refused].flatMap((all) => (E.isRight(all) ? all.right : [])).map(({ id }) => id),
      )
      const until = settled.findIndex(({ id }) => !known.has(id))
      return right.settle(of, until < 0 ? settled : settled.slice(0, until))()
    },
  })),
  wrongKeeper('sent again is everything', 'resend: a command', (right) => ({
    resend: (of) => async () => {
      const refused = await right.refused(of)()
      return right.resend(of, E.isRight(refused) ? refused.right.map(({ id }) => id) : [])()
    },
  })),
  wrongKeeper('a timer is due an hour early', 'timers: one is due', (right) => ({
    ...owingCommandsAs(({ dueAt, ...one }) => ({
      ...one,
      ...(dueAt !== undefined && { dueAt: timestamp(dueAt - 3_600_000) }),
    }))(right),
  })),
  wrongKeeper('a timer that is not due holds up its key', 'timers: one is due', (right, now) => ({
    due: (of, owner, limit) => async () => {
      const [owed, due] = [await right.owed(of)(), await right.due(of, owner, limit)()]
      if (E.isLeft(owed) || E.isLeft(due)) return due
      const waits = owed.right.filter(({ dueAt }) => dueAt !== undefined && dueAt > now())
      return E.right(
        due.right.filter(
          (one) => !waits.some(({ key, position }) => key === one.key && position < one.position),
        ),
      )
    },
  })),
  wrongKeeper('the next time may be over', 'timers: the next one', (right) => ({
    nextDueAt: (of) =>
      TE.map((owed: Commands) => owed.flatMap(({ dueAt }) => dueAt ?? []).sort((a, b) => a - b)[0])(
        right.owed(of),
      ),
  })),
  wrongKeeper('the next time is that of one that was refused', 'timers: the next one', (right, now) => ({
    nextDueAt: (of) => async () => {
      const [owed, refused] = [await right.owed(of)(), await right.refused(of)()]
      const all = [owed, refused].flatMap((some): Commands => (E.isRight(some) ? some.right : []))
      const times = all.flatMap(({ dueAt }) => (dueAt !== undefined && dueAt > now() ? [dueAt] : []))
      return E.right(times.sort((a, b) => a - b)[0])
    },
  })),
  wrongKeeper('a timer is taken back whenever somebody asks', 'timers: taken back', (right) => ({
    ...owingAs(({ commands, cancelled }) => ({
      commands,
      cancelled: cancelled.map((one) => ({ ...one, at: timestamp(-1e14) })),
    }))(right),
  })),
  wrongKeeper('a timer that is due by the clock stays', 'timers: taken back', (right, now) => ({
    ...owingAs(({ commands, cancelled }) => ({
      commands,
      cancelled: cancelled.map((one) => ({ ...one, at: timestamp(Math.max(one.at, now())) })),
    }))(right),
  })),
  wrongKeeper('a timer is taken back for every key', 'timers: what is taken back', (right) => ({
    commit: (of, commit, within) => async () => {
      const owed = await right.owed(of)()
      const timers = E.isRight(owed) ? owed.right : []
      const { commands, cancelled } = commit.owing ?? { commands: [], cancelled: [] }
      const more = timers.flatMap(({ key }) => cancelled.map((one) => ({ ...one, key })))
      return right.commit(
        of,
        { ...commit, owing: { commands, cancelled: [...cancelled, ...more] } },
        within,
      )()
    },
  })),
  wrongKeeper('what is taken back is taken back last', 'timers: one that is set again', (right) => ({
    commit: (of, commit, within) =>
      right.commit(
        of,
        {
          ...commit,
          ...(commit.owing && {
            owing: {
              ...commit.owing,
              commands: commit.owing.commands.filter(
                ({ key, timer }) =>
                  !commit.owing?.cancelled.some((one) => one.key === key && one.timer === timer),
              ),
            },
          }),
        },
        within,
      ),
  })),
  wrongKeeper('a refused command is taken back like any other', 'model: whatever happens', (right) => ({
    commit: (of, commit, within) => async () => {
      const refused = await right.refused(of)()
      const all: ReadonlyArray<RefusedCommand> = E.isRight(refused) ? refused.right : []
      const gone = all.filter(({ key, timer }) =>
        commit.owing?.cancelled.some((one) => one.key === key && one.timer === timer),
      )
      await right.settle(
        of,
        gone.map(({ id }) => ({ id })),
      )()
      return right.commit(of, commit, within)()
    },
  })),
]
