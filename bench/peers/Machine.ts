/** Where the figures were taken: without it they mean nothing. */
import { readFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import postgres from 'postgres'

const settingsOfInterest = [
  'server_version',
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'commit_delay',
  'commit_siblings',
  'shared_buffers',
  'max_connections',
]

export type Settings = Readonly<Record<string, string>>

export const machine = () => ({
  cpus: cpus().length,
  cpu: cpus()[0]?.model ?? 'unknown',
  memoryGb: Math.round(totalmem() / 2 ** 30),
  platform: `${process.platform}-${process.arch}`,
  node: process.version,
})

/** What the server really has; durability is not negotiable, so without it nothing is measured. */
export const settingsOf = async (url: string): Promise<Settings> => {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  const rows = await sql<Array<{ name: string; setting: string }>>`
    select name, setting from pg_settings where name = any(${settingsOfInterest})`
  await sql.end()
  const settings: Settings = Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))
  if (settings['fsync'] !== 'on' || settings['synchronous_commit'] !== 'on')
    throw new Error('The server does not wait for its disk: fsync and synchronous_commit must be on.')
  return settings
}

/** The exact versions that this package asks for. */
export const versions = async (): Promise<Readonly<Record<string, string>>> => {
  const text = await readFile(new URL('package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { dependencies: Record<string, string> }).dependencies
}
