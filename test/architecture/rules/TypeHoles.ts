/**
 * The inner rooms have no holes in their types: what the compiler says there is true.
 * One `any` is enough to make a law about types worthless.
 */
import ts from 'typescript-6.0'
import { isInner } from './House.js'
import { at, isSourceModule, type Rule, type SourceText, treeOf, type Violation, walk } from './Rule.js'

const isAssertion = (node: ts.Node): node is ts.AsExpression | ts.TypeAssertion =>
  ts.isAsExpression(node) || ts.isTypeAssertionExpression(node)

const unwrap = (node: ts.Expression): ts.Expression =>
  ts.isParenthesizedExpression(node) ? unwrap(node.expression) : node

const bridges = new Set([ts.SyntaxKind.UnknownKeyword, ts.SyntaxKind.AnyKeyword, ts.SyntaxKind.NeverKeyword])

const isDoubleCast = (node: ts.Node): boolean => {
  if (!isAssertion(node)) return false
  const inner = unwrap(node.expression)
  return isAssertion(inner) && bridges.has(inner.type.kind)
}

const isDefinite = (node: ts.Node): boolean =>
  (ts.isVariableDeclaration(node) || ts.isPropertyDeclaration(node)) && node.exclamationToken !== undefined

const holeIn = (node: ts.Node): string | undefined => {
  if (node.kind === ts.SyntaxKind.AnyKeyword)
    return '`any` switches the checker off; say `unknown`, or be generic'
  if (ts.isNonNullExpression(node)) return '`!` is a claim nobody checks; handle the missing value'
  if (isDefinite(node))
    return '`!` is a claim nobody checks; give the variable its value where it is declared'
  return isDoubleCast(node)
    ? 'a double cast can turn anything into anything; find the type that is true'
    : undefined
}

const directive = /^\s*(\/\/|\/\*)\s*@ts-(ignore|expect-error|nocheck)\b/

const directivesOf = (file: SourceText): ReadonlyArray<Violation> =>
  file.text.split('\n').flatMap((text, index) =>
    directive.test(text)
      ? [
          {
            file: file.path,
            line: index + 1,
            message: 'an error that is silenced is still there; correct it',
          },
        ]
      : [],
  )

const holesOf = (file: SourceText): ReadonlyArray<Violation> => {
  const violations: Violation[] = []
  walk(treeOf(file), (node) => {
    const message = holeIn(node)
    if (message !== undefined) violations.push(at(file, node, message))
  })
  return [...violations, ...directivesOf(file)]
}

/** `store`, `evolve`, `decide` and `run` have no `any`, no `!`, no double cast and no silenced error. */
export const noTypeHoles: Rule = (files) =>
  files.filter((file) => isSourceModule(file) && isInner(file.path)).flatMap(holesOf)
