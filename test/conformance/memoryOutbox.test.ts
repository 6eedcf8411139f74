/** The outbox in memory does what every outbox must do. */
import { outboxSuite } from 'decider-ts/harness'
import { describe, test } from 'vitest'
import { seed } from '../properties/Law.js'
import { openKeeper } from './zoo/Keeper.js'

describe('conformance of the outbox in memory', () => {
  for (const { name, run } of outboxSuite(async () => openKeeper(), { seed })) test(name, run)
})
