/** Where the figures of a benchmark are kept, with the day and the machine that they are of. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'

/** Keeps figures in `bench/results/` under a name, if `--save` was asked for. */
export const saveResults = (name: string, figures: object): void => {
  if (!process.argv.includes('--save')) return
  const folder = new URL('results/', import.meta.url)
  const [{ model = 'unknown' } = {}] = cpus()
  const machine = { cpus: cpus().length, cpu: model, node: process.version }
  const date = new Date().toISOString().slice(0, 10)
  mkdirSync(folder, { recursive: true })
  const record = { date, machine, ...figures }
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(record, undefined, 2)}\n`)
}
