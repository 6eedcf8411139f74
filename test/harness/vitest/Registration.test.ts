/**
 * The bridge to vitest, in runs of vitest: what is registered, what a broken law says there, that its printed test fails
 * where it was found and passes where it is mended, and that a breach is recorded once and then comes first.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../../', import.meta.url))
/** Inside the repository, so that what is run there finds the installed packages; git ignores it. */
const folder = join(root, '.tmp', `bridge-${process.pid}`)
const regressions = join(folder, 'inventory.regressions.json')

const config = `
import { writeFileSync } from 'node:fs'
const results = []
export default {
  resolve: {
    alias: [
      { find: /^decider-ts\\/(.+)$/, replacement: ${JSON.stringify(join(root, 'src'))} + '/$1/index.ts' },
    ],
  },
  test: {
    include: ['*.test.ts'],
    pool: 'forks',
    maxWorkers: 1,
    reporters: [
      {
        onTestCaseResult: (test) =>
          results.push({
            name: test.name,
            state: test.result().state,
            message: test.result().errors?.[0]?.message ?? '',
            annotations: test.annotations().map(({ message }) => message),
          }),
        onTestRunEnd: () => writeFileSync(process.env.RESULTS, JSON.stringify(results)),
      },
    ],
  },
}
`

const imports = `
import { domain } from 'decider-ts/decide'
import { given } from 'decider-ts/harness'
import { check, checkAll } from 'decider-ts/harness/vitest'
import { test } from 'vitest'
import { Inventory as Good, parts } from '../../test/harness/Inventory.js'
`

const broken = `${imports}
const Inventory = domain({
  ...parts,
  decide: (command) => (state) => {
    if (command.type === 'Confirm' && state.stock > 3) throw new Error('no such reservation')
    return parts.decide(command)(state)
  },
})
check(Inventory, { histories: 100, regressions: ${JSON.stringify(regressions)}, write: true })
`

const mended = `${imports}
const Inventory = Good
check(Inventory, { histories: 100, regressions: ${JSON.stringify(regressions)} })
checkAll('others', [
  { name: 'a table', run: async () => 'one\\ntwo' },
  { name: 'a line', run: async () => 'one' },
  { name: 'nothing', run: async () => undefined },
])
`

interface Result {
  readonly name: string
  readonly state: string
  readonly message: string
  readonly annotations: ReadonlyArray<string>
}

/** Runs the tests of a file in a vitest of its own. */
const run = (file: string, text: string): Promise<ReadonlyArray<Result>> => {
  writeFileSync(join(folder, `${file}.test.ts`), text)
  const results = join(folder, `${file}.json`)
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [vitest, 'run', `${file}.test.ts`, '--root', folder], {
      cwd: folder,
      env: { ...process.env, RESULTS: results },
      stdio: 'ignore',
    })
    child.on('error', reject)
    child.on('close', () => resolve(JSON.parse(readFileSync(results, 'utf8'))))
  })
}

beforeAll(() => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'vitest.config.mjs'), config)
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const named = (results: ReadonlyArray<Result>, start: string) =>
  results.find(({ name }) => name.startsWith(start))

test('a breach is found, printed, recorded, and guards what is mended', async () => {
  const first = await run('first', broken)
  const total = named(first, 'decide.total: ')
  expect(total).toMatchObject({ state: 'failed' })
  expect(named(first, 'regression')).toBeUndefined()
  const recorded = readFileSync(regressions, 'utf8')
  expect(JSON.parse(recorded)).toMatchObject([{ law: 'decide.total', command: { type: 'Confirm' } }])
  const printed = /^test\([\s\S]*^}\)$/m.exec(total?.message ?? '')?.[0]

  const again = await run('again', `${broken}\n${printed}`)
  expect(again[0]).toMatchObject({
    state: 'failed',
    name: expect.stringMatching(/^regression 1: Confirm after /),
  })
  expect(named(again, 'inventory: Confirm')).toMatchObject({
    state: 'failed',
    message: expect.stringContaining('breaks decide.total.'),
  })
  expect(readFileSync(regressions, 'utf8')).toBe(recorded)

  const last = await run('mended', `${mended}\n${printed}`)
  expect(last[0]).toMatchObject({
    state: 'passed',
    name: expect.stringMatching(/^regression 1: Confirm after /),
  })
  expect(named(last, 'inventory: Confirm')).toMatchObject({ state: 'passed' })
  expect(named(last, 'decide.total: ')).toMatchObject({ state: 'passed', annotations: [] })
  expect(named(last, 'a table')).toMatchObject({ state: 'passed', annotations: ['one\ntwo'] })
  expect(named(last, 'a line')).toMatchObject({ state: 'passed', annotations: [] })
  expect(named(last, 'nothing')).toMatchObject({ state: 'passed', annotations: [] })
}, 120_000)
