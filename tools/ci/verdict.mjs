/**
 * Prints what a test run came to, as the line `N passed, N failed`, from the JSON report that the run wrote; and before it
 * the names of all tests that failed, also of runs against other servers, so that they stand at the end of a long log. It
 * leaves with a failure when a test failed, and also when none ran: a suite that tested nothing must not look green.
 */
import { readdirSync, readFileSync } from 'node:fs'

const folder = new URL('../../.tmp/', import.meta.url)
const read = (name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'))

for (const name of readdirSync(folder).filter((file) => /^(vitest|report-.*)\.json$/.test(file))) {
  for (const file of read(name).testResults) {
    for (const test of file.assertionResults.filter(({ status }) => status === 'failed')) {
      console.log(`failed: ${file.name}: ${test.fullName} (${name})`)
      console.log(test.failureMessages.join('\n').slice(0, 2000))
    }
  }
}

const report = read('vitest.json')
const brokenFiles = report.testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
)
const failed = report.numFailedTests + brokenFiles.length
const skipped = report.numPendingTests + report.numTodoTests
console.log(`${report.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exitCode = failed > 0 || report.numPassedTests === 0 ? 1 : 0
