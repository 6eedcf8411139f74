/**
 * A module holds no state: what changes is made by a constructor and belongs to the caller who called it.
 * Two stores in one process must not know of each other.
 */
import ts from 'typescript-6.0'
import { at, isSourceModule, type Rule, type SourceText, treeOf, type Violation } from './Rule.js'

const collections = new Set(['Map', 'Set', 'WeakMap', 'WeakSet'])

const isEmptyCollection = (node: ts.Node): boolean =>
  ts.isNewExpression(node) &&
  ts.isIdentifier(node.expression) &&
  collections.has(node.expression.text) &&
  (node.arguments?.length ?? 0) === 0

const isReassignable = (statement: ts.Node): boolean =>
  ts.isVariableStatement(statement) && (statement.declarationList.flags & ts.NodeFlags.Const) === 0

/** The empty collections that are made when the module is loaded, not when a function is called. */
const collectionsMadeOnLoad = (node: ts.Node): ReadonlyArray<ts.Node> => {
  const found: ts.Node[] = []
  const visit = (child: ts.Node): void => {
    if (ts.isFunctionLike(child)) return
    if (isEmptyCollection(child)) found.push(child)
    ts.forEachChild(child, visit)
  }
  visit(node)
  return found
}

const judge = (file: SourceText, statement: ts.Statement): ReadonlyArray<Violation> => [
  ...(isReassignable(statement)
    ? [
        at(
          file,
          statement,
          'a variable of the module is shared state; make it a value that a constructor returns',
        ),
      ]
    : []),
  ...collectionsMadeOnLoad(statement).map((node) =>
    at(
      file,
      node,
      'an empty collection of the module waits to be filled; make it inside the function that fills it',
    ),
  ),
]

/** No module of `src` declares a variable, or a collection that starts empty, at its top level. */
export const noModuleState: Rule = (files) =>
  files
    .filter(isSourceModule)
    .flatMap((file) => treeOf(file).statements.flatMap((statement) => judge(file, statement)))
