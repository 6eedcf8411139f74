/**
 * The part of the extractor that touches the disk: which files hold examples, and where their programs go.
 * Everything else works on values.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Program } from './programs.js'
import type { Source } from './Source.js'

/** The root of this repository. */
export const repositoryRoot: string = fileURLToPath(new URL('../../', import.meta.url)).replace(/[\\/]$/, '')

/** Where generated programs are written; git and the linter ignore it. The set keeps samples apart from examples. */
export const generatedFolder = (root: string, set: 'programs' | 'samples' = 'programs'): string =>
  join(root, 'test', 'examples', '.generated', set)

const filesBelow = (folder: string): ReadonlyArray<string> =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true, recursive: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : []

const pages = (root: string): ReadonlyArray<string> => [
  ...['README.md', 'CONTRIBUTING.md'].map((name) => join(root, name)).filter((path) => existsSync(path)),
  ...filesBelow(join(root, 'docs')).filter((path) => path.endsWith('.md')),
]

const modules = (root: string): ReadonlyArray<string> =>
  filesBelow(join(root, 'src')).filter((path) => path.endsWith('.ts'))

/** Every file whose examples are executed, in a stable order. */
export const sourcesIn = (root: string): ReadonlyArray<Source> =>
  [...pages(root), ...modules(root)]
    .map((path) => ({ path: relative(root, path).split(sep).join('/'), text: readFileSync(path, 'utf8') }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))

const writeIfChanged = (path: string, text: string): void => {
  // An unchanged file is left alone, so that a watcher does not start over.
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text)
}

/** Writes the programs to the folder, removes the ones of examples that are gone, and answers their paths. */
export const writePrograms = (folder: string, programs: ReadonlyArray<Program>): ReadonlyArray<string> => {
  mkdirSync(folder, { recursive: true })
  const wanted = new Set(programs.map((program) => program.file))
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isFile() && !wanted.has(entry.name)) rmSync(join(folder, entry.name))
  }
  return programs.map((program) => {
    const path = join(folder, program.file)
    writeIfChanged(path, program.text)
    return path
  })
}
