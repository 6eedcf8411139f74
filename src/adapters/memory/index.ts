/** A store in the memory of the process, and a keeper of read models. */
export * from './MemoryReadModels.js'
export * from './MemoryStore.js'
