/**
 * Circles in a graph of who came before whom, each told by its gravest form. Every strongly connected part is searched
 * first for a circle of appends alone, and last for one that needs everything, so that what is reported is what is wrong
 * and not a consequence of it.
 * Used by: `ListAppend`.
 * @since 0.1.0
 */

/** One transaction came before another, and why. */
export interface Dependency {
  /**
   * `append`: its element stands before the other's. `read`: the other read its element. `missed`: it did not read the
   * other's element. `time`: it had been answered before the other was called.
   */
  readonly kind: 'append' | 'read' | 'missed' | 'time'
  readonly from: string
  readonly to: string
  readonly because: string
}

/** What is known of the order of a history. */
export interface Graph {
  readonly dependencies: ReadonlyArray<Dependency>
}

/** A circle, and what it is called. */
export interface Cycle {
  readonly _tag: 'Cycle'
  readonly name: 'G0' | 'G1c' | 'G-single' | 'G2'
  readonly inRealTime: boolean
  readonly steps: ReadonlyArray<Dependency>
}

/**
 * One circle of each strongly connected part, in its gravest form.
 * @internal
 */
export const cycles = ({ dependencies }: Graph): ReadonlyArray<Cycle> => {
  const partOf = new Map<string, number>()
  for (const [index, part] of stronglyConnected(dependencies).entries()) {
    for (const name of part) partOf.set(name, index)
  }
  const parts = new Map<number, Array<Dependency>>()
  for (const dependency of dependencies) {
    const part = partOf.get(dependency.from)
    if (part === undefined || part !== partOf.get(dependency.to)) continue
    const inPart = parts.get(part) ?? []
    inPart.push(dependency)
    parts.set(part, inPart)
  }
  return [...parts.values()].flatMap(gravest)
}

/** The forms of a circle, the gravest first. `missed` says how many dependencies of that kind it needs. */
const forms = [
  { name: 'G0', kinds: ['append'], missed: 'none' },
  { name: 'G1c', kinds: ['append', 'read'], missed: 'none' },
  { name: 'G-single', kinds: ['append', 'read'], missed: 'one' },
  { name: 'G2', kinds: ['append', 'read', 'missed'], missed: 'any' },
] as const

const gravest = (part: ReadonlyArray<Dependency>): ReadonlyArray<Cycle> => {
  for (const inRealTime of [false, true]) {
    for (const { name, kinds, missed } of forms) {
      const allowed: ReadonlyArray<string> = inRealTime ? [...kinds, 'time'] : kinds
      const within = part.filter(({ kind }) => allowed.includes(kind))
      const first = missed === 'one' ? part.filter(({ kind }) => kind === 'missed') : within
      const steps = shortest(first, successorsOf(within))
      if (steps !== undefined) return [{ _tag: 'Cycle', name, inRealTime, steps }]
    }
  }
  return []
}

/** Enough to find a short one; a part that is larger has many. */
const startsMax = 500

/** The shortest circle that begins with one of these steps and goes on along the others. */
const shortest = (
  first: ReadonlyArray<Dependency>,
  successors: Successors,
): ReadonlyArray<Dependency> | undefined => {
  let best: ReadonlyArray<Dependency> | undefined
  let tried = 0
  for (const step of first) {
    if (best !== undefined && (best.length === 2 || tried > startsMax)) break
    tried += 1
    const back = pathBetween(step.to, step.from, successors)
    if (back !== undefined && (best === undefined || back.length + 1 < best.length)) best = [step, ...back]
  }
  return best
}

type Successors = ReadonlyMap<string, ReadonlyArray<Dependency>>

const successorsOf = (dependencies: ReadonlyArray<Dependency>): Successors => {
  const successors = new Map<string, Array<Dependency>>()
  for (const dependency of dependencies) {
    const from = successors.get(dependency.from) ?? []
    from.push(dependency)
    successors.set(dependency.from, from)
  }
  return successors
}

/** A shortest way from one to another, by breadth. */
const pathBetween = (
  from: string,
  to: string,
  successors: Successors,
): ReadonlyArray<Dependency> | undefined => {
  const reachedBy = new Map<string, Dependency>()
  const queue = [from]
  for (const name of queue) {
    for (const step of successors.get(name) ?? []) {
      if (step.to === from || reachedBy.has(step.to)) continue
      reachedBy.set(step.to, step)
      if (step.to === to) return wayTo(to, from, reachedBy)
      queue.push(step.to)
    }
  }
  return undefined
}

const wayTo = (
  to: string,
  from: string,
  reachedBy: ReadonlyMap<string, Dependency>,
): ReadonlyArray<Dependency> => {
  const way: Array<Dependency> = []
  for (let at = to; at !== from; ) {
    const step = reachedBy.get(at)
    if (step === undefined) return way
    way.unshift(step)
    at = step.from
  }
  return way
}

/**
 * The parts in which each reaches each other, of two or more: Tarjan's algorithm, with a stack of its own, because a
 * history is longer than the stack of a language is deep.
 */
const stronglyConnected = (dependencies: ReadonlyArray<Dependency>): ReadonlyArray<ReadonlySet<string>> => {
  const successors = successorsOf(dependencies)
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const open = new Set<string>()
  const stack: Array<string> = []
  const parts: Array<ReadonlySet<string>> = []

  const lower = (name: string, to: number | undefined): void => {
    low.set(name, Math.min(low.get(name) ?? Infinity, to ?? Infinity))
  }
  const enter = (name: string) => {
    index.set(name, index.size)
    lower(name, index.get(name))
    open.add(name)
    stack.push(name)
    return { name, steps: (successors.get(name) ?? []).values() }
  }
  const close = (name: string): void => {
    if (low.get(name) !== index.get(name)) return
    const part = new Set(stack.splice(stack.lastIndexOf(name)))
    for (const member of part) open.delete(member)
    if (part.size > 1) parts.push(part)
  }

  for (const start of successors.keys()) {
    if (index.has(start)) continue
    const path = [enter(start)]
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const step = top.steps.next()
      if (step.done) {
        path.pop()
        close(top.name)
        const parent = path.at(-1)
        if (parent !== undefined) lower(parent.name, low.get(top.name))
      } else if (!index.has(step.value.to)) path.push(enter(step.value.to))
      else if (open.has(step.value.to)) lower(top.name, index.get(step.value.to))
    }
  }
  return parts
}
