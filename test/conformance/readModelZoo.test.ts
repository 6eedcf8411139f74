/** The conformance suite of read models is tested itself, as that of stores is: by wrong keepers that it must find out. */

import type { MemoryTransaction } from 'decider-ts/adapters/memory'
import { type OpenedReadModels, readModelSuite } from 'decider-ts/harness'
import { findsOut } from './FindsOut.js'
import { openKeeper } from './zoo/Keeper.js'
import { wrongReadModels } from './zoo/ReadModels.js'

findsOut(
  'keepers of read models',
  (open: () => OpenedReadModels<MemoryTransaction>) => readModelSuite(async () => open(), { rounds: 5 }),
  openKeeper,
  wrongReadModels,
)
