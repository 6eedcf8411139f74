/**
 * What a feed does beside giving events: who is let in, what browsers are told, how it waits, what it does about readers
 * that do not read, about a log that fails, and about its own end.
 */
import { connect } from 'node:net'
import { bearerToken, type FeedFailure, publishedFeed } from 'decider-ts/adapters/http'
import { type MemoryStore, memoryStore } from 'decider-ts/adapters/memory'
import type { Feed } from 'decider-ts/run'
import { taskEither as TE } from 'fp-ts'
import { afterEach, expect, test } from 'vitest'
import { type Line, record, secret, shopOptions } from '../../properties/adapters/http/Shop.js'
import { rawFrames, send } from '../../properties/adapters/http/Wire.js'
import { listening } from './Server.js'

const closing: Array<() => Promise<void>> = []

afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const placed = (order = 'o1', note: unknown = 1): Line => ({
  type: 'Placed',
  stream: 'order-1',
  order,
  note,
  tags: [],
  correlationId: undefined,
})

type Options = Partial<Parameters<typeof publishedFeed>[1]>

const served = async (options: Options = {}, store: MemoryStore = memoryStore(), feed: Feed = store.feed) => {
  const failures: Array<FeedFailure> = []
  const { url, close } = await listening(
    publishedFeed(
      { feed },
      { ...shopOptions, onFailure: (failure) => failures.push(failure), ...(options as object) },
    ),
  )
  closing.push(close)
  return { store, url, failures }
}

const stream = { accept: 'text/event-stream' }

