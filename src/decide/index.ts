/** Everything that chooses, purely. */

export type {
  Adaptation,
  CommandOf,
  DecidedEventOf,
  Decider,
  Named,
  NamedCommand,
  NamedEvent,
  RejectionOf,
  Run,
  Side,
  StatesOf,
} from './Decider.js'
export * as decider from './Decider.js'
export * from './Decision.js'
export * from './DecisionModel.js'
export * from './Domain.js'
export type { OutOfFuel, ProcessManager, React } from './ProcessManager.js'
export * as processManager from './ProcessManager.js'
