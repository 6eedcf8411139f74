/**
 * A domain: a decider together with the codecs of its commands, events, rejections and state. The codecs are the one
 * place where its names are declared; routing, storing, checking and generating all read them from there.
 * Used by: `run`, the harness, and whoever defines a domain.
 *
 * Laws (test/properties/decide/Domain.test.ts):
 * - DOM-1 names: the command, event and rejection types are those of the codecs.
 * - DOM-2 combine: a combination decides and evolves as `decider.combine` does under the names that its types stand for.
 * - DOM-3 disjoint: two parts that declare a command type or an event type in common cannot be combined.
 * @since 0.1.0
 */
import type { readerEither as RE } from 'fp-ts'
import type * as t from 'io-ts'
import { type AnyCodec, type Codec, fromIoTs, recordOf } from '../evolve/Codec.js'
import { type AnyEventCodec, type EventCodec, eventCodec, unionOfEvents } from '../evolve/EventCodec.js'
import type { FoldDefinition } from '../evolve/Fingerprint.js'
import {
  type AnyTaggedCodec,
  indexByType,
  type TaggedCodec,
  taggedCodec,
  typeOf,
  unionOf,
} from '../evolve/TaggedCodec.js'
import type { Upcasters } from '../evolve/Upcaster.js'
import type { StateOf } from '../evolve/View.js'
import { type StreamId, streamId } from '../store/StreamId.js'
import type { Tag } from '../store/Tag.js'
import {
  type AnyDecider,
  type CommandOf,
  type DecidedEventOf,
  type Decider,
  make,
  type RejectionOf,
  route,
} from './Decider.js'

/** A value with a name that goes on the wire. */
export interface Typed {
  readonly type: string
}

/** A decider that knows its codecs and the stream that each command is about. */
export interface Domain<Command, State, Event, Rejection> extends Decider<Command, State, Event, Rejection> {
  /** The category of its streams. */
  readonly name: string
  readonly command: TaggedCodec<Command>
  readonly event: EventCodec<Event>
  readonly rejection: TaggedCodec<Rejection>
  readonly state: Codec<State>
  readonly streamOf: (command: Command) => StreamId
  readonly tagsOf: (event: Event) => ReadonlyArray<Tag>
  readonly foldVersion: number
  /** Those that it is combined of; none where it is one by itself. */
  readonly parts?: Readonly<Record<string, FoldDefinition>>
}

/** What a domain is defined by. All types are inferred from the four codecs. */
export interface DomainSpec<Command, State, Event, Rejection> {
  /** The category of its streams: not empty, and without `-`. */
  readonly name: string
  readonly command: t.Type<Command, unknown>
  readonly event: t.Type<Event, unknown>
  readonly rejection: t.Type<Rejection, unknown>
  readonly state: t.Type<State, unknown>
  /** The identity that a command is about: the stream is `name-identity`. */
  readonly streamId: (command: NoInfer<Command>) => string
  /** The tags under which queries find an event; none unless given. */
  readonly tags?: (event: NoInfer<Event>) => ReadonlyArray<Tag>
  /** For event types whose shape has changed. */
  readonly upcasters?: Upcasters
  readonly initialState: NoInfer<State>
  readonly evolve: (state: NoInfer<State>, event: NoInfer<Event>) => NoInfer<State>
  readonly decide: (
    command: NoInfer<Command>,
  ) => RE.ReaderEither<NoInfer<State>, NoInfer<Rejection>, ReadonlyArray<NoInfer<Event>>>
  readonly isTerminal?: (state: NoInfer<State>) => boolean
  /**
   * To be raised when `evolve` comes to mean something else and neither the codecs nor the text of `evolve` itself
   * changed, as where only a function that it calls did; 1 unless given. Snapshots of another fold version are not used.
   */
  readonly foldVersion?: number
}

/**
 * A domain from its codecs and its two functions. A codec whose members lack a literal `type`, or a name with `-`, is
 * a programming error and throws here, when the module loads.
 * @example
 * import * as t from 'io-ts'
 * import { accept, decider, domain, reject } from 'decider-ts/decide'
 * const Door = domain({
 *   name: 'door',
 *   command: t.type({ type: t.literal('Open'), door: t.string }),
 *   event: t.type({ type: t.literal('Opened') }),
 *   rejection: t.type({ type: t.literal('AlreadyOpen') }),
 *   state: t.type({ open: t.boolean }),
 *   streamId: (command) => command.door,
 *   initialState: { open: false },
 *   evolve: () => ({ open: true }),
 *   decide: () => (state) => (state.open ? reject({ type: 'AlreadyOpen' }) : accept({ type: 'Opened' })),
 * })
 * Door.streamOf({ type: 'Open', door: 'd1' }) // => 'door-d1'
 * decider.run(Door)([{ type: 'Open', door: 'd1' }]).state // => { open: true }
 */
