/**
 * Reading delimited text: a header that must be the expected one, and rows that know their line, so that whatever is
 * wrong with a file can be said with its name and line.
 */
import { either as E } from 'fp-ts'

/** Where an input is wrong, and why. */
export interface BadInput {
  readonly file: string
  readonly line?: number
  readonly reason: string
}

/** A file that has been read. */
export interface TextFile {
  readonly file: string
  readonly text: string
}

/** One row; a column is asked for by the name that the header gives it. */
export interface Row<Column extends string> {
  readonly line: number
  readonly get: (column: Column) => string
}

export const badInput = (file: string, line: number, reason: string): BadInput => ({ file, line, reason })

/** One sentence for a person. */
export const reportBadInput = ({ file, line, reason }: BadInput): string =>
  line === undefined ? `${file}: ${reason}` : `${file}, line ${line}: ${reason}`

/** What a file of this kind looks like. */
export interface Shape<Column extends string> {
  readonly delimiter: ',' | ';'
  readonly columns: ReadonlyArray<Column>
}

/** The rows of a file in their order, or the first thing that is wrong with it. */
export const readTable =
  <const Column extends string>({ delimiter, columns }: Shape<Column>) =>
  ({ file, text }: TextFile): E.Either<BadInput, ReadonlyArray<Row<Column>>> => {
    const [header = '', ...lines] = text.replace(/\r?\n$/, '').split(/\r?\n/)
    const titles = fieldsOf(delimiter, header) ?? []
    if (titles.length !== columns.length || columns.some((column, index) => column !== titles[index])) {
      return E.left(badInput(file, 1, `the header is not ${columns.join(delimiter)}`))
    }
    const indexOf = new Map(columns.map((column, index) => [column, index]))
    return E.traverseArrayWithIndex((index, text: string): E.Either<BadInput, Row<Column>> => {
      const line = index + 2
      const fields = fieldsOf(delimiter, text)
      if (fields === undefined) return E.left(badInput(file, line, 'a quotation mark has no partner'))
      return fields.length === columns.length
        ? E.right({ line, get: (column) => fields[indexOf.get(column) ?? -1] ?? '' })
        : E.left(badInput(file, line, `it has ${fields.length} columns instead of ${columns.length}`))
    })(lines)
  }

const fieldAtStart = { ',': /^(?:"([^"]*)"|([^",]*))(?=,|$)/, ';': /^(?:"([^"]*)"|([^";]*))(?=;|$)/ }

/** The fields of a line without their quotation marks; nothing where these do not pair up. */
const fieldsOf = (delimiter: ',' | ';', line: string): ReadonlyArray<string> | undefined => {
  if (!line.includes('"')) return line.split(delimiter)
  const fields: Array<string> = []
  let rest = line
  for (;;) {
    const [whole, quoted, plain = ''] = fieldAtStart[delimiter].exec(rest) ?? []
    if (whole === undefined) return undefined
    fields.push(quoted ?? plain)
    if (whole.length === rest.length) return fields
    rest = rest.slice(whole.length + 1)
  }
}
