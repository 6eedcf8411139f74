/**
 * Cases of owing: what a commit owes is written with it or not at all, once, and as it was given.
 * Used by: `OutboxSuite`.
 * @since 0.1.0
 */
import { option as O } from 'fp-ts'
import type { OwedCommand, Owing } from '../../run/Outbox.js'
import { globalPosition } from '../../store/GlobalPosition.js'
import type { Json } from '../../store/Json.js'
import { timestamp } from '../../store/Timestamp.js'
import { equal, fail } from './Expect.js'
import {
  allOwed,
  allRefused,
  dueTo,
  hourMs,
  type OutboxCase,
  outboxCase,
  owed,
  owes,
  owing,
  owingUnder,
  sameCommands,
} from './OutboxCase.js'
import {
  balances,
  commitOf,
  done,
  entryAt,
  leased,
  leaseFor,
  parkedAt,
  refused,
  shortMs,
  twoKeys,
} from './ReadModelCase.js'
import { count } from './Samples.js'

/** What a name may be, and what servers and formats stumble over. */
const hostileNames = [
  'x'.repeat(512),
  '漢'.repeat(512),
  '"\\\\"',
  "'; --",
  '{a,NULL}',
  '__proto__',
  'é😀',
  ' ',
  '\u0001\n\u007f',
  '\\u0000',
]

/** What no name may be, and a text all the same. */
const hostileTexts = ['', '\u0000', '\ud800', 'x\udc00"\\', '😀'.repeat(10_000), 'null']

const hostileValues: ReadonlyArray<Json> = [
  -0,
  null,
  '',
  { z: 1, a: [-0, {}], 10: 0 },
  '\u0000 "\\ \ud800',
  1e308,
  JSON.parse('{"__proto__":{"toJSON":[]}}'),
  'é😀'.repeat(50_000),
]

const written = outboxCase(
  'owing: commands are found as they were written',
  async ({ readModels, other, now }) => {
    const moment = await now()
    const names = hostileNames.map((name, n) =>
      owed(name, n + 1, { key: name, timer: name, dueAt: timestamp(moment - 1) }),
    )
    const texts = hostileTexts.map((text, n) =>
      owed(`text ${n}`, 50 + n, { key: `text ${n}`, correlationId: text, causationId: `${text}!` }),
    )
    const values = hostileValues.map((value, n) =>
      owed(`value ${n}`, 100 + n, { key: `value ${n}`, command: value, index: n }),
    )
    const all = [...names, ...texts, ...values]
    await owes(readModels, all)
    sameCommands(await done(other.owed(balances), 'what is owed is read'), all, 'what is owed')
    sameCommands(await done(other.due(balances, 'a', 1_000), 'what is due is read'), all, 'what is due')
    const settled = all.map(({ id }, n) => ({ id, refusal: hostileTexts[n % hostileTexts.length] ?? '' }))
    await done(readModels.settle(balances, settled), 'all of them are refused')
    sameCommands(
      await done(other.refused(balances), 'what was refused is read'),
      all.map((command, n) => ({ ...command, refusal: settled[n]?.refusal ?? '', isStuck: false })),
      'what was refused, and why',
    )
    await done(other.resend(balances, hostileNames), 'some are to be sent again')
    sameCommands(await done(readModels.owed(balances), 'what is owed is read'), names, 'what is owed again')
  },
)

const isolated = outboxCase('owing: what was written is nobody’s to change', async ({ readModels }) => {
  const command = { items: [1] }
  await owes(readModels, [owed('1', 1, { command })])
  command.items.push(2)
  sameCommands(
    await done(readModels.owed(balances), 'what is owed is read'),
    [owed('1', 1, { command: { items: [1] } })],
    'the writer changes its own command',
  )
})

