/**
 * Cases of what is set aside, of handlers, and of versions.
 * Used by: `ReadModelSuite`.
 * @since 0.1.0
 */
import { option as O } from 'fp-ts'
import { globalPosition } from '../../store/GlobalPosition.js'
import { equal, fail, isTrue } from './Expect.js'
import {
  balances,
  commitOf,
  done,
  entryAt,
  finds,
  keptOf,
  leased,
  parkedAt,
  type ReadModelCase,
  type ReadModelWorld,
  readModelCase,
  recordedAt,
  refused,
} from './ReadModelCase.js'
import { count } from './Samples.js'

const kept = readModelCase('parking: events wait in order, with the reason of the first', async (world) => {
  const { readModels, other } = world
  const leases = await leased(readModels, 'a')
  const first = commitOf(
    'a',
    leases,
    5,
    [entryAt('k', 2)],
    [parkedAt('k', 3, 4), parkedAt('k', 5), parkedAt('l', 4, 1)],
  )
  await done(readModels.commit(balances, first), 'events are parked')
  const later = await leased(other, 'a')
  await done(
    other.commit(
      balances,
      commitOf(
        'a',
        later,
        300,
        [],
        [9, 10, 300].map((n) => parkedAt('k', n)),
      ),
    ),
    'more',
  )
  const keys = await done(other.parked(balances), 'the parked keys are read')
  equal(
    keys.map(({ since, ...rest }) => rest),
    [
      { key: 'k', events: 5, firstPosition: globalPosition(3), reason: 'It failed 4 times.', attempts: 4 },
      { key: 'l', events: 1, firstPosition: globalPosition(4), reason: 'It failed 1 times.', attempts: 1 },
    ],
    'what is told of the parked keys',
  )
  isTrue(
    keys.every(({ since }) => Number.isFinite(since)),
    'and since when',
  )
  const events = await done(readModels.parkedEvents(balances, 'k'), 'its events are read')
  equal(events, [3, 5, 9, 10, 300].map(recordedAt), 'the events, to the letter, in order')
  equal(await done(readModels.parkedEvents(balances, 'm'), 'others are read'), [], 'another key has none')
  await finds(other, entryAt('k', 2), 'its entry is as it was')
  const { parked } = await done(readModels.load(balances, ['k', 'l', 'm']), 'the keys are loaded')
  equal([...parked].sort(), ['k', 'l'], 'a load tells which keys are parked')
})

const guarded = readModelCase('parking: nobody writes past what is parked', async ({ readModels }) => {
  const leases = await leased(readModels, 'a')
  const waiting = commitOf('a', leases, 3, [], [parkedAt('k', 3)])
  await refused(readModels.commit(balances, waiting), 'Fenced', 'an event that waits for nobody')
  await done(readModels.commit(balances, commitOf('a', leases, 3, [], [parkedAt('k', 3, 1)])), 'it failed')
  const before = await keptOf(readModels, ['k'])
  const later = await leased(readModels, 'a')
  const entry = commitOf('a', later, 4, [entryAt('k', 4)])
  await refused(readModels.commit(balances, entry), 'Fenced', 'an entry of a key that is parked')
  equal(await keptOf(readModels, ['k']), before, 'nothing was written')
  await done(readModels.commit(balances, commitOf('a', later, 4, [], [parkedAt('k', 4)])), 'it waits')
})

const ended = readModelCase('unpark: the entry is written and the events are forgotten', async (world) => {
  const { readModels, other } = world
  const leases = await leased(readModels, 'a')
  const parked = [parkedAt('k', 3, 1), parkedAt('k', 4), parkedAt('l', 4, 1), parkedAt('m', 5, 1)]
  await done(readModels.commit(balances, commitOf('a', leases, 5, [], parked)), 'events are parked')
  const end = (key: string, at: number, entry: O.Option<ReturnType<typeof entryAt>>) =>
    done(other.unpark(balances, { key, entry, through: globalPosition(at) }), 'the parking is ended')
  equal(await end('k', 4, O.some(entryAt('k', 4, 'all'))), true, 'nothing came in between')
  await finds(readModels, entryAt('k', 4, 'all'), 'the entry is written')
  equal(await end('m', 5, O.none), true, 'where nothing counts there is no entry')
  equal(await done(readModels.get(balances, 'm'), 'the entry is read'), O.none, 'there is none')
  const keys = await done(readModels.parked(balances), 'the parked keys are read')
  equal(
    keys.map(({ key }) => key),
    ['l'],
    'the other key is parked still',
  )
  equal(await end('k', 4, O.some(entryAt('k', 4, 'twice'))), false, 'it is not parked any more')
  await finds(readModels, entryAt('k', 4, 'all'), 'and its entry is as it was')
  const next = commitOf('a', await leased(readModels, 'a'), 6, [entryAt('k', 6)])
  await done(readModels.commit(balances, next), 'it goes on with the others')
})

