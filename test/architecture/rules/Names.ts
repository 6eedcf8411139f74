/**
 * One concept has one word, and a file is named after its concept.
 * Synonyms of other libraries are banned as identifiers, because a reader would look for a difference that is not there.
 */
import ts from 'typescript-6.0'
import { at, isSourceModule, type Rule, type SourceText, treeOf, type Violation, walk } from './Rule.js'

/** Words that no identifier in `src` contains, with the word to use instead. */
export const bannedWords: Readonly<Record<string, string>> = {
  aggregate: 'decider',
  saga: 'process manager',
  projector: 'projection',
  denormalizer: 'projection',
  denormaliser: 'projection',
  rehydrate: 'fold',
  repository: 'store',
  repositories: 'stores',
  revision: 'version',
  eventNumber: 'version, or position',
}

/** Names that say nothing about what a file holds. */
export const emptyFileNames: ReadonlyArray<string> = ['util', 'helper', 'common', 'misc', 'manager']

/** The words of a camelCase, PascalCase, snake_case or kebab-case name, in lower case and singular. */
const wordsOf = (name: string): ReadonlyArray<string> =>
  (name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? []).map((word) =>
    word.toLowerCase().replace(/(?<=[^s])s$/, ''),
  )

const contains = (words: ReadonlyArray<string>, phrase: ReadonlyArray<string>): boolean =>
  words.some((_, index) => phrase.every((word, offset) => words[index + offset] === word))

const bannedPhrases = Object.entries(bannedWords).map(([name, instead]) => ({
  name,
  instead,
  words: wordsOf(name),
}))

const judgeIdentifiers = (file: SourceText): ReadonlyArray<Violation> => {
  const violations: Violation[] = []
  walk(treeOf(file), (node) => {
    if (!ts.isIdentifier(node) && !ts.isPrivateIdentifier(node)) return
    const words = wordsOf(node.text)
    const banned = bannedPhrases.find((phrase) => contains(words, phrase.words))
    if (banned === undefined) return
    violations.push(
      at(file, node, `"${banned.name}" in ${node.text} is another word for ${banned.instead}; use ours`),
    )
  })
  return violations
}

const isEmptyName = (segment: string): boolean => {
  const words = wordsOf(segment.replace(/\.[a-z]+$/, ''))
  return words.some((word, index) => {
    // A process manager is a concept of the library, and the only manager in it.
    const isConcept = word === 'manager' && words[index - 1] === 'process'
    return emptyFileNames.includes(word) && !isConcept
  })
}

const judgePath = (file: SourceText): ReadonlyArray<Violation> =>
  file.path
    .split('/')
    .filter(isEmptyName)
    .map((segment) => ({
      file: file.path,
      line: 1,
      message: `"${segment}" says nothing about what is in it; name it after its concept`,
    }))

/** No identifier of `src` is a banned synonym. */
export const ownWords: Rule = (files) => files.filter(isSourceModule).flatMap(judgeIdentifiers)

/** No file or folder of `src` has an empty name. */
export const speakingFileNames: Rule = (files) =>
  files.filter((file) => file.path.startsWith('src/')).flatMap(judgePath)
