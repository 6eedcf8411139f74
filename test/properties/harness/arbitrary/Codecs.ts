/**
 * Codecs of all kinds that io-ts has, and of the kinds that people make of them, with the value that shrinking must end
 * at. What is not JSON by nature, and what the codec does not translate, says so.
 */
import { either as E } from 'fp-ts'
import * as t from 'io-ts'
import {
  AccountCommand,
  AccountEvent,
  AccountNumber,
  AccountState,
} from '../../../../examples/banking/Account.js'
import { Day } from '../../../../examples/banking/Day.js'
import { Amount, Hellers, Residual } from '../../../../examples/banking/Money.js'
import { Command, Event, Quantity, ReservationId, State } from '../../../harness/Inventory.js'

const codecOf = (codec: { readonly name: string }): t.Mixed => codec as t.Mixed

/** The codec that accepts nothing, whose own type makes it no codec of anything. */
export const nothing = codecOf(t.never)

/** A codec, and what is known of its values. */
export interface Sample {
  readonly codec: t.Mixed
  /** What any value shrinks to, for predicates under which each part can shrink by itself. */
  readonly smallest?: unknown
  /** Whether JSON has no form for its values. */
  readonly notJson?: true
}

interface Tree {
  readonly value: number
  readonly children: Array<Tree>
}
const Tree: t.Type<Tree> = t.recursion('Tree', () => t.type({ value: t.number, children: t.array(Tree) }))

type Term =
  | { readonly type: 'Sum'; readonly left: Term; readonly right: Term }
  | { readonly type: 'Number'; readonly n: number }
const Term: t.Type<Term> = t.recursion('Term', (self) =>
  t.union([
    t.type({ type: t.literal('Sum'), left: self, right: self }),
    t.type({ type: t.literal('Number'), n: t.number }),
  ]),
)

interface Left {
  readonly right: Right | null
}
interface Right {
  readonly left: Left | null
}
const Left: t.Type<Left> = t.recursion('Left', () => t.type({ right: t.union([Right, t.null]) }))
const Right: t.Type<Right> = t.recursion('Right', () => t.type({ left: t.union([Left, t.null]) }))

interface Folder {
  readonly name: string
  readonly parts: Record<string, Folder>
  readonly twice: Array<Folder>
}
const Folder: t.Type<Folder> = t.recursion('Folder', (self) =>
  t.intersection([
    t.type({ name: t.string, parts: t.record(t.string, self) }),
    t.type({ twice: t.refinement(t.array(self), (list) => list.length % 2 === 0, 'EvenList') }),
  ]),
)

/** A refinement by a predicate that is not a type guard. */
const texts = (name: string, accepts: (text: string) => boolean) => t.refinement(t.string, accepts, name)
const numbers = (name: string, accepts: (n: number) => boolean) => t.refinement(t.number, accepts, name)

/** Codecs as libraries of codecs make them: with functions, and without a word on what they are made of. */
const opaque = <A>(
  name: string,
  is: (value: unknown) => value is A,
  decode: (input: unknown) => A | undefined,
  encode: (value: A) => unknown,
) =>
  new t.Type<A, unknown>(
    name,
    is,
    (input, context) => {
      const value = decode(input)
      return value === undefined ? t.failure(input, context) : t.success(value)
    },
    encode,
  )

const isDate = (value: unknown): value is Date => value instanceof Date
const isNumber = (value: unknown): value is number => typeof value === 'number'
const isText = (value: unknown): value is string => typeof value === 'string'
const validDate = (date: Date): Date | undefined => (Number.isNaN(date.getTime()) ? undefined : date)

