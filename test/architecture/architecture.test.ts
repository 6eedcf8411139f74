/**
 * The rules of the house, applied to the real tree, each with samples that it must reject and samples it must accept.
 * A rule is trusted only after it has failed once: a check that cannot fail is worse than none.
 */
import { describe, expect, test } from 'vitest'
import { repositoryRoot } from '../../tools/examples/repository.js'
import { noAmbientWorld, noIntrusion } from './rules/AmbientWorld.js'
import { documentedExports, exampleTable, headers, publicExamples } from './rules/Documentation.js'
import { guaranteesIndex } from './rules/Guarantees.js'
import { house } from './rules/House.js'
import { importOrder } from './rules/ImportOrder.js'
import { lawsIndex, testsMirrorSources } from './rules/Laws.js'
import { maxFunctionLines, maxModuleLines, shortEnough } from './rules/Length.js'
import { machineFolders, noMachinePaths } from './rules/MachinePaths.js'
import { markdownTruth } from './rules/MarkdownTruth.js'
import { noModuleState } from './rules/ModuleState.js'
import { bannedWords, emptyFileNames, ownWords, speakingFileNames } from './rules/Names.js'
import { type Rule, type SourceText, showViolation } from './rules/Rule.js'
import { noTypeHoles } from './rules/TypeHoles.js'
import { readTree } from './tree.js'

const tree = readTree(repositoryRoot)

/** A sample tree: paths with their lines. */
type Sample = Readonly<Record<string, ReadonlyArray<string> | string>>

interface Rejected {
  readonly name: string
  readonly sample: Sample
  /** Where the violation must be, and how its message must start or go on. */
  readonly because: string
}

interface Accepted {
  readonly name: string
  readonly sample: Sample
}

const filesOf = (sample: Sample): ReadonlyArray<SourceText> =>
  Object.entries(sample).map(([path, lines]) => ({
    path,
    text: typeof lines === 'string' ? `${lines}\n` : `${lines.join('\n')}\n`,
  }))

const reject = (name: string, sample: Sample, because: string): Rejected => ({ name, sample, because })
const accept = (name: string, sample: Sample): Accepted => ({ name, sample })

const judge = (rule: Rule, files: ReadonlyArray<SourceText>): ReadonlyArray<string> =>
  rule(files).map(showViolation)

const describeRule = (
  title: string,
  rule: Rule,
  rejected: ReadonlyArray<Rejected>,
  accepted: ReadonlyArray<Accepted>,
  remarks: (files: ReadonlyArray<SourceText>) => ReadonlyArray<string> = () => [],
): void => {
  describe(title, () => {
    test('has samples that show it rejecting and accepting', () => {
      expect([rejected.length, accepted.length]).not.toContain(0)
    })
    test('holds in this repository', () => {
      const violations = judge(rule, tree)
      if (violations.length === 0) return
      throw new Error([`${violations.length} violations`, ...violations, ...remarks(tree)].join('\n'))
    })
    for (const { name, sample, because } of rejected) {
      test(`rejects ${name}`, () => {
        expect(judge(rule, filesOf(sample)).join('\n')).toContain(because)
      })
    }
    for (const { name, sample } of accepted) {
      test(`accepts ${name}`, () => {
        expect(judge(rule, filesOf(sample))).toEqual([])
      })
    }
  })
}

const repeat = (count: number, line: string): ReadonlyArray<string> =>
  Array.from({ length: count }, () => line)

test('the tree that the rules judge has every room of the house', () => {
  const empty = Object.keys(house).filter(
    (room) => !tree.some((file) => file.path.startsWith(`src/${room}/`) && !file.path.endsWith('/index.ts')),
  )
  expect(empty).toEqual([])
})

