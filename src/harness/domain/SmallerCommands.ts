/**
 * Smaller lists of commands. The state is not needed for it: the decider says what a shorter list leads to, so a command
 * that has lost its ground is rejected and not invalid. That is why histories get as small as they do.
 * Used by: `ArbitraryHistory`.
 *
 * Laws (test/properties/harness/domain/SmallerCommands.test.ts):
 * - SMCO-1 downhill: of plain commands every candidate has fewer, or as many with smaller leaves, so making smaller ends.
 * - SMCO-2 one less: among the candidates are those that lack one command, for each command.
 * @since 0.1.0
 */
import {
  isBefore,
  isSameLeaf,
  kindOf,
  type LeafValue,
  leavesOf,
  smallerLeaves,
  withLeaf,
  withLeafEverywhere,
} from './Leaf.js'
import { type Drawn, plainly } from './Walk.js'

/** A list of drawn commands. */
export type DrawnCommands<Command> = ReadonlyArray<Drawn<Command>>

/** What tells a command from something else. */
interface CommandCodec<Command> {
  readonly is: (value: unknown) => value is Command
}

/**
 * Candidates in the order in which they save most. `isIdle` says which commands changed nothing: all of them go at once,
 * before pieces are cut out, from half of the list down to single commands, the last first. Then each command becomes
 * simpler, by its own arbitrary where it has one; then what several commands have in common does, in all of them.
 * @internal
 */
export function* smallerCommands<Command>(
  codec: CommandCodec<Command>,
  commands: DrawnCommands<Command>,
  isIdle: (index: number) => boolean,
): IterableIterator<DrawnCommands<Command>> {
  const busy = commands.filter((_, index) => !isIdle(index))
  if (busy.length < commands.length) yield busy
  yield* shorter(commands)
  yield* simplerOne(codec, commands)
  yield* simplerEverywhere(codec, commands)
}

function* shorter<Item>(items: ReadonlyArray<Item>): IterableIterator<ReadonlyArray<Item>> {
  for (let size = items.length; size >= 1; size = Math.floor(size / 2)) {
    for (let end = items.length; end > 0; end -= size) {
      yield [...items.slice(0, Math.max(0, end - size)), ...items.slice(end)]
    }
  }
}

function* simplerOne<Command>(
  codec: CommandCodec<Command>,
  commands: DrawnCommands<Command>,
): IterableIterator<DrawnCommands<Command>> {
  for (const [index, drawn] of commands.entries()) {
    const put = (one: Drawn<Command>) => commands.map((other, place) => (place === index ? one : other))
    for (const smaller of drawn.smaller()) yield put(smaller)
    for (const { path, value } of leavesOf(drawn.command)) {
      for (const smaller of smallerLeaves(value)) {
        const command = withLeaf(drawn.command, path, smaller)
        if (codec.is(command)) yield put(plainly(command))
      }
    }
  }
}

/** An id that three commands share can only change in all three; so can an amount that must match another. */
function* simplerEverywhere<Command>(
  codec: CommandCodec<Command>,
  commands: DrawnCommands<Command>,
): IterableIterator<DrawnCommands<Command>> {
  const values = distinct(commands.flatMap(({ command }) => leavesOf(command).map(({ value }) => value)))
  for (const value of values) {
    const others = values.filter((other) => kindOf(other) === kindOf(value) && isBefore(other, value))
    for (const smaller of distinct([...smallerLeaves(value), ...others])) {
      const changed = commands.map(({ command }) => withLeafEverywhere(command, value, smaller))
      if (changed.every(codec.is)) {
        yield changed.map((command, index) =>
          command === commands[index]?.command ? commands[index] : plainly(command),
        )
      }
    }
  }
}

const distinct = (values: ReadonlyArray<LeafValue>): ReadonlyArray<LeafValue> =>
  values.filter((value, index) => values.findIndex((other) => isSameLeaf(other, value)) === index)
