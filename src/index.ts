/** The rooms that need neither a database nor a test runner: `store`, `evolve`, `decide` and `run`. */
export * from './decide/index.js'
export * from './evolve/index.js'
export * from './run/index.js'
export * from './store/index.js'
