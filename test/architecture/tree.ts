/**
 * Reads the real tree for the rules: every file that git tracks or would track, with its text.
 * A new file is judged before it is committed, and what git ignores is not judged at all.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { SourceText } from './rules/Rule.js'

const pathsIn = (root: string): ReadonlyArray<string> =>
  execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
    .split('\0')
    .filter((path) => path !== '')

const textIn = (path: string): string | undefined => {
  const entry = statSync(path, { throwIfNoEntry: false })
  // A tracked file may be deleted in the working tree.
  if (entry?.isFile() !== true) return undefined
  const bytes = readFileSync(path)
  // A binary file has a path that pages may mention, and no text to judge.
  return bytes.includes(0) ? '' : bytes.toString('utf8')
}

/** All files of the repository, as texts. */
export const readTree = (root: string): ReadonlyArray<SourceText> =>
  [...new Set(pathsIn(root))].flatMap((path) => {
    const text = textIn(join(root, path))
    return text === undefined ? [] : [{ path, text }]
  })
