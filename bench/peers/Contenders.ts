/** Who competes, by the name that the table shows. Modules are loaded where they are used: a peer may be missing. */
import type { Open } from './Contender.js'

export const contenders = {
  'decider-ts': async () => (await import('./DeciderTs.js')).openOnPostgres,
  'decider-ts memory': async () => (await import('./DeciderTs.js')).openInMemory,
  'decider-ts fold': async () => (await import('./DeciderTs.js')).openFold,
  'Emmett, defaults': async () => (await import('./Emmett.js')).openDefaults,
  'Emmett, patient retries': async () => (await import('./Emmett.js')).openPatient,
  castore: async () => (await import('./Castore.js')).openOnPostgres,
  'castore memory': async () => (await import('./Castore.js')).openInMemory,
  'dcb-es': async () => (await import('./DcbEs.js')).openOnPostgres,
  'unprotected INSERT': async () => (await import('./PlainInsert.js')).openOnPostgres,
  'SELECT, row by row': async () => (await import('./PlainInsert.js')).openOnPostgres,
  'loop by hand': async () => (await import('./PlainInsert.js')).openFold,
} satisfies Readonly<Record<string, () => Promise<Open>>>

export type ContenderName = keyof typeof contenders
