/**
 * A service as a value: what can be asked of it, what others may read, which read models it keeps of which feeds, and how
 * it reacts to what it reads. It is made from ports, and none of it knows how it is run: step by step in a test, or by
 * the library's runners in a process of its own.
 */
import type {
  CommandContext,
  Feed,
  FollowedStore,
  HandleError,
  ProcessManager,
  Projection,
  ReadModelError,
  ReadModels,
} from 'decider-ts'
import { either as E, taskEither as TE } from 'fp-ts'
import type * as t from 'io-ts'
import type { ContractTypes } from './Publication.js'

/** What a service needs of the world. `Neighbours` are the names of the services that it reads. */
export interface Ports<Neighbours extends string = never> {
  readonly store: FollowedStore
  /** Its own read models, as far as it looks at them itself. */
  readonly readModels: Pick<ReadModels, 'get' | 'page'>
  /** What the neighbours publish. */
  readonly feeds: Readonly<Record<Neighbours, Feed>>
}

/** What asking can fail with: a rule says no, it is no command, or the store cannot answer. */
export type AskError = HandleError<{ readonly type: string }>

/** The events that a command led to. */
export type Answer = TE.TaskEither<AskError, ReadonlyArray<{ readonly type: string }>>

export type Ask = (input: unknown, context?: CommandContext) => Answer

export interface Service {
  readonly name: string
  readonly store: FollowedStore
  /** The public names of what others may read, and the events under these names. */
  readonly contract: ContractTypes
  readonly published: Feed
  /** Commands, as they come in from outside. What only news may lead to is none. */
  readonly ask: Ask
  readonly projections: ReadonlyArray<Kept>
  readonly reactions: ReadonlyArray<Reacting>
}

/** Only the events of what a handled command is answered with. */
export const eventsOf: <Failure, Event>(
  answer: TE.TaskEither<Failure, { readonly events: ReadonlyArray<Event> }>,
) => TE.TaskEither<Failure, ReadonlyArray<Event>> = TE.map(({ events }) => events)

/** Nobody may tell from outside what a service is to know from the news. */
export const exceptNews =
  (types: ReadonlyArray<string>, ask: Ask): Ask =>
  (input, context) =>
    isTyped(input) && types.includes(input.type)
      ? TE.left({
          _tag: 'UndecodableCommand',
          path: 'type',
          reason: `is '${input.type}', which nobody asks for`,
        })
      : ask(input, context)

const isTyped = (input: unknown): input is { readonly type: string } =>
  typeof input === 'object' && input !== null && 'type' in input && typeof input.type === 'string'

const pageSize = 1_000

/** All entries of a read model. One that does not fit its codec was written by another version, and that is a bug. */
export const entriesOf =
  <State, Event>(
    readModels: Pick<ReadModels, 'page'>,
    { name, version, state }: Projection<State, Event>,
  ): TE.TaskEither<ReadModelError, ReadonlyMap<string, State>> =>
  async () => {
    const entries = new Map<string, State>()
    for (let after: string | undefined; ; ) {
      const page = await readModels.page({ name, version }, pageSize, after)()
      if (E.isLeft(page)) return page
      for (const { key, state: stored } of page.right) {
        const decoded = state.decode(stored)
        if (E.isLeft(decoded)) throw new TypeError(`Entry '${key}' of '${name}' ${decoded.left.reason}.`)
        entries.set(key, decoded.right)
      }
      after = page.right.at(-1)?.key
      if (page.right.length < pageSize) return E.right(entries)
    }
  }

/** A projection with the feed that it reads. Its types are known inside only, so that a list can have several. */
export interface Kept {
  readonly name: string
  readonly feed: Feed
  readonly by: <A>(use: <State, Event>(projection: Projection<State, Event>) => A) => A
}

export const kept = <State, Event>(feed: Feed, projection: Projection<State, Event>): Kept => ({
  name: projection.name,
  feed,
  by: (use) => use(projection),
})

/** How a process manager is kept: what it reads, under which key, and in which form its state and its commands are. */
export interface Process<Event extends { readonly type: string }, State, Command> {
  readonly name: string
  readonly event: t.Type<Event, unknown>
  readonly state: t.Type<State, unknown>
  readonly command: t.Type<Command, unknown>
  readonly keyOf: (event: Event) => string
  readonly manager: ProcessManager<Event, State, Command>
}

/** A process manager with the feed that it reads, and where its commands go. */
export interface Reacting {
  readonly name: string
  readonly feed: Feed
  readonly obey: Ask
  readonly by: <A>(
    use: <Event extends { readonly type: string }, State, Command>(
      process: Process<Event, State, Command>,
    ) => A,
  ) => A
}

export const reacting = <Event extends { readonly type: string }, State, Command>(
  feed: Feed,
  process: Process<Event, State, Command>,
  obey: Ask,
): Reacting => ({ name: process.name, feed, obey, by: (use) => use(process) })
