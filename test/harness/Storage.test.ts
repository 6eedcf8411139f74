/**
 * The laws of storage, behaviour and expectations, tried on domains that break them one at a time: the law that is named
 * must fail, those that are listed along with it too, and no other. Good domains must pass them all.
 */
import { type AnyDomain, accept, combine, domain, reject, type Typed } from 'decider-ts/decide'
import { historyOf } from 'decider-ts/harness'
import { either as E } from 'fp-ts'
import * as t from 'io-ts'
import { expect, test } from 'vitest'
import { Account } from '../../examples/banking/Account.js'
import type { Breach, LawsOf, Subject } from '../../src/harness/domain/Law.js'
import { behaviour } from '../../src/harness/domain/laws/Behaviour.js'
import { expected } from '../../src/harness/domain/laws/Expected.js'
import { restart } from '../../src/harness/domain/laws/Restart.js'
import { storage } from '../../src/harness/domain/laws/Storage.js'
import { upcasting } from '../../src/harness/domain/laws/Upcasting.js'
import { Inventory, parts } from './Inventory.js'
import { behaviourExpectations, behaviourZoo } from './zoo/Behaviour.js'
import { broken, failingOf, subjectOf } from './zoo/Broken.js'
import { storageZoo } from './zoo/Storage.js'

const laws: LawsOf = (subject) =>
  [storage, restart, upcasting, behaviour, expected].flatMap((of) => of(subject))

const failing = (subject: Subject<Typed, unknown, Typed, Typed>) => failingOf(laws, subject)

const breachOf = (
  subject: Subject<Typed, unknown, Typed, Typed>,
  id: string,
  { past, command }: Breach<Typed, Typed>,
) => {
  const history = historyOf(subject.domain)(command === undefined ? [] : [command], past)
  const trial = { history, strayCommands: [], strayEvents: [] }
  return laws(subject)
    .find((law) => law.id === id)
    ?.judge(trial)
}

test.each([...storageZoo, ...behaviourZoo].map((each) => [each.what, each] as const))(
  'found out: %s',
  (_, each) => {
    const found = failing(subjectOf(each))
    expect(found.map(({ id }) => id)).toEqual([each.caughtBy, ...(each.also ?? [])])
    for (const { id, breach, commands } of found) {
      // What is printed as a test asks the same law about the past and the command of the breach, and nothing else.
      expect(breachOf(subjectOf(each), id, breach), `${id} is met again`).toBeDefined()
      expect(commands).toBeLessThanOrEqual(6)
      expect(breach.past.length).toBeLessThanOrEqual(5)
      expect(breach.cause).toMatch(/\.$/)
      expect(breach.advice).toMatch(/\.$/)
    }
  },
)

const lamp = domain({
  name: 'lamp',
  command: t.union([t.strict({ type: t.literal('SwitchOn') }), t.strict({ type: t.literal('SwitchOff') })]),
  event: t.union([t.strict({ type: t.literal('SwitchedOn') }), t.strict({ type: t.literal('SwitchedOff') })]),
  rejection: t.strict({ type: t.literal('AlreadySo') }),
  state: t.strict({ on: t.boolean }),
  streamId: () => 'lamp',
  initialState: { on: false },
  evolve: (_, event) => ({ on: event.type === 'SwitchedOn' }),
  decide: (command) => (state) => {
    if ((command.type === 'SwitchOn') === state.on) return reject({ type: 'AlreadySo' })
    return accept({ type: command.type === 'SwitchOn' ? 'SwitchedOn' : 'SwitchedOff' })
  },
})

const good = [
  broken('an inventory', { caughtBy: '' }, Inventory, behaviourExpectations),
  broken('a bank account', { caughtBy: '' }, Account),
  broken('a lamp', { caughtBy: '' }, lamp),
  broken('a combination', { caughtBy: '' }, combine({ article: Inventory, lamp })),
  broken(
    'a domain with a history',
    { caughtBy: '' },
    domain({
      ...parts,
      upcasters: { Received: [(data) => ({ quantity: (data as { pieces: number }).pieces })] },
    }),
    {
      golden: [
        { type: 'Received', schemaVersion: 1, data: { pieces: 3 } },
        { type: 'Received', schemaVersion: 2, data: { quantity: 3 } },
        { type: 'Opened', schemaVersion: 1, data: {} },
      ],
    },
  ),
]

test.each(good.map((each) => [each.what, each] as const))('nothing to find in %s', (_, each) => {
  expect(failing(subjectOf(each))).toEqual([])
})

/** Whatever a domain does, a law answers: it is some other law that names what is thrown. */
test('no judge throws, whatever the domain does', () => {
  const boom = (): never => {
    throw new RangeError('boom')
  }
  const answers: ReadonlyArray<() => unknown> = [
    boom,
    () => undefined,
    () => E.right([undefined, 'text', 5, { type: 7 }]),
    () => E.right([{ type: 'Opened' }, Object.create(null), new Map()]),
    () => E.left(undefined),
    () => E.left(Symbol('no')),
  ]
  const folds: ReadonlyArray<() => unknown> = [boom, () => undefined, () => 1n, () => new Map([[boom, boom]])]
  const codecs = [
    Inventory,
    { event: throwing(boom), rejection: throwing(boom), command: throwing(boom), state: throwing(boom) },
  ]
  const found = answers.flatMap((answer) =>
    folds.flatMap((fold) =>
      codecs.map((codec) => {
        const wild = { ...Inventory, ...codec, decide: () => answer, evolve: fold, isTerminal: boom }
        const subject = subjectOf({
          domain: wild as AnyDomain,
          expectations: { ...behaviourExpectations, inert: ['Opened'] },
        })
        const history = historyOf(subject.domain)([{ type: 'Open' }, { type: 'Reserve' }])
        const trial = { history, strayCommands: [{ type: 'Close' }], strayEvents: [] }
        return laws(subject).filter((law) => law.judge(trial) !== undefined).length
      }),
    ),
  )
  expect(Math.min(...found)).toBeGreaterThan(0)
})

const throwing = (boom: () => never) => {
  const tagged = { codecs: [], types: ['Opened'], is: boom, encode: boom, decode: boom }
  return { ...tagged, tagged, upcasters: { Opened: [boom] } }
}
