/** Files are read whole or refused with the line that is wrong. */
import { either as E } from 'fp-ts'
import { expect, test } from 'vitest'
import { readTable, reportBadInput } from '../../examples/banking/DelimitedText.js'

const read = readTable({ delimiter: ';', columns: ['id', 'name'] })
const rowsOf = (text: string) =>
  E.map((rows: ReadonlyArray<{ line: number; get: (column: 'id' | 'name') => string }>) =>
    rows.map(({ line, get }) => [line, get('id'), get('name')]),
  )(read({ file: 'f.asc', text }))
const complaint = (text: string) => E.mapLeft(reportBadInput)(rowsOf(text))

test('rows know their line; quotation marks and the ends of lines are no content', () => {
  const rows = E.right([
    [2, '1', 'one'],
    [3, '2', 'two; or so, really'],
    [4, '3', ''],
  ])
  expect(rowsOf('"id";"name"\r\n1;"one"\r\n2;"two; or so, really"\r\n3;""\r\n')).toEqual(rows)
  expect(rowsOf('id;name\n1;one\n2;"two; or so, really"\n3;')).toEqual(rows)
})

test('a header alone is a table without rows', () => {
  expect(rowsOf('id;name\n')).toEqual(E.right([]))
})

test('what is wrong is named with file and line', () => {
  expect(complaint('')).toEqual(E.left('f.asc, line 1: the header is not id;name'))
  expect(complaint('id,name\n')).toEqual(E.left('f.asc, line 1: the header is not id;name'))
  expect(complaint('id;name\n1;one\n2\n')).toEqual(E.left('f.asc, line 3: it has 1 columns instead of 2'))
  expect(complaint('id;name\n1;one;more\n')).toEqual(E.left('f.asc, line 2: it has 3 columns instead of 2'))
  expect(complaint('id;name\n1;"one\n')).toEqual(E.left('f.asc, line 2: a quotation mark has no partner'))
  expect(complaint('id;name\n\n')).toEqual(E.left('f.asc, line 2: it has 1 columns instead of 2'))
})