export const DateFromText = opaque(
  'DateFromText',
  isDate,
  (input) => (isText(input) ? validDate(new Date(input)) : undefined),
  (date) => date.toISOString(),
)
const DateFromMilliseconds = opaque(
  'DateFromMilliseconds',
  isDate,
  (input) => (isNumber(input) ? validDate(new Date(input)) : undefined),
  (date) => date.getTime(),
)
const NumberFromText = opaque(
  'NumberFromText',
  isNumber,
  (input) =>
    isText(input) && input.trim() !== '' && Number.isFinite(Number(input)) ? Number(input) : undefined,
  String,
)
const CountFromText = new t.Type<number, string, string>(
  'CountFromText',
  isNumber,
  (text, context) => (/^\d+$/.test(text) ? t.success(Number(text)) : t.failure(text, context)),
  String,
)
const BigIntFromText = opaque(
  'BigIntFromText',
  (value): value is bigint => typeof value === 'bigint',
  (input) => (isText(input) && /^-?\d+$/.test(input) ? BigInt(input) : undefined),
  String,
)
const SetOfTexts = opaque(
  'SetOfTexts',
  (value): value is ReadonlySet<string> => value instanceof Set,
  (input) => (Array.isArray(input) && input.every(isText) ? new Set(input) : undefined),
  (set) => [...set],
)
const BooleanFromText = opaque(
  'BooleanFromText',
  t.boolean.is,
  (input) => (input === 'true' ? true : input === 'false' ? false : undefined),
  String,
)
const TrimmedText = opaque(
  'TrimmedText',
  isText,
  (input) => (isText(input) ? input.trim() : undefined),
  String,
)
const Maybe = opaque(
  'Maybe',
  (value): value is { readonly some: ReadonlyArray<string> } => typeof value === 'object' && value !== null,
  (input) => (input === null ? { some: [] } : isText(input) ? { some: [input] } : undefined),
  ({ some }) => some[0] ?? null,
)

const always = (smallest: unknown, codec: t.Mixed): Sample => ({ codec, smallest })
const some = (codec: t.Mixed): Sample => ({ codec })
const bare = (smallest: unknown, codec: t.Mixed): Sample => ({ codec, smallest, notJson: true })

/** Every kind of codec that io-ts has, by its tag. */
export const byTag: Readonly<Record<string, Sample>> = {
  NullType: always(null, t.null),
  UndefinedType: bare(undefined, t.undefined),
  VoidType: bare(undefined, t.void),
  UnknownType: always(null, t.unknown),
  AnyType: always(null, t.any),
  StringType: always('', t.string),
  NumberType: always(0, t.number),
  BigIntType: bare(0n, t.bigint),
  BooleanType: always(false, t.boolean),
  AnyArrayType: always([], t.UnknownArray),
  AnyDictionaryType: always({}, t.UnknownRecord),
  ObjectType: always({}, t.object),
  LiteralType: always('a', t.literal('a')),
  KeyofType: always('a', t.keyof({ a: null, b: null })),
  RefinementType: always(0, t.Int),
  RecursiveType: always({ value: 0, children: [] }, Tree),
  ArrayType: always([], t.array(t.string)),
  ReadonlyArrayType: always([], t.readonlyArray(t.number)),
  InterfaceType: always({ a: '', b: 0 }, t.type({ a: t.string, b: t.number })),
  PartialType: always({}, t.partial({ a: t.string })),
  StrictType: always(
    { a: '' },
    new t.StrictType(
      'Strict',
      t.UnknownRecord.is as never,
      t.type({ a: t.string }).validate as never,
      t.identity,
      { a: t.string },
    ),
  ),
  DictionaryType: always({}, t.record(t.string, t.number)),
  UnionType: always('', t.union([t.string, t.null])),
  IntersectionType: always({ a: '' }, t.intersection([t.type({ a: t.string }), t.partial({ b: t.string })])),
  TupleType: always(['', 0], t.tuple([t.string, t.number])),
  ReadonlyType: always({ a: '' }, t.readonly(t.type({ a: t.string }))),
  ExactType: always({ a: '' }, t.strict({ a: t.string })),
}

