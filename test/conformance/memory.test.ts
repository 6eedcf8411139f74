/** The memory store is held to the conformance suite; a second connection to it is the store itself. */
import { memoryStore } from 'decider-ts/adapters/memory'
import { testFollowedConformance, testSnapshots } from './Run.js'

testFollowedConformance('memoryStore', async () => {
  const store = memoryStore()
  return { store, connect: async () => store, close: async () => {} }
})

testSnapshots('memoryStore', async () => ({ store: memoryStore(), close: async () => {} }))
