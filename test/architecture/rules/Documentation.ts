/**
 * Every module says what it is and why it exists, every export says what it means, and every public value shows its use.
 * A reader learns the library from these comments, and the examples in them are executed.
 */
import { contentOf, type DocComment } from '../../../tools/examples/docComments.js'
import { type ExportedName, exportsOf, publicNames } from './Exports.js'
import {
  at,
  isBarrel,
  isGenerated,
  isSourceModule,
  type Rule,
  type SourceText,
  treeOf,
  type Violation,
} from './Rule.js'

const headerOf = (file: SourceText): DocComment | undefined => {
  const end = file.text.indexOf('*/')
  if (!file.text.startsWith('/**') || end === -1) return undefined
  return { pos: 0, end: end + 2, line: 1, text: file.text.slice(0, end + 2), owner: undefined }
}

const sentencesIn = (comment: DocComment): number => {
  const prose = contentOf(comment)
    .map((line) => line.text)
    .filter((text) => !/^\s*@/.test(text))
    .join(' ')
    .replace(/\b(e\.g|i\.e|etc|vs|cf)\./g, '')
  return prose.match(/[.!?](?=[\s)”"'`*]|$)/g)?.length ?? 0
}

const judgeHeader = (file: SourceText): string | undefined => {
  const header = headerOf(file)
  const least = isBarrel(file) ? 1 : 2
  if (header === undefined) return 'a module begins with a doc comment that says what it is and why it exists'
  return sentencesIn(header) < least
    ? `the header has fewer than ${least} sentences; say what the module is, and why it exists or who uses it`
    : undefined
}

const written = (files: ReadonlyArray<SourceText>): ReadonlyArray<SourceText> =>
  files.filter((file) => isSourceModule(file) && !isGenerated(file))

/** Every module of `src` begins with a header of two sentences; one is enough for a barrel. */
export const headers: Rule = (files) =>
  written(files).flatMap((file) => {
    const message = judgeHeader(file)
    return message === undefined ? [] : [{ file: file.path, line: 1, message }]
  })

const hasTag = (exported: ExportedName, tag: string): boolean =>
  exported.docs.some((doc) => new RegExp(`(^|\\n)[\\s/*]*@${tag}\\b`).test(doc))

const atExport = (exported: ExportedName, message: string): Violation =>
  at(exported.file, exported.declarations[0] ?? treeOf(exported.file), message)

/** Every export of a module of `src` has a doc comment of its own. */
export const documentedExports: Rule = (files) =>
  written(files)
    .filter((file) => !isBarrel(file))
    .flatMap(exportsOf)
    .filter((exported) => exported.docs.length === 0)
    .map((exported) =>
      atExport(exported, `\`${exported.name}\` is exported without a doc comment; say what it means`),
    )

/** The tag by which fp-ts finds a type is a name for the compiler; nobody calls it, so it has no use to show. */
const isTypeTag = (exported: ExportedName): boolean => /^(\w+)?URI$/.test(exported.name)

const needsExample = (exported: ExportedName): boolean =>
  exported.kind === 'value' && !isTypeTag(exported) && !hasTag(exported, 'internal')

const withoutExample = (files: ReadonlyArray<SourceText>): ReadonlyArray<ExportedName> =>
  written(files)
    .filter((file) => !isBarrel(file))
    .flatMap(exportsOf)
    .filter((exported) => needsExample(exported) && !hasTag(exported, 'example'))

/** Every value that a barrel re-exports has an `@example`; types and `@internal` names are exempt. */
export const publicExamples: Rule = (files) => {
  const isPublic = publicNames(files)
  return withoutExample(files)
    .filter(isPublic)
    .map((exported) => atExport(exported, `\`${exported.name}\` is public and has no @example; show its use`))
}

/** For each module, how many of its exported values show their use: a table to read, not a rule. */
export const exampleTable = (files: ReadonlyArray<SourceText>): ReadonlyArray<string> => {
  const missing = withoutExample(files)
  return written(files).flatMap((file) => {
    const values = exportsOf(file).filter((exported) => exported.kind === 'value').length
    const bare = missing.filter((exported) => exported.file.path === file.path)
    return bare.length === 0
      ? []
      : [
          `${file.path}: ${bare.length} of ${values} without @example: ${bare.map(({ name }) => name).join(', ')}`,
        ]
  })
}
