/** Everything that reads history, purely. */

export { type AnyCodec, type Codec, type DecodeFailure, fromIoTs, recordOf } from './Codec.js'
export * from './EventCodec.js'
export { type FoldDefinition, fingerprintOf } from './Fingerprint.js'
export type { Fold, Machine } from './Fold.js'
export * as fold from './Fold.js'
export * from './Snapshot.js'
export { type AnyTaggedCodec, type TaggedCodec, taggedCodec, unionOf, type ValueOf } from './TaggedCodec.js'
export type { Change, Moment, Step, Timeline } from './Timeline.js'
export * as timeline from './Timeline.js'
export * from './Upcaster.js'
export type { EventOf, StateOf, View } from './View.js'
export * as view from './View.js'
