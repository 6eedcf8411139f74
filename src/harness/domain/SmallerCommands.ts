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
import { typeOf } from '../../evolve/TaggedCodec.js'
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
import { isOf, type Recognizes } from './Stored.js'
import { type Drawn, plainly } from './Walk.js'

/** A list of drawn commands. */
export type DrawnCommands<Command> = ReadonlyArray<Drawn<Command>>

/**
 * Candidates in the order in which they save most. `isIdle` says which commands changed nothing: all of them go at once,
 * before pieces are cut out, from all of the list and half of it down to single commands, the last first. Then two
 * commands of one type become one that asks for as much as both. Then each command becomes simpler, by its own arbitrary
 * where it has one; then what several commands have in common does, in all of them.
 * @internal
 */
export function* smallerCommands<Command>(
  codec: Recognizes<Command>,
  commands: DrawnCommands<Command>,
  isIdle: (index: number) => boolean,
): IterableIterator<DrawnCommands<Command>> {
  const busy = commands.filter((_, index) => !isIdle(index))
  if (busy.length < commands.length) yield busy
  yield* shorter(commands)
  yield* merged(codec, commands)
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

/** Without it two deliveries of one would stay two, where one of two does as well. */
function* merged<Command>(
  codec: Recognizes<Command>,
  commands: DrawnCommands<Command>,
): IterableIterator<DrawnCommands<Command>> {
  for (const [later, { command }] of commands.entries()) {
    const earlier = commands.findLastIndex(
      (other, index) => index < later && typeOf(other.command) === typeOf(command),
    )
    const one = earlier === -1 ? undefined : withSums(commands[earlier]?.command, command)
    if (!isOf(codec, one)) continue
    yield commands.flatMap((drawn, index) =>
      index === later ? [] : [index === earlier ? plainly(one) : drawn],
    )
  }
}

/** The first value with each of its numbers added to the one in the same place of the second; nothing without numbers. */
const withSums = (first: unknown, second: unknown): unknown => {
  const others = new Map(leavesOf(second).map(({ path, value }) => [JSON.stringify(path), value]))
  const sums = leavesOf(first).flatMap(({ path, value }) => {
    const other = others.get(JSON.stringify(path))
    return typeof value === 'number' && typeof other === 'number' ? [{ path, sum: value + other }] : []
  })
  return sums.length === 0
    ? undefined
    : sums.reduce((command, { path, sum }) => withLeaf(command, path, sum), first)
}

function* simplerOne<Command>(
  codec: Recognizes<Command>,
  commands: DrawnCommands<Command>,
): IterableIterator<DrawnCommands<Command>> {
  for (const [index, drawn] of commands.entries()) {
    const put = (one: Drawn<Command>) => commands.map((other, place) => (place === index ? one : other))
    for (const smaller of drawn.smaller()) yield put(smaller)
    for (const { path, value } of leavesOf(drawn.command)) {
      for (const smaller of smallerLeaves(value)) {
        const command = withLeaf(drawn.command, path, smaller)
        if (isOf(codec, command)) yield put(plainly(command))
      }
    }
  }
}

/** An id that three commands share can only change in all three; so can an amount that must match another. */
function* simplerEverywhere<Command>(
  codec: Recognizes<Command>,
  commands: DrawnCommands<Command>,
): IterableIterator<DrawnCommands<Command>> {
  const values = distinct(commands.flatMap(({ command }) => leavesOf(command).map(({ value }) => value)))
  for (const value of values) {
    const others = values.filter((other) => kindOf(other) === kindOf(value) && isBefore(other, value))
    for (const smaller of distinct([...smallerLeaves(value), ...others])) {
      const changed = commands.map(({ command }) => withLeafEverywhere(command, value, smaller))
      if (changed.every((command) => isOf(codec, command))) {
        yield changed.map((command, index) =>
          command === commands[index]?.command ? commands[index] : plainly(command),
        )
      }
    }
  }
}

const distinct = (values: ReadonlyArray<LeafValue>): ReadonlyArray<LeafValue> =>
  values.filter((value, index) => values.findIndex((other) => isSameLeaf(other, value)) === index)