/** Codecs that narrow others. */
const narrowed: Readonly<Record<string, Sample>> = {
  Positive: always(
    1,
    numbers('Positive', (n) => n > 0),
  ),
  Negative: always(
    -1,
    numbers('Negative', (n) => n < 0 && Number.isInteger(n)),
  ),
  Share: always(
    0,
    numbers('Share', (n) => n >= 0 && n <= 1),
  ),
  OpenShare: some(numbers('OpenShare', (n) => n > 0 && n < 1)),
  Even: always(
    0,
    numbers('Even', (n) => n % 2 === 0),
  ),
  Hundreds: always(
    100,
    numbers('Hundreds', (n) => n > 0 && n % 100 === 0),
  ),
  Year: always(
    1900,
    numbers('Year', (n) => Number.isInteger(n) && n >= 1900 && n < 2100),
  ),
  Answer: always(
    4242,
    numbers('Answer', (n) => n === 4242),
  ),
  Cents: always(
    0,
    numbers('Cents', (n) => n >= 0 && Number.isInteger(Math.round(n * 1e6) / 1e4)),
  ),
  NonEmpty: always(
    'a',
    texts('NonEmpty', (text) => text.length > 0),
  ),
  ShortName: always(
    'a',
    texts('ShortName', (text) => text.length > 0 && text.length <= 36),
  ),
  LongText: always(
    'aaaaaaaaaaaa',
    texts('LongText', (text) => text.length >= 12),
  ),
  Seven: always(
    'aaaaaaa',
    texts('Seven', (text) => text.length === 7),
  ),
  Currency: always(
    'AAA',
    texts('Currency', (text) => /^[A-Z]{3}$/.test(text)),
  ),
  Article: always(
    'aaa',
    texts('Article', (text) => /^[a-z0-9-]{3,10}$/.test(text)),
  ),
  Order: always(
    'ORD-000000',
    texts('Order', (text) => /^ORD-\d{6}$/.test(text)),
  ),
  Stage: always(
    'sent',
    texts('Stage', (text) => text === 'draft' || text === 'sent' || text === 'paid-up'),
  ),
  Prefixed: always(
    'xyzzy-',
    texts('Prefixed', (text) => text.startsWith('xyzzy-')),
  ),
  Uuid: always(
    '00000000-0000-4000-8000-000000000001',
    texts('Uuid', (text) =>
      /^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i.test(text),
    ),
  ),
  Mail: always(
    'a@a.aa',
    texts('Mail', (text) => /^[^@\s]+@[^@\s]+\.[^@\s]{2,}$/.test(text)),
  ),
  Address: always(
    'http://a.aa',
    texts('Address', (text) => URL.canParse(text) && /^https?:/.test(text)),
  ),
  Moment: always(
    '2000-01-01T00:00:00.000Z',
    texts(
      'Moment',
      (text) =>
        /^\d{4}-/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString() === text,
    ),
  ),
  Month: always(
    '2000-01',
    texts('Month', (text) => /^\d{4}-(0[1-9]|1[0-2])$/.test(text)),
  ),
  Time: always(
    '00:00',
    texts('Time', (text) => /^([01]\d|2[0-3]):[0-5]\d$/.test(text)),
  ),
  Digits: always(
    '00000001',
    texts('Digits', (text) => /^\d{8}$/.test(text)),
  ),
  Digest: always(
    '0'.repeat(63).concat('1'),
    texts('Digest', (text) => /^[0-9a-f]{64}$/.test(text)),
  ),
  Money: always(
    '0.00',
    texts('Money', (text) => /^-?\d+\.\d\d$/.test(text)),
  ),
  Day: always('2000-01-01', Day),
  AccountNumber: always('a', AccountNumber),
  Hellers: always(0, Hellers),
  Amount: always(1, Amount),
  Residual: always(1, Residual),
  Quantity: always(1, Quantity),
  ReservationId: always('a', ReservationId),
  Picky: always(
    'a',
    texts('Picky', (text) => text.at(0)?.codePointAt(0) !== undefined && text.normalize() === text),
  ),
  Throwing: always(
    '[]',
    texts('Throwing', (text) => Array.isArray(JSON.parse(text))),
  ),
  FilledList: always(
    [''],
    t.refinement(t.array(t.string), (list) => list.length > 0, 'FilledList'),
  ),
  Range: some(t.refinement(t.type({ from: t.number, to: t.number }), ({ from, to }) => from < to, 'Range')),
  BigPositive: bare(
    1n,
    t.refinement(t.bigint, (n) => n > 0n, 'BigPositive'),
  ),
}

