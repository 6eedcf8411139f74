/** The files of the pipeline on disk. Kept apart from their meaning, which needs no disk. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { function as F, taskEither as TE } from 'fp-ts'
import type { BadInput, TextFile } from '../../banking/DelimitedText.js'
import { type Pipeline, readPipeline } from './Pipeline.js'

/** Where the data lie if they are there: beside the project, since they are no part of it. */
export const usualDirectory = (): string =>
  process.env['CRM_DIR'] ?? fileURLToPath(new URL('../../../../shared/data/crm', import.meta.url))

export const isThere = (directory: string): boolean => existsSync(join(directory, 'sales_pipeline.csv'))

const readText = (file: string): TE.TaskEither<BadInput, TextFile> =>
  TE.tryCatch(
    async () => ({ file, text: await readFile(file, 'utf8') }),
    (error) => ({ file, reason: `it cannot be read: ${error instanceof Error ? error.message : error}` }),
  )

export const loadPipeline = (directory: string): TE.TaskEither<BadInput, Pipeline> =>
  F.pipe(
    TE.Do,
    TE.bind('accounts', () => readText(join(directory, 'accounts.csv'))),
    TE.bind('products', () => readText(join(directory, 'products.csv'))),
    TE.bind('opportunities', () => readText(join(directory, 'sales_pipeline.csv'))),
    TE.chainEitherK(readPipeline),
  )
