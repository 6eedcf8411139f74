/** The laws of storage, behaviour and expectations answer, whatever a domain and its codecs do. */
import type { AnyDomain } from 'decider-ts/decide'
import { historyOf } from 'decider-ts/harness'
import { either as E } from 'fp-ts'
import { expect, test } from 'vitest'
import type { LawsOf } from '../../src/harness/domain/Law.js'
import { behaviour } from '../../src/harness/domain/laws/Behaviour.js'
import { expected } from '../../src/harness/domain/laws/Expected.js'
import { restart } from '../../src/harness/domain/laws/Restart.js'
import { storage } from '../../src/harness/domain/laws/Storage.js'
import { upcasting } from '../../src/harness/domain/laws/Upcasting.js'
import { Inventory } from './Inventory.js'
import { behaviourExpectations } from './zoo/Behaviour.js'
import { subjectOf } from './zoo/Broken.js'

const laws: LawsOf = (subject) =>
  [storage, restart, upcasting, behaviour, expected].flatMap((of) => of(subject))

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
