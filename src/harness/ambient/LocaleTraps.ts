/**
 * What is read of the machine's locale and time zone without being asked for: a date in local time, a text compared or a
 * number written as the machine's language has it. The same events must lead to the same state on every machine.
 * Used by: `AmbientTraps`.
 * @since 0.1.0
 */
import { calls, type ReadOf, telling } from './Telling.js'
import type { Trap } from './Trap.js'

/**
 * The traps for locales and time zones. What names its locale, and its time zone where it has one, is let through.
 * @internal
 */
export const localeTraps = (): ReadonlyArray<Trap> => [
  ...calls(Date.prototype, 'time zone', 'Date#', localTimeMethods),
  ...['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString'].map(
    (key): Trap => ({
      owner: Date.prototype,
      key,
      around: (original, tell) => telling(original, tell, readOfFormat(`Date#${key}()`)),
    }),
  ),
  ...calls(Number.prototype, 'locale', 'Number#', ['toLocaleString'], ([locale]) => isUnnamed(locale)),
  ...calls(BigInt.prototype, 'locale', 'BigInt#', ['toLocaleString'], ([locale]) => isUnnamed(locale)),
  ...calls(String.prototype, 'locale', 'String#', ['localeCompare'], ([, locale]) => isUnnamed(locale)),
  ...calls(String.prototype, 'locale', 'String#', ['toLocaleLowerCase', 'toLocaleUpperCase'], ([locale]) =>
    isUnnamed(locale),
  ),
  ...intlTraps(),
]

/** Seconds are the same in all time zones of today, so they are not among them. */
const localTimeMethods: ReadonlyArray<string> = [
  ...[
    'getTimezoneOffset',
    'getYear',
    'getFullYear',
    'getMonth',
    'getDate',
    'getDay',
    'getHours',
    'getMinutes',
  ],
  ...['setFullYear', 'setMonth', 'setDate', 'setHours', 'setMinutes'],
  ...['toString', 'toDateString', 'toTimeString'],
]

const isUnnamed = (locale: unknown): boolean =>
  locale === undefined || (Array.isArray(locale) && locale.length === 0)

const namesTimeZone = (options: unknown): boolean =>
  typeof options === 'object' && options !== null && 'timeZone' in options && options.timeZone !== undefined

const readOfFormat =
  (what: string): ReadOf =>
  ([locale, options]) => {
    if (isUnnamed(locale)) return ['locale', what]
    return namesTimeZone(options) ? undefined : ['time zone', what]
  }

const intlTraps = (): ReadonlyArray<Trap> =>
  Object.getOwnPropertyNames(Intl)
    .filter((key) => /^[A-Z]/.test(key) && key !== 'Locale')
    .map((key) => {
      const what = `Intl.${key}()`
      const read: ReadOf =
        key === 'DateTimeFormat'
          ? readOfFormat(what)
          : ([locale]) => (isUnnamed(locale) ? ['locale', what] : undefined)
      return { owner: Intl, key, around: (original, tell) => telling(original, tell, read) }
    })