describeRule(
  'imports follow the order of rooms',
  importOrder,
  [
    reject(
      'an inner room that imports an outer one',
      { 'src/evolve/Projection.ts': "import { decide } from '../decide/Decider.js'" },
      'src/evolve/Projection.ts:1 evolve may import nothing of decide',
    ),
    reject(
      'an import of a type from an outer room',
      { 'src/store/Tag.ts': "import type { View } from '../evolve/View.js'" },
      'src/store/Tag.ts:1 store may import nothing of evolve',
    ),
    reject(
      'a dynamic import of an outer room',
      { 'src/store/Tag.ts': "export const later = () => import('../run/Handle.js')" },
      'src/store/Tag.ts:1 store may import nothing of run',
    ),
    reject(
      'an import() type of an outer room',
      { 'src/store/Tag.ts': "export type Handle = import('../run/Handle.js').Handle" },
      'src/store/Tag.ts:1 store may import nothing of run',
    ),
    reject(
      'a computed import',
      { 'src/run/Handle.ts': 'export const load = (path: string) => import(path)' },
      'src/run/Handle.ts:1 run may import nothing of <computed>',
    ),
    reject(
      'an adapter that imports a value of run',
      { 'src/adapters/memory/Store.ts': "import { handle } from '../../run/Handle.js'" },
      'src/adapters/memory/Store.ts:1 adapters/memory may import only types of run',
    ),
    reject(
      'an adapter whose import of run is type-only name by name, which is still evaluated',
      { 'src/adapters/memory/Store.ts': "import { type Handle } from '../../run/Handle.js'" },
      'src/adapters/memory/Store.ts:1 adapters/memory may import only types of run',
    ),
    reject(
      'an adapter that imports another adapter',
      { 'src/adapters/postgres/Store.ts': "import { keep } from '../memory/Store.js'" },
      'src/adapters/postgres/Store.ts:1 adapters/postgres may import nothing of adapters/memory',
    ),
    reject(
      'an adapter without an entry of its own that imports evolve',
      { 'src/adapters/kafka/Store.ts': "import { fold } from '../../evolve/Fold.js'" },
      'src/adapters/kafka/Store.ts:1 adapters/kafka may import nothing of evolve',
    ),
    reject(
      'a harness that imports an adapter',
      { 'src/harness/Laws.ts': "import { keep } from '../adapters/memory/Store.js'" },
      'src/harness/Laws.ts:1 harness may import nothing of adapters/memory',
    ),
    reject(
      'a test runner in the harness',
      { 'src/harness/Laws.ts': "import { test } from 'vitest'" },
      'src/harness/Laws.ts:1 harness may import nothing of vitest',
    ),
    reject(
      'a harness that imports its bridge to a test runner',
      { 'src/harness/Laws.ts': "import { check } from './vitest/Registration.js'" },
      'src/harness/Laws.ts:1 harness may import nothing of harness/vitest',
    ),
    reject(
      'a barrel of the harness that re-exports a bridge',
      { 'src/harness/index.ts': "export * from './vitest/Registration.js'" },
      'src/harness/index.ts:1 a barrel re-exports only the files of its own folder',
    ),
    ...['src/evolve/View.ts', 'src/evolve/Fold.ts', 'src/decide/Decider.ts'].map((path) =>
      reject(
        `${path} that imports a type of store`,
        { [path]: "import type { Tag } from '../store/Tag.js'" },
        `${path}:1 ${path} has to be usable with no store`,
      ),
    ),
    reject(
      'a value of io-ts in decide',
      { 'src/decide/Domain.ts': "import * as t from 'io-ts'" },
      'src/decide/Domain.ts:1 decide may import only types of io-ts',
    ),
    reject(
      'io-ts in store',
      { 'src/store/Tag.ts': "import type * as t from 'io-ts'" },
      'src/store/Tag.ts:1 store may import nothing of io-ts',
    ),
    reject(
      'a deep path of fp-ts',
      { 'src/store/Tag.ts': "import * as E from 'fp-ts/Either'" },
      'src/store/Tag.ts:1 fp-ts/Either fails in plain Node',
    ),
    reject(
      'a value of fp-ts/HKT',
      { 'src/evolve/View.ts': "import { HKT } from 'fp-ts/HKT'" },
      'src/evolve/View.ts:1 evolve may import only types of fp-ts/HKT',
    ),
    reject(
      'fast-check outside the harness',
      { 'src/run/Handle.ts': "import fc from 'fast-check'" },
      'src/run/Handle.ts:1 run may import nothing of fast-check',
    ),
    reject(
      'postgres outside its adapter',
      { 'src/adapters/memory/Store.ts': "import postgres from 'postgres'" },
      'src/adapters/memory/Store.ts:1 adapters/memory may import nothing of postgres',
    ),
    reject(
      'a module of Node in run',
      { 'src/run/Handle.ts': "import { randomUUID } from 'node:crypto'" },
      'src/run/Handle.ts:1 run may import nothing of node:*',
    ),
    reject(
      'a package that the house does not know',
      { 'src/adapters/memory/Store.ts': "import _ from 'lodash'" },
      'src/adapters/memory/Store.ts:1 adapters/memory may import nothing of lodash',
    ),
    reject(
      'a module that imports a barrel',
      { 'src/decide/Domain.ts': "import { Tag } from '../store/index.js'" },
      'src/decide/Domain.ts:1 nothing in src imports a barrel',
    ),
    reject(
      'a module that imports the barrel of its own room by its folder',
      { 'src/decide/Domain.ts': "import { Decider } from '.'" },
      'src/decide/Domain.ts:1 nothing in src imports a barrel',
    ),
    reject(
      'a module that imports a test',
      { 'src/decide/Domain.ts': "import { sample } from '../../test/sample.js'" },
      'src/decide/Domain.ts:1 test/sample.ts is outside src',
    ),
    reject(
      'a barrel that re-exports a file of another room',
      { 'src/decide/index.ts': "export * from '../evolve/View.js'" },
      'src/decide/index.ts:1 a barrel re-exports only the files of its own folder',
    ),
    reject(
      'a barrel that holds code',
      { 'src/decide/index.ts': ["export * from './Decider.js'", 'export const one = 1'] },
      'src/decide/index.ts:2 a barrel only re-exports',
    ),
    reject(
      'a barrel that imports',
      { 'src/decide/index.ts': "import { Decider } from './Decider.js'" },
      'src/decide/index.ts:1 a barrel only re-exports',
    ),
    reject(
      'a main entry that re-exports the harness',
      { 'src/index.ts': "export * from './harness/index.js'" },
      'src/index.ts:1 the main entry re-exports only',
    ),
    reject(
      'a main entry that reaches past a room barrel',
      { 'src/index.ts': "export * from './store/Tag.js'" },
      'src/index.ts:1 the main entry re-exports only',
    ),
    reject(
      'a room that the house does not have',
      { 'src/cli/Main.ts': "import { Tag } from '../store/Tag.js'" },
      'src/cli/Main.ts:1 src has no room called "cli"',
    ),
  ],
  [
    accept('what the house allows', {
      'src/index.ts': ["export * from './store/index.js'", "export * as run from './run/index.js'"],
      'src/store/index.ts': "export * from './Tag.js'",
      'src/store/Tag.ts': "import { either as E } from 'fp-ts'",
      'src/evolve/View.ts': ["import type { HKT } from 'fp-ts/HKT'", "import type * as t from 'io-ts'"],
      'src/evolve/Projection.ts': [
        "import { Tag } from '../store/Tag.js'",
        "import { fold } from './View.js'",
      ],
      'src/decide/Decider.ts': "import type { View } from '../evolve/View.js'",
      'src/run/Handle.ts': "import { decide } from '../decide/Decider.js'",
      'src/harness/Laws.ts': ["import fc from 'fast-check'", "import * as t from 'io-ts'"],
      'src/adapters/memory/Store.ts': [
        "import type { Port } from '../../run/Port.js'",
        "import { x } from 'node:fs'",
      ],
      'src/adapters/postgres/Store.ts': ["import postgres from 'postgres'", "import { sql } from './Sql.js'"],
    }),
  ],
)

