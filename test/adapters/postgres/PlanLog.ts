/**
 * The plans of statements inside the log's functions, as the server ran them: a connection on which it sends the plan of
 * every statement, nested ones too, as a notice; what to look for in plans; and the circumstances they are made in.
 */
import postgres, { type Sql } from 'postgres'
import { databaseUrl } from './support.js'

export interface Plan {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Function Name'?: string
  readonly 'Actual Rows'?: number
  readonly 'Actual Loops'?: number
  readonly 'Rows Removed by Filter'?: number
  readonly Plans?: ReadonlyArray<Plan>
}

/** One connection, and the plans that the server has sent on it since they were last emptied. */
export const planLog = (): { readonly sql: Sql; readonly plans: Array<Plan> } => {
  const plans: Array<Plan> = []
  const sql = postgres(databaseUrl, {
    max: 1,
    fetch_types: false,
    onnotice: ({ message = '' }) => {
      const json = /plan:\n([\s\S]*)$/.exec(message)?.[1]
      if (json !== undefined) plans.push(JSON.parse(json).Plan)
    },
  })
  return { sql, plans }
}

/** From now on the server sends plans. */
export const watch = async (sql: Sql): Promise<void> => {
  for (const setting of [
    "load 'auto_explain'",
    'set auto_explain.log_min_duration = 0',
    'set auto_explain.log_nested_statements = on',
    'set auto_explain.log_analyze = on',
    'set auto_explain.log_format = json',
    'set client_min_messages = log',
  ]) {
    await sql.unsafe(setting)
  }
}

export const nodes = (plan: Plan): ReadonlyArray<Plan> => [plan, ...(plan.Plans ?? []).flatMap(nodes)]

export const scans = (found: ReadonlyArray<Plan>): ReadonlyArray<Plan> =>
  found.filter(
    (node) => node['Node Type'] === 'Seq Scan' && ['event', 'tag'].includes(node['Relation Name'] ?? ''),
  )

/** How many rows of the two tables were touched, by the executor's own count. */
export const touched = (found: ReadonlyArray<Plan>): number =>
  found
    .filter((node) => node['Index Name'] !== undefined)
    .reduce((sum, node) => sum + rowsOf(node) * (node['Actual Loops'] ?? 0), 0)

const rowsOf = (node: Plan): number => (node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0)

/** Makes the server plan these functions' statements anew, in a mode; and says how many functions there are. */
export const inMode = async (
  sql: Sql,
  schema: string,
  names: ReadonlyArray<string>,
  mode: string,
): Promise<number> => {
  const functions: ReadonlyArray<{ readonly signature: string }> = await sql.unsafe(
    `select p.oid::regprocedure::text as signature from pg_proc p
     where p.pronamespace = (select oid from pg_namespace where nspname = $1::text)
       and p.proname = any (string_to_array($2::text, ' '))`,
    [schema, names.join(' ')],
  )
  for (const { signature } of functions) {
    await sql.unsafe(`alter function ${signature} set plan_cache_mode = ${mode}`)
  }
  return functions.length
}

/** When plans are made, and what the statistics then know of the tables. */
export const circumstances: ReadonlyArray<
  readonly [name: string, mode: string, tables: ReadonlyArray<string>]
> = [
  ['made on empty tables', '', []],
  ['made anew without statistics', 'force_generic_plan', []],
  ['made anew with statistics of events alone', 'force_generic_plan', ['event']],
  ['made anew with statistics of both', 'force_generic_plan', ['tag', 'event']],
  ['made for each call', 'force_custom_plan', []],
]
