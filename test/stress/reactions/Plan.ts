/**
 * A run of reading and reacting as data: how much is written, in which time, and what is done to those who read and
 * react, and when. A seed fixes all of it.
 * Used by: `Reactions`, the test, `long.ts`.
 */
import { chanceFrom } from '../Chance.js'

/** Something bad, or something new, and when it happens. */
export type Fault =
  | { readonly at: number; readonly _tag: 'Kill'; readonly instance: number; readonly downFor: number }
  /** Stands still for longer than its leases, and wakes up in the middle of what it was about. */
  | {
      readonly at: number
      readonly _tag: 'Pause'
      readonly instance: number
      readonly pausedFor: number
    }
  /** The server ends at once, without a checkpoint, and is started again on the same files. */
  | { readonly at: number; readonly _tag: 'Crash'; readonly downFor: number }
  /** The second version of the ledger is made beside the first from now on. */
  | { readonly at: number; readonly _tag: 'Rebuild' }

export interface Plan {
  readonly seed: number
  readonly writers: number
  readonly events: number
  readonly milliseconds: number
  readonly leaseMs: number
  readonly partitions: number
  readonly faults: ReadonlyArray<Fault>
}

/** So many instances compete. */
export const instances = 2

export interface Amounts {
  readonly seed: number
  readonly writers: number
  readonly events: number
  readonly milliseconds: number
  readonly kills: number
  readonly pauses: number
  /** Of the server, which has to be one that can be crashed. */
  readonly crashes?: number
  /** A second unless given. */
  readonly leaseMs?: number
}

/** Kills at random times, some of them of both instances at once; pauses in between; a rebuild in the middle. */
export const planOf = ({ kills, pauses, crashes = 0, leaseMs = 1_000, ...amounts }: Amounts): Plan => {
  const { seed, milliseconds } = amounts
  const chance = chanceFrom(seed ^ 0x5eed)
  const anyTime = (): number => Math.floor(milliseconds * (0.04 + 0.94 * chance.next()))
  const faults: Array<Fault> = [{ at: Math.floor(milliseconds * 0.4), _tag: 'Rebuild' }]
  for (let left = kills; left > 0; ) {
    const at = anyTime()
    const first = chance.below(instances)
    const both = left > 1 && chance.isLikely(0.2)
    for (const instance of both ? [0, 1] : [first])
      faults.push({ at, _tag: 'Kill', instance, downFor: chance.below(400) })
    left -= both ? 2 : 1
  }
  for (let left = pauses; left > 0; left--) {
    faults.push({
      at: anyTime(),
      _tag: 'Pause',
      instance: chance.below(instances),
      pausedFor: Math.floor(leaseMs * (1.4 + chance.next())),
    })
  }
  for (let left = crashes; left > 0; left--)
    faults.push({ at: anyTime(), _tag: 'Crash', downFor: chance.below(400) })
  return { ...amounts, leaseMs, partitions: 16, faults: faults.sort((a, b) => a.at - b.at) }
}