describeRule(
  'the inner rooms do not touch the ambient world',
  noAmbientWorld,
  [
    reject(
      'the clock as the default of a parameter',
      { 'src/run/Handle.ts': 'export const now = (clock = Date.now) => clock()' },
      'src/run/Handle.ts:1 Date.now is the ambient world',
    ),
    ...[
      ['Date.now()', 'Date.now'],
      ['new Date()', 'new Date()'],
      ['Date()', 'new Date()'],
      ['Math.random()', 'Math.random'],
      ['process.env', 'process'],
      ['console', 'console'],
      ['setTimeout(() => {}, 1)', 'setTimeout'],
      ['setInterval(() => {}, 1)', 'setInterval'],
      ['performance.now()', 'performance'],
      ['crypto.randomUUID()', 'crypto'],
      ['globalThis.process', 'globalThis'],
      ['{ process }', 'process'],
      ['[1].map(Date.now)', 'Date.now'],
    ].map(([code = '', world = '']) =>
      reject(
        `\`${code}\``,
        { 'src/decide/Decider.ts': ['', `export const now = () => (${code})`] },
        `src/decide/Decider.ts:2 ${world} is the ambient world`,
      ),
    ),
  ],
  [
    accept('the one module that is the door to the world', {
      'src/run/Environment.ts': 'export const system = { now: () => Date.now(), wait: setTimeout }',
    }),
    accept('an adapter, whose business is the world', {
      'src/adapters/postgres/Poll.ts': 'export const poll = () => setTimeout(() => {}, 1)',
    }),
    accept('a date made of an argument', {
      'src/store/Timestamp.ts': 'export const at = (ms: number) => new Date(ms)',
    }),
    accept('names of its own that happen to be the same', {
      'src/decide/ProcessManager.ts': [
        'export interface Port { readonly process: () => void; readonly console: string }',
        'export const run = (process: Port, { crypto }: { crypto: number }) => [process.console, crypto]',
        'export const made = { process: 1, performance: 2 }',
        'export const read = (port: Port) => port.process',
      ],
    }),
  ],
)

