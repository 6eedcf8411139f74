/**
 * The ambient world as a list of traps: clocks, chance, settings, work for later, the network, and what is read of the
 * locale and the time zone of the machine. A list, so that what is watched can be read in one place.
 * Used by: `Trap`.
 * @since 0.1.0
 */
import { nodeModule, processHere } from '../Platform.js'
import { localeTraps } from './LocaleTraps.js'
import { calls, type ReadOf, telling } from './Telling.js'
import type { Trap } from './Trap.js'

/**
 * The traps for the platform that this runs on: what it does not have needs none.
 * @internal
 */
export const ambientTraps = (): ReadonlyArray<Trap> => [
  ...clockTraps(),
  ...chanceTraps(),
  ...processTraps(),
  ...calls(globalThis, 'later work', '', ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask']),
  ...calls(globalThis, 'later work', '', ['requestAnimationFrame', 'requestIdleCallback']),
  ...calls(globalThis, 'network', '', ['fetch']),
  ...localeTraps(),
]

/** What a browser has as well. */
const here = globalThis as { readonly performance?: object; readonly crypto?: object }

const clockTraps = (): ReadonlyArray<Trap> => [
  ...dateTraps(),
  ...calls(Date, 'clock', 'Date.', ['now']),
  ...calls(here.performance, 'clock', 'performance.', ['now']),
]

/** `Date` without arguments is the time now; with parts, or with a text that names no zone, it is of the machine's zone. */
const dateTraps = (): ReadonlyArray<Trap> => {
  const isLocalTime = localTimeBy(Date.parse)
  const readOfNew: ReadOf = (given) => {
    if (given.length === 0) return ['clock', 'new Date()']
    if (given.length > 1) return ['time zone', 'new Date(year, month, ...)']
    return isLocalTime(given[0]) ? ['time zone', `new Date('${String(given[0])}')`] : undefined
  }
  const standIn: { current?: object } = {}
  return [
    {
      owner: globalThis,
      key: 'Date',
      around: (original, tell) => {
        standIn.current = telling(original, tell, () => ['clock', 'Date()'], readOfNew)
        return standIn.current
      },
    },
    // So that `date.constructor === Date` stays true.
    { owner: Date.prototype, key: 'constructor', around: (original) => standIn.current ?? original },
    ...calls(Date, 'time zone', 'Date.', ['parse'], ([text]) => isLocalTime(text)),
  ]
}

/** A date alone is in UTC, and so is what says `Z`; a date and a time without a zone are of the machine's. */
const localTimeBy =
  (parse: (text: string) => number) =>
  (text: unknown): boolean =>
    typeof text === 'string' &&
    !/^[+-]?\d{4,6}(-\d\d(-\d\d)?)?$/.test(text) &&
    !/(Z|UTC?|GMT|[+-]\d\d:?\d\d)(\s*\(.*\))?$/i.test(text) &&
    !Number.isNaN(parse(text))

const chanceTraps = (): ReadonlyArray<Trap> => {
  const builtin = nodeModule<object>('node:crypto')
  const ways = ['randomUUID', 'getRandomValues', 'randomBytes', 'randomInt', 'randomFillSync']
  return [
    ...calls(Math, 'chance', 'Math.', ['random']),
    ...calls(here.crypto, 'chance', 'crypto.', ['randomUUID', 'getRandomValues']),
    ...calls(builtin, 'chance', 'crypto.', ways),
  ]
}

const processTraps = (): ReadonlyArray<Trap> => {
  const process = processHere()
  if (process === undefined) return []
  return [
    ...calls(process.hrtime, 'clock', 'process.hrtime.', ['bigint']),
    ...calls(process, 'clock', 'process.', ['hrtime', 'uptime']),
    ...calls(process, 'later work', 'process.', ['nextTick']),
    ...calls(process, 'settings', 'process.', ['cwd']),
    { owner: process, key: 'env', around: tellingSettings },
  ]
}

const tellingSettings: Trap['around'] = (original, tell) => {
  const named = (key: PropertyKey): string => `process.env.${String(key)}`
  const handler = {
    get(target: object, key: PropertyKey): unknown {
      if (typeof key === 'string') tell('settings', named(key), handler.get)
      return Reflect.get(target, key)
    },
    has(target: object, key: PropertyKey): boolean {
      if (typeof key === 'string') tell('settings', named(key), handler.has)
      return Reflect.has(target, key)
    },
    ownKeys(target: object): Array<string | symbol> {
      tell('settings', 'process.env', handler.ownKeys)
      return Reflect.ownKeys(target)
    },
  }
  return new Proxy(original, handler)
}
