/** What a contender has recorded, held against what it had said it recorded. */
import type { Recorded } from './Contender.js'

export interface Audit {
  readonly recorded: number
  /** Acknowledged, yet not there. */
  readonly lost: number
  /** Recorded more than once. */
  readonly doubled: number
  /** Recorded, though the caller was told that it failed. */
  readonly unacknowledged: number
  /** Streams whose versions are not 1, 2, 3 and so on. */
  readonly gaps: number
  /** Events decided on a past that was not the whole past, and second events under one condition. */
  readonly stale: number
}

export const auditOf = (acknowledged: ReadonlySet<string>, recorded: ReadonlyArray<Recorded>): Audit => {
  const keys = new Set(recorded.map(({ key }) => key))
  return {
    recorded: recorded.length,
    lost: [...acknowledged].filter((key) => !keys.has(key)).length,
    doubled: recorded.length - keys.size,
    unacknowledged: [...keys].filter((key) => !acknowledged.has(key)).length,
    gaps: streamsWithGaps(recorded),
    stale: recorded.filter(({ total, version }) => total !== version).length,
  }
}

const streamsWithGaps = (recorded: ReadonlyArray<Recorded>): number => {
  const versions = new Map<string, Array<number>>()
  for (const { stream, version } of recorded) {
    const known = versions.get(stream)
    if (known) known.push(version)
    else versions.set(stream, [version])
  }
  const isDense = (found: Array<number>) =>
    found.sort((a, b) => a - b).every((version, index) => version === index + 1)
  return [...versions.values()].filter((found) => !isDense(found)).length
}

/** The faults in words; none for a run as it should be. */
export const faultsOf = ({ lost, doubled, unacknowledged, gaps, stale }: Audit): ReadonlyArray<string> =>
  Object.entries({
    'acknowledged events lost': lost,
    'events doubled': doubled,
    'events recorded though reported as failed': unacknowledged,
    'streams with gaps': gaps,
    'decisions on a stale past': stale,
  }).flatMap(([fault, count]) => (count > 0 ? [`${count} ${fault}`] : []))