describeRule(
  'src does not print and does not listen to the process',
  noIntrusion,
  [
    reject(
      'a print in an adapter',
      { 'src/adapters/postgres/Store.ts': "export const warn = () => console.warn('late')" },
      'src/adapters/postgres/Store.ts:1 a library does not print',
    ),
    reject(
      'a print in the door to the world',
      { 'src/run/Environment.ts': 'export const log = console.log' },
      'src/run/Environment.ts:1 a library does not print',
    ),
    reject(
      'a listener for signals',
      { 'src/adapters/postgres/Store.ts': "process.once('SIGTERM', () => {})" },
      'src/adapters/postgres/Store.ts:1 a library does not listen to the process',
    ),
  ],
  [
    accept('a listener of something else', {
      'src/adapters/postgres/Listen.ts':
        "export const listen = (socket: Socket) => socket.on('data', () => {})",
    }),
  ],
)

describeRule(
  'the inner rooms have no holes in their types',
  noTypeHoles,
  [
    reject(
      'any',
      { 'src/store/Tag.ts': 'export type Tag = Record<string, any>' },
      'src/store/Tag.ts:1 `any`',
    ),
    reject(
      'a non-null assertion',
      { 'src/run/Handle.ts': 'export const first = (xs: string[]) => xs[0]!' },
      'src/run/Handle.ts:1 `!`',
    ),
    reject(
      'a definite assignment',
      { 'src/run/Handle.ts': 'export const f = () => { let x!: number; return x }' },
      'src/run/Handle.ts:1 `!`',
    ),
    ...['unknown', 'any', 'never'].map((bridge) =>
      reject(
        `a double cast by ${bridge}`,
        { 'src/decide/Decider.ts': `export const f = (x: string) => (x as ${bridge}) as number` },
        'src/decide/Decider.ts:1 a double cast',
      ),
    ),
    reject(
      'a silenced error',
      { 'src/evolve/View.ts': ['', '// @ts-expect-error it is wrong', 'export const x: string = 1'] },
      'src/evolve/View.ts:2 an error that is silenced is still there',
    ),
  ],
  [
    accept('single casts, negation, the word any in prose, and freedom outside the inner rooms', {
      'src/store/Tag.ts': [
        '/** Matches any tag. */',
        'export const tag = (x: string) => (x !== "" && !x.includes(" ") ? (x as Tag) : undefined)',
        'export const all = ["a"] as const',
      ],
      'src/harness/Laws.ts': 'export type Anything = any',
    }),
  ],
)

describeRule(
  'modules hold no state',
  noModuleState,
  [
    reject(
      'a variable',
      { 'src/run/Handle.ts': 'let count = 0' },
      'src/run/Handle.ts:1 a variable of the module',
    ),
    reject(
      'an exported variable in an adapter',
      { 'src/adapters/memory/Store.ts': 'export var stores = 0' },
      'src/adapters/memory/Store.ts:1 a variable of the module',
    ),
    reject(
      'an empty collection',
      { 'src/run/Handle.ts': 'const cache = new Map<string, number>()' },
      'src/run/Handle.ts:1 an empty collection of the module',
    ),
    reject(
      'an empty collection inside a value',
      { 'src/run/Handle.ts': ['export const state = {', '  seen: new WeakSet(),', '}'] },
      'src/run/Handle.ts:2 an empty collection of the module',
    ),
  ],
  [
    accept('constants, filled collections, and variables of functions', {
      'src/run/Handle.ts': [
        'const known = new Set(["a", "b"])',
        'export const make = () => {',
        '  let count = 0',
        '  const cache = new Map()',
        '  return () => cache.set(known, (count += 1))',
        '}',
      ],
    }),
  ],
)

describeRule(
  'functions and modules are short',
  shortEnough,
  [
    reject(
      'a long function',
      { 'src/run/Handle.ts': ['export const f = () => {', ...repeat(maxFunctionLines - 1, '  0'), '}'] },
      `src/run/Handle.ts:1 this function has ${maxFunctionLines + 1} lines`,
    ),
    reject(
      'a long method',
      {
        'src/adapters/memory/Store.ts': [
          'export const store = {',
          '  append() {',
          ...repeat(maxFunctionLines, '    0'),
          '  },',
          '}',
        ],
      },
      `src/adapters/memory/Store.ts:2 this function has ${maxFunctionLines + 2} lines`,
    ),
    reject(
      'a long module',
      { 'src/store/Tag.ts': repeat(maxModuleLines + 1, '// line') },
      `src/store/Tag.ts:${maxModuleLines + 1} this module has ${maxModuleLines + 1} lines`,
    ),
  ],
  [
    accept('functions and modules at the limit, and what a tool has made', {
      'src/run/Handle.ts': ['export const f = () => {', ...repeat(maxFunctionLines - 2, '  0'), '}'],
      'src/store/Tag.ts': repeat(maxModuleLines, '// line'),
      'src/adapters/postgres/Sql.generated.ts': repeat(maxModuleLines + 1, '// line'),
    }),
  ],
)