const overtaken = readModelCase('unpark: what came to wait in between is not lost', async (world) => {
  const { readModels, other } = world
  let leases = await leased(readModels, 'a')
  await done(readModels.commit(balances, commitOf('a', leases, 3, [], [parkedAt('k', 3, 1)])), 'it is parked')
  leases = await leased(readModels, 'a')
  await done(readModels.commit(balances, commitOf('a', leases, 4, [], [parkedAt('k', 4)])), 'one more waits')
  const before = await keptOf(readModels, ['k'])
  const early = { key: 'k', entry: O.some(entryAt('k', 3)), through: globalPosition(3) }
  equal(await done(other.unpark(balances, early), 'the parking is ended'), false, 'one came in between')
  equal(await keptOf(readModels, ['k']), before, 'nothing was done')
})

const unparkedMeanwhile = readModelCase(
  'unpark: a commit that did not know of it is refused',
  async (world) => {
    const { readModels, other } = world
    const first = await leased(readModels, 'a')
    await done(
      readModels.commit(balances, commitOf('a', first, 3, [], [parkedAt('k', 3, 1)])),
      'it is parked',
    )
    const leases = await leased(readModels, 'a')
    const unparking = { key: 'k', entry: O.some(entryAt('k', 3)), through: globalPosition(3) }
    equal(await done(other.unpark(balances, unparking), 'the parking is ended'), true, 'it is ended')
    const before = await keptOf(readModels, ['k'])
    const late = commitOf('a', leases, 4, [], [parkedAt('k', 4)])
    await refused(readModels.commit(balances, late), 'Fenced', 'an event that would wait for ever')
    equal(await keptOf(readModels, ['k']), before, 'nothing was written')
  },
)

const handled = readModelCase('handler: it writes with the commit, or not at all', async (world) => {
  const { readModels, table } = world
  let leases = await leased(readModels, 'a')
  const commit = commitOf('a', leases, 3, [entryAt('k', 3)])
  await done(
    readModels.commit(balances, commit, (transaction) => table.write(transaction, 3)),
    'it is committed',
  )
  equal(await table.written(), [3], 'what the handler has written is there')
  const late = readModels.commit(balances, commit, (transaction) => table.write(transaction, 4))
  await refused(late, 'Fenced', 'the same commit again')
  equal(await table.written(), [3], 'of a commit that is refused nothing is there')
  leases = await leased(readModels, 'a')
  const before = await keptOf(readModels, ['k'])
  await throwing(world, (within) =>
    readModels.commit(balances, commitOf('a', leases, 5, [entryAt('k', 5)]), within)(),
  )
  equal(await keptOf(readModels, ['k']), before, 'where the handler throws nothing is written')
  const parking = commitOf('a', leases, 5, [], [parkedAt('k', 5, 1)])
  await done(readModels.commit(balances, parking), 'the event is parked')
  const unparking = { key: 'k', entry: O.some(entryAt('k', 5)), through: globalPosition(5) }
  await throwing(world, (within) => readModels.unpark(balances, unparking, within)())
  equal((await done(readModels.parked(balances), 'the parked keys are read')).length, 1, 'it is parked still')
  const unparked = readModels.unpark(balances, unparking, (transaction) => table.write(transaction, 5))
  equal(await done(unparked, 'the parking is ended'), true, 'and now it is not')
  equal(await table.written(), [3, 5], 'what the handlers have written')
})

/** A call whose handler writes and then throws: that is thrown on, and nothing was written. */
const throwing = async <Transaction>(
  { table }: ReadModelWorld<Transaction>,
  call: (within: (transaction: Transaction) => Promise<void>) => Promise<unknown>,
): Promise<void> => {
  const before = await table.written()
  const mine = new Error('The handler did not like it.')
  const within = async (transaction: Transaction): Promise<void> => {
    await table.write(transaction, 99)
    throw mine
  }
  const thrown = await call(within).then(
    () => fail('what the handler throws is thrown on, and the call was answered'),
    (error: unknown) => error,
  )
  equal(thrown === mine, true, 'what the handler throws is thrown on')
  equal(await table.written(), before, 'what it had written is not there')
}

