/**
 * Finds the doc comments of a TypeScript module and what each of them documents.
 * It reads the syntax tree, so that a string or a template that looks like a comment is not taken for one.
 */
import ts from 'typescript-6.0'
import type { Line } from './Source.js'

/** A doc comment, its span in the text, and the name of the declaration that it precedes. */
export interface DocComment {
  readonly pos: number
  readonly end: number
  readonly line: number
  readonly text: string
  readonly owner: string | undefined
}

/** Parses a module with parent links, which is what all checks here need. */
export const parseModule = (path: string, text: string): ts.SourceFile =>
  ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS)

/** The line of a position, counted from 1. */
export const lineAt = (file: ts.SourceFile, position: number): number =>
  file.getLineAndCharacterOfPosition(position).line + 1

const nameOf = (node: ts.Node): string | undefined => {
  if (ts.isVariableStatement(node)) return node.declarationList.declarations[0]?.name.getText()
  const name = ts.getNameOfDeclaration(node as ts.Declaration)?.getText()
  const holder = node.parent
  if (name === undefined || !(ts.isInterfaceDeclaration(holder) || ts.isClassDeclaration(holder))) return name
  return `${holder.name?.text ?? 'default'}.${name}`
}

/** The doc comments directly before a node, in order. The last one documents the node. */
export const docCommentsBefore = (file: ts.SourceFile, node: ts.Node): ReadonlyArray<DocComment> => {
  const ranges = (ts.getLeadingCommentRanges(file.text, node.pos) ?? []).filter((range) =>
    /^\/\*\*[^/]/.test(file.text.slice(range.pos, range.end)),
  )
  return ranges.map(({ pos, end }, index) => ({
    pos,
    end,
    line: lineAt(file, pos),
    text: file.text.slice(pos, end),
    owner:
      index === ranges.length - 1 && node.kind !== ts.SyntaxKind.EndOfFileToken ? nameOf(node) : undefined,
  }))
}

/** Every doc comment of the module, in order of appearance. */
export const docCommentsOf = (file: ts.SourceFile): ReadonlyArray<DocComment> => {
  const found = new Map<number, DocComment>()
  const visit = (node: ts.Node): void => {
    // An outer node starts where its first token starts: the outermost visit names the comment best.
    for (const comment of docCommentsBefore(file, node)) {
      if (!found.has(comment.pos)) found.set(comment.pos, comment)
    }
    ts.forEachChild(node, visit)
  }
  ts.forEachChild(file, visit)
  return [...found.values()].sort((a, b) => a.pos - b.pos)
}

/** The lines of a doc comment without its stars, each with its number in the module. */
export const contentOf = (comment: DocComment): ReadonlyArray<Line> =>
  comment.text.split(/\r?\n/).map((text, index) => ({
    number: comment.line + index,
    text: text
      .replace(/^\s*\/\*\*/, '')
      .replace(/\*\/$/, '')
      .replace(/^\s*\* ?/, ''),
  }))