const header = '/** A tag. It labels an event. */'

describeRule(
  'every module has a header',
  headers,
  [
    reject(
      'no header',
      { 'src/store/Tag.ts': "import { x } from './X.js'" },
      'src/store/Tag.ts:1 a module begins',
    ),
    reject(
      'a plain comment as header',
      { 'src/store/Tag.ts': '/* A tag. It labels an event. */' },
      'src/store/Tag.ts:1 a module begins',
    ),
    reject(
      'a header after the imports',
      { 'src/store/Tag.ts': ["import { x } from './X.js'", header] },
      'src/store/Tag.ts:1 a module begins',
    ),
    reject(
      'a header of one sentence',
      { 'src/store/Tag.ts': ['/**', ' * A tag, e.g. a label.', ' * @since 0.1.0. Soon.', ' */'] },
      'src/store/Tag.ts:1 the header has fewer than 2 sentences',
    ),
    reject(
      'a barrel without header',
      { 'src/store/index.ts': "export * from './Tag.js'" },
      'src/store/index.ts:1',
    ),
  ],
  [
    accept('two sentences, or one in a barrel', {
      'src/store/Tag.ts': [header, "import { x } from './X.js'"],
      'src/store/Query.ts': ['/**', ' * A query.', ' * It selects events by `type`.', ' */'],
      'src/store/index.ts': ['/** What a recorded fact is. */', "export * from './Tag.js'"],
    }),
  ],
)

describeRule(
  'every export has a doc comment',
  documentedExports,
  [
    reject(
      'a bare constant',
      { 'src/store/Tag.ts': [header, "import { x } from './X.js'", 'export const tag = x'] },
      'src/store/Tag.ts:3 `tag` is exported without a doc comment',
    ),
    reject(
      'an export that has only the header of the module',
      { 'src/store/Tag.ts': [header, 'export interface Tag {}'] },
      'src/store/Tag.ts:2 `Tag` is exported without a doc comment',
    ),
    reject(
      'a bare type beside a documented value of the same name',
      {
        'src/store/Tag.ts': [
          header,
          '/** Makes a tag. */',
          'export const Tag = 1',
          'export type Tag = string',
        ],
      },
      'src/store/Tag.ts:4 `Tag` is exported without a doc comment',
    ),
    reject(
      'an export by a list',
      { 'src/store/Tag.ts': [header, 'const tag = 1', 'export { tag }'] },
      'src/store/Tag.ts:2 `tag` is exported without a doc comment',
    ),
    reject(
      'a plain comment',
      { 'src/store/Tag.ts': [header, "import { x } from './X.js'", '// A tag.', 'export const tag = x'] },
      'src/store/Tag.ts:4 `tag` is exported without a doc comment',
    ),
  ],
  [
    accept('documented exports, one comment for overloads, and bare private names', {
      'src/store/Tag.ts': [
        header,
        '',
        '/** A tag. */',
        'export interface Tag {}',
        '/** Makes one. */',
        'export function make(x: string): Tag',
        'export function make(x: number): Tag',
        'const hidden = 1',
      ],
    }),
  ],
)

describeRule(
  'every public value has an example',
  publicExamples,
  [
    reject(
      'a value that a barrel re-exports with all others',
      {
        'src/store/index.ts': "export * from './Tag.js'",
        'src/store/Tag.ts': [header, '/** Makes a tag. */', 'export const tag = 1'],
      },
      'src/store/Tag.ts:3 `tag` is public and has no @example',
    ),
    reject(
      'a value that a barrel re-exports under another name',
      {
        'src/store/index.ts': "export { tag as label } from './Tag.js'",
        'src/store/Tag.ts': [header, '/** Makes a tag. */', 'export const tag = 1'],
      },
      'src/store/Tag.ts:3 `tag` is public and has no @example',
    ),
    reject(
      'a value inside a namespace that a barrel re-exports',
      {
        'src/store/index.ts': "export * as tags from './Tag.js'",
        'src/store/Tag.ts': [header, '/** Makes a tag. */', 'export function tag() {}'],
      },
      'src/store/Tag.ts:3 `tag` is public and has no @example',
    ),
    reject(
      'a value that reaches the barrel through another module',
      {
        'src/store/index.ts': "export * from './All.js'",
        'src/store/All.ts': "export { tag } from './Tag.js'",
        'src/store/Tag.ts': [header, '/** Makes a tag. */', 'export const tag = 1'],
      },
      'src/store/Tag.ts:3 `tag` is public and has no @example',
    ),
  ],
  [
    accept(
      'types and their tags, internal names, names that no barrel passes on, and values with an example',
      {
        'src/store/index.ts': ["export * from './Tag.js'", "export { shown } from './Query.js'"],
        'src/store/Tag.ts': [
          header,
          '/** A tag. */',
          'export type Tag = string',
          '/**',
          ' * Makes a tag.',
          ' * @example',
          ' * tag // => 1',
          ' */',
          'export const tag = 1',
          '/** The tag of the type. */',
          "export const TagURI = 'Tag'",
          '/** @internal Makes nothing. */',
          'export const secret = 1',
        ],
        'src/store/Query.ts': [
          header,
          '/**',
          ' * @example',
          ' */',
          'export const shown = 1',
          '/** Not. */',
          'export const hidden = 1',
        ],
      },
    ),
  ],
  exampleTable,
)