test('who has no token, or another one, is told to send one and nothing else', async () => {
  const { url } = await served({ authorize: bearerToken('right', 'new') })
  for (const authorization of [undefined, 'Bearer wrong', 'Bearer', 'Basic right', 'Bearer right more']) {
    const { status, headers, body } = await send(url, {
      target: '?type=nobody',
      headers: authorization === undefined ? {} : { authorization },
    })
    expect(status).toBe(401)
    expect(headers['www-authenticate']).toBe('Bearer')
    expect(body).not.toContain('com.example')
  }
  for (const token of ['right', 'new'])
    expect((await send(url, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200)
})

test('an empty token protects nothing, and is refused', () => {
  expect(() => bearerToken('')).toThrow(RangeError)
  expect(() => bearerToken()).toThrow(RangeError)
})

test('a function that decides who is let in may throw, and lets nobody in', async () => {
  const authorize = () => {
    throw new Error(secret)
  }
  const { url, failures } = await served({ authorize })
  const { status, body } = await send(url)
  expect(status).toBe(500)
  expect(body).not.toContain(secret)
  expect(failures).toMatchObject([{ _tag: 'Defect' }])
})

test('pages of other sites may read it only if they are named', async () => {
  const origin = 'https://app.example'
  const ask = async (allowedOrigins: Options['allowedOrigins'], method = 'GET') =>
    (
      await send((await served({ ...(allowedOrigins && { allowedOrigins }) })).url, {
        method,
        headers: { origin },
      })
    ).headers
  expect((await ask(undefined))['access-control-allow-origin']).toBeUndefined()
  expect((await ask(['https://other.example']))['access-control-allow-origin']).toBeUndefined()
  expect((await ask([origin]))['access-control-allow-origin']).toBe(origin)
  expect((await ask('*', 'OPTIONS'))['access-control-allow-headers']).toContain('Authorization')
})

test('a page that can change is asked for again, and one that cannot is kept', async () => {
  const { url, store } = await served()
  await record(store, [placed(), placed(), placed()])
  const full = await send(url, { target: '?limit=2' })
  const last = await send(url, { target: '?limit=2&after=2' })
  expect(full.headers['cache-control']).toBe('private, max-age=3600, immutable')
  expect(last.headers['cache-control']).toBe('private, no-cache')
  expect(last.headers['link']).toBe('<?after=3&limit=2>; rel="next"')
})

test('HEAD says what GET says, without the events', async () => {
  const { url, store } = await served()
  await record(store, [placed()])
  const [get, head] = [await send(url), await send(url, { method: 'HEAD' })]
  expect(head.body).toBe('')
  for (const name of ['etag', 'link', 'content-length', 'content-type', 'feed-up-to', 'feed-beyond'])
    expect(head.headers[name]).toBe(get.headers[name])
})

test('where there is nothing yet, a page is waited for, and comes when something happens', async () => {
  const { url, store } = await served({ limits: { pollMs: 60_000 } })
  const waiting = send(url, { target: '?after=0&wait=20' })
  const passing = { ...placed(), type: 'Audited' as const }
  await new Promise((resolve) => setTimeout(resolve, 50))
  await record(store, [passing])
  await record(store, [placed()], 2)
  const { headers, body } = await waiting
  expect(JSON.parse(body)).toHaveLength(1)
  expect(headers['feed-up-to']).toBe('2')
})

test('a page that is waited for in vain says how far it has looked', async () => {
  const { url, store } = await served({ limits: { waitMaxMs: 20 } })
  await record(store, [{ ...placed(), type: 'Audited' }])
  const { status, headers, body } = await send(url, { target: '?after=0&wait=20' })
  expect([status, body, headers['feed-up-to'], headers['feed-beyond']]).toEqual([200, '[]\n', '1', 'nothing'])
})

test('it begins at a time, or now', async () => {
  const { url, store } = await served()
  await record(store, [placed(), placed()])
  expect((await send(url, { target: '?at=now' })).headers['feed-after']).toBe('2')
  expect((await send(url, { target: '?at=2000-01-01T00:00:00Z' })).headers['feed-after']).toBe('0')
})

test('no more than so many are answered at once, and the others are told to come again', async () => {
  const { url } = await served({ limits: { connectionsMax: 1 } })
  let isOpen = () => {}
  const opened = new Promise<void>((resolve) => {
    isOpen = resolve
  })
  let isEnough = false
  void send(url, {
    headers: stream,
    cutWhen: () => {
      isOpen()
      return isEnough
    },
  }).catch(() => {})
  await opened
  const { status, headers } = await send(url)
  expect([status, headers['retry-after']]).toEqual([503, '5'])
  isEnough = true
})

test('a stream sends its place over what is not published, and something where nothing happens', async () => {
  const { url, store } = await served({ limits: { heartbeatMs: 10, pollMs: 5 } })
  await record(store, [{ ...placed(), type: 'Audited' }])
  const { body } = await send(url, { headers: stream, cutWhen: (body) => body.includes(':\n\n:\n\n') })
  expect(rawFrames(body).flatMap(({ id }) => id ?? [])).toEqual(['0', '1'])
  expect(body).not.toContain('data:')
})

test('a stream ends when its time is over, and when the feed is shut down', async () => {
  const short = await served({ limits: { streamMaxMs: 30 } })
  expect((await send(short.url, { headers: stream })).status).toBe(200)
  const shutDown = new AbortController()
  const { url } = await served({ signal: shutDown.signal })
  const [open, waiting] = [send(url, { headers: stream }), send(url, { target: '?wait=30' })]
  setTimeout(() => shutDown.abort(), 30)
  expect((await open).status).toBe(200)
  expect((await waiting).status).toBe(200)
  expect((await send(url)).status).toBe(503)
})

test('nobody listens to the log any more once a reader has gone', async () => {
  const store = memoryStore()
  let listeners = 0
  const feed: Feed = {
    ...store.feed,
    onRecorded: (wake) => {
      listeners += 1
      const unlisten = store.feed.onRecorded(wake)
      return () => {
        listeners -= 1
        unlisten()
      }
    },
  }
  const { url } = await served({}, store, feed)
  await send(url, { headers: stream, cutWhen: () => true })
  for (let turns = 0; turns < 200 && listeners > 0; turns++)
    await new Promise((resolve) => setTimeout(resolve, 5))
  expect(listeners).toBe(0)
})

test('a reader that takes nothing is not read ahead for, is let go, and is in nobody’s way', async () => {
  const store = memoryStore()
  const log = Array.from({ length: 400 }, () => placed('o1', 'x'.repeat(60_000)))
  await record(store, log)
  let pages = 0
  const feed: Feed = {
    ...store.feed,
    page: (...asked) => {
      pages += 1
      return store.feed.page(...asked)
    },
  }
  const { url, failures } = await served({ limits: { stallMs: 300, pageMax: 5 } }, store, feed)
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  socket.write(`GET /feed HTTP/1.1\r\nHost: ${hostname}\r\nAccept: text/event-stream\r\n\r\n`)
  socket.pause()
  for (let turns = 0; turns < 400 && failures.length === 0; turns++) {
    expect((await send(url, { target: '?limit=1' })).status).toBe(200)
    await new Promise((resolve) => setTimeout(resolve, 10))
    pages -= 1
  }
  socket.destroy()
  expect(failures).toEqual([{ _tag: 'Stalled' }])
  // The system takes some megabytes by itself; all of it would be 24.
  expect(pages).toBeLessThan(80)
})

test('a log that fails is no news for callers but to come again, and a stream stays open meanwhile', async () => {
  const store = memoryStore()
  await record(store, [placed()])
  let isAway = true
  const reason = `password ${secret}`
  const feed: Feed = {
    ...store.feed,
    page: (...asked) =>
      isAway
        ? TE.left({ _tag: 'Unavailable', outcome: 'nothing written', reason, cause: secret })
        : store.feed.page(...asked),
  }
  const { url, failures } = await served({ limits: { pollMs: 5, pageMax: 1 } }, store, feed)
  const refused = await send(url)
  expect([refused.status, refused.headers['retry-after']]).toEqual([503, '2'])
  expect(refused.body).not.toContain(secret)
  expect(failures).toMatchObject([{ _tag: 'Unavailable', reason }])
  isAway = false
  const { body } = await send(url, {
    headers: stream,
    cutWhen: (text) => {
      if (text.includes('id: 1') && failures.length === 1) {
        isAway = true
        setTimeout(async () => {
          isAway = false
          await record(store, [placed()], 2)
        }, 60)
      }
      return text.includes('id: 2')
    },
  })
  expect(rawFrames(body).filter(({ data }) => data !== undefined)).toHaveLength(2)
})

test('an event that cannot be published is told to whoever runs the feed, and callers wait for it', async () => {
  const { url, store, failures } = await served({
    publish: {
      Placed: {
        as: 'com.example.order.placed.v1',
        data: () => {
          throw new Error(secret)
        },
      },
    },
  } as object)
  await record(store, [placed()])
  const { status, body } = await send(url)
  expect(status).toBe(500)
  expect(body).not.toContain(secret)
  expect(body).toContain('none is skipped')
  expect(failures).toMatchObject([{ _tag: 'Unpublishable', event: { position: 1n }, reason: secret }])
})

test('a page is no heavier than it may be, and has one event in any case', async () => {
  const { url, store } = await served({ limits: { bytesMax: 800 } })
  await record(store, [placed('o1', 'x'.repeat(2_000)), placed(), placed(), placed(), placed()])
  const sizes: Array<number> = []
  for (let after = '0'; ; ) {
    const { body, headers } = await send(url, { target: `?after=${after}` })
    sizes.push(JSON.parse(body).length)
    after = String(headers['feed-up-to'])
    if (headers['feed-beyond'] === 'nothing') break
  }
  expect(sizes).toEqual([1, 2, 2])
})

test('what is shown in place of a stream is what can be asked for, and nothing else of it is shown', async () => {
  const { url, store } = await served({
    subject: ({ version }) => `customer-${version}`,
    correlation: 'hidden',
    categories: ['order'],
  })
  const by = (stream: string): Line => ({ ...placed(), stream, correlationId: secret })
  await record(store, [by('order-ada'), by('order-ada'), by('parcel-ada')])
  const { body } = await send(url, { target: '?subject=customer-2' })
  expect(JSON.parse(body)).toMatchObject([{ subject: 'customer-2' }])
  expect(JSON.parse((await send(url)).body)).toHaveLength(2)
  for (const hidden of ['ada', secret, 'streamversion']) expect(body).not.toContain(hidden)
  expect((await send(url, { target: '?subject=order-ada' })).body).toBe('[]\n')
})
