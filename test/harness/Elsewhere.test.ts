/**
 * Domains that depend on the process they run in are found out by replaying them in others, and the check says so where
 * it could not look.
 */
import { describe, expect, test } from 'vitest'
import { elsewhereChecks } from '../../src/harness/domain/laws/Elsewhere.js'
import { Inventory } from './Inventory.js'
import { DayOfLoading, Numbered, Sorted, SortedByLanguage } from './zoo/Local.js'

const module = (name: string, path = './zoo/Local.ts') => ({
  url: new URL(path, import.meta.url).href,
  name,
  nodeOptions: ['--import', 'tsx'],
})

const checksOf = (domain: typeof Sorted, name: string, path?: string) =>
  elsewhereChecks({ domain, expectations: { module: module(name, path), histories: 20, commandsMax: 6 } })

/** What each check says, or complains about. */
const said = (checks: ReturnType<typeof elsewhereChecks>) =>
  Promise.all(checks.map(({ run }) => run().catch((error: Error) => `failed: ${error.message}`)))

describe('domains elsewhere', () => {
  test('a domain that is the same everywhere passes in three places', async () => {
    expect(await said(checksOf(Sorted, 'Sorted'))).toEqual([
      '20 histories are the same in a process with the language tr_TR.UTF-8 in Pacific/Kiritimati',
      '20 histories are the same in a process with the language sv_SE.UTF-8 in America/St_Johns',
      '20 histories are the same in a process with the language de_DE.UTF-8 in UTC',
    ])
  })

  test('an order of letters is found out in Swedish', async () => {
    const [turkish, swedish] = await said(checksOf(SortedByLanguage, 'SortedByLanguage'))
    expect(turkish).toMatch(/^20 histories are the same/)
    expect(swedish).toContain('`evolve` leads to another state in a process with the language sv_SE.UTF-8')
    expect(swedish).toMatch(
      /after {4}\{ type: 'Add', name: '[zä]' \}\n {2}command {2}\{ type: 'Add', name: '[zä]' \}/,
    )
    expect(swedish).toContain('here     { names: ["ä", "z"] }')
    expect(swedish).toContain('there    { names: ["z", "ä"] }')
    expect(swedish).toContain("`localeCompare(other, 'en')`")
  })

  test('a way to write numbers is found out in German', async () => {
    const german = (await said(checksOf(Numbered, 'Numbered')))[2]
    expect(german).toContain('in a process with the language de_DE.UTF-8 in UTC')
    expect(german).toContain('here     { names: ["1,000.5"] }')
    expect(german).toContain('there    { names: ["1.000,5"] }')
  })

  test('a day of the machine is found out in another zone', async () => {
    const outcomes = await said(checksOf(DayOfLoading, 'DayOfLoading'))
    expect(outcomes.filter((outcome) => outcome.startsWith('failed')).length).toBeGreaterThan(0)
  })
})

describe('what could not be checked', () => {
  test('a domain without a module is said not to be checked, and what to pass', async () => {
    expect(await said(elsewhereChecks({ domain: Inventory, expectations: {} }))).toEqual([
      'not checked: another process has to import the domain; pass `module: { url: import.meta.resolve(...), name: ... }` in the expectations',
    ])
  })

  test('a module without the domain is an error that names what it has', async () => {
    const [outcome] = await said(checksOf(Sorted, 'Missing'))
    expect(outcome).toContain(
      "exports no domain by the name 'Missing', but 'DayOfLoading', 'Numbered', 'Sorted'",
    )
  })

  test('a module that is not there is an error that says what to look at', async () => {
    const [outcome] = await said(checksOf(Sorted, 'Sorted', './zoo/Nowhere.ts'))
    expect(outcome).toContain('could not be replayed in a process with the language tr_TR.UTF-8')
    expect(outcome).toContain('Check the expectation `module`')
  })
})
