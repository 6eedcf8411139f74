/** The outbox in memory does what every outbox must do. */
import { outboxSuite } from 'decider-ts/harness'
import { describe, test } from 'vitest'
import { seed } from '../properties/Law.js'
import { openMemoryOutbox } from './zoo/Outboxes.js'

describe('conformance of the outbox in memory', () => {
  for (const { name, run } of outboxSuite(async () => openMemoryOutbox(), { seed })) test(name, run)
})
