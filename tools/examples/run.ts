/**
 * Runs a generated program as a test: importing the module executes the example, top-level await included.
 * A failure that is not a claim's own is reported at the line of the source where it came out.
 */
import { pathToFileURL } from 'node:url'
import type { Program } from './programs.js'
import type { ProgramModule } from './runtime.js'

const originOf = (program: Program, error: unknown): string => {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const frame = stack.split('\n').find((line) => line.includes(program.file))
  const line = frame === undefined ? undefined : /:(\d+):\d+\)?\s*$/.exec(frame)?.[1]
  return `${program.source}:${line ?? program.line}`
}

const located = (program: Program, error: unknown): unknown => {
  const text = error instanceof Error ? error.message : String(error)
  const isClaim = text.startsWith(`${program.source}:`)
  return isClaim
    ? error
    : new Error(`${originOf(program, error)} the example throws: ${text}`, { cause: error })
}

/** Executes the program at a path and answers what its module exports. */
export const runProgram = async (program: Program, path: string): Promise<ProgramModule> => {
  try {
    return (await import(/* @vite-ignore */ pathToFileURL(path).href)) as ProgramModule
  } catch (error) {
    throw located(program, error)
  }
}

/** Fails if a claim was never reached: an assertion in code that does not run proves nothing. */
export const requireClaims = (program: Program, module: ProgramModule): void => {
  const missed = program.claims.filter((line) => module.$ran?.has(line) !== true)
  if (missed.length === 0) return
  const places = missed.map((line) => `${program.source}:${line}`).join(', ')
  throw new Error(`${places} the claim is never reached; call the function it stands in, or move it out`)
}
