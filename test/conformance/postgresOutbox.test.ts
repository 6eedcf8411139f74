/** The outbox in PostgreSQL does what every outbox must do. */
import { outboxSuite } from 'decider-ts/harness'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { seed } from '../properties/Law.js'
import { type KeepersInPostgres, keepersInPostgres } from './Postgres.js'

let keepers: KeepersInPostgres

beforeAll(async () => {
  keepers = await keepersInPostgres()
})

afterAll(() => keepers.end())

describe('conformance of the outbox in PostgreSQL', () => {
  for (const { name, run } of outboxSuite(() => keepers.open(true), { seed, runs: 60 })) test(name, run)
})
