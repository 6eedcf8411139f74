import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = (path: string): string => fileURLToPath(new URL(`./src/${path}`, import.meta.url))

export default defineConfig({
  resolve: {
    alias: [
      { find: /^decider-ts$/, replacement: source('index.ts') },
      { find: /^decider-ts\/(.+)$/, replacement: `${source('')}$1/index.ts` },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/globalSetup.ts',
    reporters: ['default', ['json', { outputFile: process.env['TEST_REPORT'] ?? '.tmp/vitest.json' }]],
    pool: 'forks',
    // Files of one worker share the modules that they import, which is half of the time. So no module may keep a state.
    isolate: false,
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
