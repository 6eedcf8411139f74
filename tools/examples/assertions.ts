/**
 * Turns the comment `// => expected` into an assertion, so that what an example claims is what it does.
 * The comment stands at the end of an expression statement or of `const name = ...`, or alone on the line below;
 * a long value goes on in comment lines that are indented by three spaces or more.
 */
import ts from 'typescript-6.0'
import { lineAt } from './docComments.js'
import type { Edit } from './edits.js'

/** The calls to insert, the lines they assert, and the claims that nothing can check. */
export interface Assertions {
  readonly edits: ReadonlyArray<Edit>
  readonly lines: ReadonlyArray<number>
  readonly problems: ReadonlyArray<{ readonly line: number; readonly message: string }>
}

/** The name that generated programs give to the assertion function. */
export const assertionName = '$expect'

interface Claim {
  readonly node: ts.ExpressionStatement | ts.VariableStatement
  readonly comments: ReadonlyArray<ts.CommentRange>
}

const arrow = /^\/\/ ?=>/
const continuation = /^\/\/ {3,}\S/

/** The comments at the end of the statement and on the lines directly below it, as far as they belong to it. */
const claimComments = (file: ts.SourceFile, end: number): ReadonlyArray<ts.CommentRange> => {
  const textOf = (range: ts.CommentRange): string => file.text.slice(range.pos, range.end)
  const sameLine = ts.getTrailingCommentRanges(file.text, end) ?? []
  const below = ts.getLeadingCommentRanges(file.text, end)?.filter((range) => range.pos >= end) ?? []
  const all = [...sameLine, ...below.filter((range) => !sameLine.some((other) => other.pos === range.pos))]
  const [first, ...rest] = all
  if (first === undefined || !arrow.test(textOf(first))) return []
  if (lineAt(file, first.pos) > lineAt(file, end) + 1) return []
  const stop = rest.findIndex(
    (range, index) =>
      !continuation.test(textOf(range)) || lineAt(file, range.pos) !== lineAt(file, first.pos) + index + 1,
  )
  return [first, ...(stop === -1 ? rest : rest.slice(0, stop))]
}

const claimsOf = (file: ts.SourceFile): ReadonlyArray<Claim> => {
  const claims: Claim[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isExpressionStatement(node) || ts.isVariableStatement(node)) {
      const comments = claimComments(file, node.end)
      if (comments.length > 0) claims.push({ node, comments })
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return claims
}

const expectedOf = (file: ts.SourceFile, claim: Claim): string =>
  claim.comments
    .map((range) =>
      file.text
        .slice(range.pos, range.end)
        .replace(/^\/\/( ?=>)?/, '')
        .trim(),
    )
    .join(' ')

/** A value is one expression: text that closes the bracket around it, or is cut off, is something else. */
const isExpression = (text: string): boolean => {
  const wrapped = `(${text})`
  const { diagnostics = [] } = ts.transpileModule(wrapped, { reportDiagnostics: true })
  const [statement, ...others] = ts.createSourceFile('value.ts', wrapped, ts.ScriptTarget.ES2022).statements
  return (
    diagnostics.length === 0 &&
    others.length === 0 &&
    statement !== undefined &&
    ts.isExpressionStatement(statement) &&
    ts.isParenthesizedExpression(statement.expression) &&
    statement.expression.end === wrapped.length
  )
}

const nameDeclared = (statement: ts.VariableStatement): string | undefined => {
  const [declaration, ...others] = statement.declarationList.declarations
  if (declaration === undefined || others.length > 0 || declaration.initializer === undefined)
    return undefined
  return ts.isIdentifier(declaration.name) ? declaration.name.text : undefined
}

const editsFor = (file: ts.SourceFile, claim: Claim, expected: string): ReadonlyArray<Edit> | undefined => {
  const { node } = claim
  const line = lineAt(file, claim.comments[0]?.pos ?? node.end)
  if (ts.isExpressionStatement(node)) {
    const [start, end] = [node.expression.getStart(file), node.expression.end]
    // The value gets a name, as the reader would give it one: as an argument its types would be inferred differently.
    return [
      { pos: start, end: start, text: '{ const $value = (' },
      { pos: end, end, text: `); ${assertionName}($value, (${expected}), ${line}) }` },
    ]
  }
  const name = nameDeclared(node)
  if (name === undefined) return undefined
  return [{ pos: node.end, end: node.end, text: `; ${assertionName}(${name}, (${expected}), ${line})` }]
}

const unchecked = (file: ts.SourceFile, claims: ReadonlyArray<Claim>): ReadonlyArray<number> => {
  const checked = new Set(claims.flatMap((claim) => claim.comments.map((range) => lineAt(file, range.pos))))
  return file.text
    .split('\n')
    .flatMap((text, index) => (/\/\/ ?=>/.test(text) && !checked.has(index + 1) ? [index + 1] : []))
}

/** Finds every claim of a program and what to insert so that it is checked where it stands. */
export const assertionsOf = (file: ts.SourceFile): Assertions => {
  const claims = claimsOf(file)
  const edits: Edit[] = []
  const lines: number[] = []
  const problems = unchecked(file, claims).map((line) => ({
    line,
    message:
      'this `// =>` follows neither an expression statement nor `const name = ...`, so nothing checks it',
  }))
  for (const claim of claims) {
    const line = lineAt(file, claim.comments[0]?.pos ?? claim.node.end)
    const expected = expectedOf(file, claim)
    const inserted = editsFor(file, claim, expected)
    if (!isExpression(expected)) {
      problems.push({ line, message: `"${expected}" is not one expression; write a value after \`// =>\`` })
    } else if (inserted === undefined) {
      problems.push({ line, message: 'give the asserted value one name: `const name = ... // => value`' })
    } else {
      edits.push(...inserted)
      lines.push(line)
    }
  }
  return { edits, lines, problems }
}
