/** The keeper of read models in memory does what every keeper must do. */
import { readModelSuite } from 'decider-ts/harness'
import { describe, test } from 'vitest'
import { openKeeper } from './zoo/Keeper.js'

describe('conformance of the read models in memory', () => {
  for (const { name, run } of readModelSuite(async () => openKeeper())) test(name, run)
})
