/**
 * The page of the laws, compared with the code: each law that a user can meet is on it, in the words of its statement, and
 * nothing else is.
 */
import { readFileSync } from 'node:fs'
import { accept, domain, processManager } from 'decider-ts/decide'
import { view } from 'decider-ts/evolve'
import {
  compositionChecks,
  domainSuite,
  eventIsoCheck,
  fuelCheck,
  processManagerSuite,
  processRunnerOf,
  processRunnerSuite,
  projectionOf,
  projectionSuite,
  stateIsoCheck,
  viewSuite,
} from 'decider-ts/harness'
import * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { catalogue } from '../../src/harness/domain/Catalogue.js'
import { behaviourZoo } from './zoo/Behaviour.js'
import { purityZoo } from './zoo/Purity.js'
import { storageZoo } from './zoo/Storage.js'

/** Its types are called as the page calls those of anybody. */
const Any = domain({
  name: '<name>',
  command: t.type({ type: t.literal('<Command>') }),
  event: t.type({ type: t.literal('<Event>') }),
  rejection: t.type({ type: t.literal('<Rejection>') }),
  state: t.null,
  streamId: () => 'one',
  initialState: null,
  evolve: () => null,
  decide: () => () => accept({ type: '<Event>' }),
  upcasters: { '<Event>': [(data) => data] },
})

/** Expectations of every kind, so that every law is asked about. */
const all = {
  commandGen: () => undefined,
  golden: [{ type: '<Event>', schemaVersion: 1, data: {} }],
  inert: ['<Event>' as const],
  invariants: { '<name>': () => true },
  postconditions: { '<Command>': () => true },
  relations: { '<name>': { when: () => undefined } },
  idempotent: ['<Command>' as const],
  scenarios: { '<name>': () => {} },
}

const silent = processManager.make({
  initialState: null,
  evolve: () => null,
  react: (
    _state: null,
    _event: { readonly type: '<Event>' },
  ): ReadonlyArray<{ readonly type: '<Command>' }> => [],
  pending: () => [],
  isTerminal: () => false,
})

const fold = view.make({
  initialState: 0,
  evolve: (count, _event: { readonly type: '<Event>' }) => count + 1,
})

const settings = { name: '<name>', history: Any }

const managerSettings = { ...settings, manager: silent, decider: Any, commandIdOf: () => 'id' }

const checks = [
  ...domainSuite(Any, all, { mutants: { leastPercent: 80 } }),
  ...compositionChecks({ '<name>': Any }),
  stateIsoCheck(
    Any,
    (state) => state,
    (state) => state,
  ),
  eventIsoCheck(
    Any,
    (event) => event,
    (event) => event,
  ),
  fuelCheck(silent, Any),
  ...viewSuite({ ...settings, view: fold, state: t.number }),
  ...projectionSuite({ ...settings, open: projectionOf(fold), expected: fold, anyOrder: true, poison: [{}] }),
  ...processManagerSuite(managerSettings),
  ...processManagerSuite({ ...managerSettings, acknowledges: () => true }),
  ...processRunnerSuite({ ...settings, manager: silent, open: processRunnerOf }),
]

const inCode = [...new Set(checks.map(({ name }) => name))]

/** The laws of a page: the id in a heading, and the statements quoted below it. */
const lawsOn = (page: string): ReadonlyArray<string> => {
  const [, ...sections] = page.split(/^### /m)
  return sections.flatMap((section) => {
    const [, id = ''] = /^`(.+)`$/m.exec(section.split('\n')[0] ?? '') ?? []
    return [...section.matchAll(/^> (.+)$/gm)].map(([, statement]) => `${id}: ${statement}`)
  })
}

/** What is on the page and not in the code, and the other way round. */
const differences = (page: string) => ({
  missing: inCode.filter((law) => !lawsOn(page).includes(law)),
  surplus: lawsOn(page).filter((law) => !inCode.includes(law)),
})

const page = readFileSync(new URL('../../docs/reference/laws.md', import.meta.url), 'utf8')

describe('the page of the laws', () => {
  test('has every law in the words of the code, and no other', () => {
    expect(differences(page)).toEqual({ missing: [], surplus: [] })
  })

  test('is refused where a statement is another, a law is missing, or one is made up', () => {
    const [first = ''] = lawsOn(page)
    expect(differences(page.replace('answers every command in', 'answers most commands in'))).toMatchObject({
      missing: [first],
      surplus: [expect.stringContaining('most commands')],
    })
    expect(differences(page.replace('### `terminal`', '### terminal')).missing).toHaveLength(1)
    expect(differences(`${page}\n### \`made.up\`\n\n> it is new.\n`).surplus).toEqual(['made.up: it is new.'])
  })
})

/** Its first word, for a law that is called after something of the user's: which one is no matter. */
const kindOf = (id: string): string =>
  /^(invariant|postcondition|relation|idempotent|inert|scenario)\./.exec(id)?.[1] ?? id

/** The laws of a domain that no domain of a zoo was made to break. */
const unbroken = (zoo: ReadonlyArray<{ readonly caughtBy: string }>): ReadonlyArray<string> => {
  const broken = new Set(zoo.map(({ caughtBy }) => kindOf(caughtBy)))
  return catalogue({ domain: Any, expectations: all })
    .map(({ id }) => kindOf(id))
    .filter((kind) => !broken.has(kind))
}

/** What is broken about suggestions is no domain; test/properties/harness/domain/laws/Suggestions.test.ts has one. */
const suggestions = { caughtBy: 'commandGen.total' }

test('every law of a domain finds out a broken one', () => {
  const zoo = [...purityZoo, ...storageZoo, ...behaviourZoo, suggestions]
  expect(unbroken(zoo)).toEqual([])
  expect(unbroken(zoo.filter(({ caughtBy }) => caughtBy !== 'terminal'))).toEqual(['terminal'])
})