const atomic = outboxCase('owing: a commit that is refused owes nothing', async (world) => {
  const { readModels, other, pass, table, now } = world
  const timer = owed('timer', 1, { timer: 't', dueAt: timestamp((await now()) + hourMs) })
  await owes(readModels, [timer])
  const before = await leased(readModels, 'a', balances, shortMs)
  const late = owing([owed('late', 2)], [{ key: 'k', timer: 't', at: timestamp(0) }])
  const holds = async (what: string): Promise<void> => {
    equal(await allOwed(other), ['timer'], `${what}: nothing more is owed, and nothing is taken back`)
    equal(await table.written(), [], `${what}: the handler wrote nothing`)
  }
  await pass(3 * shortMs)
  const mine = await leased(other, 'b')
  await refused(
    readModels.commit(balances, owingUnder('a', before, late)),
    'Fenced',
    'the lease is another’s',
  )
  await holds('the lease is another’s')
  const handled = readModels.commit(balances, owingUnder('a', before, late), (transaction) =>
    table.write(transaction, 1),
  )
  await refused(handled, 'Fenced', 'the lease is another’s, and there is a handler')
  await holds('the lease is another’s, and there is a handler')
  const mistaken = mine.map((lease) => ({ ...lease, upTo: globalPosition(0) }))
  await refused(other.commit(balances, owingUnder('b', mistaken, late)), 'Fenced', 'the place is another one')
  await holds('the place is another one')
  const thrown = await other
    .commit(balances, owingUnder('b', mine, late), async (transaction) => {
      await table.write(transaction, 2)
      throw new Error('The handler did not like it.')
    })()
    .then(
      () => undefined,
      (error: unknown) => error,
    )
  if (!(thrown instanceof Error)) fail('what the handler throws is thrown on')
  await holds('the handler throws')
  await done(
    other.commit(balances, owingUnder('b', mine, late), (transaction) => table.write(transaction, 3)),
    'and one that is right',
  )
  equal(await allOwed(readModels), ['late'], 'the one that is right owes, and takes back')
})

const invalid = outboxCase('owing: what cannot be kept is refused, with all of it', async (world) => {
  const { readModels } = world
  const [one, two] = twoKeys(readModels)
  const lease = leaseFor(readModels, await leased(readModels, 'a'), one)
  const right = owed('right', 1, { key: one })
  const with_ = (parts: Partial<OwedCommand>): Owing => owing([right, owed('2', 2, { key: one, ...parts })])
  const taking = (key: string, timer: string, at = 0): Owing =>
    owing([right], [{ key, timer, at: timestamp(at) }])
  const wrong: ReadonlyArray<readonly [string, Owing]> = [
    ['a command of a key whose partition is not moved', with_({ key: two })],
    ['a key that is empty', with_({ key: '' })],
    ['an id that is empty', with_({ id: '' })],
    ['an id with U+0000', with_({ id: 'a\u0000' })],
    ['an id that is longer than that of a command may be', with_({ id: 'x'.repeat(513) })],
    ['an index below 0', with_({ index: -1 })],
    ['an index that is no whole number', with_({ index: 0.5 })],
    ['a command that is no JSON', with_({ command: Number.NaN })],
    ['a timer whose name is half a surrogate pair', with_({ timer: '\ud800', dueAt: timestamp(0) })],
    ['a timer that is due at no time', with_({ timer: 't', dueAt: timestamp(Number.NaN) })],
    ['a timer that is due when no calendar goes so far', with_({ timer: 't', dueAt: timestamp(-1e16) })],
    ['a timer taken back of a key whose partition is not moved', taking(two, 't')],
    ['a timer taken back whose name is empty', taking(one, '')],
    ['a timer taken back at no time', taking(one, 't', Number.POSITIVE_INFINITY)],
  ]
  for (const [what, each] of wrong)
    await refused(readModels.commit(balances, owingUnder('a', [lease], each)), 'InvalidInput', what)
  equal(await allOwed(readModels), [], 'and nothing of it is owed')
  await done(readModels.commit(balances, owingUnder('a', [lease], owing([right]))), 'the right one')
  equal(await allOwed(readModels), ['right'], 'the right one is owed')
})

const once = outboxCase('owing: one id is owed once', async ({ readModels, other }) => {
  const first = owed('1', 1, { command: 'the first' })
  await owes(readModels, [first, owed('1', 1, { command: 'the second', index: 1 })])
  sameCommands(await done(readModels.owed(balances), 'it is read'), [first], 'twice in one commit')
  await owes(other, [owed('1', 2, { command: 'the third' }), owed('2', 2)])
  sameCommands(
    await done(readModels.owed(balances), 'it is read'),
    [first, owed('2', 2)],
    'again in a later commit',
  )
  await done(readModels.settle(balances, [{ id: '1', refusal: 'no', isStuck: true }]), 'it is refused')
  await owes(readModels, [owed('1', 3, { command: 'the fourth' })])
  equal(await allOwed(readModels), ['2'], 'one that was refused is known too')
  equal(await allRefused(readModels), [['1', 'no', true]], 'and stays refused')
  await owes(readModels, [owed('1', 1)], [], { ...balances, version: 2 })
  equal(await allOwed(other, { ...balances, version: 2 }), ['1'], 'another version owes under ids of its own')
  equal(await allOwed(other), ['2'], 'and nobody else’s')
})

