/**
 * The house as data: its rooms, and what each may import. The rule ImportOrder enforces these tables.
 * Whoever changes the house changes this file, and nothing else.
 */

/** How much of a module may be used: everything, only its types (which cost no bytes at run time), or nothing. */
export type Use = 'all' | 'types' | 'nothing'

/** What a room may import from other rooms and from packages. Absent means nothing. */
export interface Allowance {
  readonly rooms: Readonly<Record<string, Use>>
  readonly packages: Readonly<Record<string, Use>>
}

const fp: Readonly<Record<string, Use>> = { 'fp-ts': 'all', 'fp-ts/HKT': 'types' }

/** The rooms whose code is pure, or reaches the world only through ports. */
export const innerRooms: ReadonlyArray<string> = ['store', 'evolve', 'decide', 'run']

/** The rooms re-exported by the main entry point. */
export const roomsOfMainEntry: ReadonlyArray<string> = innerRooms

/** One total order: `store <- evolve <- decide <- run <- harness`; adapters stand on the port, bridges on the harness. */
export const house: Readonly<Record<string, Allowance>> = {
  store: { rooms: {}, packages: fp },
  evolve: { rooms: { store: 'all' }, packages: { ...fp, 'io-ts': 'types' } },
  decide: { rooms: { store: 'all', evolve: 'all' }, packages: { ...fp, 'io-ts': 'types' } },
  run: { rooms: { store: 'all', evolve: 'all', decide: 'all' }, packages: { ...fp, 'io-ts': 'types' } },
  harness: {
    rooms: { store: 'all', evolve: 'all', decide: 'all', run: 'all' },
    packages: { ...fp, 'io-ts': 'all', 'fast-check': 'all' },
  },
  'harness/vitest': { rooms: { decide: 'types', harness: 'all' }, packages: { ...fp, vitest: 'all' } },
  'adapters/memory': { rooms: { store: 'all', run: 'types' }, packages: { ...fp, 'node:*': 'all' } },
  'adapters/postgres': {
    rooms: { store: 'all', run: 'types' },
    packages: { ...fp, 'io-ts': 'all', postgres: 'all', 'node:*': 'all' },
  },
  'adapters/opentelemetry': {
    rooms: { store: 'all', run: 'types' },
    packages: { ...fp, '@opentelemetry/api': 'all', 'node:*': 'all' },
  },
  'adapters/http': {
    rooms: { store: 'all', evolve: 'all', run: 'types' },
    packages: { ...fp, 'io-ts': 'all', 'node:*': 'all' },
  },
}

/** What an adapter may import that has no entry of its own in the table. */
export const anyAdapter: Allowance = {
  rooms: { store: 'all', run: 'types' },
  packages: { ...fp, 'node:*': 'all' },
}

/** Modules that must be usable with no store at all. */
export const storeFree: ReadonlyArray<string> = [
  'src/evolve/View.ts',
  'src/evolve/Fold.ts',
  'src/decide/Decider.ts',
]

/** The one module of the inner rooms that may reach for the clock, for timers and for randomness. */
export const ambientExempt = 'src/run/Environment.ts'

/** Bridges of the harness to test runners: rooms of their own, so that the harness itself needs no runner. */
const bridges: ReadonlyArray<string> = ['harness/vitest']

/** The room of a path in `src`: `evolve`, `adapters/memory`, `harness/vitest`; the main entry has the empty room. */
export const roomOf = (path: string): string | undefined => {
  const [root, first, second, third] = path.split('/')
  if (root !== 'src' || first === undefined) return undefined
  if (second === undefined) return ''
  const inner = `${first}/${second}`
  return third !== undefined && (first === 'adapters' || bridges.includes(inner)) ? inner : first
}

/** What a room may import, or undefined for a room that the house does not have. */
export const allowanceOf = (room: string): Allowance | undefined =>
  house[room] ?? (room.startsWith('adapters/') ? anyAdapter : undefined)

/** Whether a path lies in one of the inner rooms. */
export const isInner = (path: string): boolean => innerRooms.includes(roomOf(path) ?? '')
