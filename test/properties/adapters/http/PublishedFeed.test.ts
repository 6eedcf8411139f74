import type { RequestListener } from 'node:http'
import { publishedFeed } from 'decider-ts/adapters/http'
import type { RecordedEvent } from 'decider-ts/store'
import fc from 'fast-check'
import { either as E, option as O } from 'fp-ts'
import { receivedEvent } from '../../../../src/adapters/http/ReceivedEvent.js'
import { law } from '../../Law.js'
import { textOf } from '../../store/Samples.js'
import { faultsOf } from './CloudEventsSpec.js'
import { line, lines, publicLogOf, record, secret, serving, shopOptions, shopWith } from './Shop.js'
import { rawFrames, send } from './Wire.js'

type Make = (store: Awaited<ReturnType<typeof shopWith>>, limits?: object) => RequestListener

const make: Make = (store, limits = {}) => publishedFeed(store, { ...shopOptions, limits })

/** A feed that begins one place above the one that it is asked for. */
const forgetful: Make = (store, limits) => (request, response) => {
  const { headers, url = '' } = request
  const place = Number(headers['last-event-id'] ?? '0')
  if (place > 0) headers['last-event-id'] = `${place + 1}`
  request.url = url.replace(/after=([1-9]\d*)/, (_, after) => `after=${Number(after) + 1}`)
  make(store, limits)(request, response)
}

interface Filter {
  readonly type: ReadonlyArray<string>
  readonly subject: ReadonlyArray<string>
}

const filter: fc.Arbitrary<Filter> = fc.record({
  type: fc.subarray(['com.example.order.placed.v1', 'com.example.order.shipped.v1']),
  subject: fc.subarray(['order-1', 'parcel-1']),
})

const parametersOf = ({ type, subject }: Filter): string =>
  [...type.map((each) => `&type=${each}`), ...subject.map((each) => `&subject=${each}`)].join('')

const expectedOf = async (store: Parameters<Make>[0], { type, subject }: Filter) =>
  (await publicLogOf(store)).filter(
    (event) =>
      (type.length === 0 || type.includes(event.type)) &&
      (subject.length === 0 || subject.some((each) => each === event.stream)),
  )

const readEvent = (json: unknown): RecordedEvent => {
  const faults = faultsOf(json)
  if (faults.length > 0) throw new Error(faults.join(', '))
  const event = receivedEvent(json as never, '', undefined)
  if (E.isLeft(event) || O.isNone(event.right)) throw new Error(textOf(event))
  return event.right.value
}

const byPages = (of: Make) =>
  fc.asyncProperty(lines, filter, fc.integer({ min: 1, max: 6 }), async (log, asked, limit) => {
    const store = await shopWith(log)
    return serving(of(store), async (url) => {
      const events: Array<RecordedEvent> = []
      for (let target = `?limit=${limit}${parametersOf(asked)}`, pages = 0; pages < 100; pages++) {
        const { status, body, headers } = await send(url, { target })
        if (status !== 200 || body.includes(secret)) return false
        if (headers['content-type'] !== 'application/cloudevents-batch+json') return false
        events.push(...(JSON.parse(body) as ReadonlyArray<unknown>).map(readEvent))
        if (headers['feed-beyond'] === 'nothing') break
        target = /^<(.*)>; rel="next"$/.exec(String(headers['link']))?.[1] ?? ''
      }
      return textOf(events) === textOf(await expectedOf(store, asked))
    })
  })

law('PUB-1 pages', byPages(make), { numRuns: 60 })
law.rejects('PUB-1', 'a cursor that goes too far', byPages(forgetful), { numRuns: 60 })
law.rejects(
  'PUB-1',
  'a feed that looks at no filter',
  byPages((store) => (request, response) => {
    request.url = request.url?.replace(/&subject=[^&]*/g, '') ?? ''
    make(store)(request, response)
  }),
  { numRuns: 60 },
)

/** Reads a stream that is cut after so many characters each time, and goes on after the last id, to the end of the log. */
const byStream = (of: Make) =>
  fc.asyncProperty(
    lines,
    fc.array(line, { maxLength: 6 }),
    filter,
    fc.array(fc.integer({ min: 30, max: 1_500 }), { maxLength: 5 }),
    fc.integer({ min: 1, max: 4 }),
    async (log, later, asked, cuts, pageMax) => {
      const store = await shopWith(log)
      return serving(of(store, { pageMax, heartbeatMs: 5, pollMs: 5 }), async (url) => {
        const events: Array<RecordedEvent> = []
        let place = '0'
        const read = async (isEnough: (body: string) => boolean): Promise<boolean> => {
          const { body, status } = await send(url, {
            target: `?after=0${parametersOf(asked)}`,
            headers: { accept: 'text/event-stream', 'last-event-id': place },
            cutWhen: isEnough,
          })
          for (const { id, data } of rawFrames(body)) {
            if (data !== undefined) events.push(readEvent(JSON.parse(data)))
            place = id ?? place
          }
          return status === 200 && !body.includes(secret)
        }
        for (const cut of cuts)
          if (!(await read((body) => body.length >= cut || reaches(body, log.length)))) return false
        await record(store, later, log.length + 1)
        if (!(await read((body) => reaches(body, log.length + later.length)))) return false
        return textOf(events) === textOf(await expectedOf(store, asked))
      })
    },
  )

