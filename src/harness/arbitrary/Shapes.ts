/**
 * The shapes that texts have in the domains people write: words, codes, days, identities, addresses. They are ordered,
 * the simplest first, and each begins with a few short samples, so that asking a predicate about all of them is cheap.
 * Used by: `Texts`.
 * @since 0.1.0
 */
import fc from 'fast-check'

/** One shape of texts. */
export interface Shape {
  readonly name: string
  /** A few texts of this shape, the simplest first. */
  readonly small: ReadonlyArray<string>
  readonly any: () => fc.Arbitrary<string>
  /** Whether texts of this shape say when, so that they are no names of things. */
  readonly isMoment?: true
}

/**
 * Texts that are harmless as values and traps as keys, as patterns, or as parts of other texts.
 * @internal
 */
export const hostileTexts: ReadonlyArray<string> = [
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'null',
    'undefined',
    '0',
    '-1',
    ' ',
    'a b',
    'A',
  ],
  ...[
    "'",
    '"',
    '\\',
    '%',
    '$&',
    'a-b',
    'a:b',
    'a/b',
    '../a',
    '{}',
    '<a>',
    'é',
    'e\u0301',
    '😀',
    '\n',
    '\t',
    'İ',
    'ß',
  ],
]

const letters = [...'abcdefgh']
const pad = (n: number, length: number): string => String(n).padStart(length, '0')
const few = <A>(f: (n: number) => A): ReadonlyArray<A> => [1, 2, 3, 4].map(f)
const matching = (pattern: RegExp) => () => fc.stringMatching(pattern)

const moment = (): fc.Arbitrary<string> =>
  fc
    .integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(2100, 0, 1) })
    .map((milliseconds) => new Date(milliseconds).toISOString())

const days = [
  '2000-01-01',
  '2000-01-02',
  '2000-02-29',
  '1999-12-31',
  '2024-02-29',
  '2025-03-30',
  '1970-01-01',
]

/**
 * The catalogue, the simplest first.
 * @internal
 */