const live = readModelCase('versions: readers are shown one, and another one at once', async (world) => {
  const { readModels, other } = world
  const shown = () => done(other.liveVersion('balances'), 'the live version is read')
  equal(await shown(), O.none, 'there is none at first')
  for (const version of [2, 1]) {
    const of = { ...balances, version }
    const leases = await leased(readModels, 'a', of)
    await done(
      readModels.commit(of, commitOf('a', leases, version, [entryAt('k', version)])),
      'it is written',
    )
  }
  equal(await shown(), O.some(1), 'the lowest there is')
  for (const version of [2, 1, 2]) {
    await done(readModels.makeLive({ ...balances, version }), 'a version is made live')
    equal(await shown(), O.some(version), 'the one that was made live last')
  }
  await refused(readModels.makeLive({ ...balances, version: 3 }), 'InvalidInput', 'one that is not there')
  equal(await shown(), O.some(2), 'nothing has changed')
  for (const version of [1, 2])
    await finds(readModels, entryAt('k', version), `version ${version} has entries of its own`, {
      ...balances,
      version,
    })
})

const told = readModelCase('versions: a handler is told whether its version is live', async (world) => {
  const { readModels } = world
  const seen: Array<boolean> = []
  for (const [version, place] of [
    [1, 1],
    [2, 1],
    [1, 2],
    [2, 2],
  ] as const) {
    const of = { ...balances, version }
    const leases = await leased(readModels, 'a', of)
    if (place === 2 && version === 1)
      await done(readModels.makeLive({ ...balances, version: 2 }), 'it is made live')
    await done(
      readModels.commit(of, commitOf('a', leases, place), async (_, isLive) => void seen.push(isLive)),
      'it is written',
    )
  }
  equal(seen, [true, false, false, true], 'version 1 is live, and then version 2')
})

const waits = readModelCase('versions: another one is made live between commits', async (world) => {
  const { readModels, other, rounds } = world
  await leased(readModels, 'b', { ...balances, version: 2 })
  for (const round of count(1, Math.min(rounds, 10))) {
    const before = round % 2 === 0 ? 2 : 1
    const of = { ...balances, version: before }
    const leases = await leased(readModels, 'a', of)
    const mine = leases.length > 0 ? leases : await leased(readModels, 'b', of)
    const order: Array<string> = []
    let making: Promise<void> = Promise.resolve()
    const committing = readModels.commit(
      of,
      commitOf(leases.length > 0 ? 'a' : 'b', mine, round),
      async (_, isLive) => {
        equal(isLive, true, 'it is live when the handler is called')
        making = done(other.makeLive({ ...balances, version: 3 - before }), 'another is made live').then(
          () => {
            order.push('live')
          },
        )
        for (const _turn of count(1, 20)) await Promise.resolve()
        order.push('handled')
      },
    )
    await done(committing, 'it is committed')
    await making
    equal(order, ['handled', 'live'], 'the commit under way comes first')
  }
})

const dropped = readModelCase('versions: one that is dropped is forgotten', async ({ readModels, other }) => {
  for (const version of [1, 2]) {
    const of = { ...balances, version }
    const leases = await leased(readModels, 'a', of)
    const commit = commitOf('a', leases, 3, [entryAt('k', 3)], [parkedAt('l', 3, 1)])
    await done(readModels.commit(of, commit), 'it is written')
  }
  const other2 = await keptOf(readModels, ['k', 'l'], { ...balances, version: 2 })
  await done(readModels.makeLive(balances), 'it is live')
  const leases = await leased(readModels, 'a')
  await done(other.drop(balances), 'it is dropped')
  await refused(
    readModels.commit(balances, commitOf('a', leases, 4)),
    'Fenced',
    'its owner can write nothing',
  )
  equal(
    await done(readModels.liveVersion('balances'), 'the live version is read'),
    O.some(2),
    'the other one is shown',
  )
  equal(await done(readModels.get(balances, 'k'), 'the entry is read'), O.none, 'it has no entries')
  equal(await done(readModels.parked(balances), 'the parked keys are read'), [], 'nothing is parked')
  equal(await keptOf(readModels, ['k', 'l'], { ...balances, version: 2 }), other2, 'the other is as it was')
  equal(
    (await leased(readModels, 'b'))[0]?.upTo,
    globalPosition(0),
    'and begun again it begins at the beginning',
  )
})

/** Every case of parking, handlers and versions. */
export const parkingCases: ReadonlyArray<ReadModelCase> = [
  kept,
  guarded,
  ended,
  overtaken,
  unparkedMeanwhile,
  handled,
  live,
  told,
  waits,
  dropped,
]
