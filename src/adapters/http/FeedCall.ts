/**
 * One request to a feed elsewhere, and every way in which it can fail as a value that says what to do. What may pass with
 * time is `Busy` or `Unavailable`, so that a subscription tries again; what only a person can mend is `InvalidInput`.
 * Used by: `httpFeed`.
 * @since 0.1.0
 */
import { either as E } from 'fp-ts'
import { type Busy, type InvalidInput, invalidInput, type Unavailable } from '../../store/StoreError.js'

/** Where a feed is, and what a request to it needs. */
export interface FeedSite {
  readonly url: URL
  readonly token: (() => string | Promise<string>) | undefined
  readonly fetch: typeof globalThis.fetch
  readonly timeoutMs: number
  readonly bytesMax: number
}

/** What is asked of it. */
export interface FeedCall {
  readonly method: 'GET' | 'HEAD'
  readonly accept: string
  readonly parameters: ReadonlyArray<readonly [string, string]>
  readonly signal: AbortSignal
}

/** What asking a feed can fail with. */
export type FeedCallError = InvalidInput | Busy | Unavailable

/** The response as it begins; the body is still to be read. */
export const callFeed = async (
  { url, token, fetch }: FeedSite,
  { method, accept, parameters, signal }: FeedCall,
): Promise<Response> => {
  const address = new URL(url)
  for (const [name, value] of parameters) address.searchParams.append(name, value)
  const authorization = token === undefined ? {} : { authorization: `Bearer ${await token()}` }
  return fetch(address, { method, signal, headers: { accept, ...authorization } })
}

/** The headers and the text of an answer, within a time. */
export const askFeed = async (
  site: FeedSite,
  call: Omit<FeedCall, 'signal'>,
): Promise<E.Either<FeedCallError, { readonly headers: Headers; readonly text: string }>> => {
  const signal = AbortSignal.timeout(site.timeoutMs)
  try {
    const response = await callFeed(site, { ...call, signal })
    const text = await textOf(response, site.bytesMax)
    if (text === undefined)
      return E.left(
        invalidInput('bytesMax', `is ${site.bytesMax}, and a page of ${site.url.host} is larger. Raise it`),
      )
    return response.ok
      ? E.right({ headers: response.headers, text })
      : E.left(refusalOf(site, response.status, text))
  } catch (cause) {
    return E.left(
      unavailable(site, signal.aborted ? `did not answer in ${site.timeoutMs} ms` : causeOf(cause), cause),
    )
  }
}

/** A feed that could not be reached, or that answers as no feed does. */
export const unavailable = ({ url }: Pick<FeedSite, 'url'>, reason: string, cause: unknown): Unavailable => ({
  _tag: 'Unavailable',
  outcome: 'nothing written',
  reason: `the feed at ${url.host} ${reason}`,
  cause,
})

/** `fetch` hides the reason in the cause of what it throws. */
const causeOf = (cause: unknown): string => {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
  const code = inner instanceof Error && 'code' in inner ? String(inner.code) : undefined
  return `could not be reached (${code ?? (inner instanceof Error ? inner.message : 'no reason was given')})`
}

/** The text of an answer, or undefined for one that is too long. */
const textOf = async ({ body }: Response, bytesMax: number): Promise<string | undefined> => {
  if (body === null) return ''
  const [reader, decoder] = [body.getReader(), new TextDecoder()]
  let [text, bytes] = ['', 0]
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    bytes += value.byteLength
    if (bytes > bytesMax) {
      await reader.cancel()
      return undefined
    }
    text += decoder.decode(value, { stream: true })
  }
}

const refusalOf = (site: FeedSite, status: number, text: string): FeedCallError => {
  const said = `${site.url.host} answered ${status}${detailOf(text)}`
  if (status === 401 || status === 403)
    return invalidInput('token', `is not accepted: ${said}. Ask whoever runs the feed for one that is`)
  if (status === 408 || status === 429 || status === 503) return { _tag: 'Busy', reason: said }
  if (status >= 500) return unavailable(site, `has failed: ${said}`, undefined)
  if (status === 400) return invalidInput('query', `is refused: ${said}`)
  return invalidInput('url', `is not that of a feed: ${said}`)
}

/** What a problem says, if it is one. */
const detailOf = (text: string): string => {
  try {
    const problem: unknown = JSON.parse(text)
    const detail =
      typeof problem === 'object' && problem !== null && 'detail' in problem ? problem.detail : ''
    return typeof detail === 'string' && detail !== '' ? `: ${detail.slice(0, 500)}` : ''
  } catch {
    return ''
  }
}