const reaches = (body: string, place: number): boolean =>
  rawFrames(body).some(({ id }) => id !== undefined && Number(id) >= place)

law('PUB-2 stream', byStream(make), { numRuns: 40 })
law.rejects(
  'PUB-2',
  'a stream that begins where it is told to and not where it was',
  byStream((store, limits) => (request, response) => {
    request.headers['last-event-id'] = ''
    make(store, limits)(request, response)
  }),
  { numRuns: 40 },
)
law.rejects('PUB-2', 'a cursor that goes too far', byStream(forgetful), { numRuns: 40 })

const anything = fc.record({
  method: fc.constantFrom('GET', 'GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS', 'PATCH'),
  target: fc.oneof(
    fc.stringMatching(/^[!-~]{0,30}$/).map((text) => `?${text}`),
    fc
      .array(
        fc.tuple(
          fc.constantFrom('after', 'at', 'limit', 'wait', 'type', 'subject', 'category', 'tag', 'ids'),
          fc.oneof(
            fc.constantFrom('0', '1', '-1', 'now', '%00', '%ff', '9'.repeat(19)),
            fc.stringMatching(/^[!-~]{0,9}$/),
          ),
        ),
        { maxLength: 3 },
      )
      .map((parameters) => `?${parameters.map((each) => each.join('=')).join('&')}`),
  ),
  headers: fc.dictionary(
    fc.constantFrom('accept', 'last-event-id', 'if-none-match', 'origin', 'authorization', 'range'),
    fc.stringMatching(/^[ -~]{0,12}$/),
    { maxKeys: 3 },
  ),
})

const isRefusal = (status: number, headers: object, body: string, method: string): boolean => {
  if (status < 400) return [200, 204, 304].includes(status)
  const isProblem = 'content-type' in headers && headers['content-type'] === 'application/problem+json'
  if (method === 'HEAD') return isProblem && body === ''
  const problem: { readonly status?: unknown; readonly detail?: unknown } = JSON.parse(body)
  return isProblem && status < 500 && problem.status === status && typeof problem.detail === 'string'
}

const answersAnything = (of: Make) =>
  fc.asyncProperty(fc.array(anything, { minLength: 1, maxLength: 10 }), async (requests) => {
    const store = await shopWith([])
    return serving(of(store, { waitMaxMs: 1, streamMaxMs: 1, heartbeatMs: 1 }), async (url) => {
      for (const { method, target, headers } of requests) {
        const answer = await send(url, { method, target: target.replace('#', ''), headers })
        if (!isRefusal(answer.status, answer.headers, answer.body, method)) return false
      }
      return (await send(url)).status === 200
    })
  })

law('PUB-3 refusals', answersAnything(make), { numRuns: 60 })
law.rejects(
  'PUB-3',
  'a feed that fails on what it does not understand',
  answersAnything((store, limits) => (request, response) => {
    if (request.url?.includes('after')) response.writeHead(500).end('{}')
    else make(store, limits)(request, response)
  }),
  { numRuns: 60 },
)

const tellsPagesApart = (of: Make) =>
  fc.asyncProperty(lines, fc.integer({ min: 1, max: 5 }), line, async (log, limit, later) => {
    const store = await shopWith(log)
    return serving(of(store), async (url) => {
      const ask = (headers: Readonly<Record<string, string>> = {}) =>
        send(url, { target: `?limit=${limit}`, headers })
      const sayOf = ({ body, headers }: Awaited<ReturnType<typeof ask>>) =>
        `${body} ${headers['feed-up-to']} ${headers['feed-beyond']}`
      const first = await ask()
      const etag = String(first.headers.etag)
      const again = await ask({ 'if-none-match': etag })
      await record(store, [later], log.length + 1)
      const then = await ask({ 'if-none-match': etag })
      const now = await ask()
      const isSame = sayOf(now) === sayOf(first)
      return again.status === 304 && again.body === '' && then.status === (isSame ? 304 : 200)
    })
  })

law('PUB-4 same page, same tag', tellsPagesApart(make), { numRuns: 60 })
law.rejects(
  'PUB-4',
  'a tag made of the place that was asked for',
  tellsPagesApart((store) => (request, response) => {
    const { writeHead } = response
    if (request.headers['if-none-match'] === '"0"') {
      response.writeHead(304).end()
      return
    }
    const tagged = (status: number, headers: object) =>
      Reflect.apply(writeHead, response, [status, { ...headers, etag: '"0"' }])
    Object.assign(response, { writeHead: tagged })
    make(store)(request, response)
  }),
  { numRuns: 60 },
)
