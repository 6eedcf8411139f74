/**
 * Reads Markdown as the rules need it: prose apart from fences, code spans, links, headings and their anchors.
 * It knows as much of the format as the pages here use.
 */
import { proseOf } from '../../../tools/examples/fences.js'
import { type Line, linesOf } from '../../../tools/examples/Source.js'
import type { SourceText } from './Rule.js'

/** A piece of a page, and its line. */
export interface Found {
  readonly line: number
  readonly text: string
}

/** The pages whose words are held to the truth. */
export const isPage = (file: SourceText): boolean =>
  /^(README|CONTRIBUTING)\.md$|^docs\/.*\.md$/.test(file.path)

/** The lines of a page outside its fences. */
export const proseLines = (file: SourceText): ReadonlyArray<Line> => proseOf(linesOf(file.text))

const codeSpan = /(`+)(.+?)\1(?!`)/g

/** The inline code of a page. */
export const codeSpansOf = (file: SourceText): ReadonlyArray<Found> =>
  proseLines(file).flatMap(({ number, text }) =>
    [...text.matchAll(codeSpan)].map((match) => ({ line: number, text: (match[2] ?? '').trim() })),
  )

const inlineLink = /\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g
const definition = /^\s*\[[^\]]+\]:\s*<?(\S+?)>?(?:\s|$)/g

/** The targets of all links and images of a page. */
export const linksOf = (file: SourceText): ReadonlyArray<Found> =>
  proseLines(file).flatMap(({ number, text }) => {
    const plain = text.replace(codeSpan, '')
    return [...plain.matchAll(inlineLink), ...plain.matchAll(definition)].map((match) => ({
      line: number,
      text: match[1] ?? '',
    }))
  })

/** The headings of a page of one level, or of all levels. */
export const headingsOf = (file: SourceText, level?: number): ReadonlyArray<Found> =>
  proseLines(file).flatMap(({ number, text }) => {
    const [, marks, title] = /^ {0,3}(#{1,6})\s+(.*?)\s*#*$/.exec(text) ?? []
    const [, tagLevel, tagTitle = ''] = /<h([1-6])\b[^>]*>(.*)/i.exec(text) ?? []
    const found =
      marks === undefined
        ? tagLevel && { level: Number(tagLevel), title: tagTitle }
        : { level: marks.length, title }
    if (!found || (level !== undefined && found.level !== level)) return []
    return [{ line: number, text: found.title ?? '' }]
  })

const slug = (heading: string): string =>
  heading
    .replace(/<[^>]+>/g, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-')

/** The anchors of a page, as the usual hosts make them of its headings, and those set by hand. */
export const anchorsOf = (file: SourceText): ReadonlySet<string> => {
  const counts = new Map<string, number>()
  const slugs = headingsOf(file).map(({ text }) => {
    const base = slug(text)
    const count = counts.get(base) ?? 0
    counts.set(base, count + 1)
    return count === 0 ? base : `${base}-${count}`
  })
  const byHand = [...file.text.matchAll(/<a\s+(?:id|name)="([^"]+)"/g)].map((match) => match[1] ?? '')
  return new Set([...slugs, ...byHand])
}
