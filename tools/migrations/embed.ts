/**
 * Writes the migrations of the Postgres adapter into a module, so that the package holds them whichever way it is
 * bundled. Run `npx tsx tools/migrations/embed.ts` after a change; a test fails while module and files differ.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'

const adapter = new URL('../../src/adapters/postgres/', import.meta.url)
const folder = new URL('migrations/', adapter)

/** Where the migrations are embedded. */
export const embeddedPath = fileURLToPath(new URL('Migrations.generated.ts', adapter))

/** `0002_name.sql`, or `0002_name.breaking.sql` where older versions of the library cannot use the schema afterwards. */
const fileName = /^(\d{4})_([a-z0-9_]+)(\.breaking)?\.sql$/

const embed = (file: string): string => {
  const [, number, name, breaking] = fileName.exec(file) ?? []
  if (number === undefined || name === undefined) throw new Error(`${file} is not the name of a migration.`)
  const sql = readFileSync(new URL(file, folder), 'utf8')
  return `  {
    number: ${Number(number)},
    name: ${JSON.stringify(name)},
    breaking: ${breaking !== undefined},
    sql: ${JSON.stringify(sql)},
  },`
}

/** The module as the files in `migrations/` make it. */
export const embedded =
  (): string => `/** Written by tools/migrations/embed.ts from migrations/*.sql; edit those. */
import type { Migration } from './Migrate.js'

/** Every migration, in order. */
export const migrations: ReadonlyArray<Migration> = [
${readdirSync(folder).sort().map(embed).join('\n')}
]
`

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeFileSync(embeddedPath, embedded())
}
