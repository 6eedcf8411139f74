/**
 * What modules export, and which of it is public: the names that a barrel re-exports, followed to their declarations.
 * The rules on documentation ask it.
 */
import { posix } from 'node:path'
import ts from 'typescript-6.0'
import { docCommentsBefore } from '../../../tools/examples/docComments.js'
import { isBarrel, isSourceModule, type SourceText, treeOf } from './Rule.js'

/** An exported name with the statements that declare it. A type and a value may share a name, and overloads do. */
export interface ExportedName {
  readonly file: SourceText
  readonly name: string
  readonly kind: 'value' | 'type'
  readonly declarations: ReadonlyArray<ts.Statement>
  readonly docs: ReadonlyArray<string>
}

const namesOf = (statement: ts.Statement): ReadonlyArray<string> => {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) =>
      ts.isIdentifier(name) ? [name.text] : [],
    )
  }
  if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) {
    return [statement.name?.text ?? 'default']
  }
  const named =
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isEnumDeclaration(statement)
  return named ? [statement.name.text] : []
}

const isType = (statement: ts.Statement): boolean =>
  ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)

const hasExportKeyword = (statement: ts.Statement): boolean =>
  ts.canHaveModifiers(statement) &&
  (ts.getModifiers(statement) ?? []).some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword)

/** The names in `export { a, b as c }` without a module: local names that are exported by a list. */
const listedNames = (tree: ts.SourceFile): ReadonlySet<string> =>
  new Set(
    tree.statements.flatMap((statement) =>
      ts.isExportDeclaration(statement) &&
      statement.moduleSpecifier === undefined &&
      statement.exportClause !== undefined &&
      ts.isNamedExports(statement.exportClause)
        ? statement.exportClause.elements.map((element) => (element.propertyName ?? element.name).text)
        : [],
    ),
  )

/** The doc comment of a statement. Before the first statement, the first comment is the header of the module. */
const docOf = (tree: ts.SourceFile, statement: ts.Statement): ReadonlyArray<string> => {
  const comments = docCommentsBefore(tree, statement)
  const own = statement === tree.statements[0] ? comments.slice(1) : comments
  return own.slice(-1).map((comment) => comment.text)
}

/** The names that a module declares and exports, a type and a value of one name apart. */
export const exportsOf = (file: SourceText): ReadonlyArray<ExportedName> => {
  const tree = treeOf(file)
  const listed = listedNames(tree)
  const found = new Map<string, ExportedName>()
  for (const statement of tree.statements) {
    for (const name of namesOf(statement)) {
      if (!hasExportKeyword(statement) && !listed.has(name)) continue
      const kind = isType(statement) ? 'type' : 'value'
      const known = found.get(`${kind} ${name}`)
      found.set(`${kind} ${name}`, {
        file,
        name,
        kind,
        declarations: [...(known?.declarations ?? []), statement],
        docs: [...(known?.docs ?? []), ...docOf(tree, statement)],
      })
    }
  }
  return [...found.values()]
}

const keyOf = (path: string, name: string): string => `${path}#${name}`

type Files = ReadonlyMap<string, SourceText>

const targetOf = (
  file: SourceText,
  declaration: ts.ExportDeclaration,
  files: Files,
): SourceText | undefined => {
  const specifier = declaration.moduleSpecifier
  if (specifier === undefined || !ts.isStringLiteral(specifier)) return undefined
  return files.get(posix.join(posix.dirname(file.path), specifier.text).replace(/\.js$/, '.ts'))
}

/** The declarations behind a name of a module, or behind all its names, through re-exports. */
const resolve = (file: SourceText, wanted: string | undefined, files: Files): ReadonlyArray<string> => {
  const own = exportsOf(file)
    .filter((exported) => wanted === undefined || exported.name === wanted)
    .map((exported) => keyOf(file.path, exported.name))
  const passedOn = treeOf(file).statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement)) return []
    const target = targetOf(file, statement, files)
    if (target === undefined) return []
    const clause = statement.exportClause
    if (clause === undefined) return resolve(target, wanted, files)
    if (ts.isNamespaceExport(clause)) return resolve(target, undefined, files)
    return clause.elements
      .filter((element) => wanted === undefined || element.name.text === wanted)
      .flatMap((element) => resolve(target, (element.propertyName ?? element.name).text, files))
  })
  return [...own, ...passedOn]
}

/** Says of an exported name whether users can import it: whether a barrel re-exports it. */
export const publicNames = (files: ReadonlyArray<SourceText>): ((exported: ExportedName) => boolean) => {
  const modules = files.filter(isSourceModule)
  const byPath = new Map(modules.map((file) => [file.path, file]))
  const keys = new Set(modules.filter(isBarrel).flatMap((barrel) => resolve(barrel, undefined, byPath)))
  return (exported) => keys.has(keyOf(exported.file.path, exported.name))
}
