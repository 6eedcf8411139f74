/** Checks to publish: what every store must do, and stores that meet mishaps at will. */
export * from './conformance/FaultyStore.js'
export * from './conformance/Suite.js'
