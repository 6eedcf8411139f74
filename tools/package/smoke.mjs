/**
 * Proves the package as its users will get it: packed, installed into an empty project, imported by plain Node, by
 * `require`, and by a bundler for the browser. Compilers and test runners resolve what plain Node does not, so nothing
 * but this shows that the package loads.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'

const root = fileURLToPath(new URL('../..', import.meta.url))
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const project = mkdtempSync(join(tmpdir(), 'decider-ts-smoke-'))

const run = (command, ...parameters) =>
  execFileSync(command, parameters, { cwd: project, encoding: 'utf8', shell: process.platform === 'win32' })

const pack = () => {
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', project], {
      cwd: root,
      encoding: 'utf8',
    }),
  )
  console.log(`packed ${packed.filename}: ${packed.entryCount} files, ${(packed.size / 1024).toFixed(0)} KB`)
  return join(project, packed.filename)
}

/** Peers that one entry point alone needs: all others have to load where they are not installed. */
const lonePeers = {
  '@opentelemetry/api': 'decider-ts/adapters/opentelemetry',
  vitest: 'decider-ts/harness/vitest',
}

const install = (...packages) =>
  run('npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', ...packages)

const installPackage = (tarball) => {
  const peers = Object.keys(manifest.peerDependencies).filter((peer) => !(peer in lonePeers))
  writeFileSync(join(project, 'package.json'), '{ "name": "smoke", "private": true }')
  install(tarball, ...peers.map(versioned))
}

const versioned = (peer) => `${peer}@${manifest.devDependencies[peer]}`

const entryPoints = Object.keys(manifest.exports)
  .filter((path) => path !== './package.json')
  .map((path) => path.replace('.', manifest.name))

const importEach = (entries) => {
  for (const entry of entries) {
    run('node', '--input-type=module', '-e', `await import('${entry}')`)
    run('node', '-e', `require('${entry}')`)
  }
  console.log(`${entries.length} entry points load by import and by require`)
}

/** Everything but their entry points loads without the lone peers; those fail, or this would show nothing. */
const importWithoutLonePeers = () => {
  importEach(entryPoints.filter((entry) => !Object.values(lonePeers).includes(entry)))
  for (const [peer, entry] of Object.entries(lonePeers)) {
    const probe = `import('${entry}').then(() => 'loads', ({ code }) => code).then(console.log)`
    const outcome = run('node', '--input-type=module', '-e', probe).trim()
    if (outcome !== 'ERR_MODULE_NOT_FOUND') throw new Error(`Without ${peer}: ${outcome}`)
  }
}

const doorTest = `
import * as t from 'io-ts'
import { accept, domain, reject } from 'decider-ts/decide'
import { check } from 'decider-ts/harness/vitest'
const tagged = (type) => t.type({ type: t.literal(type) })
check(
  domain({
    name: 'door',
    command: tagged('Open'),
    event: tagged('Opened'),
    rejection: tagged('AlreadyOpen'),
    state: t.type({ open: t.boolean }),
    streamId: () => 'front',
    initialState: { open: false },
    evolve: () => ({ open: true }),
    decide: () => ({ open }) => (open ? reject({ type: 'AlreadyOpen' }) : accept({ type: 'Opened' })),
  }),
)
`

/** The bridge registers tests, which it can do nowhere but within a run of vitest. */
const runInVitest = () => {
  writeFileSync(join(project, 'door.test.mjs'), doorTest)
  run('npx', 'vitest', 'run', '--reporter=json', '--outputFile=door.json')
  const { numPassedTests, numTotalTests } = JSON.parse(readFileSync(join(project, 'door.json'), 'utf8'))
  if (numPassedTests < 2) throw new Error(`Of ${numTotalTests} tests in vitest, ${numPassedTests} passed.`)
  console.log(`${numPassedTests} tests of a domain pass in vitest`)
}

const bundle = async (name, source, limitBytes) => {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: project },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    external: ['fp-ts'],
    write: false,
    logLevel: 'error',
  })
  const bytes = gzipSync(outputFiles[0].contents, { level: 9 }).length
  console.log(`${name}: ${bytes} bytes gzipped, at most ${limitBytes}`)
  if (bytes > limitBytes)
    throw new Error(`${name} is ${bytes} bytes gzipped, and ${limitBytes} is the limit.`)
}

const lint = async () => {
  const { messages } = await publint({ pkgDir: join(project, 'node_modules', manifest.name) })
  for (const message of messages) console.log(formatMessage(message, manifest))
  if (messages.length > 0) throw new Error('The package metadata has faults.')
}

try {
  installPackage(pack())
  importWithoutLonePeers()
  install(...Object.keys(lonePeers).map(versioned))
  importEach(Object.values(lonePeers))
  runInVitest()
  await lint()
  const budgets = JSON.parse(readFileSync(new URL('./budgets.json', import.meta.url), 'utf8'))
  for (const { name, source, limitBytes } of budgets) await bundle(name, source.join('\n'), limitBytes)
} finally {
  rmSync(project, { recursive: true, force: true })
}
