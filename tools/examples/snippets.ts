/**
 * Reads the code out of Markdown pages and doc comments, with the line numbers it has there.
 * A page is one program, told in several fences; each `@example` is a program of its own.
 */
import { contentOf, type DocComment, docCommentsOf, parseModule } from './docComments.js'
import { fencesOf, programFences, proseOf } from './fences.js'
import {
  concat,
  type Extraction,
  type Line,
  linesOf,
  type Problem,
  type Snippet,
  type Source,
} from './Source.js'

/** The program of a Markdown page: all its `ts` fences in order, or nothing if it has none. */
export const snippetsOfPage = (page: Source): Extraction<Snippet> => {
  const { found, problems } = programFences(page.path, linesOf(page.text))
  const lines = found.flatMap((fence) => fence.body)
  const [first] = lines
  if (first === undefined) return { found: [], problems }
  return { found: [{ source: page.path, line: first.number, name: undefined, lines }], problems }
}

interface Section {
  readonly tag: string | undefined
  readonly lines: ReadonlyArray<Line>
}

const tagAt = /^\s*@([A-Za-z]+)\b/

/** Cuts a doc comment at its tags. A line inside a fence never starts a tag. */
const sectionsOf = (lines: ReadonlyArray<Line>): ReadonlyArray<Section> => {
  const prose = new Set(proseOf(lines).map((line) => line.number))
  const sections: { tag: string | undefined; lines: Line[] }[] = [{ tag: undefined, lines: [] }]
  for (const line of lines) {
    const tag = prose.has(line.number) ? tagAt.exec(line.text)?.[1] : undefined
    if (tag !== undefined) sections.push({ tag, lines: [] })
    sections.at(-1)?.lines.push(tag === undefined ? line : { ...line, text: line.text.replace(tagAt, '') })
  }
  return sections
}

const isBlank = (line: Line): boolean => line.text.trim() === ''

/** The code of an `@example`: its `ts` fences, or everything if it has no fence at all. */
const codeOfExample = (source: string, lines: ReadonlyArray<Line>): Extraction<Line> => {
  if (proseOf(lines).length === lines.length) return { found: lines, problems: [] }
  const { found, problems } = programFences(source, lines)
  return { found: found.flatMap((fence) => fence.body), problems }
}

const snippetOfExample = (source: string, comment: DocComment, section: Section): Extraction<Snippet> => {
  const { found, problems } = codeOfExample(source, section.lines)
  const first = found.find((line) => !isBlank(line))
  if (first !== undefined) {
    return { found: [{ source, line: first.number, name: comment.owner, lines: found }], problems }
  }
  const excused =
    fencesOf(section.lines).some((fence) => fence.info.startsWith('ts no-run')) || problems.length > 0
  const line = section.lines[0]?.number ?? comment.line
  const empty: Problem = { source, line, message: 'this @example has no code; write a program below it' }
  return { found: [], problems: excused ? problems : [empty] }
}

const strayFences = (source: string, section: Section): Extraction<Snippet> => {
  const { found, problems } = programFences(source, section.lines)
  const message =
    'a ts fence outside @example is not executed; put it under @example, or mark it `ts no-run: <reason>`'
  return { found: [], problems: [...problems, ...found.map(({ line }) => ({ source, line, message }))] }
}

/** The programs of a module: one for each `@example` of its doc comments. */
export const snippetsOfModule = (module: Source): Extraction<Snippet> =>
  concat(
    docCommentsOf(parseModule(module.path, module.text)).flatMap((comment) =>
      sectionsOf(contentOf(comment)).map((section) =>
        section.tag === 'example'
          ? snippetOfExample(module.path, comment, section)
          : strayFences(module.path, section),
      ),
    ),
  )

/** The programs of a source, by the kind of file it is. */
export const snippetsOf = (source: Source): Extraction<Snippet> =>
  source.path.endsWith('.md') ? snippetsOfPage(source) : snippetsOfModule(source)
