/** What the real server's errors come to, where nothing of them was foreseen by name. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { faultOf } from '../../../src/adapters/postgres/SqlState.js'
import { event, type Installed, install, left, newStream, only, right } from './support.js'

let installed: Installed
beforeAll(async () => {
  installed = await install()
  await installed.sql.unsafe(
    `alter table "${installed.schema}".event add constraint no_poison check (type <> 'Poison')`,
  )
})
afterAll(() => installed.end())

describe('a statement that the server refuses', () => {
  test('has written nothing, and the answer says so', async () => {
    const { store } = installed
    const stream = newStream()
    const error = await left(store.append(only(event(stream, { type: 'Poison' }))))
    expect(error).toMatchObject({
      _tag: 'Unavailable',
      outcome: 'nothing written',
      reason: 'the server refused the statement (23514)',
    })
    expect((await right(store.readStream(stream))).events).toEqual([])
  })

  test.each([
    ['a server that ends the connection', { code: '99999', severity: 'FATAL' }],
    ['a driver that fails', { code: 'SOMETHING' }],
    ['a thrown text', 'anything'],
  ])('is not taken for %s, whose outcome is unknown', (_, thrown) => {
    expect(faultOf(thrown)).toMatchObject({ _tag: 'Unavailable', outcome: 'unknown' })
  })
})