export const domain = <Command extends Typed, State, Event extends Typed, Rejection extends Typed>(
  spec: DomainSpec<Command, State, Event, Rejection>,
): Domain<Command, State, Event, Rejection> => {
  if (spec.name === '' || spec.name.includes('-')) {
    throw new TypeError(
      `A domain's name is the category of its streams: '${spec.name}' is empty or contains '-'.`,
    )
  }
  const { initialState, evolve, decide, isTerminal } = spec
  return {
    ...make({ initialState, evolve, decide, ...(isTerminal && { isTerminal }) }),
    name: spec.name,
    command: taggedCodec(spec.command),
    event: eventCodec(taggedCodec(spec.event), spec.upcasters),
    rejection: taggedCodec(spec.rejection),
    state: fromIoTs(spec.state),
    streamOf: (command) => streamId(spec.name, spec.streamId(command)),
    tagsOf: spec.tags ?? (() => []),
    foldVersion: spec.foldVersion ?? 1,
  }
}

/** The least that is known of any domain; for inference. */
export interface AnyDomain extends AnyDecider {
  readonly name: string
  readonly command: AnyTaggedCodec
  readonly event: AnyEventCodec
  readonly rejection: AnyTaggedCodec
  readonly state: AnyCodec
  readonly streamOf: (command: never) => StreamId
  readonly tagsOf: (event: never) => ReadonlyArray<Tag>
  readonly foldVersion: number
  readonly parts?: Readonly<Record<string, FoldDefinition>>
}

type TypeOf<Value> = Value extends Typed ? Value['type'] : never

/** A part whose commands or events another part declares too becomes a sentence, which no domain fits. */
export type Disjoint<Parts> = {
  readonly [Name in keyof Parts]: Shared<Parts, Name> extends never
    ? Parts[Name]
    : `'${Shared<Parts, Name>}' is declared by more than one part, so it cannot be routed`
}

type Shared<Parts, Name extends keyof Parts> =
  | (TypeOf<CommandOf<Parts[Name]>> & TypeOf<CommandOf<Parts[Exclude<keyof Parts, Name>]>>)
  | (TypeOf<DecidedEventOf<Parts[Name]>> & TypeOf<DecidedEventOf<Parts[Exclude<keyof Parts, Name>]>>)

/** A combination of domains. */
export type Combined<Parts> = Domain<
  CommandOf<Parts[keyof Parts]>,
  { readonly [Name in keyof Parts]: StateOf<Parts[Name]> },
  DecidedEventOf<Parts[keyof Parts]>,
  RejectionOf<Parts[keyof Parts]>
>

/**
 * Several domains as one: commands and events find their part by their type, and each command goes to the stream of its
 * own part. A type that two parts declare does not compile, and throws where types were not checked.
 * @example
 * import * as t from 'io-ts'
 * import { accept, combine, decider, domain } from 'decider-ts/decide'
 * const lamp = <const Name extends string>(name: Name) =>
 *   domain({
 *     name,
 *     command: t.type({ type: t.literal(`Light${name}`) }),
 *     event: t.type({ type: t.literal(`Lit${name}`) }),
 *     rejection: t.type({ type: t.literal('Broken') }),
 *     state: t.boolean,
 *     streamId: () => 'one',
 *     initialState: false,
 *     evolve: () => true,
 *     decide: () => () => accept({ type: `Lit${name}` }),
 *   })
 * const house = combine({ hall: lamp('Hall'), attic: lamp('Attic') })
 * decider.run(house)([{ type: 'LightAttic' }]).state // => { hall: false, attic: true }
 */
export function combine<const Parts extends Readonly<Record<string, AnyDomain>>>(
  parts: Parts & Disjoint<Parts>,
): Combined<Parts>
export function combine(parts: Readonly<Record<string, AnyDomain>>): AnyDomain {
  const domains = Object.entries(parts).map(([name, part]) => ({ name, part }))
  const owner = (typesOf: (part: AnyDomain) => ReadonlyArray<string>) => {
    const byType = indexByType(domains.map(({ name, part }) => ({ name, part, types: typesOf(part) })))
    return (value: unknown) => {
      const found = byType.get(typeOf(value))
      if (found === undefined)
        throw new TypeError(`No part of this combination declares the type '${typeOf(value)}'.`)
      return found
    }
  }
  const ownerOfCommand = owner((part) => part.command.types)
  const ownerOfEvent = owner((part) => part.event.tagged.types)
  return {
    ...route(parts, {
      command: (command: unknown) => [ownerOfCommand(command).name, command],
      event: (event: unknown) => [ownerOfEvent(event).name, event],
      named: (_, event) => event as never,
    }),
    name: domains.map(({ part }) => part.name).join('+'),
    command: unionOf(domains.map(({ part }) => part.command)),
    event: unionOfEvents(domains.map(({ part }) => part.event)),
    rejection: unionOf(domains.map(({ part }) => part.rejection)),
    state: recordOf(
      Object.fromEntries(domains.map(({ name, part }) => [name, part.state as Codec<unknown>])),
    ),
    streamOf: (command: unknown) => ownerOfCommand(command).part.streamOf(command as never),
    tagsOf: (event: unknown) => ownerOfEvent(event).part.tagsOf(event as never),
    foldVersion: 1,
    parts,
  }
}
