import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  attributeList,
  attributeText,
  textOfAttribute,
  textsOfAttribute,
} from '../../../../src/adapters/http/CloudEvent.js'
import { law } from '../../Law.js'
import { faultsOf } from './CloudEventsSpec.js'

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('%', '%41', '%zz', '\u007f', '\ufffe', '\u{1fffe}', '\ufdd0', ' ', 'a b', '\r\n'),
)

const isAllowed = (attribute: string): boolean =>
  faultsOf({ specversion: '1.0', id: '1', source: 's', type: 'a.b', ext: attribute }).length === 0

const keepsText = (write: typeof attributeText, read: typeof textOfAttribute) =>
  fc.property(hostile, (text) => isAllowed(write(text)) && read(write(text)) === text.toWellFormed())

const keepsTexts = (write: typeof attributeList) =>
  fc.property(fc.array(hostile.filter((text) => text.isWellFormed() && text !== '')), (texts) => {
    const attribute = write(texts)
    return isAllowed(attribute) && JSON.stringify(textsOfAttribute(attribute)) === JSON.stringify(texts)
  })

law('CEV-1 text', keepsText(attributeText, textOfAttribute))
law('CEV-1 text, several in one attribute', keepsTexts(attributeList))

law.rejects(
  'CEV-1',
  'text as it is',
  keepsText(
    (text) => text,
    (text) => text,
  ),
)
law.rejects(
  'CEV-1',
  'text whose own percent signs are left alone',
  keepsText(
    (text) => text.toWellFormed().replace(/[\p{Cc}\p{Noncharacter_Code_Point}]/gu, encodeURIComponent),
    textOfAttribute,
  ),
)
law.rejects(
  'CEV-1',
  'a list whose parts may hold the space between them',
  keepsTexts((texts) => texts.map(attributeText).join(' ')),
)

const event = {
  specversion: '1.0',
  id: '1',
  source: '/s',
  type: 'a.b',
  subject: 'x',
  time: '2026-01-01T00:00:00.000Z',
}

test.each([
  { specversion: '0.3' },
  { id: '' },
  { id: 7 },
  { source: undefined },
  { source: 'a b' },
  { type: '' },
  { subject: '' },
  { subject: 'a\u0001' },
  { time: 'yesterday' },
  { time: '+010000-01-01T00:00:00Z' },
  { datacontenttype: 'json' },
  { dataschema: 'relative' },
  { correlationId: 'capital letters' },
  { stream_version: '1' },
  { aratherlongnameofanextension: '1' },
  { extension: { nested: true } },
  { extension: 3_000_000_000 },
  { extension: '\ufffe' },
  { data: 1, data_base64: 'AA==' },
])('the rules of CloudEvents refuse %j', (wrong) => {
  expect(faultsOf(event)).toEqual([])
  expect(faultsOf({ ...event, ...wrong })).not.toEqual([])
})
