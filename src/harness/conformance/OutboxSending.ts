/**
 * Cases of sending: what is due and to whom, in which order, what becomes of it, and what holds it up.
 * Used by: `OutboxSuite`.
 * @since 0.1.0
 */
import { equal, isTrue } from './Expect.js'
import {
  allOwed,
  allRefused,
  dueTo,
  hourMs,
  type OutboxCase,
  outboxCase,
  owed,
  owes,
  sameCommands,
} from './OutboxCase.js'
import { balances, done, leased, longMs, shortMs } from './ReadModelCase.js'
import { count } from './Samples.js'

const ordered = outboxCase('due: the commands of a key come in order, one at a time', async (world) => {
  const { readModels, other } = world
  const at = (position: number, index: number, key = 'k') =>
    owed(`${key} ${position} ${index}`, position, { key, index })
  // Numbers whose texts are in another order, in commits that are in another order.
  await owes(readModels, [at(10, 0), at(9, 10), at(9, 2)])
  await owes(readModels, [at(10, 0, 'l'), at(2, 0), at(100, 0)])
  const inOrder = ['k 2 0', 'k 9 2', 'k 9 10', 'k 10 0', 'k 100 0']
  const everything = await allOwed(other)
  equal(
    everything.filter((id) => id.startsWith('k')),
    inOrder,
    'all that is owed is in the order of position and index',
  )
  for (const id of inOrder) {
    const due = await dueTo(other)
    equal(
      due.filter((each) => each.startsWith('k')),
      [id],
      'of each key the first is due',
    )
    equal(due.includes('l 10 0'), true, 'and the other key does not wait for it')
    equal(await dueTo(readModels), due, 'as long as it is not crossed off')
    await done(other.settle(balances, [{ id }]), 'it is crossed off')
  }
  equal(await dueTo(readModels), ['l 10 0'], 'nothing of the key is left')
})

const limited = outboxCase('due: the first ones, as many as are asked for', async ({ readModels }) => {
  await owes(
    readModels,
    count(1, 9).map((n) => owed(String(n), n, { key: `k${n % 4}` })),
  )
  for (const [limit, ids] of [
    [1, ['1']],
    [3, ['1', '2', '3']],
    [4, ['1', '2', '3', '4']],
    [100, ['1', '2', '3', '4']],
  ] as const)
    equal(await dueTo(readModels, 'a', limit), ids, `at most ${limit}`)
})

const held = outboxCase('due: to who holds the partition, and to nobody else', async (world) => {
  const { readModels, other, pass } = world
  const all = count(1, 40).map((n) => owed(String(n), n, { key: `k${n}` }))
  await owes(readModels, all)
  equal(await dueTo(other, 'b'), [], 'who holds nothing has nothing to send')
  for (const owner of ['a', 'b', 'a', 'b']) await leased(readModels, owner, balances, longMs)
  const shares = new Map<string, ReadonlyArray<string>>()
  for (const owner of ['a', 'b']) {
    const partitions = (await leased(readModels, owner, balances, longMs)).map(({ partition }) => partition)
    const isOurs = ({ key }: { readonly key: string }): boolean =>
      partitions.includes(readModels.partitionOf(key))
    const ours = all.filter(isOurs).map(({ id }) => id)
    shares.set(owner, ours)
    equal(await dueTo(other, owner), ours, `what ${owner} has to send is of the partitions that it holds`)
    equal(
      await dueTo(other, owner, 2),
      ours.slice(0, 2),
      `the first ones of ${owner} are not those of others`,
    )
  }
  isTrue((shares.get('a')?.length ?? 0) > 0, 'a has something to send')
  isTrue((shares.get('b')?.length ?? 0) > 0, 'b has something to send')
  equal(await dueTo(other, 'a', 100, { ...balances, version: 2 }), [], 'another version owes nothing')
  await leased(readModels, 'a', balances, shortMs)
  await pass(3 * shortMs)
  equal(await dueTo(other, 'a'), [], 'who is late has nothing to send, though nobody has taken it')
  equal(await dueTo(other, 'b'), shares.get('b'), 'who is not has what he had')
  await leased(other, 'b', balances, longMs)
  equal((await dueTo(readModels, 'b')).length, all.length, 'and now has the rest too')
  await done(readModels.release(balances, 'b'), 'it goes')
  equal(await dueTo(readModels, 'b'), [], 'who has released has nothing to send')
})

