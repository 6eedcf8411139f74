/**
 * Four money bugs, each planted in the account alone: an examination finds each, blames the law that names it before any
 * other, and prints a test that compiles, fails beside the bug, and passes beside the account without it.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { examine } from 'decider-ts/harness'
import { afterAll, expect, test } from 'vitest'
import { Account } from '../../examples/banking/Account.js'
import { booksBalance, type Planted, planted } from './Planted.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
/** Inside the repository, so that what is written there finds its imports; git ignores it. */
const folder = join(root, '.tmp', `planted-${process.pid}`)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A bug that was found, with the printed test. */
interface Found extends Planted {
  readonly laws: ReadonlyArray<string>
  readonly code: string
}

const found = async (bug: Planted): Promise<Found> => {
  const { verdicts } = await examine(bug.domain(), bug.expectations)
  const broken = verdicts.filter(({ verdict }) => verdict === 'broken')
  const [, code = ''] = /\n\n(\/\/ .*\ntest\([\s\S]*)$/.exec(broken[0]?.text ?? '') ?? []
  return { ...bug, laws: broken.map(({ law }) => law), code }
}

/** All tests in one module, each as a function of what is imported where it is pasted. */
const moduleOf = (bugs: ReadonlyArray<Found>): string => `
import { given } from 'decider-ts/harness'
import type { Account as Good } from '../../examples/banking/Account.js'
import type { booksBalance as Expected } from '../../test/examples-banking/Planted.js'
type Pasted = (
  test: (name: string, body: () => void) => void,
  Account: typeof Good,
  booksBalance: typeof Expected,
) => void
export const pasted: ReadonlyArray<Pasted> = [
${bugs.map(({ code }) => `(test, Account, booksBalance) => {\nvoid booksBalance\n${code}\n},`).join('\n')}
]
`

const config = {
  extends: '../../tsconfig.json',
  compilerOptions: {
    skipLibCheck: true,
    paths: { 'decider-ts': ['../../src/index.ts'], 'decider-ts/*': ['../../src/*/index.ts'] },
  },
  include: ['./Pasted.ts'],
}

interface Pasted {
  readonly pasted: ReadonlyArray<
    (test: (name: string, body: () => void) => void, domain: typeof Account, expected: unknown) => void
  >
}

const bugs: Array<Found> = []

test.each(planted.map((bug) => [bug.what, bug] as const))('found, and named: %s', async (_, bug) => {
  const one = await found(bug)
  bugs.push(one)
  expect(one.laws[0]).toBe(bug.caughtBy)
  expect(one.code).toContain('given(Account')
})

// The compiler reads the whole library for it, which takes its time where others are at work.
test('what is printed of each compiles, fails beside the bug, and passes where it is mended', async () => {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'Pasted.ts')
  writeFileSync(file, moduleOf(bugs))
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  execFileSync(process.execPath, [tsc, '-p', join(folder, 'tsconfig.json')], { encoding: 'utf8' })

  const { pasted }: Pasted = await import(file)
  const run = (index: number, domain: typeof Account) => () =>
    pasted[index]?.((_, body) => body(), domain, booksBalance)
  expect([pasted.length, bugs.length]).toEqual([planted.length, planted.length])
  for (const [index, { domain, caughtBy }] of bugs.entries()) {
    expect(run(index, domain()), caughtBy).toThrow(`breaks ${caughtBy}`)
    run(index, Account)()
  }
}, 90_000)

test('one call holds the account against every law, in 300 histories that leave no gap', async () => {
  const { verdicts, histories, gaps } = await examine(Account)
  expect(verdicts.filter(({ verdict }) => verdict === 'broken')).toEqual([])
  expect(verdicts.length).toBeGreaterThanOrEqual(20)
  // Only what needs another process has to be told where the account can be imported from.
  expect(verdicts.filter(({ verdict }) => verdict === 'not checked').map(({ law }) => law)).toEqual([
    'elsewhere',
  ])
  expect({ histories, gaps }).toEqual({ histories: 300, gaps: [] })
})
