/**
 * The log as it is followed: pages that end where the log is settled, found out by one call of the log's function that
 * waits for nobody. What one page has found out of the settled part serves the next one, of whichever subscription. Why no
 * event can be missed stands with that function, in `migrations/0003_feed.sql`.
 * Used by: `postgresStore`.
 * @since 0.1.0
 */
import { either as E, function as F, taskEither as TE } from 'fp-ts'
import type { Feed } from '../../run/Feed.js'
import { checkQuery } from '../../store/Append.js'
import { beginning, globalPosition } from '../../store/GlobalPosition.js'
import { type InvalidInput, invalidInput, type ReadError } from '../../store/StoreError.js'
import type { Timestamp } from '../../store/Timestamp.js'
import { type Connection, send } from './Connection.js'
import {
  feedPageFrom,
  feedParameters,
  feedStatement,
  joinSettled,
  nothingSettled,
  placeBeforeParameters,
  placeBeforeStatement,
  type SettledPart,
  settledPartFrom,
} from './FeedCall.js'
import { type HintsOption, hintsOf } from './Hints.js'
import { readError } from './Reading.js'
import type { Schema } from './Schema.js'
import type { Fault } from './SqlState.js'

/** A feed, and how it is told that this process has recorded something. */
export interface ToldFeed extends Feed {
  readonly recorded: () => void
}

/** The log in a schema, followed. */
export const feedOf = (connection: Connection, schema: Schema, hints: HintsOption): ToldFeed => {
  const sendPage = send(connection, feedStatement(schema))
  const sendTime = send(connection, placeBeforeStatement(schema))
  let known: SettledPart = nothingSettled
  const page: Feed['page'] = (query, after, limit) =>
    F.pipe(
      TE.fromEither(checkQuery(query)),
      TE.chainEitherKW(() => checkLimit(limit)),
      TE.chainW(() =>
        F.pipe(() => sendPage(feedParameters(query, after, limit, known))(), TE.mapLeft(feedError)),
      ),
      TE.map(([row]) => {
        if (row === undefined) return { events: [], upTo: after, beyond: 'nothing' }
        known = joinSettled(known, settledPartFrom(row))
        return feedPageFrom(row)
      }),
    )
  const positionAt: Feed['positionAt'] = (time) =>
    F.pipe(
      TE.fromEither(checkTime(time)),
      TE.chainW(() => TE.mapLeft(feedError)(sendTime(placeBeforeParameters(time)))),
      TE.map(([row]) => (row === undefined ? beginning : globalPosition(BigInt(row(0) ?? 0)))),
    )
  return { page, positionAt, ...hintsOf(connection, schema, hints) }
}

const checkLimit = (limit: number): E.Either<InvalidInput, number> =>
  Number.isInteger(limit) && limit >= 1
    ? E.right(limit)
    : E.left(invalidInput('limit', `is not a whole number of 1 or more: ${limit}`))

const checkTime = (time: Timestamp): E.Either<InvalidInput, Timestamp> =>
  Number.isNaN(time) ? E.left(invalidInput('time', 'is not a number')) : E.right(time)

const feedError = (fault: Fault): ReadError => {
  switch (fault._tag) {
    case 'OldSnapshot':
      return invalidInput('connection', `is under ${fault.isolation}, and following needs READ COMMITTED`)
    case 'OnStandby':
      return invalidInput('connection', 'leads to a standby server, and following needs the primary')
    default:
      return readError(fault)
  }
}
