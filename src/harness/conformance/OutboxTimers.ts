/**
 * Cases of timers: none fires before it is due, and whether one was taken back is a matter of what was recorded when, and
 * not of the time at which somebody looks.
 * Used by: `OutboxSuite`.
 * @since 0.1.0
 */
import { timestamp } from '../../store/Timestamp.js'
import { equal, isTrue } from './Expect.js'
import { allOwed, allRefused, dueTo, hourMs, type OutboxCase, outboxCase, owed, owes } from './OutboxCase.js'
import { balances, done, leased } from './ReadModelCase.js'

const early = outboxCase(
  'timers: one is due from its time on, once, and holds up nobody before',
  async (world) => {
    const { readModels, other, now, pass } = world
    const moment = await now()
    const dueIn = (hours: number) => timestamp(moment + hours * hourMs)
    await owes(readModels, [
      owed('in an hour', 1, { timer: 's', dueAt: dueIn(1) }),
      owed('in three', 2, { timer: 't', dueAt: dueIn(3) }),
      owed('at once', 3),
      owed('too late', 4, { timer: 'u', dueAt: dueIn(-1) }),
    ])
    equal(await dueTo(other), ['at once'], 'it is not held up by timers that come before it')
    await done(readModels.settle(balances, [{ id: 'at once' }]), 'it is crossed off')
    equal(await dueTo(other), ['too late'], 'a timer whose time is over is due')
    await done(readModels.settle(balances, [{ id: 'too late' }]), 'it is crossed off')
    equal(await dueTo(other), [], 'nothing is due')
    await pass(2 * hourMs)
    await owes(readModels, [owed('later', 5)])
    equal(await dueTo(other), ['in an hour'], 'two hours later the first one is, before what comes after it')
    await done(readModels.settle(balances, [{ id: 'in an hour' }]), 'it is crossed off')
    equal(await dueTo(other), ['later'], 'it is due once')
    await done(readModels.settle(balances, [{ id: 'later' }]), 'the other one is crossed off')
    await pass(2 * hourMs)
    equal(await dueTo(other), ['in three'], 'and two hours later the second one')
    await done(readModels.settle(balances, [{ id: 'in three', refusal: 'no' }]), 'it is refused')
    equal([await dueTo(other), await allOwed(other)], [[], []], 'and nothing is left')
  },
)

const soonest = outboxCase('timers: the next one is the soonest that is not due', async (world) => {
  const { readModels, other, now } = world
  const next = () => done(other.nextDueAt(balances), 'the next time is read')
  equal(await next(), undefined, 'of one that is not there')
  const moment = await now()
  const dueIn = (hours: number) => timestamp(moment + hours * hourMs)
  await owes(readModels, [
    owed('over', 1, { timer: 'a', dueAt: dueIn(-1) }),
    owed('at once', 2),
    owed('in three', 3, { timer: 'b', dueAt: dueIn(3), key: 'l' }),
    owed('in two', 4, { timer: 'c', dueAt: dueIn(2), key: 'm' }),
    owed('in one', 5, { timer: 'd', dueAt: dueIn(1) }),
  ])
  await owes(readModels, [owed('another', 1, { timer: 'a', dueAt: dueIn(0.5) })], [], {
    ...balances,
    version: 2,
  })
  equal(await next(), dueIn(1), 'in an hour')
  await done(readModels.settle(balances, [{ id: 'in one', refusal: 'no' }]), 'that one is refused')
  equal(await next(), dueIn(2), 'in two, of another key')
  await done(readModels.release(balances, 'a'), 'its owner goes')
  await leased(readModels, 'b')
  equal(await next(), dueIn(2), 'whoever holds it')
  await done(readModels.settle(balances, [{ id: 'in two' }, { id: 'in three' }]), 'they are crossed off')
  equal(await next(), undefined, 'there is none any more')
})

const cancelled = outboxCase(
  'timers: taken back by what was recorded before they were due',
  async (world) => {
    const { readModels, other, now } = world
    const moment = await now()
    const times = [
      ['over', timestamp(moment - hourMs)],
      ['to come', timestamp(moment + hourMs)],
    ] as const
    for (const [nth, [what, dueAt]] of times.entries()) {
      const at = 10 * nth
      const names = ['before', 'at', 'after']
      await owes(
        readModels,
        names.map((name, index) => owed(`${what} ${name}`, at + 1, { index, timer: name, dueAt })),
      )
      await owes(
        other,
        [],
        names.map((timer, index) => ({ key: 'k', timer, at: timestamp(dueAt + index - 1) })),
      )
      equal(
        (await allOwed(other)).filter((id) => id.startsWith(what)),
        [`${what} at`, `${what} after`],
        `a timer whose time is ${what}: gone is the one that was taken back before it, whatever the time is now`,
      )
    }
  },
)

const others = outboxCase('timers: what is taken back is one timer of one key', async (world) => {
  const { readModels, other, now } = world
  const dueAt = timestamp((await now()) + hourMs)
  const t = { timer: 't', dueAt }
  const second = { ...balances, version: 2 }
  await owes(readModels, [
    owed('of the key', 1, t),
    owed('of the key too', 1, { ...t, index: 1 }),
    owed('another timer', 2, { timer: 'u', dueAt }),
    owed('another key', 3, { ...t, key: 'l' }),
    owed('no timer', 4),
    owed('not under a name', 5, { dueAt }),
    owed('at once', 6, { timer: 't' }),
    owed('refused', 7, t),
  ])
  await owes(readModels, [owed('another version', 1, t)], [], second)
  await done(readModels.settle(balances, [{ id: 'refused', refusal: 'no' }]), 'one is refused')
  const at = timestamp(0)
  await owes(
    other,
    [],
    [
      { key: 'k', timer: 't', at },
      { key: 'k', timer: 'never set', at },
      { key: 'never seen', timer: 't', at },
    ],
  )
  const left = ['another timer', 'another key', 'no timer', 'not under a name', 'at once']
  equal(await allOwed(readModels), left, 'every other command is owed')
  equal(await allOwed(readModels, second), ['another version'], 'and those of another version')
  equal(await allRefused(readModels), [['refused', 'no', false]], 'what was refused is for people')
})

const again = outboxCase('timers: one that is set again in the same commit stays', async (world) => {
  const { readModels, other, now } = world
  const moment = await now()
  const first = timestamp(moment + hourMs)
  await owes(readModels, [owed('1', 1, { timer: 't', dueAt: first })])
  const at = timestamp(moment)
  const later = timestamp(moment + 2 * hourMs)
  await owes(other, [owed('2', 2, { timer: 't', dueAt: later })], [{ key: 'k', timer: 't', at }])
  equal(await allOwed(readModels), ['2'], 'the one before is taken back')
  equal(await done(readModels.nextDueAt(balances), 'the next time is read'), later, 'and the new one counts')
  await owes(readModels, [], [{ key: 'k', timer: 't', at }])
  equal(await allOwed(readModels), [], 'until it is taken back itself')
  isTrue(
    (await done(readModels.nextDueAt(balances), 'the next time is read')) === undefined,
    'then nothing is to come',
  )
})

/** Every case of timers. */
export const timerCases: ReadonlyArray<OutboxCase> = [early, soonest, cancelled, others, again]
