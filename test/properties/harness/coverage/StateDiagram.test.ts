/** SDG-1 and SDG-2, on the inventory and on coverages whose names are meant to do harm. */
import { deepStrictEqual, ok } from 'node:assert'
import { coverageOf, coverageToMermaid, historyOf } from 'decider-ts/harness'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Inventory } from '../../../harness/Inventory.js'
import { law } from '../../Law.js'
import { arbitraryCoverage, hostileText } from './ArbitraryCoverage.js'

type ToMermaid = typeof coverageToMermaid

/** What Mermaid shows for a name that was written by numbers. */
const unescaped = (text: string): string =>
  text === '#8203;' ? '' : text.replace(/#(\d+);/gu, (_, number) => String.fromCodePoint(Number(number)))

const everyTransition = (toMermaid: ToMermaid) =>
  fc.property(arbitraryCoverage(hostileText), (coverage) => {
    const lines = toMermaid(coverage).split('\n')
    const arrows = lines
      .map((line) => /^ {2}(s\d+) --> (s\d+): (.*)$/u.exec(line))
      .filter((found) => found !== null)
    const nameOf = (id: string | undefined) => coverage.states[Number(id?.slice(1))]?.name
    deepStrictEqual(
      arrows.map(([, from, to, text = '']) => [nameOf(from), nameOf(to), unescaped(text)]),
      coverage.transitions.map(({ from, to, command, events }) => [from, to, `${command} / ${events}`]),
    )
  })

law('SDG-1 every transition', everyTransition(coverageToMermaid))
law.rejects(
  'SDG-1',
  'arrows of each pair of states once',
  everyTransition((coverage) =>
    [
      ...new Set(
        coverageToMermaid(coverage)
          .split('\n')
          .map((line) => line.replace(/:.*/u, ': some')),
      ),
    ].join('\n'),
  ),
)

const forms = [
  /^stateDiagram-v2$/,
  /^ {2}state "(?:[\p{L}\p{N} ,./+×·✗()_-]|#\d+;)+" as s\d+$/u,
  /^ {2}(?:\[\*\]|s\d+) --> (?:\[\*\]|s\d+)$/,
  /^ {2}s\d+ --> s\d+: (?:[\p{L}\p{N} ,./+×·✗()_-]|#\d+;)+$/u,
]

const safeNames = (toMermaid: ToMermaid) =>
  fc.property(arbitraryCoverage(hostileText), (coverage) => {
    const lines = toMermaid(coverage).split('\n')
    for (const line of lines)
      ok(
        forms.some((form) => form.test(line)),
        line,
      )
    const names = lines.flatMap((line) => /^ {2}state "(.*)" as s\d+$/u.exec(line)?.slice(1) ?? [])
    deepStrictEqual(
      names.map(unescaped),
      coverage.states.map(({ name }) => name),
    )
  })

law('SDG-2 safe names', safeNames(coverageToMermaid))
law.rejects(
  'SDG-2',
  'names as they are',
  safeNames((coverage) =>
    ['stateDiagram-v2', ...coverage.states.map(({ name }, n) => `  state "${name}" as s${n}`)].join('\n'),
  ),
)

test('the diagram of one history, exactly', () => {
  const coverage = coverageOf({ domain: Inventory, expectations: {} })([
    historyOf(Inventory)([{ type: 'Open' }, { type: 'Receive', quantity: 1 as never }, { type: 'Close' }]),
  ])
  expect(coverageToMermaid(coverage).split('\n')).toEqual([
    'stateDiagram-v2',
    '  state "new" as s0',
    '  state "open" as s1',
    '  state "closed" as s2',
    '  [*] --> s0',
    '  s0 --> s1: Open / Opened',
    '  s1 --> s1: Receive / Received',
    '  s1 --> s2: Close / Closed',
    '  s2 --> [*]',
  ])
})
