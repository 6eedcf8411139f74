/**
 * The file that recorded breaches are kept in: a list in JSON, sorted, one record for each breach. It is read and written
 * with what Node itself offers, asked for only when it is needed, so that the harness still loads in a browser.
 * Used by: the bridges to test runners.
 * @since 0.1.0
 */
import { nodeModule, processHere } from '../Platform.js'
import { type Regression, withRegression } from './Regression.js'

/** What is used of Node's `fs`. */
interface Files {
  readonly existsSync: (path: string | Address) => boolean
  readonly readFileSync: (path: string | Address, encoding: 'utf8') => string
  readonly writeFileSync: (path: string | Address, text: string) => void
}

/** What is used of a `URL`; named here because not every environment of the harness declares that type. */
export interface Address {
  readonly href: string
}

const filesHere = (): Files => {
  const files = nodeModule<Files>('node:fs')
  if (files === undefined) {
    throw new TypeError('Regressions are kept in a file, and files need Node 20.16 or newer.')
  }
  return files
}

/**
 * The text of the file; undefined where there is none yet. A relative path begins where the process was started.
 * @internal
 */
export const readRegressions = (file: string | Address): string | undefined => {
  const files = filesHere()
  return files.existsSync(file) ? files.readFileSync(file, 'utf8') : undefined
}

/**
 * Adds a breach to the file, which is made if there is none; says whether the file changed.
 * @internal
 */
export const writeRegression = (file: string | Address, regression: Regression): boolean => {
  const before = readRegressions(file) ?? ''
  const after = withRegression(before, regression)
  if (after === before) return false
  filesHere().writeFileSync(file, after)
  return true
}

/**
 * Whether the environment says `DECIDER_REGRESSIONS=write`.
 * @internal
 */
export const isWritingAsked = (): boolean => processHere()?.env['DECIDER_REGRESSIONS'] === 'write'
