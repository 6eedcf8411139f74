/** Everything that reads history, purely. */

export * from './Codec.js'
export * from './EventCodec.js'
export type { Fold, Machine } from './Fold.js'
export * as fold from './Fold.js'
export * from './TaggedCodec.js'
export type { Change, Moment, Step, Timeline } from './Timeline.js'
export * as timeline from './Timeline.js'
export * from './Upcaster.js'
export type { EventOf, StateOf, View } from './View.js'
export * as view from './View.js'
