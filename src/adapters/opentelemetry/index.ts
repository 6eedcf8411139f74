/** Traces and metrics of any event store, by the API of OpenTelemetry. */

export { type InstrumentOptions, instrumented } from './Instrumented.js'
export { type Figures, type ObserveOptions, observe } from './Observe.js'
