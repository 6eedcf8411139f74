/**
 * The checks on examples are checked themselves: each has a wrong sample that it must reject.
 * A check that has never failed is not known to work.
 */
import { describe, expect, test } from 'vitest'
import { type Program, programsOf } from '../../tools/examples/programs.js'
import { generatedFolder, repositoryRoot, writePrograms } from '../../tools/examples/repository.js'
import { requireClaims, runProgram } from '../../tools/examples/run.js'
import { linesOf, type Source, showProblem } from '../../tools/examples/Source.js'
import { typeErrorsOf } from '../../tools/examples/typecheck.js'

const text = (...lines: ReadonlyArray<string>): string => lines.join('\n')

const page = (name: string, ...lines: ReadonlyArray<string>): Source => ({
  path: `samples/${name}.md`,
  text: text(...lines),
})

const module = (name: string, ...lines: ReadonlyArray<string>): Source => ({
  path: `samples/${name}.ts`,
  text: text(...lines),
})

const problemsOf = (source: Source): ReadonlyArray<string> => programsOf([source]).problems.map(showProblem)

const onlyProgramOf = (source: Source): Program => {
  const { found, problems } = programsOf([source])
  const [program, ...others] = found
  if (program === undefined || others.length > 0 || problems.length > 0) {
    throw new Error(`expected one program, found ${found.length}: ${problems.map(showProblem).join('; ')}`)
  }
  return program
}

const pathOf = (program: Program): string => `${generatedFolder(repositoryRoot, 'samples')}/${program.file}`

/** Every sample that is run, written at once: writing removes the programs of samples that are gone. */
const samples = {
  right: page(
    'right',
    '# Right',
    '',
    '```ts',
    'const two = 1 + 1 // => 2',
    'Array.of(two, two) // => [2, 2]',
    '```',
  ),
  wrong: page('wrong', '# Wrong', '', '```ts', 'const two = 1 + 1', 'two // => 3', '```'),
  awaiting: page('awaiting', '```ts', 'await Promise.resolve({ a: 1 }) // => { a: 1 }', '```'),
  promise: page('promise', '```ts', 'Promise.resolve(1) // => 1', '```'),
  throwing: page('throwing', '# Throwing', '', '```ts', '1 // => 1', '', "throw new Error('broken')", '```'),
  unreached: page(
    'unreached',
    '```ts',
    'export const never = () => {',
    '  1 // => 2',
    '}',
    '1 // => 1',
    '```',
  ),
  strict: page('strict', '```ts', 'const one: unknown = 1', "one // => '1'", '```'),
  page: page(
    'page',
    '```ts',
    "import { deepStrictEqual } from 'node:assert/strict'",
    'const a = 1',
    '```',
    'and then',
    '```sh',
    'exit 1',
    '```',
    '```ts no-run: it would never end',
    'while (true) {}',
    '```',
    '```ts',
    "import { deepStrictEqual } from 'node:assert/strict'",
    'deepStrictEqual(a, 1)',
    '```',
  ),
  long: page(
    'long',
    '```ts',
    'const pair = Object.entries(',
    '  { a: 1 },',
    ') // => [["a", 1]]',
    'Object.entries({ a: 1, b: 2 })',
    '// => [["a", 1],',
    '//     ["b", 2]]',
    '// This is a remark and no part of the value.',
    'export const length = pair.length // => 1',
    '```',
  ),
  doc: module(
    'doc',
    '/** The header of the module. */',
    "import { x } from './x.js'",
    '',
    '/**',
    ' * Doubles a number.',
    ' * @since 0.1.0',
    ' * @example',
    ' * ```ts',
    ' * const double = (n: number): number => n * 2',
    ' * double(2) // => 4',
    ' * ```',
    ' * @example',
    ' * 1 + 1 // => 2',
    ' * @internal',
    ' */',
    'export const double = x',
  ),
  tests: page(
    'tests',
    '```ts',
    "import { test } from 'vitest'",
    "test('the test of an example', () => {",
    '  1 + 1 // => 2',
    '})',
    '```',
  ),
} as const

writePrograms(generatedFolder(repositoryRoot, 'samples'), programsOf(Object.values(samples)).found)

