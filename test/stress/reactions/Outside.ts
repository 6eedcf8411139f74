/**
 * The outside world: another database on another pool, in which commands have effects that no transaction of the log or
 * of the read models reaches. It takes each id once and writes down every time that it was asked, so that what happened
 * can be told from what was tried.
 * Used by: `Reactor`, `Round`.
 */
import type { Sql } from 'postgres'

/** Something that was asked for. */
export interface Asked {
  readonly id: string
  readonly what: string
}

export const makeOutside = async (sql: Sql): Promise<void> => {
  await sql.unsafe('create table effect (id text primary key, what text not null)')
  await sql.unsafe('create table attempt (nth bigserial primary key, id text not null, what text not null)')
}

/** One statement, so it is asked and done, or neither. */
export const haveDone = async (sql: Sql, id: string, what: string): Promise<void> => {
  await sql.unsafe(
    `with asked as (insert into attempt (id, what) values ($1, $2))
     insert into effect (id, what) values ($1, $2) on conflict do nothing`,
    [id, what],
  )
}

/** What happened, and every time that it was tried, in order. */
export const whatHappened = async (
  sql: Sql,
): Promise<{ readonly effects: ReadonlyArray<Asked>; readonly attempts: ReadonlyArray<Asked> }> => ({
  effects: await sql.unsafe<Array<Asked>>('select id, what from effect order by id'),
  attempts: await sql.unsafe<Array<Asked>>('select id, what from attempt order by nth'),
})
