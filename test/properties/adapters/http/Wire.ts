/**
 * Requests at the level of the wire, for what `fetch` would not send or would hide: any target, any headers, and
 * connections that are cut after so many bytes.
 */
import { type IncomingHttpHeaders, request } from 'node:http'

/** What came back. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** What is sent. */
export interface Sent {
  readonly method?: string
  /** What is asked of the server, raw: `?after=0`. */
  readonly target?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Where the connection is cut, or undefined for the end of the answer. */
  readonly cutWhen?: (body: string) => boolean
}

/** Sends a request and reads the answer, to its end or to where it is cut. */
export const send = (
  url: string,
  { method = 'GET', target = '', headers = {}, cutWhen }: Sent = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { hostname, port, pathname } = new URL(url)
    const path = `${pathname}${target}`
    const outgoing = request({ hostname, port, path, method, headers, agent: false }, (response) => {
      const { statusCode: status = 0 } = response
      const chunks: Array<Buffer> = []
      const body = () => Buffer.concat(chunks).toString('utf8')
      const done = () => resolve({ status, headers: response.headers, body: body() })
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        if (cutWhen?.(body()) !== true) return
        done()
        outgoing.destroy()
      })
      response.on('end', done)
      response.on('close', done)
      response.on('error', () => {})
    })
    outgoing.on('error', reject)
    outgoing.end()
  })

/** A frame of a stream as it stands there, read without the reader of the library. */
export interface RawFrame {
  readonly id: string | undefined
  readonly event: string | undefined
  readonly data: string | undefined
}

/** The complete frames of a text. */
export const rawFrames = (text: string): ReadonlyArray<RawFrame> =>
  text
    .split('\n\n')
    .slice(0, -1)
    .map((frame) => {
      const field = (name: string) =>
        frame
          .split('\n')
          .find((each) => each.startsWith(`${name}: `))
          ?.slice(name.length + 2)
      return { id: field('id'), event: field('event'), data: field('data') }
    })
