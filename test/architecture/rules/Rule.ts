/**
 * What a rule of the house is: a pure function from texts to violations.
 * It never touches the disk, so that the same function judges the real tree and a deliberately wrong sample.
 */
import ts from 'typescript-6.0'
import { parseModule } from '../../../tools/examples/docComments.js'

/** A text file, named by its path from the root of the repository. */
export interface SourceText {
  readonly path: string
  readonly text: string
}

/** A breach: where it is, what the rule says, and what to do. */
export interface Violation {
  readonly file: string
  readonly line: number
  readonly message: string
}

/** Judges a set of files. The order of violations follows the order of files. */
export type Rule = (files: ReadonlyArray<SourceText>) => ReadonlyArray<Violation>

const trees = new WeakMap<SourceText, ts.SourceFile>()

/** The syntax tree of a module. Many rules ask for the same one, so it is kept as long as its text. */
export const treeOf = (file: SourceText): ts.SourceFile => {
  const known = trees.get(file)
  if (known !== undefined) return known
  const tree = parseModule(file.path, file.text)
  trees.set(file, tree)
  return tree
}

/** Calls a function with every node of a tree, outermost first. */
export const walk = (node: ts.Node, visit: (node: ts.Node) => void): void => {
  ts.forEachChild(node, (child) => {
    visit(child)
    walk(child, visit)
  })
}

/** A violation at a node. */
export const at = (file: SourceText, node: ts.Node, message: string): Violation => {
  const tree = treeOf(file)
  return {
    file: file.path,
    line: tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1,
    message,
  }
}

/** The modules of the package. */
export const isSourceModule = (file: SourceText): boolean => /^src\/.*\.ts$/.test(file.path)

/** Files made by a tool are as long and as bare as the tool makes them. */
export const isGenerated = (file: SourceText): boolean => file.path.endsWith('.generated.ts')

/** A module that only re-exports: an entry point of the package. */
export const isBarrel = (file: SourceText): boolean => /(^|\/)index\.ts$/.test(file.path)

/** Shows a violation as an editor can follow it. */
export const showViolation = (violation: Violation): string =>
  `${violation.file}:${violation.line} ${violation.message}`
