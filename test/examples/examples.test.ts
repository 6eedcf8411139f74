/**
 * Every example of the documentation is executed: each `ts` fence of the pages and each `@example` of the sources.
 * The title of a test is the place of its example, so that a failure leads to the line to change.
 */
import { describe, expect, test } from 'vitest'
import type { Program } from '../../tools/examples/programs.js'
import { programsOf } from '../../tools/examples/programs.js'
import { generatedFolder, repositoryRoot, sourcesIn, writePrograms } from '../../tools/examples/repository.js'
import { requireClaims, runProgram } from '../../tools/examples/run.js'
import type { ProgramModule } from '../../tools/examples/runtime.js'
import { showProblem } from '../../tools/examples/Source.js'
import { typeErrorsOf } from '../../tools/examples/typecheck.js'

const { found: programs, problems } = programsOf(sourcesIn(repositoryRoot))
const paths = writePrograms(generatedFolder(repositoryRoot), programs)

const runAsTest = (program: Program, path: string): void => {
  test(program.title, async () => {
    requireClaims(program, await runProgram(program, path))
  })
}

/** A program that registers tests of its own has to do so while vitest collects them. */
const runAsSuite = (program: Program, path: string): void => {
  describe(program.title, async () => {
    const outcome = await runProgram(program, path).then(
      (module: ProgramModule) => ({ module }),
      (error: unknown) => ({ error }),
    )
    // The last test of the suite: by then the claims inside the example's own tests have run.
    test('runs to its end and reaches every claim', () => {
      if ('error' in outcome) throw outcome.error
      requireClaims(program, outcome.module)
    })
  })
}

test('there are examples', () => {
  expect(programs.length).toBeGreaterThan(0)
})

test('every example is well formed and asserts something', () => {
  expect(problems.map(showProblem).join('\n')).toBe('')
})

test('every example compiles under the strict options of the repository', () => {
  expect(typeErrorsOf(repositoryRoot, programs).map(showProblem).join('\n')).toBe('')
})

programs.forEach((program, index) => {
  const run = program.registersTests ? runAsSuite : runAsTest
  run(program, paths[index] ?? program.file)
})