test('the table of examples counts the values that show no use', () => {
  const table = exampleTable(
    filesOf({
      'src/store/Tag.ts': [
        header,
        '/** A. */',
        'export const a = 1',
        '/** @example a */',
        'export const b = 1',
      ],
    }),
  )
  expect(table).toEqual(['src/store/Tag.ts: 1 of 2 without @example: a'])
})

describeRule(
  'identifiers use the words of the library',
  ownWords,
  [
    ...[
      ['aggregateRoot', 'aggregate'],
      ['OrderSaga', 'saga'],
      ['projectors', 'projector'],
      ['rehydrate', 'rehydrate'],
      ['EVENT_REPOSITORY', 'repository'],
      ['expectedRevision', 'revision'],
      ['lastEventNumber', 'eventNumber'],
    ].map(([name = '', word = '']) =>
      reject(
        name,
        { 'src/store/Tag.ts': `export const ${name} = 1` },
        `src/store/Tag.ts:1 "${word}" in ${name} is another word for ${bannedWords[word]}`,
      ),
    ),
    reject(
      'a property',
      { 'src/store/Tag.ts': 'export interface Tag { readonly revision: number }' },
      'src/store/Tag.ts:1 "revision"',
    ),
  ],
  [
    accept('the words in prose and strings, and words that only contain them', {
      'src/store/Tag.ts': [
        '/** An aggregate, in prose. */',
        "export const visaGate = 'saga'",
        'export const event = 1',
      ],
    }),
  ],
)

describeRule(
  'files are named after what they hold',
  speakingFileNames,
  [
    ...emptyFileNames.map((name) =>
      reject(
        `${name}.ts`,
        { [`src/store/${name}.ts`]: '' },
        `src/store/${name}.ts:1 "${name}.ts" says nothing`,
      ),
    ),
    reject('a plural', { 'src/store/Utils.ts': '' }, '"Utils.ts" says nothing'),
    reject('a compound', { 'src/store/stringHelpers.ts': '' }, '"stringHelpers.ts" says nothing'),
    reject('a folder', { 'src/common/Tag.ts': '' }, '"common" says nothing'),
    reject('another manager', { 'src/run/ConnectionManager.ts': '' }, '"ConnectionManager.ts" says nothing'),
    reject('a helper of a concept', { 'src/run/ProcessManagerHelper.ts': '' }, '"ProcessManagerHelper.ts"'),
  ],
  [accept('process managers', { 'src/decide/ProcessManager.ts': '', 'src/run/RunProcessManager.ts': '' })],
)

const law = ['/**', ' * A decider.', ' *', ' * - DEC-1 totality: `decide` is total.', ' */']
const lawTests = ["law('DEC-1 totality', () => {})", "test('DEC-1 rejects a decider that throws', () => {})"]

