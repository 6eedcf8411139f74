/**
 * A guarantee is a promise with a test. The page of guarantees names, for each, a test that fails if it is broken.
 * The rule follows every reference, so that a promise cannot outlive its test.
 */
import { proseLines } from './Markdown.js'
import type { Rule, SourceText, Violation } from './Rule.js'

/** The page that lists the guarantees. */
export const guaranteesPage = 'docs/GUARANTEES.md'

interface Guarantee {
  readonly number: number
  readonly line: number
  readonly text: string
}

interface Reference {
  readonly path: string
  readonly titles: ReadonlyArray<string>
}

const opening = /^\s*(?:[-*+]\s+|\d+\.\s+)?\*\*G(\d+)\b[^*]*\*\*/

/** A guarantee reaches from its number to the next guarantee, or to the next heading. */
const guaranteesOf = (page: SourceText): ReadonlyArray<Guarantee> => {
  const found: Guarantee[] = []
  let open = false
  for (const { number: line, text } of proseLines(page)) {
    const number = opening.exec(text)?.[1]
    if (number !== undefined) found.push({ number: Number(number), line, text })
    else if (open && !/^#/.test(text)) {
      const last = found.pop()
      if (last !== undefined) found.push({ ...last, text: `${last.text} ${text}` })
    }
    open = number !== undefined || (open && !/^#/.test(text))
  }
  return found
}

const reference =
  /`([^`\s]+\.test\.ts|src\/harness\/conformance\/\w+\.ts)`((?:(?:[\s,;:–—-]|and)*(?:“[^”]+”|"[^"]+"))*)/g
const quoted = /“([^”]+)”|"([^"]+)"/g
const oneSpace = (text: string): string => text.replace(/\s+/g, ' ')

/** The tests that a guarantee names, and the cases of the conformance suite: a path, and titles in quotes after it. */
const referencesOf = (guarantee: Guarantee): ReadonlyArray<Reference> =>
  [...oneSpace(guarantee.text).matchAll(reference)].map(([, path = '', titles = '']) => ({
    path,
    titles: [...titles.matchAll(quoted)].map((match) => match[1] ?? match[2] ?? ''),
  }))

const judgeReference = (id: string, { path, titles }: Reference, files: ReadonlyArray<SourceText>) => {
  const file = files.find((candidate) => candidate.path === path)
  if (file === undefined) return [`${id} names ${path}, which does not exist`]
  if (titles.length === 0)
    return [`${id} names ${path} without a title; quote the title of the test after the path`]
  // A quote that the code has to escape is written plainly on the page.
  const text = oneSpace(file.text.replace(/\\(['"`])/g, '$1'))
  return titles
    .filter((title) => !text.includes(title))
    .map((title) => `${id} names a test "${title}" that is not in ${path}`)
}

const judge = (
  guarantee: Guarantee,
  index: number,
  files: ReadonlyArray<SourceText>,
): ReadonlyArray<string> => {
  const id = `G${guarantee.number}`
  const references = referencesOf(guarantee)
  return [
    ...(guarantee.number === index + 1 ? [] : [`${id} is out of order; the next number is G${index + 1}`]),
    ...(references.length === 0
      ? [`${id} names no test; write \`test/....test.ts\` “title” after the promise`]
      : []),
    ...references.flatMap((each) => judgeReference(id, each, files)),
  ]
}

/** Every guarantee names an existing test by its file and title. */
export const guaranteesIndex: Rule = (files): ReadonlyArray<Violation> => {
  const page = files.find((file) => file.path === guaranteesPage)
  const guarantees = page === undefined ? [] : guaranteesOf(page)
  if (guarantees.length === 0) {
    return [
      {
        file: guaranteesPage,
        line: 1,
        message: 'there are no guarantees; list them as **G1** ..., each with its test',
      },
    ]
  }
  return guarantees.flatMap((guarantee, index) =>
    judge(guarantee, index, files).map((message) => ({
      file: guaranteesPage,
      line: guarantee.line,
      message,
    })),
  )
}
