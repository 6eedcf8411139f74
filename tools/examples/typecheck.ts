/**
 * Type-checks the programs of all examples at once, with the options that the repository's own code has.
 * The programs are handed to the compiler from memory; an error is reported at the line of its source.
 */
import { join } from 'node:path'
import ts from 'typescript-6.0'
import type { Program } from './programs.js'
import { generatedFolder } from './repository.js'
import type { Problem } from './Source.js'

/** The compiler options of tsconfig.json, with its paths, so that `decider-ts` means the sources. */
const optionsOf = (root: string): ts.CompilerOptions => {
  const path = join(root, 'tsconfig.json')
  const { config, error } = ts.readConfigFile(path, ts.sys.readFile)
  if (error !== undefined) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, '\n'))
  // The files of the project are not wanted here, only its options.
  return ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, root, undefined, path).options
}

const hostWith = (options: ts.CompilerOptions, texts: ReadonlyMap<string, string>): ts.CompilerHost => {
  const host = ts.createCompilerHost(options)
  return {
    ...host,
    fileExists: (path) => texts.has(path) || host.fileExists(path),
    readFile: (path) => texts.get(path) ?? host.readFile(path),
    getSourceFile: (path, version, ...rest) => {
      const text = texts.get(path)
      return text === undefined
        ? host.getSourceFile(path, version, ...rest)
        : ts.createSourceFile(path, text, version, true)
    },
  }
}

const problemOf = (program: Program, diagnostic: ts.Diagnostic): Problem => {
  const position = diagnostic.file?.getLineAndCharacterOfPosition(diagnostic.start ?? 0)
  const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n  ')
  return {
    source: program.source,
    line: (position?.line ?? 0) + 1,
    message: `TS${diagnostic.code} ${message}`,
  }
}

/** The compile errors of the programs, each at its original file and line. */
export const typeErrorsOf = (root: string, programs: ReadonlyArray<Program>): ReadonlyArray<Problem> => {
  const options = { ...optionsOf(root), noEmit: true }
  const byPath = new Map(programs.map((program) => [join(generatedFolder(root), program.file), program]))
  const texts = new Map([...byPath].map(([path, program]) => [path, program.text]))
  const compilation = ts.createProgram([...byPath.keys()], options, hostWith(options, texts))
  const wrongOptions = compilation.getOptionsDiagnostics().map((diagnostic) => ({
    source: 'tsconfig.json',
    line: 1,
    message: ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n  '),
  }))
  const errors = [...byPath].flatMap(([path, program]) => {
    const file = compilation.getSourceFile(path)
    return [...compilation.getSyntacticDiagnostics(file), ...compilation.getSemanticDiagnostics(file)].map(
      (diagnostic) => problemOf(program, diagnostic),
    )
  })
  return [...wrongOptions, ...errors]
}