describeRule(
  'every law has a test and a wrong sample',
  lawsIndex,
  [
    reject(
      'a law without a test',
      { 'src/decide/Decider.ts': law, 'test/properties/decide/Decider.test.ts': lawTests.slice(1) },
      'src/decide/Decider.ts:4 no test has a title that starts with "DEC-1";',
    ),
    reject(
      'a law without a wrong sample',
      { 'src/decide/Decider.ts': law, 'test/properties/decide/Decider.test.ts': lawTests.slice(0, 1) },
      'src/decide/Decider.ts:4 no test has a title that starts with "DEC-1 rejects"',
    ),
    reject(
      'a law that has only the short form of a wrong sample',
      {
        'src/decide/Decider.ts': law,
        'test/properties/decide/Decider.test.ts': "law.rejects('DEC-1', 'a decider that throws', property)",
      },
      'src/decide/Decider.ts:4 no test has a title that starts with "DEC-1";',
    ),
    reject(
      'a law whose test does not run',
      {
        'src/decide/Decider.ts': law,
        'test/properties/decide/Decider.test.ts': [
          "test.skip('DEC-1 totality', () => {})",
          ...lawTests.slice(1),
        ],
      },
      'src/decide/Decider.ts:4 no test has a title that starts with "DEC-1";',
    ),
    reject(
      'a law whose number only begins the number of a test',
      {
        'src/decide/Decider.ts': law,
        'test/properties/decide/Decider.test.ts': ["law('DEC-10 totality', () => {})", ...lawTests.slice(1)],
      },
      'src/decide/Decider.ts:4 no test has a title that starts with "DEC-1";',
    ),
    reject(
      'a law that is tested elsewhere than in the properties',
      { 'src/decide/Decider.ts': law, 'test/other/Decider.test.ts': lawTests },
      'src/decide/Decider.ts:4 no test has a title that starts with "DEC-1";',
    ),
    reject(
      'a test of a law that is not declared',
      { 'test/properties/decide/Decider.test.ts': ['', "it('DEC-7 is gone', () => {})"] },
      'test/properties/decide/Decider.test.ts:2 no doc comment in src declares DEC-7',
    ),
    reject(
      'a law without a statement',
      {
        'src/decide/Decider.ts': ['/**', ' * - DEC-1', ' */'],
        'test/properties/decide/Decider.test.ts': lawTests,
      },
      'src/decide/Decider.ts:2 DEC-1 has no statement',
    ),
    reject(
      'two laws of one number',
      {
        'src/decide/Decider.ts': law,
        'src/decide/Decision.ts': law,
        'test/properties/decide/Decider.test.ts': lawTests,
      },
      'src/decide/Decision.ts:4 DEC-1 is declared in src/decide/Decider.ts:4 already',
    ),
  ],
  [
    accept('a law with both', {
      'src/decide/Decider.ts': law,
      'test/properties/decide/Decider.test.ts': lawTests,
    }),
    accept('a sentence as statement, and the short form of a wrong sample', {
      'src/decide/Decider.ts': ['/**', ' * - DEC-1 `decide` is total.', ' */'],
      'test/properties/decide/Decider.test.ts': [
        "law('DEC-1 totality', property)",
        "law.rejects('DEC-1', 'a decider that throws', property)",
      ],
    }),
    accept('tests made of a table, a mention of a law in prose, and titles without a law', {
      'src/decide/Decider.ts': [...law, '/** Obeys DEC-2 too. */'],
      'test/properties/decide/Decider.test.ts': [
        "test.each([1, 2])('DEC-1 totality of %s', () => {})",
        "test.concurrent('DEC-1 rejects a decider that throws', () => {})",
        "test('a decider', () => {})",
      ],
    }),
  ],
)

describeRule(
  'tests of laws mirror the sources',
  testsMirrorSources,
  [
    reject(
      'a module with laws whose test is elsewhere',
      { 'src/decide/Decider.ts': law, 'test/properties/Decider.test.ts': lawTests },
      'src/decide/Decider.ts:4 this module of store, evolve, decide, run declares laws, so test/properties/decide/Decider.test.ts',
    ),
  ],
  [
    accept('a mirrored test, and a module without laws', {
      'src/decide/Decider.ts': law,
      'src/decide/Decision.ts': header,
      'test/properties/decide/Decider.test.ts': lawTests,
    }),
  ],
)

const orderTest = { 'test/store/order.test.ts': "test('events keep their order, even under load', () => {})" }

describeRule(
  'every guarantee names its test',
  guaranteesIndex,
  [
    reject('a missing page', {}, 'docs/GUARANTEES.md:1 there are no guarantees'),
    reject('a page without guarantees', { 'docs/GUARANTEES.md': '# Guarantees' }, 'there are no guarantees'),
    reject(
      'a promise without a test',
      { 'docs/GUARANTEES.md': ['# Guarantees', '', '**G1** Order is kept.'], ...orderTest },
      'docs/GUARANTEES.md:3 G1 names no test',
    ),
    reject(
      'a promise whose test is the test of the next one',
      {
        'docs/GUARANTEES.md': [
          '- **G1** Order.',
          '- **G2** Order. `test/store/order.test.ts` “events keep their order”',
        ],
        ...orderTest,
      },
      'docs/GUARANTEES.md:1 G1 names no test',
    ),
    reject(
      'a test file that does not exist',
      {
        'docs/GUARANTEES.md': '**G1** Order. `test/store/gone.test.ts` “events keep their order”',
        ...orderTest,
      },
      'docs/GUARANTEES.md:1 G1 names test/store/gone.test.ts, which does not exist',
    ),
    reject(
      'a title that is not in the file',
      {
        'docs/GUARANTEES.md': '**G1** Order. `test/store/order.test.ts` "events lose their order"',
        ...orderTest,
      },
      'docs/GUARANTEES.md:1 G1 names a test "events lose their order" that is not in test/store/order.test.ts',
    ),
    reject(
      'a second title that is not in the file',
      {
        'docs/GUARANTEES.md':
          '**G1** `test/store/order.test.ts` “events keep their order”, “and their colour”',
        ...orderTest,
      },
      'docs/GUARANTEES.md:1 G1 names a test "and their colour"',
    ),
    reject(
      'a file without a title',
      { 'docs/GUARANTEES.md': '**G1** Order, as in `test/store/order.test.ts`.', ...orderTest },
      'docs/GUARANTEES.md:1 G1 names test/store/order.test.ts without a title',
    ),
    reject(
      'a number that is left out',
      {
        'docs/GUARANTEES.md': '**G2** Order. `test/store/order.test.ts` “events keep their order”',
        ...orderTest,
      },
      'docs/GUARANTEES.md:1 G2 is out of order',
    ),
  ],
  [
    accept('paragraphs and list items, wrapped at will', {
      'docs/GUARANTEES.md': [
        '# Guarantees',
        '',
        '**G1 Order.** What is "first" stays first.',
        'Tested by `test/store/order.test.ts`: “events keep their',
        'order”.',
        '',
        '## More',
        '',
        '- **G2** It holds under load, too (`test/store/order.test.ts` "events keep their order", "even under load").',
      ],
      ...orderTest,
    }),
  ],
)

