/** Effects as small programs over ports. */
export * from './Checkpoint.js'
export type {
  Dispatch,
  DispatchOptions,
  DispatchStatus,
  Retried,
  SentAs,
  Verdict,
} from './Dispatcher.js'
export { dispatchRetryPolicy, verdictOf } from './Dispatcher.js'
export * from './Environment.js'
export * from './ErrorReport.js'
export * from './Feed.js'
export * from './FoldOnDemand.js'
export * from './Follow.js'
export * from './Handle.js'
export type { JournalMode } from './Journaling.js'
export * from './Outbox.js'
export type { PartitionEnd, PartitionOptions, WorkingPartitions, WorkStatus } from './Partitions.js'
export * from './ProcessDefinition.js'
export type { Counted, Unreadable } from './ProjectEvents.js'
export * from './ProjectInline.js'
export * from './ProjectingStore.js'
export * from './ReadModels.js'
export * from './ReadPages.js'
export * from './Rebuild.js'
export * from './ReplayDecisions.js'
export * from './ReplayParked.js'
export * from './RetryPolicy.js'
export * from './RunProcessManager.js'
export * from './RunProjection.js'
export type { SaveError, SnapshotAndTail, SnapshotStore, Snapshots } from './Snapshots.js'
export type { SnapshotFailure, SnapshotOptions } from './Snapshotting.js'
export * from './Subscription.js'
export * from './Unaccounted.js'
export * from './WaitFor.js'
