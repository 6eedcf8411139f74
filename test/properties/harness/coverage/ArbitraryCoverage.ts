/** Coverages with names of every kind, for those who print them. */
import type { Coverage, CoverageOutcome } from 'decider-ts/harness'
import fc from 'fast-check'

/** A name such as a type has. */
export const plainName = fc.stringMatching(/^[A-Z][a-z]{1,24}$/)

/** A name that means something to whatever prints it. */
export const hostileText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.constantFrom(
    'a|b',
    'a\nb',
    '\\',
    '\\|',
    '"',
    '-->',
    's1 --> [*]',
    '#quot;',
    '%% no',
    '[*]',
    'a: b',
    '`',
    '',
    ' ',
  ),
  fc.constantFrom(
    'x'.repeat(300),
    'state "x" as y',
    'end',
    'note left of s0',
    '<br/>',
    '{',
    '}',
    '😀'.repeat(50),
  ),
)

const kinds: ReadonlyArray<CoverageOutcome['kind']> = ['events', 'nothing', 'rejection', 'defect']

/** Objects as a literal makes them: equal to what JSON gives back. */
const record = <Value extends object>(fields: { [Name in keyof Value]: fc.Arbitrary<Value[Name]> }) =>
  fc.record<Value>(fields, { noNullPrototype: true })

/** What is printed of it is consistent: its transitions connect states that it has. */
export const arbitraryCoverage = (name: fc.Arbitrary<string>): fc.Arbitrary<Coverage> => {
  const times = fc.integer({ min: 0, max: 100_000 })
  const reach = fc.array(record({ type: name, times }), { maxLength: 8 })
  const outcomes = fc.array(record({ kind: fc.constantFrom(...kinds), name, count: times }), {
    minLength: 1,
    maxLength: 6,
  })
  return fc.uniqueArray(name, { minLength: 1, maxLength: 12 }).chain((names) => {
    const state = fc.constantFrom(...names)
    return fc
      .record(
        {
          histories: times,
          steps: times,
          accepted: times,
          cells: fc.array(record({ command: name, state, outcomes }), { maxLength: 8 }),
          transitions: fc.array(
            record({ from: state, to: state, command: name, events: name, count: times }),
            {
              maxLength: 8,
            },
          ),
          commands: reach,
          events: reach,
          rejections: reach,
          terminated: times,
          terminals: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
          initial: state,
        },
        { noNullPrototype: true },
      )
      .map(({ terminals, ...coverage }) => ({
        ...coverage,
        states: names.map((each, n) => ({ name: each, visits: n, terminal: terminals[n] ?? false })),
        remarks: [],
      }))
  })
}
