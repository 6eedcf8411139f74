/**
 * The four processes, really: on the server of the tests, asked by HTTP, two of them killed. The demo compares what they
 * show with the one big fold itself, and its exit code says whether that holds.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const demo = fileURLToPath(new URL('../../examples/crm/demo.ts', import.meta.url))

const run = async (...args: ReadonlyArray<string>) => {
  const child = spawn(process.execPath, ['--import', 'tsx', demo, ...args], {
    env: { ...process.env, CRM_DIR: '/nowhere' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said: Array<string> = []
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => said.push(text))
  const [code] = await once(child, 'close')
  return { code, said: said.join('') }
}

test('the processes come to the one big fold, though two of them are killed', async () => {
  const { code, said } = await run('--customers', '8')
  expect(said).toContain('appointments and relationships are killed (SIGKILL)')
  expect(said).toContain('The data are not here')
  expect(said).not.toContain('✗')
  expect(said).toContain('All of it holds.')
  expect(code).toBe(0)
}, 180_000)

test('data that are not there are bad input where they were asked for', async () => {
  const { code, said } = await run('--data', '/nowhere')
  expect(said).toContain('Bad input: /nowhere/accounts.csv: it cannot be read')
  expect(code).toBe(2)
}, 60_000)
