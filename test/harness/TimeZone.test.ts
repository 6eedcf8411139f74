/** Where the time zone cannot be switched the law says that it is not checked, and does not pass for kept. */
import { Worker } from 'node:worker_threads'
import { afterEach, expect, test, vi } from 'vitest'
import { examine } from '../../src/harness/domain/Examination.js'
import { elsewhereChecks } from '../../src/harness/domain/laws/Elsewhere.js'
import { timeZone } from '../../src/harness/domain/laws/TimeZone.js'
import { regressionChecks } from '../../src/harness/report/Regression.js'
import { given } from '../../src/harness/scenario/Given.js'
import { ScenarioFailure } from '../../src/harness/scenario/ScenarioFailure.js'
import { Inventory } from './Inventory.js'

const subject = { domain: Inventory, expectations: {} }

const saysNotChecked = /^(not checked: )?this thread cannot change its time zone; run the test in a process/

afterEach(() => {
  vi.unstubAllGlobals()
})

test('in a process it is checked, and the time zone is the same afterwards', () => {
  const { TZ } = process.env
  const [law] = timeZone(subject)
  expect(law?.notChecked).toBeUndefined()
  expect(process.env['TZ']).toBe(TZ)
})

test('without a process nothing is checked, and that is said', async () => {
  vi.stubGlobal('process', undefined)
  const [law] = timeZone(subject)
  const module = { url: 'file:///nowhere.js', name: 'Nobody' }
  const outcomes = elsewhereChecks({ domain: Inventory, expectations: { module } }).map(({ run }) => run())
  vi.unstubAllGlobals()
  expect(law?.notChecked).toMatch(saysNotChecked)
  expect(await Promise.all(outcomes)).toEqual([
    'not checked: no process can be started here; it takes Node 20.16 or later, and a library that was not bundled',
  ])
})

test('an examination reports it as not checked', async () => {
  vi.stubGlobal('process', undefined)
  const examined = examine(Inventory, { histories: 1 })
  vi.unstubAllGlobals()
  const verdict = (await examined).verdicts.find(({ law }) => law === 'timezone')
  expect(verdict).toMatchObject({ verdict: 'not checked', text: expect.stringMatching(saysNotChecked) })
})

test('an example that asks for it fails, and a recorded breach says that it was not checked', async () => {
  vi.stubGlobal('process', undefined)
  const asked = () => given(Inventory).when({ type: 'Open' }).obeys('timezone')
  const [recorded] = regressionChecks(Inventory, [{ law: 'timezone', past: [] }])
  const [said, error] = [recorded?.run(), thrownBy(asked)]
  vi.unstubAllGlobals()
  expect(error).toBeInstanceOf(ScenarioFailure)
  expect(String(error)).toContain('timezone was not checked: this thread cannot change its time zone')
  expect(await said).toMatch(saysNotChecked)
  expect(thrownBy(asked)).toBeUndefined()
})

const thrownBy = (act: () => unknown): unknown => {
  try {
    act()
    return undefined
  } catch (error) {
    return error
  }
}

test('in a worker thread, which cannot change its time zone, it is not checked, and that is said', async () => {
  const [law, domain] = ['../../src/harness/domain/laws/TimeZone.ts', './zoo/Local.ts'].map((path) =>
    JSON.stringify(new URL(path, import.meta.url).href),
  )
  const script = `import('tsx/esm/api')
    .then(({ register }) => { register(); return Promise.all([import(${law}), import(${domain})]) })
    .then(([{ timeZone }, { Sorted }]) => timeZone({ domain: Sorted, expectations: {} })[0].notChecked)
    .then((said) => require('node:worker_threads').parentPort.postMessage(said))`
  const worker = new Worker(script, { eval: true })
  const said = await new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  await worker.terminate()
  expect(said).toMatch(saysNotChecked)
})
