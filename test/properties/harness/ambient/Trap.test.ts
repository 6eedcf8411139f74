/** Traps see what they are set for, are quiet about the rest, and leave the world as it was. */
import nodeCrypto from 'node:crypto'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { ambientTraps } from '../../../../src/harness/ambient/AmbientTraps.js'
import { type Trap, type Watched, watched } from '../../../../src/harness/ambient/Trap.js'
import { law } from '../../Law.js'

type Watch = <A>(body: () => A) => Watched<A>

const noon = new Date(Date.UTC(2024, 0, 15, 12))

/** Each way to read the world, under the name by which it is reported. */
const reads: Readonly<Record<string, () => unknown>> = {
  'Date.now()': () => Date.now(),
  'new Date()': () => new Date(),
  'Date()': () => Date(),
  'performance.now()': () => performance.now(),
  'process.hrtime()': () => process.hrtime(),
  'process.hrtime.bigint()': () => process.hrtime.bigint(),
  'process.uptime()': () => process.uptime(),
  'Math.random()': () => Math.random(),
  'crypto.randomUUID()': () => crypto.randomUUID(),
  'crypto.getRandomValues()': () => crypto.getRandomValues(new Uint8Array(1)),
  'crypto.randomBytes()': () => nodeCrypto.randomBytes(1),
  'process.env.HOME': () => process.env['HOME'],
  'process.env.NO_SUCH_SETTING': () => 'NO_SUCH_SETTING' in process.env,
  'process.env': () => Object.keys(process.env),
  'process.cwd()': () => process.cwd(),
  'process.nextTick()': () => process.nextTick(() => {}),
  'setTimeout()': () => clearTimeout(setTimeout(() => {}, 1)),
  'setInterval()': () => clearInterval(setInterval(() => {}, 1)),
  'setImmediate()': () => clearImmediate(setImmediate(() => {})),
  'queueMicrotask()': () => queueMicrotask(() => {}),
  'fetch()': () => fetch('data:,').catch(() => undefined),
  'new Date(year, month, ...)': () => new Date(2024, 0, 15),
  "new Date('2024-01-15T12:00')": () => new Date('2024-01-15T12:00'),
  'Date.parse()': () => Date.parse('2024-01-15T12:00'),
  'Date#getTimezoneOffset()': () => noon.getTimezoneOffset(),
  'Date#getHours()': () => noon.getHours(),
  'Date#getDay()': () => noon.getDay(),
  'Date#setHours()': () => new Date(noon).setHours(1),
  'Date#toString()': () => `${noon}`,
  'Date#toDateString()': () => noon.toDateString(),
  'Date#toLocaleString()': () => noon.toLocaleString('en'),
  'Date#toLocaleDateString()': () => noon.toLocaleDateString(undefined, { timeZone: 'UTC' }),
  'Number#toLocaleString()': () => (5).toLocaleString(),
  'BigInt#toLocaleString()': () => 5n.toLocaleString(),
  'String#localeCompare()': () => 'a'.localeCompare('b'),
  'String#toLocaleUpperCase()': () => 'a'.toLocaleUpperCase(),
  'Intl.Collator()': () => ['b', 'a'].sort(new Intl.Collator().compare),
  'Intl.NumberFormat()': () => Intl.NumberFormat([]).format(5),
  'Intl.DateTimeFormat()': () => new Intl.DateTimeFormat('en').format(noon),
  'Intl.PluralRules()': () => new Intl.PluralRules().select(5),
}

/** What needs nothing but its arguments. */
const quiet: ReadonlyArray<() => unknown> = [
  () => new Date(5).toISOString(),
  () => new Date('2024-01-15').getTime(),
  () => new Date('2024-01-15T12:00:00Z').getUTCHours(),
  () => new Date('2024-01-15T12:00:00+02:00').toJSON(),
  () => new Date('Mon, 15 Jan 2024 12:00:00 GMT').valueOf(),
  () => Number.isNaN(new Date('no date').getTime()),
  () => new Date(noon).getTime(),
  () => Date.UTC(2024, 0, 15),
  () => [noon instanceof Date, noon.constructor === Date, new Date(1) instanceof Date],
  () => Object.prototype.toString.call(new Date(1)),
  () => noon.toLocaleDateString('en', { timeZone: 'UTC' }),
  () => (5).toLocaleString('de'),
  () => 'a'.localeCompare('b', 'sv'),
  () => new Intl.DateTimeFormat('en', { timeZone: 'UTC' }).format(noon),
  () => new Intl.NumberFormat('en').format(5),
  () => ['b', 'a'].sort(),
  () => Math.max(1, 2),
  () => JSON.stringify({ noon }),
  () => structuredClone({ noon }),
  () => new (class Day extends Date {})(5).getTime(),
]

