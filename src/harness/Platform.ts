/**
 * What the harness uses of Node where it is there: it runs in a browser too, and its types need neither Node's nor the
 * browser's. What needs Node and does not find it says that it was not checked.
 * Used by: `RegressionFile`, the traps, and the laws of time zones and of other processes.
 * @since 0.1.0
 */

/** What is used of the process of Node. */
export interface NodeProcess {
  readonly env: { [name: string]: string | undefined }
  readonly execPath: string
  readonly hrtime?: object
  /** Since Node 20.16. */
  readonly getBuiltinModule?: (name: string) => unknown
  readonly stdout: { readonly write: (text: string, done: () => void) => unknown }
  readonly exit: (code: number) => void
}

/**
 * The process, on Node. Asked for each time, because a test may put another in its place.
 * @internal
 */
export const processHere = (): NodeProcess | undefined =>
  (globalThis as { readonly process?: NodeProcess }).process

/**
 * A module of Node, such as `node:fs`; nothing where there is none. Whoever asks says what it uses of it.
 * @internal
 */
export const nodeModule = <Module>(name: string): Module | undefined =>
  processHere()?.getBuiltinModule?.(name) as Module | undefined
