/**
 * The published suite of runners, on the real one: a keeper that outlives the process, in memory or in PostgreSQL, a log
 * that gives each batch as often as it is delivered, and a process that is stopped at any call.
 */
import { memoryReadModels, memoryStore } from 'decider-ts/adapters/memory'
import { postgresReadModels } from 'decider-ts/adapters/postgres'
import { type LogEntry, type OpenRunner, processRunnerSuite, type StopPoint } from 'decider-ts/harness'
import {
  type FeedPage,
  type FollowedStore,
  type ProcessKeeper,
  processDefinition,
  type RunProcessManagerOptions,
  runProcessManager,
} from 'decider-ts/run'
import { type GlobalPosition, type RecordedEvent, timestamp, version } from 'decider-ts/store'
import { either as E, option as O, taskEither as TE } from 'fp-ts'
import * as t from 'io-ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Installed, install } from '../../adapters/postgres/support.js'
import { failuresOf } from '../../harness/zoo/Failures.js'
import { Command, Event, type Owed, shipping } from '../../harness/zoo/Processes.js'
import { realWorld } from './RealWorld.js'
import { type VirtualWorld, virtualWorld } from './VirtualWorld.js'

const key = 'only'
const EventCodec = t.union([
  t.strict({ type: t.literal('Paid'), order: Event.type.props.order }),
  t.strict({ type: t.literal('Shipped'), order: Event.type.props.order }),
  t.strict({ type: t.literal('Thanked'), order: Event.type.props.order }),
  t.strict({ type: t.literal('Closed'), order: Event.type.props.order }),
])
const State = t.type({ owed: t.array(Command), isClosed: t.boolean })

const recordedFrom = ({ id, position, stream, event }: LogEntry<Event>): RecordedEvent => ({
  id,
  stream,
  version: version(Number(position)),
  position,
  type: event.type,
  schemaVersion: 1,
  tags: [],
  data: { order: event.order },
  metadata: {},
  recordedAt: timestamp(0),
})

/** A log that gives a batch, wherever it is asked to begin, and then nothing. */
const storeOf = (batch: ReadonlyArray<LogEntry<Event>>): FollowedStore => {
  let isGiven = false
  const page = (after: GlobalPosition): FeedPage => {
    const events = isGiven ? [] : batch.map(recordedFrom)
    isGiven = true
    const last = batch.at(-1)?.position ?? after
    return { events, upTo: last > after ? last : after, beyond: 'nothing' }
  }
  const store = memoryStore()
  return { ...store, feed: { ...store.feed, page: (_query, after) => TE.fromIO(() => page(after)) } }
}

type Keeper = ProcessKeeper<never>
type Options = RunProcessManagerOptions<Command, never>
type Change = (keeper: Keeper) => Keeper

/** A world, and a keeper in it that has seen nothing. */
type Open = () => { readonly world: VirtualWorld; readonly keeper: Keeper }

const inMemory: Open = () => {
  const world = virtualWorld()
  return {
    world,
    keeper: memoryReadModels({ now: world.now, partitions: 2 }) as ProcessKeeper<unknown> as Keeper,
  }
}

/** A process that is stopped at a point does nothing any more, and whoever waits for it is told. */
const mortal = (point: StopPoint) => {
  let tell: (error: unknown) => void = () => {}
  const died = new Promise<never>((_, reject) => {
    tell = reject
  })
  let isDead = false
  const never = new Promise<never>(() => {})
  const at =
    <Failure, A>(label: string, call: TE.TaskEither<Failure, A>): TE.TaskEither<Failure, A> =>
    async () => {
      if (isDead) return never
      try {
        await point(`before ${label}`)
        const answer = await call()
        await point(`after ${label}`)
        return answer
      } catch (stopped) {
        isDead = true
        tell(stopped)
        return never
      }
    }
  const through = (keeper: Keeper): Keeper => ({
    ...keeper,
    load: (of, keys) => at('loading', keeper.load(of, keys)),
    commit: (of, commit) => at('committing', keeper.commit(of, commit)),
    due: (of, owner, limit) => at('looking', keeper.due(of, owner, limit)),
    settle: (of, settled) => at('settling', keeper.settle(of, settled)),
  })
  return { at, through, died, isDead: () => isDead }
}

let samples = 0

const nextVersion = (): number => {
  samples += 1
  return samples
}