const manifest = JSON.stringify({ scripts: { test: 'vitest run', check: 'biome check' } })

describeRule(
  'what pages say is true',
  markdownTruth,
  [
    reject('a page without a title', { 'docs/a.md': 'Text.' }, 'docs/a.md:1 a page has one title'),
    reject(
      'a page with two titles',
      { 'README.md': ['# One', '', '# Two'] },
      'README.md:3 a page has one title (# ...), and this one has 2',
    ),
    reject(
      'a path that does not exist',
      { 'README.md': ['# One', 'See `src/gone/Tag.ts`.'] },
      'README.md:2 there is no src/gone/Tag.ts',
    ),
    reject(
      'a path inside a command',
      { 'CONTRIBUTING.md': ['# One', 'Run `npx vitest run test/gone/`.'] },
      'CONTRIBUTING.md:2 there is no test/gone',
    ),
    reject(
      'a pattern that nothing matches',
      { 'README.md': ['# One', 'See `docs/*.md`.'] },
      'README.md:2 there is no docs/*.md',
    ),
    reject(
      'a link to a missing page',
      { 'docs/a.md': ['# One', '[two](two.md)'] },
      'docs/a.md:2 the link two.md leads nowhere: there is no docs/two.md',
    ),
    reject(
      'a link to a missing page by a definition',
      { 'docs/a.md': ['# One', '[two]', '', '[two]: ../two.md'] },
      'docs/a.md:4 the link ../two.md leads nowhere: there is no two.md',
    ),
    reject(
      'a link to a missing heading',
      { 'docs/a.md': ['# One', '[two](#two)'] },
      'docs/a.md:2 the link #two leads nowhere: docs/a.md has no heading #two',
    ),
    reject(
      'an unknown script in a fence',
      { 'README.md': ['# One', '```sh', 'npm run gone', '```'], 'package.json': manifest },
      'README.md:3 package.json has no script "gone"',
    ),
    reject(
      'npm test without the script',
      { 'README.md': ['# One', 'Run `npm test`.'] },
      'has no script "test"',
    ),
    reject(
      'a script of another folder that does not have it',
      {
        'README.md': ['# One', '`npm --prefix bench run check`'],
        'package.json': manifest,
        'bench/package.json': '{}',
      },
      'README.md:2 bench/package.json has no script "check"',
    ),
  ],
  [
    accept('what exists, placeholders, addresses, and whatever stands in fences and other folders', {
      'package.json': manifest,
      'bench/package.json': JSON.stringify({ scripts: { bench: 'node bench.js' } }),
      'src/store/Tag.ts': header,
      'test/sample.md': 'No title, `src/gone.ts`.',
      'docs/two.md': ['# Two', '## It is `so`, (really)'],
      'README.md': [
        '# One',
        'See `src/store/Tag.ts:12`, `src/store/`, `src/*/Tag.ts`, `src/<room>/index.ts`, and [two](docs/two.md#it-is-so-really).',
        'Or [the web](https://example.org), [here](#one), `[not](a.link)`, [the folder](src/store/).',
        '```sh',
        '# A comment',
        'npm test && npm run check',
        'cd bench && npm run bench',
        '```',
      ],
    }),
  ],
)

describeRule(
  'no file mentions a folder of one machine',
  noMachinePaths,
  machineFolders.map((folder) =>
    reject(
      `a path of ${folder}`,
      { 'tools/a.sh': ['', `cd /${folder}/project`] },
      `tools/a.sh:2 /${folder}/ is a folder of one machine`,
    ),
  ),
  [
    accept('relative paths and addresses', {
      'README.md': 'frame/work/it, https://example.org/team/root/page',
    }),
  ],
)
