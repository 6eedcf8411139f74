/**
 * Who may read a feed: callers with a token, anyone, or whoever a function of the user's lets in, and which pages in a
 * browser may. A token is compared in a time that does not depend on how much of it is right.
 * Used by: `publishedFeed`.
 * @since 0.1.0
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Whether a request may read the feed. A throw is a defect, and lets nobody in. */
export type Authorize = (request: IncomingMessage) => boolean | Promise<boolean>

/**
 * Lets in who sends one of these tokens as `Authorization: Bearer <token>`. Two tokens at once are for the days on which
 * one replaces the other. An empty token, or none at all, is a programming error and throws.
 * @example
 * import { bearerToken } from 'decider-ts/adapters/http'
 * const authorize = bearerToken('a-long-random-text')
 * typeof authorize // => 'function'
 */
export const bearerToken = (...tokens: ReadonlyArray<string>): Authorize => {
  if (tokens.length === 0 || tokens.includes(''))
    throw new RangeError('A token that is missing or empty protects nothing. Is the variable set?')
  const digests = tokens.map(digestOf)
  return ({ headers }) => {
    const [, sent] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? []
    const digest = digestOf(sent ?? '')
    // All are compared, so that the time does not say which one was right.
    return digests.map((known) => timingSafeEqual(known, digest)).includes(true)
  }
}

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest()

/**
 * Lets everybody in: for feeds that are public, or that stand behind something that asks.
 * @example
 * import { anyone } from 'decider-ts/adapters/http'
 * typeof anyone // => 'function'
 */
export const anyone: Authorize = () => true

/** Which pages in a browser may read the feed: those of these origins, or of all. */
export type AllowedOrigins = '*' | ReadonlyArray<string>

/** The headers by which a browser knows. */
export const corsHeaders = (
  origins: AllowedOrigins | undefined,
  { headers, method }: Pick<IncomingMessage, 'headers' | 'method'>,
): Readonly<Record<string, string>> => {
  if (origins === undefined) return {}
  const vary = { vary: origins === '*' ? 'Accept' : 'Accept, Origin' }
  const { origin } = headers
  if (origin === undefined || (origins !== '*' && !origins.includes(origin))) return vary
  return {
    ...vary,
    'access-control-allow-origin': origins === '*' ? '*' : origin,
    'access-control-expose-headers':
      'Link, ETag, Retry-After, Feed-After, Feed-Up-To, Feed-Beyond, Feed-Tags',
    ...(method === 'OPTIONS' ? preflight : {}),
  }
}

const preflight = {
  'access-control-allow-methods': 'GET, HEAD',
  'access-control-allow-headers': 'Authorization, Last-Event-ID, If-None-Match, Cache-Control',
  'access-control-max-age': '600',
}
