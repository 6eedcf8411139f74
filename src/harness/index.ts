/** Checks to publish: arbitrary deciders, what every store must do, mishaps at will, and histories without serial order. */
export * from './ArbitraryDecider.js'
export * from './conformance/FaultyFeed.js'
export * from './conformance/FaultyStore.js'
export * from './conformance/Suite.js'
export * from './history/ListAppend.js'
