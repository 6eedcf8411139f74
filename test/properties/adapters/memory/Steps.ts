/**
 * How much work something is, counted instead of timed: the calls of the built-in functions by which a program looks
 * at collections, and for those that walk through one, the elements they walk. A count does not depend on the machine.
 * Used by: MEM-3.
 */

/** The prototypes' own functions, whatever their types. */
type Functions = Record<PropertyKey, unknown>

const counted: ReadonlyArray<readonly [target: object, names: ReadonlyArray<string>]> = [
  [Map.prototype, ['get', 'set', 'has', 'delete', 'forEach']],
  [Set.prototype, ['has', 'add', 'delete', 'forEach']],
  [
    Array.prototype,
    [
      'push',
      'concat',
      'slice',
      'filter',
      'find',
      'findLast',
      'findIndex',
      'map',
      'flatMap',
      'some',
      'every',
      'reduce',
    ],
  ],
  [Object.getPrototypeOf([][Symbol.iterator]()), ['next']],
  [Object.getPrototypeOf(new Map()[Symbol.iterator]()), ['next']],
  [Object.getPrototypeOf(new Set()[Symbol.iterator]()), ['next']],
]

/** Runs something and counts its steps; an array that is walked through counts by its length. */
export const stepsOf = async (run: () => Promise<unknown>): Promise<number> => {
  let steps = 0
  const restore: Array<() => void> = []
  for (const [target, names] of counted) {
    const functions = target as Functions
    for (const name of names) {
      const original = functions[name]
      if (typeof original !== 'function') continue
      const counting = function (this: unknown, ...parameters: ReadonlyArray<unknown>): unknown {
        steps += name === 'push' || !Array.isArray(this) ? 1 : 1 + this.length
        return Reflect.apply(original, this, parameters)
      }
      Object.defineProperty(target, name, { value: counting, configurable: true, writable: true })
      restore.push(() =>
        Object.defineProperty(target, name, { value: original, configurable: true, writable: true }),
      )
    }
  }
  try {
    await run()
    return steps
  } finally {
    for (const undo of restore) undo()
  }
}
