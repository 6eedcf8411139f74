/** What a consumer is told when the publisher does not answer as it should, and what it sends. */
import { bearerToken, httpFeed, publishedFeed } from 'decider-ts/adapters/http'
import { memoryStore } from 'decider-ts/adapters/memory'
import { anyOf, beginning, everything, tagFrom, timestamp } from 'decider-ts/store'
import { either as E } from 'fp-ts'
import { afterEach, expect, test } from 'vitest'
import { record, shopOptions } from '../../properties/adapters/http/Shop.js'
import { listening } from './Server.js'

const closing: Array<() => Promise<void>> = []

afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const answering = (status: number, body: string, headers: Record<string, string> = {}) =>
  httpFeed({ url: 'https://shop.example/feed', fetch: async () => new Response(body, { status, headers }) })

const place = { 'feed-up-to': '5', 'feed-beyond': 'nothing' }

test.each([
  [
    401,
    '{"detail":"send a token"}',
    {},
    'InvalidInput',
    'token is not accepted: shop.example answered 401: send a token',
  ],
  [403, '', {}, 'InvalidInput', 'token is not accepted'],
  [
    400,
    '{"detail":"no such type"}',
    {},
    'InvalidInput',
    'query is refused: shop.example answered 400: no such type',
  ],
  [404, 'Not found', {}, 'InvalidInput', 'url is not that of a feed: shop.example answered 404'],
  [429, '', {}, 'Busy', 'answered 429'],
  [503, '{"detail":7}', {}, 'Busy', 'answered 503'],
  [500, '<html>', {}, 'Unavailable', 'has failed: shop.example answered 500'],
  [200, '[]', {}, 'Unavailable', 'does not answer as a feed does'],
  [200, '{}', place, 'Unavailable', 'no JSON array'],
  [200, '[{', place, 'Unavailable', 'no JSON array'],
  [200, '[7]', place, 'InvalidInput', 'events[0] is no JSON object'],
])('%s %s is %s', async (status, body, headers, tag, words) => {
  const page = await answering(status, body, headers).page(everything, beginning, 10)()
  const error = E.isLeft(page) ? page.left : undefined
  expect(error?._tag).toBe(tag)
  const said = error?._tag === 'InvalidInput' ? `${error.path} ${error.reason}` : JSON.stringify(error)
  expect(said).toContain(words)
})

test('who cannot be reached, or does not answer in time, is unavailable', async () => {
  const { url, close } = await listening(() => {})
  const slow = await httpFeed({ url, timeoutMs: 20 }).page(everything, beginning, 1)()
  expect(slow).toMatchObject({
    left: { _tag: 'Unavailable', reason: expect.stringContaining('did not answer in 20 ms') },
  })
  await close()
  const gone = await httpFeed({ url }).page(everything, beginning, 1)()
  expect(gone).toMatchObject({
    left: { _tag: 'Unavailable', reason: expect.stringContaining('ECONNREFUSED') },
  })
})

test('a page that is too long is not taken into memory', async () => {
  const long = httpFeed({
    url: 'https://shop.example/feed',
    bytesMax: 100,
    fetch: async () => new Response('x'.repeat(101), { headers: place }),
  })
  expect(await long.page(everything, beginning, 1)()).toMatchObject({
    left: { _tag: 'InvalidInput', path: 'bytesMax' },
  })
})

test('a token is asked for each time, parameters of the address are kept, and types are asked for by their public names', async () => {
  const asked: Array<string> = []
  let count = 0
  const feed = httpFeed({
    url: 'https://shop.example/feed?tenant=7',
    token: () => {
      count += 1
      return `token-${count}`
    },
    reads: { 'a.b': 'B', 'c.d': { type: 'D', schemaVersion: 2 } },
    fetch: async (url, options) => {
      asked.push(`${String(url)} ${new Headers(options?.headers).get('authorization')}`)
      return new Response('[]', { headers: place })
    },
  })
  await feed.page(anyOf({ types: ['D'] }), beginning, 3)()
  await feed.page(everything, beginning, 3)()
  await feed.page(anyOf({ types: ['Never'] }), beginning, 3)()
  expect(asked).toEqual([
    'https://shop.example/feed?tenant=7&after=0&limit=3&type=c.d Bearer token-1',
    'https://shop.example/feed?tenant=7&after=0&limit=3&type=a.b&type=c.d Bearer token-2',
    'https://shop.example/feed?tenant=7&after=0&limit=3&type=a.b&type=c.d Bearer token-3',
  ])
})

test('a query of tags is refused where no tags are shown, rather than never answered', async () => {
  const store = memoryStore()
  const { tags: _, ...options } = shopOptions
  const { url, close } = await listening(publishedFeed(store, options))
  closing.push(close)
  const feed = httpFeed({ url })
  for (const query of [
    anyOf({ tags: [tagFrom('x')] }),
    anyOf({ tags: [tagFrom('x')] }, { categories: ['order'] }),
  ])
    expect(await feed.page(query, beginning, 1)()).toMatchObject({
      left: { _tag: 'InvalidInput', path: 'query' },
    })
})

test('with the token of the publisher it reads, finds times, and is woken', async () => {
  const store = memoryStore()
  const { url, close } = await listening(
    publishedFeed(store, { ...shopOptions, authorize: bearerToken('t') }),
  )
  closing.push(close)
  const feed = httpFeed({ url, token: 't' })
  let woken = () => {}
  const wake = new Promise<void>((resolve) => {
    woken = resolve
  })
  const unlisten = feed.onRecorded(() => woken())
  await record(store, [
    { type: 'Placed', stream: 'order-1', order: 'o1', note: 1, tags: [], correlationId: undefined },
  ])
  await wake
  unlisten()
  expect(await feed.positionAt(timestamp(0))()).toEqual(E.right(beginning))
  expect(await feed.page(everything, beginning, 1)()).toMatchObject({
    right: { upTo: 1n, beyond: 'nothing' },
  })
})
