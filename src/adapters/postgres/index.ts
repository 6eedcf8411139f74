/** The event store on PostgreSQL, by postgres.js. */

export type { Ordering } from './AppendCall.js'
export type { Connection } from './Connection.js'
export type { HintsOption } from './Hints.js'
export { type InlineReadModelsOptions, inlineReadModels } from './InlineReadModels.js'
export { type Migrated, type MigrateError, migrate, type NewerSchema } from './Migrate.js'
export {
  type PostgresReadModels,
  type PostgresReadModelsOptions,
  postgresReadModels,
} from './PostgresReadModels.js'
export {
  type BatchingOptions,
  type PostgresStore,
  type PostgresStoreOptions,
  postgresStore,
} from './PostgresStore.js'
export {
  type Containment,
  type Found,
  type PageOptions,
  type QueriedReadModel,
  type QueryError,
  type Readable,
  readModel,
  type UnreadableState,
} from './ReadModel.js'
export type { SchemaOptions } from './Schema.js'
export type { AppendFigures } from './Traffic.js'
export { type Vitals, vitals } from './Vitals.js'