const run = async (source: Source): Promise<void> => {
  const program = onlyProgramOf(source)
  requireClaims(program, await runProgram(program, pathOf(program)))
}

describe('a program that runs', () => {
  test('passes when its claims are true', async () => {
    await run(samples.right)
  })

  test('may await at top level', async () => {
    await run(samples.awaiting)
  })

  test('is a whole page: later fences see earlier ones and may repeat an import', async () => {
    await run(samples.page)
  })

  test('may claim a value on the line below and go on in indented comment lines', async () => {
    expect(onlyProgramOf(samples.long).claims).toEqual([4, 6, 9])
    await run(samples.long)
  })

  test('is rejected at the line of a wrong claim', async () => {
    await expect(run(samples.wrong)).rejects.toThrow('samples/wrong.md:5 the example claims another value')
  })

  test('is rejected when the claim is equal only loosely', async () => {
    await expect(run(samples.strict)).rejects.toThrow('samples/strict.md:3')
  })

  test('is rejected when it claims the value of a promise without awaiting it', async () => {
    await expect(run(samples.promise)).rejects.toThrow('samples/promise.md:2')
  })

  test('is rejected at the line where it throws', async () => {
    await expect(run(samples.throwing)).rejects.toThrow('samples/throwing.md:6 the example throws: broken')
  })

  test('is rejected when a claim is never reached', async () => {
    await expect(run(samples.unreached)).rejects.toThrow('samples/unreached.md:3 the claim is never reached')
  })
})

describe('a program that registers tests', async () => {
  const program = onlyProgramOf(samples.tests)
  const module = await runProgram(program, pathOf(program))
  const missedWhileCollecting = module.$ran?.size === 0

  test('has them run before the claims in them are required', () => {
    expect(missedWhileCollecting).toBe(true)
    requireClaims(program, module)
  })
})

describe('a program that is made', () => {
  test('keeps every line at the number it has in its source', () => {
    const [, ...right] = linesOf(onlyProgramOf(samples.right).text).map((line) => line.text)
    expect(right).toEqual([
      '',
      '',
      'const two = 1 + 1; $expect(two, (2), 4) // => 2',
      '{ const $value = (Array.of(two, two)); $expect($value, ([2, 2]), 5) } // => [2, 2]',
      '',
    ])
    const original = linesOf(samples.page.text)
    for (const line of linesOf(onlyProgramOf(samples.page).text).slice(1)) {
      expect(['', original[line.number - 1]?.text]).toContain(line.text)
    }
  })

  test('is one for each @example, titled by its place and its export', () => {
    const { found, problems } = programsOf([samples.doc])
    expect(problems).toEqual([])
    expect(found.map((program) => program.title)).toEqual([
      'samples/doc.ts:9 double',
      'samples/doc.ts:13 double',
    ])
  })

  test('registers tests while they are collected if it imports vitest or the bridge to it', () => {
    expect(onlyProgramOf(samples.tests).registersTests).toBe(true)
    expect(onlyProgramOf(samples.right).registersTests).toBe(false)
    const bridge = page('bridge', '```ts', "import { check } from 'decider-ts/harness/vitest'", '```')
    expect(onlyProgramOf(bridge).registersTests).toBe(true)
  })

  test('counts the assert of a library as an assertion', () => {
    const source = page('library', '```ts', "import fc from 'fast-check'", 'fc.assert(fc.property())', '```')
    expect(problemsOf(source)).toEqual([])
  })
})

