/** The conformance suite of outboxes is tested itself, as the others are: by wrong keepers that it must find out. */

import type { MemoryTransaction } from 'decider-ts/adapters/memory'
import { type OpenedOutbox, outboxSuite } from 'decider-ts/harness'
import { seed } from '../properties/Law.js'
import { findsOut } from './FindsOut.js'
import { openKeeper } from './zoo/Keeper.js'
import { wrongOutboxes } from './zoo/Outboxes.js'

findsOut(
  'outboxes',
  (open: () => OpenedOutbox<MemoryTransaction>) =>
    outboxSuite(async () => open(), { seed, rounds: 5, runs: 400, shrink: false }),
  openKeeper,
  wrongOutboxes,
)
