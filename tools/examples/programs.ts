/**
 * Makes a TypeScript module of a snippet: every line at the number it has in its source, claims as assertions.
 * Compile errors and stack traces therefore point at the line that the author has to change.
 */
import ts from 'typescript-6.0'
import { assertionName, assertionsOf } from './assertions.js'
import { lineAt, parseModule } from './docComments.js'
import { applyEdits, blank, type Edit } from './edits.js'
import { concat, type Extraction, type Problem, type Snippet, type Source } from './Source.js'
import { snippetsOf } from './snippets.js'

/** An example ready to run: the module's file name and text, and the lines whose claims must be checked. */
export interface Program {
  readonly source: string
  readonly line: number
  readonly title: string
  readonly file: string
  readonly text: string
  readonly claims: ReadonlyArray<number>
  readonly registersTests: boolean
}

const moduleNameOf = (snippet: Snippet): string =>
  `${snippet.source.replaceAll('/', '__')}.L${snippet.line}.ts`

const textOf = (snippet: Snippet): string => {
  const last = snippet.lines.at(-1)?.number ?? 0
  const byNumber = new Map(snippet.lines.map((line) => [line.number, line.text]))
  return `${Array.from({ length: last }, (_, index) => byNumber.get(index + 1) ?? '').join('\n')}\n`
}

const importsOf = (file: ts.SourceFile): ReadonlyArray<ts.ImportDeclaration> =>
  file.statements.filter(ts.isImportDeclaration)

const specifierOf = (declaration: ts.ImportDeclaration): string =>
  ts.isStringLiteral(declaration.moduleSpecifier) ? declaration.moduleSpecifier.text : ''

const bindingsOf = (declaration: ts.ImportDeclaration): ReadonlyArray<string> => {
  const clause = declaration.importClause
  const named = clause?.namedBindings
  const names = named === undefined ? [] : ts.isNamespaceImport(named) ? [named] : named.elements
  return [...(clause?.name === undefined ? [] : [clause.name.text]), ...names.map(({ name }) => name.text)]
}

interface Imports {
  readonly edits: ReadonlyArray<Edit>
  readonly problems: ReadonlyArray<{ readonly line: number; readonly message: string }>
}

/** A later fence may repeat an import so that it reads alone; the repetition is blanked if it says the same. */
const repeatedImports = (file: ts.SourceFile): Imports => {
  const edits: Edit[] = []
  const problems: { line: number; message: string }[] = []
  const seen = new Set<string>()
  const bound = new Set<string>()
  for (const declaration of importsOf(file)) {
    const key = declaration
      .getText(file)
      .replace(/[\s;]+/g, ' ')
      .trim()
    const again = bindingsOf(declaration).filter((name) => bound.has(name))
    if (seen.has(key)) edits.push(blank(file.text, declaration.getStart(file), declaration.end))
    else if (again.length > 0) {
      const message = `${again.join(', ')} is imported above in other words; repeat an import exactly, or name only what is new`
      problems.push({ line: lineAt(file, declaration.getStart(file)), message })
    }
    seen.add(key)
    for (const name of bindingsOf(declaration)) bound.add(name)
  }
  return { edits, problems }
}

const assertingModules = new Set(['node:assert', 'node:assert/strict'])
const assertingCalls = new Set(['assert', 'expect', 'expectTypeOf'])

const rootName = (expression: ts.Expression): string | undefined => {
  if (ts.isIdentifier(expression)) return expression.text
  return ts.isPropertyAccessExpression(expression) ? rootName(expression.expression) : undefined
}

const isAssertingCall = (node: ts.Node): boolean => {
  if (!ts.isCallExpression(node)) return false
  const callee = node.expression
  const method = ts.isPropertyAccessExpression(callee) ? callee.name.text : undefined
  return assertingCalls.has(rootName(callee) ?? '') || method === 'assert'
}

/** Whoever imports one of these registers tests: vitest itself, or the bridge to it. */
const runners: ReadonlySet<string> = new Set(['vitest', 'decider-ts/harness/vitest'])

const registersTests = (file: ts.SourceFile): boolean =>
  importsOf(file).some((declaration) => runners.has(specifierOf(declaration)))

/** An example asserts by a claim, by an `assert` of any library, or by the vitest tests that it registers. */
const assertsSomething = (file: ts.SourceFile): boolean => {
  const visit = (node: ts.Node): boolean => isAssertingCall(node) || (ts.forEachChild(node, visit) ?? false)
  return (
    importsOf(file).some((declaration) => assertingModules.has(specifierOf(declaration))) ||
    registersTests(file) ||
    visit(file)
  )
}

/** Goes in front of line 1, which is never a line of code, so that no line moves. */
const preamble = (snippet: Snippet, claims: ReadonlyArray<number>): string =>
  claims.length === 0
    ? 'export {}; '
    : `import { expectIn } from '../../../../tools/examples/runtime.js'; ` +
      `export const $ran = new Set<number>(); ` +
      `const ${assertionName} = expectIn(${JSON.stringify(snippet.source)}, $ran); `

/** Makes the program of a snippet, or says why the snippet is not an example to trust. */
export const programOf = (snippet: Snippet): Extraction<Program> => {
  const { source, line, name } = snippet
  const file = parseModule(moduleNameOf(snippet), textOf(snippet))
  const imports = repeatedImports(file)
  const assertions = assertionsOf(file)
  const vacuous = assertions.lines.length === 0 && assertions.problems.length === 0 && !assertsSomething(file)
  const problems: ReadonlyArray<Problem> = [
    ...[...imports.problems, ...assertions.problems].map((problem) => ({ source, ...problem })),
    ...(vacuous
      ? [{ source, line, message: 'this example asserts nothing; claim a value with `// => value`' }]
      : []),
  ]
  const text = applyEdits(file.text, [...imports.edits, ...assertions.edits])
  const program: Program = {
    source,
    line,
    title: `${source}:${line}${name === undefined ? '' : ` ${name}`}`,
    file: file.fileName,
    text: preamble(snippet, assertions.lines) + text,
    claims: assertions.lines,
    registersTests: registersTests(file),
  }
  return problems.length === 0 ? { found: [program], problems } : { found: [], problems }
}

/** All programs of the given sources, and everything that is wrong with their examples. */
export const programsOf = (sources: ReadonlyArray<Source>): Extraction<Program> => {
  const snippets = concat(sources.map(snippetsOf))
  const programs = concat(snippets.found.map(programOf))
  return { found: programs.found, problems: [...snippets.problems, ...programs.problems] }
}
