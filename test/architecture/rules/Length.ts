/**
 * Functions and modules stay short enough to be read in one go.
 * The limit is met by splitting along a concept, never by numbering parts.
 */
import ts from 'typescript-6.0'
import {
  at,
  isGenerated,
  isSourceModule,
  type Rule,
  type SourceText,
  treeOf,
  type Violation,
  walk,
} from './Rule.js'

/** The most lines that a function may have. */
export const maxFunctionLines = 70

/** The most lines that a module may have. */
export const maxModuleLines = 600

const lineCount = (tree: ts.SourceFile, node: ts.Node): number =>
  tree.getLineAndCharacterOfPosition(node.end).line -
  tree.getLineAndCharacterOfPosition(node.getStart(tree)).line +
  1

const longFunctions = (file: SourceText): ReadonlyArray<Violation> => {
  const tree = treeOf(file)
  const violations: Violation[] = []
  walk(tree, (node) => {
    if (!ts.isFunctionLike(node)) return
    const lines = lineCount(tree, node)
    const message = `this function has ${lines} lines, the limit is ${maxFunctionLines}; give its steps names`
    if (lines > maxFunctionLines) violations.push(at(file, node, message))
  })
  return violations
}

const longModule = (file: SourceText): ReadonlyArray<Violation> => {
  const lines = file.text.replace(/\n$/, '').split('\n').length
  const message = `this module has ${lines} lines, the limit is ${maxModuleLines}; split it by concept`
  return lines > maxModuleLines ? [{ file: file.path, line: maxModuleLines + 1, message }] : []
}

/** No function of `src` is longer than 70 lines, no module longer than 600. */
export const shortEnough: Rule = (files) =>
  files
    .filter((file) => isSourceModule(file) && !isGenerated(file))
    .flatMap((file) => [...longFunctions(file), ...longModule(file)])
