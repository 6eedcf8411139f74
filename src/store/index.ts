/** What a recorded fact is, and the port that keeps them. Pure: no I/O, no clock. */
export * from './Append.js'
export * from './AppendCondition.js'
export * from './DecisionJournal.js'
export * from './ErrorReport.js'
export * from './EventId.js'
export * from './EventStore.js'
export * from './EventToAppend.js'
export * from './ExpectedVersion.js'
export * from './GlobalPosition.js'
export {
  append as appendToJournal,
  emptyJournal,
  headOf,
  type Journal,
  read as readFromJournal,
  readStream as readStreamFromJournal,
  seenUpTo,
  versionOf,
} from './Journal.js'
export * from './Json.js'
export { checkKeptCommit, checkKeptUnparking, type KeptValues } from './Keeping.js'
export * from './Metadata.js'
export * from './Newtype.js'
export * from './Partition.js'
export * from './Query.js'
export * from './RecordedEvent.js'
export * from './Repeat.js'
export * from './StoreError.js'
export * from './StreamId.js'
export * from './Tag.js'
export * from './Timestamp.js'
export * from './Version.js'
