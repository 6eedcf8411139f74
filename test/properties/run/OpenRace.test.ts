/**
 * Two callers open the same new account at once: exactly one wins, the other is told that it is open. A published store
 * lets both win, because it checks nothing on a stream that does not exist yet; so this is run a thousand times on each
 * adapter.
 */
import { randomUUID } from 'node:crypto'
import { memoryStore } from 'decider-ts/adapters/memory'
import { migrate, postgresStore } from 'decider-ts/adapters/postgres'
import { accept, domain, reject } from 'decider-ts/decide'
import { handle } from 'decider-ts/run'
import { type EventStore, streamId } from 'decider-ts/store'
import { either as E } from 'fp-ts'
import * as t from 'io-ts'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const rounds = 1_000

const Account = domain({
  name: 'account',
  command: t.type({ type: t.literal('Open'), account: t.string, owner: t.string }),
  event: t.type({ type: t.literal('Opened'), owner: t.string }),
  rejection: t.type({ type: t.literal('AlreadyOpen') }),
  state: t.type({ open: t.boolean }),
  streamId: (command) => command.account,
  initialState: { open: false },
  evolve: () => ({ open: true }),
  decide: (command) => (state) =>
    state.open ? reject({ type: 'AlreadyOpen' }) : accept({ type: 'Opened', owner: command.owner }),
})

/** What a round came to, in the order of its callers: who won, what the other was told, and what is recorded. */
const round = async (store: EventStore, account: string) => {
  const open = (owner: string) => handle(store, Account)({ type: 'Open', account, owner })()
  const answers = await Promise.all([open('Ada'), open('Ben')])
  const recorded = await store.readStream(streamId('account', account))()
  const told = answers.map((answer) =>
    E.isRight(answer)
      ? 'won'
      : answer.left._tag === 'Rejected'
        ? answer.left.rejection.type
        : answer.left._tag,
  )
  return { told: told.sort(), version: E.isRight(recorded) ? recorded.right.version : recorded.left }
}

const expectOneWinner = async (store: EventStore) => {
  for (let n = 0; n < rounds; n++) {
    expect(await round(store, `a${n}`)).toEqual({ told: ['AlreadyOpen', 'won'], version: 1n })
  }
}

test(`in memory, ${rounds} rounds have one winner each`, () => expectOneWinner(memoryStore()))

describe('in Postgres', () => {
  const schema = `race_${randomUUID().replaceAll('-', '')}`
  const sql = postgres(process.env['DATABASE_URL'] ?? '', { max: 4, onnotice: () => undefined })
  beforeAll(async () => {
    expect(E.isRight(await migrate(sql, { schema })())).toBe(true)
  })
  afterAll(() => sql.end())

  test(`${rounds} rounds have one winner each`, () => expectOneWinner(postgresStore(sql, { schema })))
})
