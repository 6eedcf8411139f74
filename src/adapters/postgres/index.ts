/** The event store on PostgreSQL, by postgres.js. */

export type { Connection } from './Connection.js'
export { type Migrated, type MigrateError, migrate, type NewerSchema } from './Migrate.js'
export { type BatchingOptions, type PostgresStoreOptions, postgresStore } from './PostgresStore.js'
export type { SchemaOptions } from './Schema.js'
export { type Vitals, vitals } from './Vitals.js'
