/** Effects as small programs over ports. */
export * from './Environment.js'
export * from './ErrorReport.js'
export * from './Handle.js'
export * from './ReadPages.js'
export * from './RetryPolicy.js'
