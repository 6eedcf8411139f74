/**
 * Compiles the type tests beside it with every compiler that users may have. The files run nothing: what they show is
 * which programs compile, which do not, and that inferred types are readable.
 * A type test that could not fail shows nothing, so the files are compiled without their excuses (the comments that
 * expect an error): the errors must then be on exactly the lines that had one. It follows that the files compile as
 * they stand; with one compiler that is tried as well.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const here = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('../../', import.meta.url))
/** Inside the repository, so that the copies find the installed packages; git ignores it. */
const canaries = join(root, '.tmp', 'type-canaries')

interface Compilation {
  readonly code: number | null
  readonly output: string
}

const compile = (compiler: string, project: string): Promise<Compilation> =>
  new Promise((resolve, reject) => {
    const tsc = join(root, 'node_modules', compiler, 'bin', 'tsc')
    const child = spawn(process.execPath, [tsc, '-p', project, '--pretty', 'false'], { cwd: root })
    const output: Array<string> = []
    child.stdout.on('data', (text: Buffer) => output.push(text.toString()))
    child.stderr.on('data', (text: Buffer) => output.push(text.toString()))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output: output.join('') }))
  })

const excuse = '// @ts-expect-error '

const sources = readdirSync(here)
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map((name) => ({ name, text: readFileSync(join(here, name), 'utf8') }))

/** The lines that must not compile, as a compiler names them. */
const expected = sources.flatMap(({ name, text }) =>
  text
    .split('\n')
    .flatMap((line, index) => (line.trimStart().startsWith(excuse) ? [`${name}:${index + 2}`] : [])),
)

/** The same files without a single excuse: every one of their expected errors comes out. */
beforeAll(() => {
  mkdirSync(canaries, { recursive: true })
  const config = readFileSync(join(here, 'tsconfig.json'), 'utf8')
  writeFileSync(join(canaries, 'tsconfig.json'), config)
  for (const { name, text } of sources) {
    writeFileSync(join(canaries, name), text.replaceAll(excuse, '// An error of type, since '))
  }
})

afterAll(() => rmSync(canaries, { recursive: true, force: true }))

const timeoutMs = 120_000

/** Where the compiler found errors, each line once. */
const linesIn = (output: string): ReadonlyArray<string> => [
  ...new Set(
    [...output.matchAll(/^(?:.*\/)?([^/\n]+\.ts)\((\d+),\d+\): error /gm)].map(
      ([, name, line]) => `${name}:${line}`,
    ),
  ),
]

test.each(['typescript-5.9', 'typescript-6.0', 'typescript'])(
  'with %s, what must compile does, and what must not does not',
  async (compiler) => {
    const { code, output } = await compile(compiler, canaries)
    expect([...linesIn(output)].sort(), output).toEqual([...expected].sort())
    expect(code).not.toBe(0)
    expect(output).toContain("'Blocked' is declared by more than one part, so it cannot be routed")
  },
  timeoutMs,
)

test(
  'the type tests compile as they stand',
  async () => {
    const { code, output } = await compile('typescript', here)
    expect(output).toBe('')
    expect(code).toBe(0)
  },
  timeoutMs,
)

test('there are type tests, and errors among them', () => {
  expect(sources.length).toBeGreaterThan(5)
  expect(expected.length).toBeGreaterThan(30)
})
