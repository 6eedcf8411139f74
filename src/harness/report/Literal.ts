/**
 * Values as TypeScript source. A counterexample is only worth something if it can be pasted, so every value that a
 * domain can hold is printed as an expression that evaluates to an equal value, in lines that fit a page.
 * Used by: `Counterexample`, `given`.
 *
 * Two kinds of value have no source of their own: an instance of a class is printed as the record of its fields, and a
 * function, a symbol, or a record within itself as `undefined` with a remark.
 *
 * Laws (test/properties/harness/report/Literal.test.ts):
 * - LIT-1 faithful: evaluating the source of a value gives a value that is deeply equal to it.
 * - LIT-2 narrow: no line is wider than the page, unless one text, key or number alone is.
 * - LIT-3 aliases: with the names of its long ids declared before it, the source still evaluates to an equal value.
 * @since 0.1.0
 */

/** Where the source stands on the page, and which texts have a name there. */
export interface Layout {
  /** How wide the page is; 90 columns unless given. */
  readonly columns?: number
  /** By how many columns the line is indented that the source begins in; 0 unless given. */
  readonly indent?: number
  /** How many columns of that line are taken before the source and after it; 0 unless given. */
  readonly taken?: number
  /** The names of constants, by the text that they hold. */
  readonly names?: ReadonlyMap<string, string>
}

/** A piece of source: in one line, or with each item on a line of its own. */
interface Piece {
  readonly head: string
  readonly items: ReadonlyArray<Piece>
  readonly tail: string
  /** What stands between a bracket and the items in one line. */
  readonly space: string
}

const usualColumns = 90

/**
 * The source of a value.
 * @internal
 */
export const literal = (value: unknown, layout: Layout = {}): string => {
  const { columns = usualColumns, indent = 0, taken = 0, names = new Map<string, string>() } = layout
  return print(pieceOf(value, { names, within: [], aside: remark }), {
    columns,
    indent,
    taken: indent + taken,
  })
}

/**
 * The source of a value in one line, however long. What `aside` says of a value stands in its place: it is told what
 * holds the value.
 * @internal
 */
export const sourceLine = (value: unknown, aside: Aside): string =>
  inOneLine(pieceOf(value, { names: new Map(), within: [], aside }))

/** What stands for a value that is not to be written out. */
export type Aside = (value: unknown, within: ReadonlyArray<unknown>) => string | undefined

/** What has no source. */
const remark: Aside = (value, within) => {
  if (typeof value === 'function' || typeof value === 'symbol') return `undefined /* a ${typeof value} */`
  return typeof value === 'object' && value !== null && within.includes(value)
    ? 'undefined /* a record within itself */'
    : undefined
}

/**
 * A text as source, in single quotes. What cannot be seen is escaped, so that two texts that differ look different.
 * @internal
 */
export const quoted = (text: string): string => `'${text.replace(/[\p{C}\p{Z}\\']/gu, escaped)}'`

const shortEscapes: Readonly<Record<string, string>> = {
  ' ': ' ',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\\': '\\\\',
  "'": "\\'",
}