/** Codecs made of others. */
const structured: Readonly<Record<string, Sample>> = {
  Term: always({ type: 'Number', n: 0 }, Term),
  Left: always({ right: null }, Left),
  Folder: always({ name: '', parts: {}, twice: [] }, Folder),
  optional: always({ a: '' }, t.type({ a: t.union([t.string, t.undefined]) })),
  optionals: always([], t.array(t.union([t.undefined, t.number]))),
  partialOptional: always({}, t.partial({ a: t.union([t.undefined, t.null]), b: t.undefined })),
  noValues: always([], t.array(nothing)),
  listedKeys: always({ a: 0, b: 0 }, t.record(t.keyof({ a: null, b: null }), t.number)),
  literalKeys: always({ x: 0, y: 0 }, t.record(t.union([t.literal('x'), t.literal('y')]), t.number)),
  idKeys: always({}, t.record(ReservationId, t.union([t.string, t.undefined]))),
  overlap: always(
    { a: 0, n: { x: '', y: '' } },
    t.intersection([
      t.type({ a: t.number, n: t.type({ x: t.string }) }),
      t.type({ a: t.Int, n: t.type({ y: t.string }) }),
    ]),
  ),
  withUnion: always(
    { id: '', type: 'A' },
    t.intersection([
      t.type({ id: t.string }),
      t.union([t.type({ type: t.literal('A') }), t.type({ type: t.literal('B'), n: t.Int })]),
    ]),
  ),
  plainIntersection: always('a', t.intersection([t.string, ReservationId])),
  exactIntersection: always(
    { a: '' },
    t.exact(t.intersection([t.type({ a: t.string }), t.partial({ b: t.string })])),
  ),
  readonlyUnion: always(
    { type: 'A', n: 1 },
    t.union([
      t.readonly(t.strict({ type: t.literal('A'), n: Amount })),
      t.readonly(t.strict({ type: t.literal('B'), on: DateFromText })),
    ]),
  ),
  AccountCommand: always(
    { type: 'Open', account: 'a', on: '2000-01-01', overdraft: 'allowed', statements: 'weekly' },
    AccountCommand,
  ),
  AccountEvent: always(
    { type: 'Opened', on: '2000-01-01', overdraft: 'allowed', statements: 'weekly' },
    AccountEvent,
  ),
  AccountState: always({ status: 'unopened' }, AccountState),
  Command: always({ type: 'Open' }, Command),
  Event: always({ type: 'Opened' }, Event),
  State: always({ status: 'new', stock: 0, received: 0, shipped: 0, reservations: {} }, State),
}

/** Codecs that do not say what they are made of. */
const unsaid: Readonly<Record<string, Sample>> = {
  DateFromText: always(new Date('2000-01-01'), DateFromText),
  DateFromMilliseconds: always(new Date(0), DateFromMilliseconds),
  NumberFromText: always(0, NumberFromText),
  BigIntFromText: always(0n, BigIntFromText),
  SetOfTexts: always(new Set(), SetOfTexts),
  BooleanFromText: always(true, BooleanFromText),
  TrimmedText: always('', TrimmedText),
  Maybe: always({ some: [] }, Maybe),
  pipe: always(0, t.string.pipe(CountFromText)),
  dates: always([], t.array(DateFromText)),
}

/** All of them. */
export const samples: Readonly<Record<string, Sample>> = { ...byTag, ...narrowed, ...structured, ...unsaid }

/** What comes back when a value was encoded, written as JSON text, read and decoded. */
export const throughJson = (codec: t.Mixed, value: unknown): unknown =>
  E.getOrElse<t.Errors, unknown>(() => 'not decoded')(
    codec.decode(JSON.parse(JSON.stringify(codec.encode(value)))),
  )
