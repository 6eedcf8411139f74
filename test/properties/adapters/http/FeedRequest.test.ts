import fc from 'fast-check'
import { either as E } from 'fp-ts'
import { expect, test } from 'vitest'
import { type Asked, feedRequest } from '../../../../src/adapters/http/FeedRequest.js'
import { law } from '../../Law.js'

const feed = { names: ['a.b', 'c.d'], hasTags: true }
const limits = { pageMax: 100, waitMaxMs: 30_000 }

const value = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '0',
      '1',
      '99',
      '100000',
      '-1',
      '1e3',
      '٣',
      '9223372036854775808',
      '18446744073709551616',
    ),
  },
  fc.constantFrom(
    'now',
    '2026-01-01T00:00:00Z',
    '2026-13-41T00:00:00Z',
    '+275760-09-13T00:00:00.000Z',
    'a.b',
    'only',
  ),
  fc.string({ unit: 'binary', maxLength: 5 }),
)
const parameter = fc.tuple(
  fc.constantFrom('after', 'at', 'limit', 'wait', 'ids', 'type', 'subject', 'category', 'tag', 'typo'),
  value,
  fc.boolean(),
)
const url = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .array(parameter, { maxLength: 3 })
      .map(
        (parameters) =>
          `/feed?${parameters.map(([name, each, isRaw]) => `${name}=${isRaw ? each : encodeURIComponent(each.toWellFormed())}`).join('&')}`,
      ),
  },
  fc.string({ unit: 'binary' }),
)
const accept = fc.option(
  fc.oneof(
    fc.string(),
    fc.constantFrom(
      '*/*',
      'text/event-stream',
      'application/json;q=0.5, text/*',
      'text/html',
      '*/*;q=0',
      ';;,q=',
      ',',
    ),
  ),
  { nil: undefined, freq: 1 },
)
const asked: fc.Arbitrary<Asked> = fc.record({
  url,
  accept,
  lastEventId: fc.option(value, { nil: undefined }),
})

const isTotal = (read: typeof feedRequest) =>
  fc.property(asked, (each) => {
    const request = read(each, feed, limits)
    if (E.isLeft(request)) return [400, 406].includes(request.left.status) && request.left.detail.length < 500
    const { limit, waitMs, start, filter } = request.right
    return (
      limit >= 1 &&
      limit <= limits.pageMax &&
      waitMs >= 0 &&
      waitMs <= limits.waitMaxMs &&
      (start._tag === 'At' ? Number.isFinite(start.time) : start.position <= 9_223_372_036_854_775_807n) &&
      filter.types.every((type) => feed.names.includes(type))
    )
  })

law('FRQ-1 total', isTotal(feedRequest), { numRuns: 2_000 })
law.rejects(
  'FRQ-1',
  'a reader that takes any number for a limit',
  isTotal((each, ...rest) => {
    const limit = Number(new URLSearchParams(each.url.split('?')[1]).get('limit') ?? 1)
    return E.map((request: object) => ({ ...request, limit }) as never)(feedRequest(each, ...rest))
  }),
  { numRuns: 2_000 },
)

const read = (url: string, more: Partial<Asked> = {}) =>
  feedRequest({ url, accept: undefined, lastEventId: undefined, ...more }, feed, limits)

test.each([
  ['?limit=0', "'limit' is a whole number of 1 or more, and not '0'."],
  ['?after=-1', "'after' is a place that this feed has given, a whole number of 0 or more, and not '-1'."],
  ['?after=1&after=2', "'after' is given 2 times. Give it once."],
  ['?after=1&at=now', "Both 'after' and 'at' say where to begin. Give one of them."],
  ['?at=yesterday', "'at' is 'now' or a time such as 2026-01-31T12:00:00Z, and not 'yesterday'."],
  [
    '?types=a.b',
    "There is no parameter 'types' here. Known are after, at, limit, wait, type, subject, category, tag.",
  ],
  ['?type=e.f', "No events of type 'e.f' are published. There are a.b, c.d."],
  ['?category=order-1', "A category ends before the first '-' of a name, so it holds none."],
  ['?subject=', "'subject' is empty. Give it a value, or leave it out."],
])('%s is refused, and it says why', (url, detail) => {
  expect(read(url)).toEqual(E.left({ status: 400, detail }))
})

test.each([
  [undefined, 'page', 'application/cloudevents-batch+json'],
  ['*/*', 'page', 'application/cloudevents-batch+json'],
  ['application/json', 'page', 'application/json'],
  ['text/event-stream', 'stream', 'text/event-stream'],
  ['text/*, application/json;q=0.1', 'stream', 'text/event-stream'],
  ['text/html, */*;q=0.8', 'page', 'application/cloudevents-batch+json'],
  ['*/*, application/cloudevents-batch+json;q=0, text/event-stream;q=0', 'page', 'application/json'],
])('who accepts %s is given a %s', (accept, shape, contentType) => {
  expect(read('', { accept })).toMatchObject({ right: { shape, contentType } })
})

test('the last id of a stream counts before the place in the address, and only for a stream', () => {
  const again = { accept: 'text/event-stream', lastEventId: '7' }
  expect(read('?after=3', again)).toMatchObject({ right: { start: { position: 7n } } })
  expect(read('?after=3', { lastEventId: '7' })).toMatchObject({ right: { start: { position: 3n } } })
  expect(E.isLeft(read('', { ...again, lastEventId: 'x' }))).toBe(true)
})
