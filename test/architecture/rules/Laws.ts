/**
 * A law is stated once, in the doc comment of the module that obeys it, and has a test and a wrong sample of that name.
 * The wrong sample shows that the test can fail; a law that nothing can break says nothing.
 */
import ts from 'typescript-6.0'
import { docCommentsOf, lineAt } from '../../../tools/examples/docComments.js'
import { innerRooms, isInner } from './House.js'
import { isSourceModule, type Rule, type SourceText, treeOf, type Violation, walk } from './Rule.js'

/** A law where it is declared. */
export interface Law {
  readonly id: string
  readonly file: string
  readonly line: number
  readonly stated: boolean
}

interface Title {
  readonly id: string
  readonly rejects: boolean
  readonly file: string
  readonly line: number
}

const bullet = /^\s*\*\s+[-*]\s+([A-Z]{2,8}-\d+)\b(.*)$/
// A name and a statement, or a sentence that is both: at least two words.
const statement = /^ \S+\s+\S/

/** The laws that the doc comments of a module declare: bullets of the form `- DEC-1 name: statement`. */
export const lawsOf = (file: SourceText): ReadonlyArray<Law> =>
  docCommentsOf(treeOf(file)).flatMap((comment) =>
    comment.text.split('\n').flatMap((text, index) => {
      const [, id, rest = ''] = bullet.exec(text) ?? []
      return id === undefined
        ? []
        : [{ id, file: file.path, line: comment.line + index, stated: statement.test(rest) }]
    }),
  )

const registrars = new Set(['law', 'test', 'it'])
const inactive = new Set(['skip', 'todo', 'skipIf', 'runIf'])

/** Whether an expression is `test`, or `test.concurrent`, or `test.each(...)`, but not a test that does not run. */
const registers = (callee: ts.Expression): boolean => {
  if (ts.isIdentifier(callee)) return registrars.has(callee.text)
  if (ts.isPropertyAccessExpression(callee))
    return !inactive.has(callee.name.text) && registers(callee.expression)
  return ts.isCallExpression(callee) && registers(callee.expression)
}

/** `law.rejects('DEC-1', 'what is wrong')` makes the title from its first two arguments. */
const isRejection = (callee: ts.Expression): boolean =>
  ts.isPropertyAccessExpression(callee) && callee.name.text === 'rejects'

const titleIn = (callee: ts.Expression, text: string): Pick<Title, 'id' | 'rejects'> | undefined => {
  const [, id, rest = ''] = /^([A-Z]{2,8}-\d+)\b(.*)$/s.exec(text) ?? []
  if (id === undefined) return undefined
  return { id, rejects: isRejection(callee) ? rest === '' : /^ rejects\b/.test(rest) }
}

const titlesOf = (file: SourceText): ReadonlyArray<Title> => {
  const tree = treeOf(file)
  const titles: Title[] = []
  walk(tree, (node) => {
    if (!ts.isCallExpression(node) || !registers(node.expression)) return
    const [first] = node.arguments
    if (first === undefined || !ts.isStringLiteralLike(first)) return
    const title = titleIn(node.expression, first.text)
    if (title !== undefined)
      titles.push({ ...title, file: file.path, line: lineAt(tree, first.getStart(tree)) })
  })
  return titles
}

const judgeLaw = (
  law: Law,
  laws: ReadonlyArray<Law>,
  titles: ReadonlyArray<Title>,
): ReadonlyArray<Violation> => {
  const { id, file, line } = law
  const say = (message: string): Violation => ({ file, line, message })
  const named = titles.filter((title) => title.id === id)
  const first = laws.find((other) => other.id === id)
  return [
    ...(law.stated ? [] : [say(`${id} has no statement; write \`- ${id} <name>: <statement>\``)]),
    ...(first === law
      ? []
      : [say(`${id} is declared in ${first?.file}:${first?.line} already; give one a new number`)]),
    ...(named.some((title) => !title.rejects)
      ? []
      : [say(`no test has a title that starts with "${id}"; add one in test/properties`)]),
    ...(named.some((title) => title.rejects)
      ? []
      : [
          say(
            `no test has a title that starts with "${id} rejects"; add a wrong sample (law.rejects) in test/properties`,
          ),
        ]),
  ]
}

const isPropertyTest = (file: SourceText): boolean => /^test\/properties\/.*\.ts$/.test(file.path)

/** Every law has a statement, a test and a wrong sample; every test that names a law names one that exists. */
export const lawsIndex: Rule = (files) => {
  const laws = files.filter(isSourceModule).flatMap(lawsOf)
  const titles = files.filter(isPropertyTest).flatMap(titlesOf)
  const declared = new Set(laws.map((law) => law.id))
  const strangers = titles.filter((title) => !declared.has(title.id))
  return [
    ...laws.flatMap((law) => judgeLaw(law, laws, titles)),
    ...strangers.map(({ id, file, line }) => ({
      file,
      line,
      message: `no doc comment in src declares ${id}; declare the law, or correct the title`,
    })),
  ]
}

const mirrorOf = (path: string): string =>
  path.replace(/^src\//, 'test/properties/').replace(/\.ts$/, '.test.ts')

/** The tests of a module's laws are where its path says. */
export const testsMirrorSources: Rule = (files) => {
  const paths = new Set(files.map((file) => file.path))
  return files
    .filter((file) => isSourceModule(file) && isInner(file.path) && !paths.has(mirrorOf(file.path)))
    .flatMap((file) =>
      lawsOf(file)
        .slice(0, 1)
        .map(({ line }) => ({
          file: file.path,
          line,
          message: `this module of ${innerRooms.join(', ')} declares laws, so ${mirrorOf(file.path)} has to test them`,
        })),
    )
}
