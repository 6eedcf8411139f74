/**
 * Lists of names that depend on the machine that keeps them. Another process imports this module, so it needs nothing of
 * the tests; what is wrong here cannot be seen within one process, because the order of letters is settled at its start.
 */
import { accept, domain } from 'decider-ts/decide'
import * as t from 'io-ts'

const text = t.keyof({ a: null, z: null, ä: null })

const listOf = (name: string, sorted: (names: ReadonlyArray<string>) => ReadonlyArray<string>) =>
  domain({
    name,
    command: t.type({ type: t.literal('Add'), name: text }),
    event: t.type({ type: t.literal('Added'), name: text }),
    rejection: t.type({ type: t.literal('Never') }),
    state: t.type({ names: t.array(t.string) }),
    streamId: () => 'one',
    initialState: { names: [] },
    evolve: ({ names }, event) => ({ names: [...sorted([...names, event.name])] }),
    decide: (command) => () => accept({ ...command, type: 'Added' }),
  })

/** The same everywhere. */
export const Sorted = listOf('sorted', (names) => [...names].sort())

// Taken hold of when the module is loaded, where no trap can see it.
const { compare } = new Intl.Collator()

/** In Swedish ä comes after z. */
export const SortedByLanguage = listOf('byLanguage', (names) => [...names].sort(compare))

const { format } = new Intl.NumberFormat()

/** In German a thousand and a half is 1.000,5. */
export const Numbered = listOf('numbered', (names) => names.map(() => format(1000.5)))

const today = new Date(0).getDate()

/** The day of the machine when the module was loaded. */
export const DayOfLoading = listOf('day', (names) => [...names, String(today)])
