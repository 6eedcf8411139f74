/**
 * Cases of commits: all or nothing, from where the writer believed to be, and never by somebody whose lease is another's.
 * Used by: `ReadModelSuite`.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import type { ReadModelCommit } from '../../run/ReadModels.js'
import { beginning, globalPosition } from '../../store/GlobalPosition.js'
import type { Json } from '../../store/Json.js'
import { equal, fail, isTrue } from './Expect.js'
import {
  balances,
  commitOf,
  done,
  entryAt,
  finds,
  keptOf,
  leased,
  leaseFor,
  parkedAt,
  type ReadModelCase,
  readModelCase,
  refused,
  shortMs,
  twoKeys,
} from './ReadModelCase.js'
import { count } from './Samples.js'

const written = readModelCase(
  'commit: entries are found as they were written',
  async ({ readModels, other }) => {
    const states: ReadonlyArray<Json> = [
      0,
      -0,
      null,
      '',
      { z: 1, a: [-0, {}], 10: 0 },
      '\u0000 "\\ \ud800',
      1e308,
      JSON.parse('{"__proto__":{"a":[]}}'),
      'é😀'.repeat(100_000),
    ]
    const keys = ['a', '__proto__', 'constructor', '"\\', 'é😀', ' ', 'x'.repeat(512), 'account-1', 'A']
    let leases = await leased(readModels, 'a')
    const entries = states.map((state, n) => entryAt(keys[n] ?? fail('a key for each'), n + 1, state))
    await done(readModels.commit(balances, commitOf('a', leases, 20, entries)), 'entries are committed')
    for (const entry of entries) await finds(other, entry, `the entry of ${entry.key.slice(0, 20)}`)
    leases = await leased(other, 'a')
    const newer = entryAt('a', 21, 'newer')
    await done(other.commit(balances, commitOf('a', leases, 30, [newer])), 'one is committed anew')
    await finds(readModels, newer, 'the newer one takes its place')
    const { entries: none } = await done(readModels.load(balances, ['b', 'toString']), 'others are loaded')
    equal(none, [], 'keys without an entry have none')
  },
)

const isolated = readModelCase('commit: what was written is nobody’s to change', async ({ readModels }) => {
  const state = { items: [1] }
  const leases = await leased(readModels, 'a')
  await done(
    readModels.commit(balances, commitOf('a', leases, 1, [entryAt('k', 1, state)])),
    'it is committed',
  )
  state.items.push(2)
  await finds(readModels, entryAt('k', 1, { items: [1] }), 'the writer changes its own state')
})

const moved = readModelCase(
  'commit: the place of a read model is the least of its partitions',
  async (world) => {
    const { readModels, other } = world
    equal(await done(other.place(balances), 'the place is read'), beginning, 'of one that is not there')
    const [first, ...rest] = await leased(readModels, 'a')
    if (first === undefined) return fail('there are leases')
    await done(readModels.commit(balances, commitOf('a', rest, 9)), 'all but one are moved')
    equal(await done(other.place(balances), 'the place is read'), beginning, 'one has not moved')
    await done(readModels.commit(balances, commitOf('a', [first], 4)), 'that one is moved')
    equal(await done(other.place(balances), 'the place is read'), globalPosition(4), 'it is the least')
  },
)

const fenced = readModelCase('fence: an owner who was late can write nothing any more', async (world) => {
  const { readModels, other, pass } = world
  const [key] = twoKeys(readModels)
  const before = await leased(readModels, 'a', balances, shortMs)
  await pass(3 * shortMs)
  const after = await leased(other, 'b')
  const kept = await keptOf(readModels, [key])
  for (const parked of [[], [parkedAt(key, 1, 1)]]) {
    const entries = parked.length === 0 ? [entryAt(key, 1)] : []
    await refused(
      readModels.commit(balances, commitOf('a', before, 3, entries, parked)),
      'Fenced',
      'the late commit',
    )
  }
  await refused(readModels.commit(balances, commitOf('b', before, 3)), 'Fenced', 'the fences are old')
  await refused(readModels.commit(balances, commitOf('a', after, 3)), 'Fenced', 'the owner is another')
  equal(await keptOf(other, [key]), kept, 'nothing was written')
  await done(other.commit(balances, commitOf('b', after, 2, [entryAt(key, 2)])), 'the new owner goes on')
})

const stillOwn = readModelCase(
  'fence: who was late and lost nothing may write',
  async ({ readModels, pass }) => {
    const leases = await leased(readModels, 'a', balances, shortMs)
    await pass(3 * shortMs)
    await done(readModels.commit(balances, commitOf('a', leases, 3, [entryAt('k', 3)])), 'nobody took it')
  },
)

const givenUp = readModelCase('fence: who has released can write nothing', async ({ readModels }) => {
  const leases = await leased(readModels, 'a')
  await done(readModels.release(balances, 'a'), 'it is released')
  await refused(readModels.commit(balances, commitOf('a', leases, 3)), 'Fenced', 'a commit after that')
})

const whole = readModelCase(
  'commit: one partition that is lost refuses all of it',
  async ({ readModels }) => {
    const [one, two] = twoKeys(readModels)
    const leases = await leased(readModels, 'a')
    const lease = leaseFor(readModels, leases, one)
    await done(readModels.commit(balances, commitOf('a', [lease], 5)), 'one partition is moved')
    const kept = await keptOf(readModels, [one, two])
    const entries = [entryAt(one, 6), entryAt(two, 6)]
    await refused(
      readModels.commit(balances, commitOf('a', leases, 9, entries)),
      'Fenced',
      'its place is old',
    )
    const stale = { ...leaseFor(readModels, leases, two), fence: -1n }
    await refused(
      readModels.commit(balances, commitOf('a', [{ ...lease, upTo: globalPosition(5) }, stale], 9, entries)),
      'Fenced',
      'a fence is another',
    )
    equal(await keptOf(readModels, [one, two]), kept, 'nothing was written')
  },
)

const again = readModelCase(
  'commit: the same one is never written twice',
  async ({ readModels, other, rounds }) => {
    for (const round of count(1, rounds)) {
      const leases = await leased(readModels, 'a')
      const commit = commitOf('a', leases, round, [entryAt('k', round)])
      const answers = await Promise.all([
        readModels.commit(balances, commit)(),
        other.commit(balances, commit)(),
      ])
      equal(answers.filter(E.isRight).length, 1, 'one of two that are the same is written')
      await refused(other.commit(balances, commit), 'Fenced', 'and a third one is not')
    }
  },
)

const invalid = readModelCase('commit: what cannot be kept is refused as a whole', async ({ readModels }) => {
  const [one, two] = twoKeys(readModels)
  const leases = await leased(readModels, 'a')
  const lease = leaseFor(readModels, leases, one)
  const right = commitOf('a', [lease], 5, [entryAt(one, 5)])
  const kept = await keptOf(readModels, [one, two])
  const wrong: ReadonlyArray<readonly [string, ReadModelCommit]> = [
    ['an entry of another partition', { ...right, entries: [entryAt(one, 5), entryAt(two, 5)] }],
    ['a parked event of another partition', { ...right, parked: [parkedAt(two, 5, 1)] }],
    ['two entries of one key', { ...right, entries: [entryAt(one, 4), entryAt(one, 5)] }],
    ['a partition that is moved twice', { ...right, moves: [...right.moves, ...right.moves] }],
    ['a key with U+0000', commitOf('a', leases, 5, [entryAt('a\u0000', 5)])],
    ['a key that is empty', commitOf('a', leases, 5, [entryAt('', 5)])],
    ['a key with half a surrogate pair', commitOf('a', leases, 5, [entryAt('\ud800', 5)])],
    ['a key that is too long', commitOf('a', leases, 5, [], [parkedAt('x'.repeat(513), 5, 1)])],
    ['a state that is no JSON', { ...right, entries: [entryAt(one, 5, Number.NaN)] }],
  ]
  for (const [what, commit] of wrong) await refused(readModels.commit(balances, commit), 'InvalidInput', what)
  await done(readModels.commit(balances, right), 'the right one')
  const back = commitOf('a', [{ ...lease, upTo: globalPosition(5) }], 4)
  await refused(readModels.commit(balances, back), 'InvalidInput', 'a place that goes back')
  isTrue(
    JSON.stringify(kept, plain) !== JSON.stringify(await keptOf(readModels, [one, two]), plain),
    'it was written',
  )
  const { entries } = await done(readModels.load(balances, [one, two]), 'they are loaded')
  equal(entries.length, 1, 'and nothing of the wrong ones')
})

const plain = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}` : value)

const pages = readModelCase(
  'page: put together, pages are all entries, each once',
  async ({ readModels }) => {
    const leases = await leased(readModels, 'a')
    const keys = [...count(1, 23).map((n) => `account-${n}`), '__proto__', 'é', '😀', 'Z', 'a']
    const entries = keys.map((key, n) => entryAt(key, n + 1))
    await done(readModels.commit(balances, commitOf('a', leases, 50, entries)), 'entries are committed')
    for (const limit of [1, 7, 28, 100]) {
      const found: Array<string> = []
      for (let after: string | undefined; ; ) {
        const page = await done(
          after === undefined ? readModels.page(balances, limit) : readModels.page(balances, limit, after),
          'a page is read',
        )
        isTrue(page.length <= limit, `a page of ${limit} has no more`)
        found.push(...page.map(({ key }) => key))
        after = page.at(-1)?.key
        if (page.length < limit) break
      }
      equal([...found].sort(), [...keys].sort(), `pages of ${limit}`)
    }
    equal(
      await done(readModels.page({ ...balances, version: 2 }, 9), 'a page is read'),
      [],
      'another version has none',
    )
  },
)

/** Every case of commits. */
export const commitCases: ReadonlyArray<ReadModelCase> = [
  written,
  isolated,
  moved,
  fenced,
  stillOwn,
  givenUp,
  whole,
  again,
  invalid,
  pages,
]
