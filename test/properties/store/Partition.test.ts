/** The laws of partitions: how keys are spread, which no keeper may decide for itself. */
import { partitionOf } from 'decider-ts/store'
import fc from 'fast-check'
import { law } from '../Law.js'

/** What was written down once; a hash that changes would look for entries where they are not. */
const known: ReadonlyArray<readonly [key: string, of64: number, of5: number]> = [
  ['account-a1', 36, 3],
  ['a', 52, 3],
  ['é😀', 57, 0],
  ['__proto__', 31, 2],
]

const hasOnePartition = (partitionIn: typeof partitionOf) =>
  fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.integer({ min: 1, max: 300 }), (key, count) => {
    const partition = partitionIn(count)(key)
    const isThere = Number.isInteger(partition) && partition >= 0 && partition < count
    return (
      isThere &&
      partitionIn(count)(key) === partition &&
      known.every(([name, of64, of5]) => partitionIn(64)(name) === of64 && partitionIn(5)(name) === of5)
    )
  })

const isSpread = (partitionIn: typeof partitionOf) =>
  fc.property(fc.string({ maxLength: 20 }), fc.constantFrom(1, 2, 3, 16, 64, 100), (prefix, count) => {
    const each = 60
    const counts = Array.from({ length: count }, () => 0)
    for (let n = 0; n < count * each; n++) {
      const partition = partitionIn(count)(`${prefix}${n}`)
      counts[partition] = (counts[partition] ?? 0) + 1
    }
    return counts.every((n) => n > 0 && n <= 3 * each)
  })

law('PTN-1 one partition', hasOnePartition(partitionOf))
law.rejects(
  'PTN-1',
  'a hash of another start',
  hasOnePartition((count) => (key) => (partitionOf(count)(key) + 1) % count),
)
law.rejects(
  'PTN-1',
  'a remainder that is negative',
  hasOnePartition((count) => (key) => {
    let hash = 0
    for (const unit of key) hash = (Math.imul(hash, 31) + unit.charCodeAt(0)) | 0
    return hash % count
  }),
)
law('PTN-2 spread', isSpread(partitionOf))
law.rejects(
  'PTN-2',
  'the sum of the units',
  isSpread((count) => (key) => [...key].reduce((sum, unit) => sum + unit.charCodeAt(0), 0) % count),
)
