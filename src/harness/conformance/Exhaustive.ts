/**
 * The small scope of a store: every sequence of a few operations, each answer compared with that of the `Journal`, and
 * every order of the steps of two writers, under each mishap. Where the properties of the conformance suite choose long
 * samples by chance, these cases leave nothing out, so what they accept is right for all sequences and orders of that size.
 * Used by: adapters, ours and anyone's, in their tests.
 * @since 0.1.0
 */
import { anyOf } from '../../store/Query.js'
import type { StreamId } from '../../store/StreamId.js'
import { type Tag, tag } from '../../store/Tag.js'
import { type Case, type ConformanceOptions, forAnyStore, forQueries, type Opened, runCase } from './Case.js'
import type { Belief, Command, Draft } from './Commands.js'
import { newRun, perform, type Run } from './Model.js'
import { count, streamNamed } from './Samples.js'
import { type SceneOf, seatsOfStream, seatsUnderTag, streamsInPairs, twoEventsEach } from './Scenes.js'
import { underEverySchedule } from './Schedules.js'
import { type ConformanceCase, usualSettings } from './Suite.js'
import type { Mishaps } from './Writers.js'

/** How far the exhaustive cases go. */
export interface ExhaustiveOptions extends ConformanceOptions {
  /** The most operations of a sequence; 3 unless given. There are as many sequences as 10 to this power. */
  readonly depth?: number
}

/** Names that no other sequence uses, since all share one store. */
interface Place {
  readonly a: StreamId
  readonly b: StreamId
  readonly label: Tag
}

/** An operation by its name, which a failure shows. `from` is what the run had sent and read before the sequence. */
type Operation = (place: Place, from: { readonly sent: number }, run: Run) => Command

const draft = (stream: StreamId, tags: ReadonlyArray<Tag>): Draft => ({
  stream,
  type: 'Happened',
  tags,
  schemaVersion: 1,
  data: {},
  metadata: {},
  known: undefined,
})

const append = (
  drafts: ReadonlyArray<Draft>,
  beliefs: ReadonlyArray<Belief>,
  guard?: Extract<Command, { readonly _tag: 'Append' }>['guard'],
): Command => ({ _tag: 'Append', drafts, beliefs, guard, decided: [] })

const operations: Readonly<Record<string, Operation>> = {
  'append to a, at its version': ({ a, label }) =>
    append([draft(a, [label])], [{ stream: a, form: 'Exactly', difference: 0 }]),
  'append to a, one version too early': ({ a }) =>
    append([draft(a, [])], [{ stream: a, form: 'Exactly', difference: -1 }]),
  'append to a, as a new stream': ({ a }) =>
    append([draft(a, [])], [{ stream: a, form: 'NoStream', difference: 0 }]),
  'append two events to b, which exists': ({ b, label }) =>
    append([draft(b, [label]), draft(b, [])], [{ stream: b, form: 'StreamExists', difference: 0 }]),
  'append to b and a': ({ a, b, label }) =>
    append([draft(b, []), draft(a, [label])], [{ stream: b, form: 'Any', difference: 0 }]),
  'append to b unless the label is there': ({ b, label }) =>
    append([draft(b, [label])], [], { _tag: 'Tokenless', query: anyOf({ tags: [label] }) }),
  'append to a unless there is more than the last read saw': ({ a, label }, _, { reads }) =>
    append([draft(a, [label])], [], { _tag: 'TokenOfRead', which: Math.max(0, reads.length - 1) }),
  'send the first append again': (_, { sent }) => ({ _tag: 'AppendAgain', which: sent, change: 'none' }),
  'read a backward': ({ a }) => ({
    _tag: 'ReadStream',
    stream: a,
    range: { direction: 'backward', limit: 2 },
  }),
  'read the label': ({ label }) => ({ _tag: 'Read', query: anyOf({ tags: [label] }), range: {} }),
}

/** Every list of so many of the items. */
const listsOf = <Item>(items: ReadonlyArray<Item>, length: number): ReadonlyArray<ReadonlyArray<Item>> =>
  length === 0 ? [[]] : listsOf(items, length - 1).flatMap((list) => items.map((item) => [...list, item]))

/** The short sequences come first, so that the first failure is a shortest one. */
const everySequence = (depth: number): Case =>
  forAnyStore(
    'C98 small scope: every short sequence of operations is answered as the Journal answers it',
    async ({ store }) => {
      const run = newRun(store)
      let round = 0
      for (const sequence of count(1, depth).flatMap((length) =>
        listsOf(Object.entries(operations), length),
      )) {
        round += 1
        const place = {
          a: streamNamed(`${round} a`),
          b: streamNamed(`${round} b`),
          label: tag('label', `${round}`),
        }
        const from = { sent: run.sent.length }
        for (const [name, operation] of sequence) {
          await perform(run, operation(place, from, run)).catch((error: unknown) => {
            const reason = error instanceof Error ? error.message : String(error)
            const lines = sequence.map(([each]) => `  ${each}`).join('\n')
            throw new Error(`${reason}\nat '${name}', in sequence ${round}:\n${lines}`, { cause: error })
          })
        }
      }
    },
  )

const mishaps: ReadonlyArray<Mishaps> = (['Busy', 'LostBefore', 'LostAfter'] as const).flatMap((mishap) =>
  (['sends again', 'starts anew'] as const).map((afterwards) => ({ mishap, afterwards })),
)

/** No mishap, and each one at the first append of the one writer or the other. */
const oneMishap = [[], ...mishaps.flatMap((each) => [[[each]], [[], [each]]])]

const underOneMishap =
  (sceneOf: SceneOf): Case['body'] =>
  async (world) => {
    await underEverySchedule(world, sceneOf, { writers: 2, mishaps: oneMishap })
  }

const schedules: ReadonlyArray<Case> = [
  forAnyStore(
    'C99 small scope: in every order of two writers and one mishap nothing is lost or doubled',
    underOneMishap(twoEventsEach),
  ),
  forAnyStore(
    'C99 small scope: in every order of two writers and one mishap expected versions keep a rule',
    underOneMishap(seatsOfStream()),
  ),
  forAnyStore(
    'C99 small scope: in every order of two writers and one mishap there is a serial order',
    underOneMishap(streamsInPairs),
  ),
  forQueries(
    'C99 small scope: in every order of two writers and one mishap append conditions keep a rule',
    underOneMishap(seatsUnderTag),
  ),
]

/**
 * The exhaustive checks for a store, beside those of `conformanceSuite`: every sequence of up to three operations out of
 * ten, and every order of two writers under each mishap. They need some ten thousand calls, so a store on a disk may want
 * a smaller `depth`.
 * @example
 * import { memoryStore } from 'decider-ts/adapters/memory'
 * import { exhaustiveSuite } from 'decider-ts/harness'
 * const open = async () => ({ store: memoryStore(), close: async () => {} })
 * await exhaustiveSuite(open, { depth: 2 })[0]?.run() // => undefined
 */
export const exhaustiveSuite = (
  open: () => Promise<Opened>,
  { depth = 3, ...options }: ExhaustiveOptions = {},
): ReadonlyArray<ConformanceCase> =>
  [everySequence(depth), ...schedules].map((each) => ({
    name: each.name,
    run: () => runCase(each, open, { ...usualSettings, ...options }),
  }))
