/** A store in the memory of the process. */
export * from './MemoryStore.js'
