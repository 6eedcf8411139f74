/**
 * A refusal over HTTP: a status, and for the caller what is wrong and what to do, as problem details (RFC 9457). It says
 * nothing about the inside of the publisher; that goes to `onFailure`.
 * Used by: `publishedFeed`.
 * @since 0.1.0
 */
import type { ReadError } from '../../store/StoreError.js'

/** What is answered instead of events. */
export interface Problem {
  readonly status: number
  readonly detail: string
  readonly headers?: Readonly<Record<string, string>>
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

/** The media type of a problem. */
export const problemType = 'application/problem+json'

/** The problem as JSON. */
export const textOfProblem = ({ status, detail }: Problem): string =>
  `${JSON.stringify({ type: 'about:blank', title: titles[status] ?? 'Error', status, detail })}\n`

/** A request that cannot be understood. */
export const badRequest = (detail: string): Problem => ({ status: 400, detail })

/** What is told of a failure of the store: whether to come again. */
export const problemOf = (error: Pick<ReadError, '_tag'> | { readonly _tag: 'Unpublishable' }): Problem => {
  switch (error._tag) {
    case 'Busy':
    case 'Unavailable':
      return {
        status: 503,
        detail: 'The log cannot be read at the moment. Try again in a few seconds.',
        headers: { 'retry-after': '2' },
      }
    case 'Unpublishable':
      return {
        status: 500,
        detail:
          'The next event cannot be published as its contract promises, and none is skipped. Whoever runs this feed has been told; try again later.',
      }
    default:
      return { status: 500, detail: 'The feed has failed. Whoever runs it has been told; try again later.' }
  }
}
