/**
 * What a page says of the repository is so: its paths, links and commands exist.
 * Instructions that were true once are worse than none, because a newcomer follows them.
 */
import { posix } from 'node:path'
import { type Line, linesOf } from '../../../tools/examples/Source.js'
import { anchorsOf, codeSpansOf, headingsOf, isPage, linksOf } from './Markdown.js'
import type { Rule, SourceText, Violation } from './Rule.js'

type Exists = (path: string) => boolean

const foldersOf = (path: string): ReadonlyArray<string> => {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}

/** Whether a path names a file or a folder; `*` stands for any name, `**` for any names. */
const existsAmong = (files: ReadonlyArray<SourceText>): Exists => {
  const known = new Set(files.flatMap((file) => [file.path, ...foldersOf(file.path)]))
  return (path) => {
    if (!path.includes('*')) return known.has(path)
    const source = path
      .replace(/[.+?^$()|[\]\\]/g, '\\$&')
      .replace(/\*+/g, (stars) => (stars.length > 1 ? '.*' : '[^/]*'))
    const pattern = new RegExp(`^${source}$`)
    return [...known].some((candidate) => pattern.test(candidate))
  }
}

const ownFolders = /^(?:\.\/)?((?:src|test|docs|examples|tools|bench|\.ci)\/.*)$/

const clean = (token: string): string =>
  token
    .replace(/#.*$/, '')
    .replace(/[,;:.)'"]+$/, '')
    .replace(/:\d+([-:]\d+)?$/, '')
    .replace(/\/$/, '')

const brokenPaths = (page: SourceText, exists: Exists): ReadonlyArray<Violation> =>
  codeSpansOf(page).flatMap(({ line, text }) =>
    text.split(/\s+/).flatMap((token) => {
      const path = clean(ownFolders.exec(token)?.[1] ?? '')
      // A placeholder such as `src/<room>/index.ts` stands for many paths and cannot be looked up.
      if (path === '' || /[<{…]/.test(path) || exists(path)) return []
      const message = `there is no ${path}; correct the path (a placeholder is written <so>)`
      return [{ file: page.path, line, message }]
    }),
  )

const judgeLink = (page: SourceText, link: string, files: ReadonlyArray<SourceText>, exists: Exists) => {
  if (/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(link)) return undefined
  const [target = '', anchor] = link.split('#')
  const path =
    target === '' ? page.path : posix.join(posix.dirname(page.path), decodeURI(target)).replace(/\/$/, '')
  if (path !== '.' && !exists(path)) return `the link ${link} leads nowhere: there is no ${path}`
  const goal = files.find((file) => file.path === path)
  if (anchor === undefined || goal === undefined || !goal.path.endsWith('.md')) return undefined
  return anchorsOf(goal).has(anchor)
    ? undefined
    : `the link ${link} leads nowhere: ${path} has no heading #${anchor}`
}

const brokenLinks = (
  page: SourceText,
  files: ReadonlyArray<SourceText>,
  exists: Exists,
): ReadonlyArray<Violation> =>
  linksOf(page).flatMap(({ line, text }) => {
    const message = judgeLink(page, text, files, exists)
    return message === undefined ? [] : [{ file: page.path, line, message }]
  })

const command =
  /\bnpm\s+(?:--prefix[ =](\S+)\s+)?(?:run(?:-script)?\s+(?:-s\s+|--silent\s+)?([\w:.-]+)|(test|start)\b)/g
const changeOfFolder = /\bcd\s+([\w./-]+)\s*&&/

const scriptsIn = (files: ReadonlyArray<SourceText>, folder: string): ReadonlySet<string> => {
  const file = files.find(({ path }) => path === posix.join(folder, 'package.json'))
  const parsed: unknown = file === undefined ? {} : JSON.parse(file.text)
  const scripts = typeof parsed === 'object' && parsed !== null && 'scripts' in parsed ? parsed.scripts : {}
  return new Set(Object.keys(scripts ?? {}))
}

const brokenCommands = (
  page: SourceText,
  line: Line,
  files: ReadonlyArray<SourceText>,
): ReadonlyArray<Violation> =>
  [...line.text.matchAll(command)].flatMap(([, prefix, run, direct]) => {
    const folder = prefix ?? changeOfFolder.exec(line.text)?.[1] ?? '.'
    const script = (run ?? direct ?? '').replace(/\.$/, '')
    if (scriptsIn(files, folder).has(script)) return []
    const message = `${posix.join(folder, 'package.json')} has no script "${script}"; correct the command`
    return [{ file: page.path, line: line.number, message }]
  })

const wrongTitles = (page: SourceText): ReadonlyArray<Violation> => {
  const titles = headingsOf(page, 1)
  const line = titles[1]?.line ?? 1
  const message = `a page has one title (# ...), and this one has ${titles.length}`
  return titles.length === 1 ? [] : [{ file: page.path, line, message }]
}

/** Every path, link and npm script on a page exists, and every page has one title. */
export const markdownTruth: Rule = (files) => {
  const exists = existsAmong(files)
  return files
    .filter(isPage)
    .flatMap((page) => [
      ...wrongTitles(page),
      ...brokenPaths(page, exists),
      ...brokenLinks(page, files, exists),
      ...linesOf(page.text).flatMap((line) => brokenCommands(page, line, files)),
    ])
}
