/**
 * Prints what a test run came to, as the line `N passed, N failed`, from the JSON report that the run wrote. It leaves
 * with a failure when a test failed, and also when none ran: a suite that tested nothing must not look green.
 */
import { readFileSync } from 'node:fs'

const report = JSON.parse(readFileSync(new URL('../../.tmp/vitest.json', import.meta.url), 'utf8'))
const brokenFiles = report.testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
)
const failed = report.numFailedTests + brokenFiles.length
const skipped = report.numPendingTests + report.numTodoTests
console.log(`${report.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exitCode = failed > 0 || report.numPassedTests === 0 ? 1 : 0