export const shapes: ReadonlyArray<Shape> = [
  { name: 'texts', small: ['', ...letters], any: () => fc.string({ unit: 'grapheme', maxLength: 10 }) },
  { name: 'words', small: letters, any: matching(/^[a-z0-9]{1,8}$/) },
  {
    name: 'names',
    small: ['aa', 'ab', 'Ann', 'Ann Bell'],
    any: matching(/^[A-Z][a-z]{1,7}( [A-Z][a-z]{1,7})?$/),
  },
  {
    name: 'words with dashes',
    small: ['a-a', 'a-b', 'a_a'],
    any: matching(/^[a-z0-9]{1,6}[-_][a-z0-9]{1,6}$/),
  },
  { name: 'long words', small: ['aaa', 'aaab', 'aaaaaa', 'aaaaaaaaaa'], any: matching(/^[a-z0-9]{3,24}$/) },
  { name: 'digits', small: ['1', '2', '10', '0', '001', '0001'], any: matching(/^[0-9]{1,12}$/) },
  {
    name: 'numbers of a fixed length',
    small: [5, 6, 8, 9, 10, 12, 13, 16].flatMap((length) => [pad(1, length), pad(2, length)]),
    any: () =>
      fc.tuple(fc.constantFrom(5, 6, 8, 9, 10, 12, 13, 16), fc.nat()).map(([l, n]) => pad(n, l).slice(-l)),
  },
  { name: 'capital codes', small: ['A', 'AA', 'AAA', 'AAB', 'CZK', 'EUR'], any: matching(/^[A-Z]{1,4}$/) },
  { name: 'codes', small: ['A1', 'AA1', 'AAA-001', 'AAA001'], any: matching(/^[A-Z]{1,4}-?[0-9]{1,6}$/) },
  { name: 'days', small: days, any: () => moment().map((text) => text.slice(0, 10)), isMoment: true },
  {
    name: 'moments',
    small: [...days.map((day) => `${day}T00:00:00.000Z`), '2000-01-01T00:00:00Z', '2000-01-01T23:59:59.999Z'],
    any: moment,
    isMoment: true,
  },
  {
    name: 'local moments',
    small: ['2000-01-01T00:00:00', '2000-01-01T00:00', '2000-01-01 00:00:00'],
    any: () => moment().map((text) => text.slice(0, 19)),
    isMoment: true,
  },
  {
    name: 'months',
    small: ['2000-01', '2000-02', '1999-12'],
    any: () => moment().map((text) => text.slice(0, 7)),
    isMoment: true,
  },
  {
    name: 'times of day',
    small: ['00:00', '12:30', '23:59', '00:00:00', '23:59:59'],
    any: () => fc.tuple(fc.nat(23), fc.nat(59)).map(([h, m]) => `${pad(h, 2)}:${pad(m, 2)}`),
    isMoment: true,
  },
  {
    name: 'uuids',
    small: [...few((n) => `00000000-0000-4000-8000-${pad(n, 12)}`), '00000000-0000-1000-8000-000000000001'],
    any: () => fc.uuid(),
  },
  { name: 'ulids', small: few((n) => pad(n, 26)), any: () => fc.ulid() },
  {
    name: 'mail addresses',
    small: ['a@a.aa', 'b@a.aa', 'a@example.com', 'b@example.com'],
    any: matching(/^[a-z][a-z0-9.+]{0,6}[a-z0-9]@[a-z]{1,8}\.(com|org|cz)$/),
  },
  {
    name: 'addresses in the web',
    small: ['http://a.aa', 'https://a.aa', 'https://example.com/', 'https://example.com/a'],
    any: matching(/^https?:\/\/[a-z]{1,8}\.(com|org|cz)(\/[a-z0-9]{0,4})?$/),
  },
  {
    name: 'hexadecimal digits',
    small: [32, 40, 64, 24, 8].flatMap((length) => few((n) => pad(n, length))),
    any: () =>
      fc
        .tuple(fc.constantFrom(8, 24, 32, 40, 64), fc.stringMatching(/^[0-9a-f]{64}$/))
        .map(([l, s]) => s.slice(0, l)),
  },
  {
    name: 'amounts',
    small: ['0.00', '0.01', '1.00', '-1.00', '1.5'],
    any: matching(/^-?[1-9][0-9]{0,4}\.[0-9]{2}$/),
  },
  { name: 'negative numbers', small: ['-1', '-10'], any: matching(/^-[1-9][0-9]{0,5}$/) },
  { name: 'versions', small: ['0.0.0', '1.0.0', '0.1.0'], any: matching(/^[0-9]\.[0-9]{1,2}\.[0-9]{1,2}$/) },
  {
    name: 'telephone numbers',
    small: ['+420000000001', '+420000000002'],
    any: matching(/^\+[1-9][0-9]{8,11}$/),
  },
  { name: 'languages', small: ['en', 'cs', 'en-GB', 'cs-CZ'], any: matching(/^[a-z]{2}(-[A-Z]{2})?$/) },
  {
    name: 'network addresses',
    small: ['0.0.0.0', '10.0.0.1', '::1'],
    any: () => fc.ipV4(),
  },
  { name: 'colours', small: ['#000000', '#ffffff', '#000'], any: matching(/^#[0-9a-f]{6}$/) },
  {
    name: 'bank accounts',
    small: ['CZ6508000000192000145399', 'GB82WEST12345698765432'],
    any: matching(/^[A-Z]{2}[0-9]{22}$/),
  },
  { name: 'Base64', small: ['AA==', 'AAA=', 'AAAA'], any: () => fc.base64String({ maxLength: 12 }) },
  {
    name: 'JSON',
    small: ['null', '0', '{}', '[]', '"a"', 'true', 'false'],
    any: () => fc.json({ maxDepth: 1 }),
  },
]