const escaped = (character: string): string => {
  const short = shortEscapes[character]
  if (short !== undefined) return short
  const code = (character.codePointAt(0) ?? 0).toString(16)
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`
}

/**
 * A key of a record as source. `__proto__` would set the prototype if it were not computed.
 * @internal
 */
export const keyLiteral = (key: string): string => {
  if (key === '__proto__') return "['__proto__']"
  return identifier.test(key) ? key : quoted(key)
}

const identifier = /^[A-Za-z_$][\w$]*$/

interface Context {
  readonly names: ReadonlyMap<string, string>
  /** The values that hold the one at hand: a value that holds itself has no source. */
  readonly within: ReadonlyArray<unknown>
  readonly aside: Aside
}

const leaf = (head: string): Piece => ({ head, items: [], tail: '', space: '' })

const pieceOf = (value: unknown, context: Context): Piece => {
  const aside = context.aside(value, context.within)
  if (aside !== undefined) return leaf(aside)
  switch (typeof value) {
    case 'string':
      return leaf(context.names.get(value) ?? quoted(value))
    case 'number':
      return leaf(Object.is(value, -0) ? '-0' : String(value))
    case 'bigint':
      return leaf(`${value}n`)
    case 'boolean':
      return leaf(String(value))
    case 'object':
      return value === null ? leaf('null') : objectPiece(value, context)
    default:
      return leaf('undefined')
  }
}

const objectPiece = (value: object, context: Context): Piece => {
  const within = [...context.within, value]
  const piece = (part: unknown): Piece => pieceOf(part, { ...context, within })
  if (Array.isArray(value)) return list('[', Array.from(value, piece), ']')
  if (value instanceof Date) return leaf(dateLiteral(value))
  if (value instanceof Map) return collection('Map', Array.from(value, piece))
  if (value instanceof Set) return collection('Set', Array.from(value, piece))
  if (value instanceof Uint8Array) return list('new Uint8Array([', Array.from(value, piece), '])')
  return record(Object.entries(value).map(([key, part]) => keyed(key, piece(part))))
}

const dateLiteral = (date: Date): string =>
  Number.isNaN(date.getTime()) ? 'new Date(NaN)' : `new Date('${date.toISOString()}')`

const list = (head: string, items: ReadonlyArray<Piece>, tail: string): Piece => ({
  head,
  items,
  tail,
  space: '',
})

const collection = (name: string, items: ReadonlyArray<Piece>): Piece =>
  items.length === 0 ? leaf(`new ${name}()`) : list(`new ${name}([`, items, '])')

const record = (items: ReadonlyArray<Piece>): Piece =>
  items.length === 0 ? leaf('{}') : { head: '{', items, tail: '}', space: ' ' }

/** A constant that is called like its field is written once. */
const keyed = (key: string, piece: Piece): Piece =>
  piece.head === key && piece.items.length === 0 && isName(key)
    ? piece
    : { ...piece, head: `${keyLiteral(key)}: ${piece.head}` }

/** `undefined: undefined` has a key that is a value too; it is written out, as whoever reads it expects. */
const isName = (key: string): boolean => identifier.test(key) && !notNames.has(key)

const notNames: ReadonlySet<string> = new Set([
  'undefined',
  'null',
  'true',
  'false',
  'NaN',
  'Infinity',
  '__proto__',
])

const inOneLine = ({ head, items, tail, space }: Piece): string =>
  items.length === 0 ? head + tail : head + space + items.map(inOneLine).join(', ') + space + tail

interface Place {
  readonly columns: number
  readonly indent: number
  readonly taken: number
}

const print = (piece: Piece, { columns, indent, taken }: Place): string => {
  const line = inOneLine(piece)
  if (piece.items.length === 0 || taken + line.length <= columns) return line
  const inner = indent + 2
  // One column for the comma behind the item.
  const lines = piece.items.map(
    (item) => `${' '.repeat(inner)}${print(item, { columns, indent: inner, taken: inner + 1 })},`,
  )
  return [piece.head, ...lines, `${' '.repeat(indent)}${piece.tail}`].join('\n')
}

/**
 * Names for the long ids that occur more than once in some values, so that a reader sees what is the same instead of
 * comparing letters. An id is named after the field that held it first; `reserved` names are not given.
 * @internal
 */
export const aliases = (
  values: ReadonlyArray<unknown>,
  reserved: ReadonlyArray<string> = [],
): ReadonlyMap<string, string> => {
  const found = new Map<string, { readonly field: string; readonly count: number }>()
  for (const value of values) {
    for (const { field, text } of textsIn(value, 'id', [])) {
      const { field: first = field, count = 0 } = found.get(text) ?? {}
      found.set(text, { field: first, count: count + 1 })
    }
  }
  const names = new Map<string, string>()
  const taken = new Set([...reservedWords, ...reserved])
  for (const [text, { field, count }] of found) {
    if (count < 2 || !isLongId(text)) continue
    const name = freeName(nameFrom(field), taken)
    taken.add(name)
    names.set(text, name)
  }
  return names
}

/** Long, without spaces, and with a digit: what nobody can tell from another of its kind at a glance. */
const isLongId = (text: string): boolean => text.length > 12 && /\d/.test(text) && !/\s/.test(text)

interface TextInField {
  readonly field: string
  readonly text: string
}

/** The texts in a value with the fields that hold them; what tells the members of a union apart is no id. */
const textsIn = (
  value: unknown,
  field: string,
  within: ReadonlyArray<unknown>,
): ReadonlyArray<TextInField> => {
  if (typeof value === 'string') return field === 'type' || field === '_tag' ? [] : [{ field, text: value }]
  if (typeof value !== 'object' || value === null || within.includes(value)) return []
  const inner = [...within, value]
  if (Array.isArray(value) || value instanceof Set) {
    return Array.from<unknown>(value).flatMap((item) => textsIn(item, field, inner))
  }
  const entries = value instanceof Map ? [...value] : Object.entries(value)
  return entries.flatMap(([key, part]) => [
    ...(value instanceof Map ? textsIn(key, field, inner) : []),
    ...textsIn(part, typeof key === 'string' && identifier.test(key) ? key : field, inner),
  ])
}

const nameFrom = (field: string): string => (identifier.test(field) && field !== '__proto__' ? field : 'id')

const freeName = (name: string, taken: ReadonlySet<string>): string => {
  if (!taken.has(name)) return name
  let n = 2
  while (taken.has(`${name}${n}`)) n += 1
  return `${name}${n}`
}

/** Words that cannot name a constant, and the names that printed source uses itself. */
const reservedWords: ReadonlyArray<string> = [
  ...'abstract any arguments as async await boolean break case catch class const continue debugger declare'.split(
    ' ',
  ),
  ...'default delete do else enum eval export extends false finally for from function get if implements'.split(
    ' ',
  ),
  ...'import in instanceof interface is let module namespace never new null number object of package'.split(
    ' ',
  ),
  ...'private protected public require return set static string super switch symbol this throw true try'.split(
    ' ',
  ),
  ...'type typeof undefined unknown var void while with yield'.split(' '),
  ...'Date Infinity Map NaN Set Uint8Array expect given test'.split(' '),
]
