/** The keeper of read models in PostgreSQL does what every keeper must do, searchable or not. */
import { readModelSuite } from 'decider-ts/harness'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { type KeepersInPostgres, keepersInPostgres } from './Postgres.js'

let keepers: KeepersInPostgres

beforeAll(async () => {
  keepers = await keepersInPostgres()
})

afterAll(() => keepers.end())

describe.each([true, false])('conformance of the read models in PostgreSQL, searchable: %s', (searchable) => {
  for (const { name, run } of readModelSuite(() => keepers.open(searchable))) test(name, run)
})
