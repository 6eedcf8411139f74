/**
 * The shapes that texts have in the domains people write: words, codes, days, identities, addresses. They are ordered,
 * the simplest first, and each begins with a few short samples, so that asking a predicate about all of them is cheap.
 * Used by: `Texts`, `Smaller`.
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

const small = 'abcdefghijklmnopqrstuvwxyz'
const capital = small.toUpperCase()
const digit = '0123456789'
const hexadecimal = `${digit}abcdef`

/** So many of some characters. An expression for fast-check would say the same, and take milliseconds to be read. */
const some = (characters: string, minLength: number, maxLength = minLength): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...characters), minLength, maxLength })

const joined = (...parts: ReadonlyArray<string | fc.Arbitrary<string>>): fc.Arbitrary<string> =>
  fc
    .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
    .map((texts) => texts.join(''))

const maybe = (text: fc.Arbitrary<string>): fc.Arbitrary<string> => fc.oneof(fc.constant(''), text)
const domainName = (): fc.Arbitrary<string> =>
  joined(some(small, 1, 8), '.', fc.constantFrom('com', 'org', 'cz'))
const properName = (): fc.Arbitrary<string> => joined(some(capital, 1), some(small, 1, 7))

const moment = (): fc.Arbitrary<string> =>
  fc
    .integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(2100, 0, 1) })
    .map((milliseconds) => new Date(milliseconds).toISOString())

const days = [
  ...['2000-01-01', '2000-01-31', '2000-02-28', '2000-02-29', '2000-12-31'],
  ...['2001-02-28', '2024-02-29', '2025-03-30'],
]

/**
 * The catalogue, the simplest first.
 * @internal
 */
export const shapes: ReadonlyArray<Shape> = [
  { name: 'texts', small: ['', ...letters], any: () => fc.string({ unit: 'grapheme', maxLength: 10 }) },
  { name: 'words', small: letters, any: () => some(small + digit, 1, 8) },
  {
    name: 'long words',
    small: [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 16, 20, 24, 32].map((length) => 'a'.repeat(length)),
    any: () => some(small + digit, 3, 24),
  },
  {
    name: 'names',
    small: ['aa', 'ab', 'Ann', 'Ann Bell'],
    any: () => joined(properName(), maybe(joined(' ', properName()))),
  },
  {
    name: 'words with dashes',
    small: ['a-a', 'a-b', 'a_a'],
    any: () => joined(some(small + digit, 1, 6), fc.constantFrom('-', '_'), some(small + digit, 1, 6)),
  },
  { name: 'digits', small: ['1', '2', '10', '0', '001', '0001'], any: () => some(digit, 1, 12) },
  {
    name: 'numbers of a fixed length',
    small: [5, 6, 8, 9, 10, 12, 13, 16].flatMap((length) => [pad(1, length), pad(2, length)]),
    any: () =>
      fc.tuple(fc.constantFrom(5, 6, 8, 9, 10, 12, 13, 16), fc.nat()).map(([l, n]) => pad(n, l).slice(-l)),
  },
  { name: 'capital codes', small: ['A', 'AA', 'AAA', 'AAB', 'CZK', 'EUR'], any: () => some(capital, 1, 4) },
  {
    name: 'codes',
    small: ['A1', 'AA1', 'AAA-001', 'AAA001'],
    any: () => joined(some(capital, 1, 4), fc.constantFrom('', '-'), some(digit, 1, 6)),
  },
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
    small: ['2000-01', '2000-02', '2000-12'],
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
    small: [...few((n) => `00000000-0000-4000-8000-${pad(n, 12)}`), '00000000-0000-7000-8000-000000000001'],
    any: () => fc.uuid(),
  },
  { name: 'ulids', small: few((n) => pad(n, 26)), any: () => fc.ulid() },
  {
    name: 'mail addresses',
    small: ['a@a.aa', 'b@a.aa', 'a@example.com', 'b@example.com'],
    any: () => joined(some(small, 1), some(`${small}${digit}.+`, 0, 6), some(small, 1), '@', domainName()),
  },
  {
    name: 'addresses in the web',
    small: ['http://a.aa', 'https://a.aa', 'https://example.com/', 'https://example.com/a'],
    any: () => joined(fc.constantFrom('http://', 'https://'), domainName(), '/', some(small + digit, 0, 4)),
  },
  {
    name: 'hexadecimal digits',
    small: [32, 40, 64, 24, 8].flatMap((length) => few((n) => pad(n, length))),
    any: () =>
      fc.tuple(fc.constantFrom(8, 24, 32, 40, 64), some(hexadecimal, 64)).map(([l, s]) => s.slice(0, l)),
  },
  {
    name: 'amounts',
    small: ['0.00', '0.01', '1.00', '-1.00', '1.5'],
    any: () => joined(fc.constantFrom('', '-'), fc.nat(99_999).map(String), '.', some(digit, 2)),
  },
  { name: 'negative numbers', small: ['-1', '-10'], any: () => joined('-', fc.nat(99_999).map(String)) },
  {
    name: 'versions',
    small: ['0.0.0', '1.0.0', '0.1.0'],
    any: () => joined(some(digit, 1), '.', some(digit, 1), '.', some(digit, 1)),
  },
  {
    name: 'telephone numbers',
    small: ['+420000000001', '+420000000002'],
    any: () => joined('+4', some(digit, 8, 11)),
  },
  {
    name: 'languages',
    small: ['en', 'cs', 'en-GB', 'cs-CZ'],
    any: () => joined(some(small, 2), maybe(joined('-', some(capital, 2)))),
  },
  {
    name: 'network addresses',
    small: ['0.0.0.0', '10.0.0.1', '::1'],
    any: () => fc.ipV4(),
  },
  { name: 'colours', small: ['#000000', '#ffffff', '#000'], any: () => joined('#', some(hexadecimal, 6)) },
  {
    name: 'bank accounts',
    small: ['CZ6508000000192000145399', 'GB82WEST12345698765432'],
    any: () => joined(some(capital, 2), some(digit, 22)),
  },
  { name: 'Base64', small: ['AA==', 'AAA=', 'AAAA'], any: () => fc.base64String({ maxLength: 12 }) },
  {
    name: 'JSON',
    small: ['null', '0', '{}', '[]', '"a"', 'true', 'false'],
    any: () => fc.json({ maxDepth: 1 }),
  },
]
