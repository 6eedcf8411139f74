/** Checks to publish: arbitrary deciders, what every store must do, and stores that meet mishaps at will. */
export * from './ArbitraryDecider.js'
export * from './conformance/FaultyFeed.js'
export * from './conformance/FaultyStore.js'
export * from './conformance/Suite.js'