const stuck = outboxCase('stuck: one that is stuck holds up its key, and no other', async (world) => {
  const { readModels, other } = world
  const l = { key: 'l' }
  await owes(readModels, [owed('1', 1), owed('2', 2), owed('3', 3), owed('l1', 11, l), owed('l2', 12, l)])
  await done(readModels.settle(balances, [{ id: '1' }]), 'the first is crossed off')
  await done(readModels.settle(balances, [{ id: '2', refusal: 'broken', isStuck: true }]), 'one is stuck')
  equal(await dueTo(other), ['l1'], 'the one behind it waits, and the other key goes on')
  await owes(readModels, [owed('4', 4), owed('l3', 13, l)])
  await done(readModels.settle(balances, [{ id: 'l1' }]), 'the other key goes on')
  equal(await dueTo(other), ['l2'], 'what is owed later waits too')
  equal(await allRefused(other), [['2', 'broken', true]], 'the one that is stuck is shown')
  equal(await allOwed(other), ['3', '4', 'l2', 'l3'], 'and those behind it are owed')
  await done(readModels.settle(balances, [{ id: '2' }]), 'it is crossed off')
  equal(await dueTo(other), ['3', 'l2'], 'then the next one is due')
  equal(await allRefused(other), [], 'and nothing of it is kept')
})

const rejected = outboxCase('settle: one that was rejected holds up nothing', async (world) => {
  const { readModels, other } = world
  await owes(readModels, [owed('1', 1), owed('2', 2), owed('3', 3)])
  await done(readModels.settle(balances, [{ id: '1', refusal: 'a rule said no' }]), 'it is rejected')
  equal(await dueTo(other), ['2'], 'the next one is due')
  await done(
    readModels.settle(balances, [{ id: '2', refusal: 'no again', isStuck: false }]),
    'one more is rejected',
  )
  equal(await dueTo(other), ['3'], 'and the next')
  equal(
    await allRefused(other),
    [
      ['1', 'a rule said no', false],
      ['2', 'no again', false],
    ],
    'both are kept with their reasons',
  )
  equal(await allOwed(other), ['3'], 'and are not owed any more')
})

const settled = outboxCase(
  'settle: each is settled by its id, and one that is not there is left out',
  async (world) => {
    const { readModels, other } = world
    const all = count(1, 6).map((n) => owed(String(n), n, { key: `k${n}` }))
    await owes(readModels, all)
    await done(readModels.settle(balances, []), 'nothing is settled')
    equal((await allOwed(other)).length, 6, 'nothing has changed')
    const outcomes = [
      { id: '1' },
      { id: '2', refusal: 'no' },
      { id: 'unknown' },
      { id: 'unknown too', refusal: 'no' },
      { id: '3', refusal: 'broken', isStuck: true },
    ]
    await done(other.settle(balances, outcomes), 'some are settled')
    equal(await allOwed(readModels), ['4', '5', '6'], 'the others are owed')
    const kept = [
      ['2', 'no', false],
      ['3', 'broken', true],
    ]
    equal(await allRefused(readModels), kept, 'what was refused is kept')
    await done(other.settle({ ...balances, version: 2 }, [{ id: '4' }]), 'one of another version is settled')
    equal(await allOwed(readModels), ['4', '5', '6'], 'it was nobody’s')
    await done(
      readModels.settle(balances, [{ id: '3', refusal: 'a rule' }, { id: '2' }]),
      'people look at them',
    )
    equal(
      await allRefused(readModels),
      [['3', 'a rule', false]],
      'one has another reason, the other is forgotten',
    )
  },
)

const resent = outboxCase('resend: a command is sent again, under its id and in its place', async (world) => {
  const { readModels, other } = world
  const first = owed('1', 1, { correlationId: 'c', timer: 't' })
  await owes(readModels, [first, owed('2', 2), owed('3', 3)])
  await done(
    readModels.settle(balances, [
      { id: '1', refusal: 'broken', isStuck: true },
      { id: '2', refusal: 'no' },
    ]),
    'two are refused',
  )
  await done(other.resend(balances, ['unknown', '3']), 'what was not refused is sent again')
  equal(await dueTo(readModels), [], 'that changes nothing')
  await done(other.resend({ ...balances, version: 2 }, ['1']), 'and so it is with another version')
  equal(await dueTo(readModels), [], 'that changes nothing either')
  await done(other.resend(balances, ['1']), 'the one that is stuck is sent again')
  sameCommands(await done(other.due(balances, 'a', 9), 'what is due is read'), [first], 'it is as it was')
  equal(await allRefused(readModels), [['2', 'no', false]], 'the other is refused still')
  await done(readModels.settle(balances, [{ id: '1' }]), 'this time it went well')
  equal(await dueTo(readModels), ['3'], 'and the later ones go on')
  await done(other.resend(balances, ['2']), 'the other is sent again')
  equal(await dueTo(readModels), ['2'], 'before what comes later')
})

const patient = outboxCase('due: what is due stays due until it is settled', async ({ readModels, pass }) => {
  await owes(readModels, [owed('1', 1)])
  equal(await dueTo(readModels), ['1'], 'it is due')
  equal(await dueTo(readModels), ['1'], 'whoever asks again is told again')
  await pass(hourMs)
  equal(await dueTo(readModels), ['1'], 'an hour later it is due still')
})

/** Every case of sending. */
export const sendingCases: ReadonlyArray<OutboxCase> = [
  ordered,
  limited,
  held,
  patient,
  stuck,
  rejected,
  settled,
  resent,
]
