/** The law of the key that JavaScript takes for something else. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { holdsProtoKey, lostToPrototype } from '../../../../src/harness/domain/ProtoKey.js'
import { law } from '../../Law.js'

interface Finding {
  readonly lost: typeof lostToPrototype
  readonly holds: typeof holdsProtoKey
}

const place = fc.array(fc.oneof(fc.stringMatching(/^[a-z]{1,4}$/), fc.nat(2)), { maxLength: 4 })

/** Something within records and lists, and the path to it. */
const within = (steps: ReadonlyArray<string | number>, inner: object): object =>
  steps.reduceRight<object>(
    (part, step) =>
      typeof step === 'number'
        ? Array.from({ length: step + 1 }, (_, at) => (at === step ? part : 0))
        : { [step]: part },
    inner,
  )

const pathOf = (steps: ReadonlyArray<string | number>): string =>
  steps.reduce<string>(
    (path, step) => (typeof step === 'number' ? `${path}[${step}]` : path === '' ? step : `${path}.${step}`),
    '',
  )

const found = ({ lost, holds }: Finding) =>
  fc.property(place, fc.dictionary(fc.string(), fc.nat()), (steps, record) => {
    const assigned = within(steps, Object.setPrototypeOf({ ...record }, { quantity: 1 }) as object)
    const kept = within(steps, Object.fromEntries([...Object.entries(record), ['__proto__', 1]]))
    return (
      lost(assigned) === pathOf(steps) &&
      lost(kept) === undefined &&
      holds(kept) &&
      holds(assigned) === Object.hasOwn(record, '__proto__')
    )
  })

law('PKY-1 lost', found({ lost: lostToPrototype, holds: holdsProtoKey }))
law.rejects(
  'PKY-1',
  'a search at the top only',
  found({ lost: (value) => lostToPrototype(value, '', 512), holds: holdsProtoKey }),
)
law.rejects(
  'PKY-1',
  'a search that finds the key in every object',
  found({ lost: lostToPrototype, holds: () => true }),
)

test('classes, and objects with nothing above them, have lost nothing', () => {
  expect(lostToPrototype({ at: new Date(), map: new Map(), none: Object.create(null) })).toBeUndefined()
})
