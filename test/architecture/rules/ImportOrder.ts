/**
 * Imports follow one total order, so that a reader of a room never needs the rooms outside it,
 * and the pure core never drags in an engine. The tables are in House.ts.
 */
import { posix } from 'node:path'
import ts from 'typescript-6.0'
import { type Allowance, allowanceOf, roomOf, roomsOfMainEntry, storeFree, type Use } from './House.js'
import {
  at,
  isBarrel,
  isSourceModule,
  type Rule,
  type SourceText,
  treeOf,
  type Violation,
  walk,
} from './Rule.js'

/** One import, in whatever form it is written. */
interface Import {
  readonly node: ts.Node
  readonly specifier: string
  readonly use: Exclude<Use, 'nothing'>
  readonly reexport: boolean
}

const textOf = (node: ts.Node | undefined): string | undefined =>
  node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined

const isImportClauseOfTypes = (clause: ts.ImportClause | undefined): boolean =>
  clause?.phaseModifier === ts.SyntaxKind.TypeKeyword

const dynamicSpecifier = (node: ts.Node): string | undefined => {
  if (!ts.isCallExpression(node)) return undefined
  const { expression } = node
  const isRequire = ts.isIdentifier(expression) && expression.text === 'require'
  if (expression.kind !== ts.SyntaxKind.ImportKeyword && !isRequire) return undefined
  // A computed specifier could be anything, so it is allowed nowhere.
  return textOf(node.arguments[0]) ?? '<computed>'
}

const importAt = (node: ts.Node): Import | undefined => {
  const make = (specifier: string | undefined, types: boolean, reexport = false): Import | undefined =>
    specifier === undefined ? undefined : { node, specifier, use: types ? 'types' : 'all', reexport }
  if (ts.isImportDeclaration(node)) {
    return make(textOf(node.moduleSpecifier), isImportClauseOfTypes(node.importClause))
  }
  if (ts.isExportDeclaration(node)) return make(textOf(node.moduleSpecifier), node.isTypeOnly, true)
  if (ts.isImportTypeNode(node)) {
    return ts.isLiteralTypeNode(node.argument) ? make(textOf(node.argument.literal), true) : undefined
  }
  if (ts.isModuleDeclaration(node)) return make(textOf(node.name), true)
  if (ts.isExternalModuleReference(node)) return make(textOf(node.expression), false)
  return make(dynamicSpecifier(node), false)
}

const importsOf = (file: SourceText): ReadonlyArray<Import> => {
  const imports: Import[] = []
  walk(treeOf(file), (node) => {
    const found = importAt(node)
    if (found !== undefined) imports.push(found)
  })
  return imports
}

/** The source file that a relative specifier names. */
const targetOf = (file: SourceText, specifier: string): string => {
  const path = posix.join(posix.dirname(file.path), specifier)
  return /\.[a-z]+$/.test(path) ? path.replace(/\.js$/, '.ts') : posix.join(path, 'index.ts')
}

const refusal = (room: string, other: string, allowed: Use, use: Use): string | undefined => {
  if (allowed === 'all' || allowed === use) return undefined
  const which = allowed === 'types' ? `only types of ${other}; write \`import type\`` : `nothing of ${other}`
  return `${room} may import ${which} (the order of rooms is in test/architecture/rules/House.ts)`
}

const packageKey = (specifier: string): string => (specifier.startsWith('node:') ? 'node:*' : specifier)

const judgePackage = (room: string, allowance: Allowance, found: Import): string | undefined => {
  const key = packageKey(found.specifier)
  const isDeep = /^(fp-ts|io-ts)\//.test(key) && key !== 'fp-ts/HKT'
  if (isDeep)
    return `${key} fails in plain Node; import from the root, as in \`import { either } from 'fp-ts'\``
  return refusal(room, key, allowance.packages[key] ?? 'nothing', found.use)
}

const judgeRoom = (file: SourceText, room: string, allowance: Allowance, target: string, use: Use) => {
  const other = roomOf(target)
  if (other === undefined) return `${target} is outside src; the package cannot contain it`
  if (target.endsWith('/index.ts'))
    return 'nothing in src imports a barrel; import the module that declares the name'
  if (storeFree.includes(file.path) && other === 'store') {
    return `${file.path} has to be usable with no store; it imports nothing of store, not even types`
  }
  return other === room ? undefined : refusal(room, other, allowance.rooms[other] ?? 'nothing', use)
}

const judgeBarrel = (file: SourceText, found: Import): string | undefined => {
  const target = found.specifier.startsWith('.') ? targetOf(file, found.specifier) : found.specifier
  const folder = posix.dirname(file.path)
  if (!found.reexport) return 'a barrel only re-exports; move this code to a module of its own'
  if (folder === 'src') {
    const rooms = roomsOfMainEntry.map((room) => `src/${room}/index.ts`)
    return rooms.includes(target) ? undefined : `the main entry re-exports only ${rooms.join(', ')}`
  }
  const isOwn =
    target.startsWith(`${folder}/`) && !target.endsWith('/index.ts') && roomOf(target) === roomOf(file.path)
  return isOwn ? undefined : `a barrel re-exports only the files of its own folder, and ${target} is not one`
}

const judge = (file: SourceText, room: string, found: Import): string | undefined => {
  if (isBarrel(file)) return judgeBarrel(file, found)
  const allowance = allowanceOf(room)
  if (allowance === undefined)
    return `src has no room called "${room}"; add it to test/architecture/rules/House.ts, or move the file`
  return found.specifier.startsWith('.')
    ? judgeRoom(file, room, allowance, targetOf(file, found.specifier), found.use)
    : judgePackage(room, allowance, found)
}

const statementsOtherThanExports = (file: SourceText): ReadonlyArray<Violation> =>
  treeOf(file)
    .statements.filter(
      (node) =>
        !(ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) && importAt(node) === undefined,
    )
    .map((node) => at(file, node, 'a barrel only re-exports; move this code to a module of its own'))

/** Imports and re-exports follow the house. */
export const importOrder: Rule = (files) =>
  files.filter(isSourceModule).flatMap((file) => {
    const violations = importsOf(file).flatMap((found) => {
      const message = judge(file, roomOf(file.path) ?? '', found)
      return message === undefined ? [] : [at(file, found.node, message)]
    })
    return isBarrel(file) ? [...violations, ...statementsOtherThanExports(file)] : violations
  })