const processOf = (manager: typeof shipping) =>
  processDefinition({
    name: 'shipping',
    // Ids hold the name, and each sample is kept apart from the others.
    version: nextVersion(),
    event: EventCodec,
    command: Command,
    state: State,
    key: () => key,
    manager: manager as never,
  })

const opening =
  (open: Open, change: Change) =>
  async (manager: typeof shipping, point: StopPoint): Promise<OpenRunner<Event, Owed, Command>> => {
    const { world, keeper: right } = open()
    const keeper = change(right)
    const process = processOf(manager)
    const effects: Array<{ readonly id: string; readonly command: Command }> = []
    const placeOf = async () => {
      const place = await keeper.place(process)()
      return E.isRight(place) ? place.right : never()
    }
    const deliver = async (batch: ReadonlyArray<LogEntry<Event>>): Promise<void> => {
      const life = mortal(point)
      const dispatch: Options['dispatch'] = (command, { commandId: id }) =>
        life.at(
          'sending',
          TE.fromIO(() => effects.push({ id, command })),
        )
      const running = runProcessManager(storeOf(batch), life.through(keeper), process, {
        owner: 'me',
        environment: environmentIn(world),
        dispatch,
      })
      const work = async (): Promise<void> => {
        let isDone = false
        const look = async (): Promise<void> => {
          const [place, owed] = [await placeOf(), await keeper.owed(process)()]
          const last = batch.at(-1)?.position ?? place
          isDone = place >= last && E.isRight(owed) && owed.right.length === 0
        }
        await world.passUntil(() => {
          void look()
          return isDone || life.isDead()
        })
        if (life.isDead()) return
        let isOver = false
        void running.stop().then(() => {
          isOver = true
        })
        await world.passUntil(() => isOver || life.isDead())
      }
      await Promise.race([work().then(() => (life.isDead() ? life.died : undefined)), life.died])
    }
    return {
      deliver,
      crash: async () => {
        await deliver([])
        return placeOf()
      },
      effects: async () => effects,
      state: async () => {
        const entry = await keeper.get(process, key)()
        if (E.isLeft(entry) || O.isNone(entry.right)) return manager.initialState
        const state = process.state.decode(entry.right.value.state)
        return E.isRight(state) ? state.right : never()
      },
      close: async () => {},
    }
  }

const never = (): never => {
  throw new Error('The memory fails.')
}

const environmentIn = (world: VirtualWorld) => ({
  newEventId: never,
  now: world.now,
  sleep: (milliseconds: number) => () => world.sleep(milliseconds),
  random: () => 0.5,
})

const checksOf = (open: Open = inMemory, runs = 60, change: Change = (keeper) => keeper) =>
  processRunnerSuite<Event, Owed, Command>({
    name: 'at work',
    manager: shipping,
    open: opening(open, change),
    event: Event,
    eventsMax: 6,
    runs,
  })

let installed: Installed

beforeAll(async () => {
  installed = await install({ max: 8 })
})

afterAll(() => installed.end())

const inPostgres: Open = () => {
  const { sql, schema } = installed
  const keeper = postgresReadModels(sql, { schema, partitions: 2 })
  return { world: realWorld(), keeper: keeper as ProcessKeeper<unknown> as Keeper }
}

describe('the suite of runners', () => {
  test('passes on a process manager at work', async () => {
    expect(await failuresOf(checksOf())).toEqual([])
  })

  test('passes on one whose processes are kept in PostgreSQL', async () => {
    expect(await failuresOf(checksOf(inPostgres, 8))).toEqual([])
  })

  test('finds out one whose commands are not in its commits', async () => {
    const forgetful: Change = (keeper) => {
      let owed: ReadonlyArray<never> = []
      return {
        ...keeper,
        // What is owed is remembered until the next look, and by nobody else.
        commit:
          (of, { owing, ...commit }) =>
          async () => {
            const answer = await keeper.commit(of, commit)()
            owed = [...owed, ...((owing?.commands ?? []) as ReadonlyArray<never>)]
            return answer
          },
        due: () =>
          TE.fromIO(() => {
            const [due, rest] = [owed.slice(0, 1), owed.slice(1)]
            owed = rest
            return due
          }),
      }
    }
    const failures = await failuresOf(checksOf(inMemory, 60, forgetful))
    expect(failures.map(({ law }) => law)).toContain('process.crash')
  })
})
