/**
 * Cases of leases: everybody has a fair share, nobody has what another one has, and who is late has nothing.
 * Used by: `ReadModelSuite`.
 * @since 0.1.0
 */
import type { ReadModels } from '../../run/ReadModels.js'
import { beginning, globalPosition } from '../../store/GlobalPosition.js'
import { partitionOf } from '../../store/Partition.js'
import { equal, isTrue } from './Expect.js'
import {
  balances,
  commitOf,
  done,
  leased,
  longMs,
  type ReadModelCase,
  readModelCase,
  refused,
  shortMs,
} from './ReadModelCase.js'
import { count } from './Samples.js'

const all = <Transaction>({ partitions }: ReadModels<Transaction>): ReadonlyArray<number> =>
  count(0, partitions - 1)

const alone = readModelCase(
  'leases: who is alone has all partitions, from the beginning',
  async ({ readModels }) => {
    isTrue(readModels.partitions > 1, 'a keeper has more than one partition')
    const leases = await leased(readModels, 'a')
    equal(
      leases.map(({ partition }) => partition),
      all(readModels),
      'each partition, in order',
    )
    equal([...new Set(leases.map(({ upTo }) => upTo))], [beginning], 'nothing is in the read model yet')
  },
)

const hashed = readModelCase('leases: keys are spread as everybody spreads them', async ({ readModels }) => {
  const keys = ['account-a1', 'é😀', '__proto__', 'x'.repeat(512)]
  equal(
    keys.map(readModels.partitionOf),
    keys.map(partitionOf(readModels.partitions)),
    'the partitions of keys',
  )
})

const renewed = readModelCase('leases: what is renewed stays as it is', async ({ readModels, other }) => {
  const first = await leased(readModels, 'a')
  equal(await leased(other, 'a'), first, 'the same leases, with the same fences')
  await done(other.commit(balances, commitOf('a', first.slice(0, 1), 7)), 'a place is written')
  const [moved] = await leased(readModels, 'a')
  equal(moved, { ...first[0], upTo: globalPosition(7) }, 'the lease of a partition tells its place')
})

const fair = readModelCase('leases: owners share, and nobody has two more than another', async (world) => {
  const { readModels, other } = world
  const owners = ['b', 'a', 'c']
  for (let n = 1; n <= owners.length; n++) {
    const now = owners.slice(0, n)
    // Those who have too much give it up when they ask, and then it is there for the others.
    for (const [index, owner] of [...now, ...now].entries())
      await leased(index % 2 === 0 ? readModels : other, owner)
    const shares = []
    for (const owner of now) shares.push((await leased(readModels, owner)).map(({ partition }) => partition))
    equal(shares.flat().sort(ascending), all(readModels), `of ${n} owners each partition has one`)
    const sizes = shares.map(({ length }) => length)
    isTrue(Math.max(...sizes) - Math.min(...sizes) <= 1, `the shares of ${n} owners are fair: ${sizes}`)
  }
})

const ascending = (a: number, b: number): number => a - b

const settled = readModelCase('leases: a share that is fair stays where it is', async ({ readModels }) => {
  for (const owner of ['a', 'b', 'a', 'b']) await leased(readModels, owner)
  const before = [await leased(readModels, 'a'), await leased(readModels, 'b')]
  equal([await leased(readModels, 'a'), await leased(readModels, 'b')], before, 'nothing moves any more')
})

const late = readModelCase('leases: what a late owner held is free, and its fence grows', async (world) => {
  const { readModels, other, pass } = world
  const before = await leased(readModels, 'a', balances, shortMs)
  await done(readModels.commit(balances, commitOf('a', before, 5)), 'a place is written')
  await pass(3 * shortMs)
  const after = await leased(other, 'b')
  equal(
    after.map(({ partition, upTo }) => [partition, upTo]),
    before.map(({ partition }) => [partition, globalPosition(5)]),
    'the next owner has all of it, each at its place',
  )
  isTrue(
    after.every(({ fence }, index) => fence > (before[index]?.fence ?? fence)),
    'each with a fence that is higher than before',
  )
})

const inTime = readModelCase('leases: what is held is nobody else’s until it is late', async (world) => {
  const { readModels, other, pass } = world
  await leased(readModels, 'a', balances, longMs)
  equal(await leased(other, 'b'), [], 'who comes second has nothing at first')
  await pass(shortMs)
  equal(await leased(other, 'b'), [], 'nor a moment later')
})

const released = readModelCase('leases: what is released is free at once', async ({ readModels, other }) => {
  const before = await leased(readModels, 'a')
  await done(readModels.release(balances, 'a'), 'the owner goes')
  const after = await leased(other, 'b')
  equal(
    after.map(({ partition }) => partition),
    all(readModels),
    'the next owner has all of it, though the first one was there a moment ago',
  )
  isTrue(
    after.every(({ fence }, index) => fence > (before[index]?.fence ?? fence)),
    'each with a fence that is higher than before',
  )
  await done(readModels.release(balances, 'nobody'), 'who holds nothing can go too')
})

const apart = readModelCase(
  'leases: read models and versions have leases of their own',
  async ({ readModels }) => {
    const first = await leased(readModels, 'a')
    for (const of of [
      { name: 'balances', version: 2 },
      { name: 'orders', version: 1 },
    ])
      equal(
        (await leased(readModels, 'b', of)).length,
        first.length,
        `all of ${of.name} ${of.version} are free`,
      )
    equal(await leased(readModels, 'a'), first, 'the first ones are as they were')
  },
)

const names = readModelCase('leases: names that cannot be kept are refused', async ({ readModels }) => {
  for (const name of ['', 'a\u0000b', '\ud800', 'x'.repeat(513)]) {
    await refused(
      readModels.lease({ name, version: 1 }, 'a', longMs),
      'InvalidInput',
      'the name of a read model',
    )
    await refused(readModels.lease(balances, name, longMs), 'InvalidInput', 'the name of an owner')
  }
  for (const version of [0, -1, 1.5, Number.NaN])
    await refused(
      readModels.lease({ ...balances, version }, 'a', longMs),
      'InvalidInput',
      `version ${version}`,
    )
  for (const leaseMs of [0, -1, Number.NaN])
    await refused(readModels.lease(balances, 'a', leaseMs), 'InvalidInput', `a lease of ${leaseMs} ms`)
  equal(
    (await leased(readModels, '"\\ é😀 __proto__')).length,
    readModels.partitions,
    'any other name will do',
  )
})

const raced = readModelCase('leases: owners who race never hold one partition', async (world) => {
  const { readModels, other, rounds } = world
  for (const round of count(1, rounds)) {
    const of = { name: 'raced', version: round }
    const owners = ['a', 'b', 'c', 'd']
    const answers = await Promise.all(
      owners.map((owner, n) => leased(n % 2 === 0 ? readModels : other, owner, of)),
    )
    const held = answers.flat().map(({ partition }) => partition)
    equal(held.length, new Set(held).size, 'no partition is in two hands')
    // They have shared before all of them were known, so what somebody has too much is given up in the next round.
    const again = await Promise.all(owners.map((owner) => leased(other, owner, of)))
    const fences = new Map(answers.flat().map(({ partition, fence }) => [partition, fence]))
    const isOlder = again.flat().some(({ partition, fence }) => fence < (fences.get(partition) ?? fence))
    isTrue(!isOlder, 'no fence goes back')
  }
})

/** Every case of leases. */
export const leaseCases: ReadonlyArray<ReadModelCase> = [
  alone,
  hashed,
  renewed,
  fair,
  settled,
  late,
  inTime,
  released,
  apart,
  names,
  raced,
]
