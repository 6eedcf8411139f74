/** The harness in vitest: a domain, or any list of checks, registered as tests in one line. */
export * from './Registration.js'
