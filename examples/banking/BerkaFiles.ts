/**
 * The Berka files on disk, packed or not. Kept apart from their meaning, which needs no disk.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { function as F, taskEither as TE } from 'fp-ts'
import { type Berka, readBerka } from './Berka.js'
import type { BadInput, TextFile } from './DelimitedText.js'

/** How the names of the files begin and end; each may have `.gz` after it. */
const names = {
  ordered: { begins: 'derived_ordered_events', ends: '.csv' },
  journal: { begins: 'trans', ends: '.asc' },
  accounts: { begins: 'account', ends: '.asc' },
  loans: { begins: 'loan', ends: '.asc' },
}

const unpack = promisify(gunzip)

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const readText = (file: string): TE.TaskEither<BadInput, TextFile> =>
  TE.tryCatch(
    async () => {
      const bytes = await readFile(file)
      return { file, text: (file.endsWith('.gz') ? await unpack(bytes) : bytes).toString('utf8') }
    },
    (error) => ({ file, reason: `it cannot be read: ${reasonOf(error)}` }),
  )

/** Reads a directory with the Berka data files. */
export const loadBerka = (directory: string): TE.TaskEither<BadInput, Berka> =>
  F.pipe(
    TE.tryCatch(
      () => readdir(directory),
      (error): BadInput => ({ file: directory, reason: `it is no directory to read: ${reasonOf(error)}` }),
    ),
    TE.chain((entries) => {
      const find = ({ begins, ends }: { readonly begins: string; readonly ends: string }) => {
        const found = entries.find(
          (name) => name.startsWith(begins) && (name.endsWith(ends) || name.endsWith(`${ends}.gz`)),
        )
        return found === undefined
          ? TE.left<BadInput>({ file: directory, reason: `it has no file ${begins}*${ends}[.gz]` })
          : readText(join(directory, found))
      }
      return F.pipe(
        TE.Do,
        TE.bind('ordered', () => find(names.ordered)),
        TE.bind('journal', () => find(names.journal)),
        TE.bind('accounts', () => find(names.accounts)),
        TE.bind('loans', () => find(names.loans)),
      )
    }),
    TE.chainEitherK(readBerka),
  )