describe('a source is rejected for', () => {
  const rejected = (name: string, message: string, source: Source): void => {
    test(name, () => {
      expect(problemsOf(source).join('\n')).toContain(message)
      expect(programsOf([source]).found).toEqual([])
    })
  }

  rejected(
    'an example without assertion',
    'samples/vacuous.md:2 this example asserts nothing',
    page('vacuous', '```ts', '1 + 1', '```'),
  )
  rejected(
    'an @example without assertion',
    'samples/vacuous.ts:2 this example asserts nothing',
    module('vacuous', '/**', ' * @example f(1)', ' */', 'export const f = 1'),
  )
  rejected(
    'no-run without a reason',
    'samples/reason.md:1 no-run needs its reason',
    page('reason', '```ts no-run', '1', '```'),
  )
  rejected(
    'no-run with an empty reason',
    'samples/empty.md:1 no-run needs its reason',
    page('empty', '```ts no-run: ', '1', '```'),
  )
  rejected(
    'a fence with an unknown mark',
    'samples/mark.md:1 unknown fence "ts twoslash"',
    page('mark', '```ts twoslash', '1', '```'),
  )
  rejected(
    'the long name of the language',
    'samples/language.md:1 unknown fence "typescript"',
    page('language', '```typescript', '1', '```'),
  )
  rejected(
    'a fence that is never closed',
    'samples/open.md:2 this ts fence is never closed',
    page('open', '', '```ts', '1 // => 1'),
  )
  rejected(
    'a fence in a quotation',
    'samples/quote.md:1 a ts fence inside a quotation',
    page('quote', '> ```ts', '> 1', '> ```'),
  )
  rejected(
    'a fence outside @example',
    'samples/stray.ts:2 a ts fence outside @example',
    module('stray', '/**', ' * ```ts', ' * 1 // => 1', ' * ```', ' */', 'export const f = 1'),
  )
  rejected(
    'an @example without code',
    'samples/none.ts:2 this @example has no code',
    module('none', '/**', ' * @example', ' */', 'export const f = 1'),
  )
  rejected(
    'an @example in another language only',
    'samples/json.ts:2 this @example has no code',
    module('json', '/**', ' * @example', ' * ```json', ' * {}', ' * ```', ' */', 'export const f = 1'),
  )
  rejected(
    'a claim that follows no statement',
    'samples/floating.md:3 this `// =>` follows neither',
    page('floating', '```ts', 'const f = {', '  b: 2, // => 2', '}', '```'),
  )
  rejected(
    'a claim that is not an expression',
    'is not one expression',
    page('prose', '```ts', '1 // => throws an error', '```'),
  )
  rejected(
    'a claim that closes its bracket',
    'is not one expression',
    page('bracket', '```ts', '1 // => 1), (2', '```'),
  )
  rejected(
    'a claim with a remark behind it',
    'is not one expression',
    page('remark', '```ts', '1 // => 1 // one', '```'),
  )
  rejected(
    'a claim on a pattern',
    'give the asserted value one name',
    page('pattern', '```ts', 'const [a] = [1] // => [1]', '```'),
  )
  rejected(
    'an import that repeats a name in other words',
    'samples/imports.md:5 pipe is imported above in other words',
    page(
      'imports',
      '```ts',
      "import { pipe } from 'fp-ts'",
      '```',
      '```ts',
      "import { flow, pipe } from 'fp-ts'",
      'pipe(1, flow) // => 1',
      '```',
    ),
  )
})

describe('the type check', () => {
  const typed = page('typed', '# Typed', '', '```ts', "const n: number = 'one'", 'n // => 1', '```')
  const unused = page('unused', '```ts', 'const unused = 1', '2 // => 2', '```')
  const missing = page(
    'missing',
    '```ts',
    "import { nothing } from 'decider-ts/nowhere'",
    'nothing // => 2',
    '```',
  )
  const inferred = page(
    'inferred',
    '```ts',
    "import { either as E, function as F } from 'fp-ts'",
    'const found: E.Either<string, { version: number }> = E.right({ version: 1 })',
    'F.pipe(',
    '  found,',
    '  E.map(({ version }) => version),',
    ') // => { _tag: "Right", right: 1 }',
    '```',
  )
  const accepted = [inferred, samples.right, samples.long, samples.page]

  test('rejects a type error, an unused name and an unknown entry point, at their lines, and nothing else', () => {
    const programs = [...accepted, typed, unused, missing].map(onlyProgramOf)
    expect(typeErrorsOf(repositoryRoot, programs).map(showProblem)).toEqual([
      "samples/typed.md:4 TS2322 Type 'string' is not assignable to type 'number'.",
      "samples/unused.md:2 TS6133 'unused' is declared but its value is never read.",
      expect.stringContaining("samples/missing.md:2 TS2307 Cannot find module 'decider-ts/nowhere'"),
    ])
  })
})