const unparked = outboxCase('owing: what ends the parking of a key owes with it', async (world) => {
  const { readModels, other, now } = world
  const timer = owed('timer', 1, { timer: 't', dueAt: timestamp((await now()) + hourMs) })
  await owes(readModels, [timer])
  const parking = commitOf('a', await leased(readModels, 'a'), 3, [], [parkedAt('k', 3, 1)])
  await done(readModels.commit(balances, parking), 'an event is parked')
  const by = (through: number, what: Owing) => ({
    key: 'k',
    entry: O.some(entryAt('k', 3)),
    through: globalPosition(through),
    owing: what,
  })
  const what = owing([owed('2', 3)], [{ key: 'k', timer: 't', at: timestamp(0) }])
  equal(await done(other.unpark(balances, by(2, what)), 'the parking is ended'), false, 'another event waits')
  equal(await allOwed(readModels), ['timer'], 'of what was not done nothing is owed')
  const strange = owing([owed('3', 3, { key: 'l' })])
  await refused(other.unpark(balances, by(3, strange)), 'InvalidInput', 'a command of another key')
  const nobodys = owing([], [{ key: 'l', timer: 't', at: timestamp(0) }])
  await refused(other.unpark(balances, by(3, nobodys)), 'InvalidInput', 'a timer of another key')
  equal(await done(other.unpark(balances, by(3, what)), 'the parking is ended'), true, 'it is ended')
  equal(await allOwed(readModels), ['2'], 'and what that owes is owed, and its timer is taken back')
})

const dropped = outboxCase('owing: what a dropped read model owes is forgotten', async (world) => {
  const { readModels, other, now } = world
  const dueAt = timestamp((await now()) + hourMs)
  await owes(readModels, [owed('1', 1), owed('2', 2), owed('4', 4, { timer: 't', dueAt })])
  await owes(readModels, [owed('3', 1)], [], { ...balances, version: 2 })
  await done(readModels.settle(balances, [{ id: '2', refusal: 'no' }]), 'one is refused')
  await done(other.drop(balances), 'it is dropped')
  await leased(readModels, 'a')
  equal(await allOwed(readModels), [], 'begun again it owes nothing')
  equal(await allRefused(readModels), [], 'and has refused nothing')
  equal(await dueTo(readModels), [], 'and nothing is due')
  equal(await done(readModels.nextDueAt(balances), 'the next time is read'), undefined, 'nor will be')
  equal(await allOwed(readModels, { ...balances, version: 2 }), ['3'], 'another version owes what it owed')
})

const raced = outboxCase('owing: commits and settlings at once lose nothing', async (world) => {
  const { readModels, other, settings } = world
  for (const round of count(1, settings.rounds)) {
    const of = { name: 'raced', version: round }
    const ids = count(1, 12).map(String)
    await owes(
      readModels,
      ids.map((id, n) => owed(id, n + 1, { key: `k${n % 5}` })),
      [],
      of,
    )
    const leases = await leased(readModels, 'a', of)
    const more = owing(count(13, 16).map((n) => owed(String(n), n, { key: `k${n % 5}` })))
    const settle = (keeper: typeof readModels, which: ReadonlyArray<string>, refusal?: string) =>
      done(
        keeper.settle(
          of,
          which.map((id) => (refusal === undefined ? { id } : { id, refusal })),
        ),
        'they are settled',
      )
    await Promise.all([
      settle(readModels, ['1', '2', '3', '4']),
      settle(other, ['4', '3', '2', '1']),
      done(readModels.commit(of, owingUnder('a', leases, more)), 'more is owed'),
      settle(other, ['8', '7', '6', '5'], 'no'),
      settle(readModels, ['9', '10']),
    ])
    equal(await allOwed(other, of), ['11', '12', '13', '14', '15', '16'], 'what is left is owed')
    const left = (await allRefused(readModels, of)).map(([id]) => id)
    equal(left, ['5', '6', '7', '8'], 'and what was refused is kept')
  }
})

/** Every case of owing. */
export const owingCases: ReadonlyArray<OutboxCase> = [
  written,
  isolated,
  atomic,
  invalid,
  once,
  unparked,
  dropped,
  raced,
]