/** Everything that a trap stands in for, as it is now. */
const world = (): ReadonlyArray<PropertyDescriptor | undefined> =>
  ambientTraps().map(({ owner, key }) => Object.getOwnPropertyDescriptor(owner, key))

const calm = fc.constantFrom(...quiet)
const any = fc.constantFrom(...Object.values(reads), ...quiet)

const restored = (watch: Watch) =>
  fc.property(fc.array(any, { maxLength: 5 }), fc.boolean(), (bodies, throws) => {
    const before = world()
    try {
      watch(() => {
        for (const body of bodies) body()
        if (throws) throw new Error('in the middle')
      })
    } catch (error) {
      expect(String(error)).toBe('Error: in the middle')
    }
    expect(world()).toEqual(before)
    return world().every(
      (now, index) => now?.value === before[index]?.value && now?.get === before[index]?.get,
    )
  })

const seen = (watch: Watch) =>
  fc.property(
    fc.constantFrom(...Object.entries(reads)),
    fc.array(calm, { maxLength: 3 }),
    ([what, read], before) => {
      const { reads: found } = watch(() => {
        for (const body of before) body()
        return read()
      })
      return found.some((one) => one.what === what && one.place?.includes('Trap.test.ts:') === true)
    },
  )

const isQuiet = (watch: Watch) =>
  fc.property(calm, (body) => {
    const { result, reads: found } = watch(body)
    expect(result).toStrictEqual(body())
    return found.length === 0
  })

const { now } = Date

afterEach(() => {
  Date.now = now
})

/** Restores what it has set only if all goes well. */
const forgetful: Watch = (body) => {
  Date.now = () => now()
  const found = watched(body)
  Date.now = now
  return found
}

const withTraps =
  (choose: (traps: ReadonlyArray<Trap>) => ReadonlyArray<Trap>): Watch =>
  (body) =>
    watched(body, choose(ambientTraps()))

/** Takes every call for a read, whatever it is given. */
const jumpy: Watch = (body) => {
  const { result, reads: found } = watched(body)
  return { result, reads: [...found, { kind: 'clock', what: 'something', place: undefined }] }
}

describe('Trap', () => {
  law('AMB-1 restored', restored(watched))
  law.rejects('AMB-1', 'a watch that does not restore when the function throws', restored(forgetful))
  law('AMB-2 seen', seen(watched), { numRuns: 300 })
  law.rejects(
    'AMB-2',
    'a list of traps that lacks chance',
    seen(withTraps((traps) => traps.filter(({ key }) => key !== 'random'))),
    {
      numRuns: 300,
    },
  )
  law('AMB-3 quiet', isQuiet(watched))
  law.rejects('AMB-3', 'a watch that tells of more than was read', isQuiet(jumpy))
})

test('each way to read is reported under its name', () => {
  for (const [what, read] of Object.entries(reads))
    expect(watched(read).reads.map((found) => found.what)).toContain(what)
})

test('a watched function can ask whether it has read, and stop', () => {
  const { result } = watched((hasRead) => [hasRead(), Date.now() > 0, hasRead()])
  expect(result).toEqual([false, true, true])
})

test('what the function itself replaces is put back too', () => {
  const { random } = Math
  watched(() => {
    Math.random = () => 4
  })
  expect(Math.random).toBe(random)
})

test('the place is the function and the line of the reader, however deep the read lies', () => {
  const stamp = () => [1].map(() => Date.now())
  expect(watched(stamp).reads[0]?.place).toMatch(/^(stamp, )?Trap\.test\.ts:\d+$/)
})
