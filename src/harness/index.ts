/**
 * Everything that checks: laws of domains, views, process managers and stores, examples, mishaps and schedules; and what
 * it finds, as tests to paste, records, coverage and mutants.
 */

export * from './ArbitraryDecider.js'
export * from './arbitrary/ArbitraryCodec.js'
export { type ArbitraryRefusal, NoArbitrary } from './arbitrary/NoArbitrary.js'
export type { Overrides } from './arbitrary/Overrides.js'
export * from './Check.js'
export * from './conformance/Exhaustive.js'
export * from './conformance/FaultyFeed.js'
export * from './conformance/FaultyStore.js'
export * from './conformance/OutboxSuite.js'
export * from './conformance/ReadModelSuite.js'
export * from './conformance/Suite.js'
export {
  type ConformanceCase,
  type ConformanceOptions,
  conformanceSuite,
  feedSuite,
  type Opened,
  snapshotSuite,
} from './conformance/Suite.js'
export * from './coverage/Coverage.js'
export {
  type Coverage,
  type CoverageCell,
  type CoverageOutcome,
  type CoverageReach,
  type CoverageState,
  type CoverageTransition,
  coverageOf,
} from './coverage/Coverage.js'
export * from './coverage/Gaps.js'
export { gapsOf } from './coverage/Gaps.js'
export * from './coverage/MoreUntilCovered.js'
export * from './coverage/ShowCoverage.js'
export * from './coverage/StateDiagram.js'
export { type Consumption, consume, type LogConsumer } from './delivery/Consumption.js'
export {
  arbitraryDelivery,
  courseOf,
  type Delivery,
  type DeliveryCrash,
  type DeliveryHappening,
  type DeliveryMishaps,
  plainDelivery,
} from './delivery/Delivery.js'
export type { DomainOfEvents, EventSource, EventsOf } from './delivery/EventSource.js'
export * from './delivery/Interleaving.js'
export type { JudgedLaw, LawFinding, SuiteSettings } from './delivery/JudgedLaw.js'
export { type LogEntry, logOf, type PlacedEvent } from './delivery/LogEntry.js'
export * from './delivery/Points.js'
export * from './domain/ArbitraryHistory.js'
export { compositionChecks } from './domain/composition/CompositionChecks.js'
export * from './domain/composition/FuelCheck.js'
export * from './domain/composition/IsoChecks.js'
export type { CompositionOptions } from './domain/composition/SampledCheck.js'
export * from './domain/Examination.js'
export * from './domain/Expectations.js'
export { type Defect, type History, type HistoryStep, historyOf, type Outcome } from './domain/History.js'
export type { LawVerdict } from './domain/Inquiry.js'
export * from './domain/Law.js'
export * from './domain/Suite.js'
export * from './history/ListAppend.js'
export type { Mutant, MutationOperator } from './mutation/Mutant.js'
export {
  type KilledMutant,
  type MutationOptions,
  type MutationScore,
  mutationScore,
  type SurvivingMutant,
} from './mutation/MutationScore.js'
export type { Parting, PartingKind, PartingSide } from './mutation/Parting.js'
export { showMutationScore } from './mutation/ShowMutationScore.js'
export * from './process/ProcessManagerSuite.js'
export * from './process/ProcessRunnerOf.js'
export * from './process/ProcessRunnerSuite.js'
export * from './report/BrokenLaw.js'
export { showBreach } from './report/Counterexample.js'
export { type Regression, regressionChecks, withRegression } from './report/Regression.js'
export * from './scenario/Given.js'
export * from './scenario/ScenarioFailure.js'
export * from './scenario/WithoutBrands.js'
export * from './schedule/EverySchedule.js'
export * from './schedule/PointedStore.js'
export * from './schedule/Tape.js'
export * from './scope/ShowSmallScope.js'
export {
  type SmallScope,
  type SmallScopeBreach,
  type SmallScopeOptions,
  type SmallScopeTransition,
  smallScope,
} from './scope/SmallScope.js'
export * from './view/ProjectionOf.js'
export * from './view/ProjectionSuite.js'
export * from './view/ViewSuite.js'
