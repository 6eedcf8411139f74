/** All wrong stores there are. */
import { wrongConditions } from './Conditions.js'
import { wrongDecisions } from './Decisions.js'
import { wrongIds } from './Ids.js'
import { wrongPayloads } from './Payloads.js'
import { wrongRaces } from './Races.js'
import { wrongReading } from './Reading.js'
import { wrongSchedules } from './Schedules.js'
import { wrongWriting } from './Writing.js'
import type { Wrong } from './Wrong.js'

export const zoo: ReadonlyArray<Wrong> = [
  ...wrongWriting,
  ...wrongIds,
  ...wrongDecisions,
  ...wrongPayloads,
  ...wrongReading,
  ...wrongConditions,
  ...wrongRaces,
  ...wrongSchedules,
]
