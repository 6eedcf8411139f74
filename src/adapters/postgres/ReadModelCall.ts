/**
 * The statements of read models: each is one call of a function of the schema, whose text never changes.
 * Used by: `postgresReadModels`.
 * @since 0.1.0
 */
import type { ReadModelId } from '../../run/ReadModels.js'
import type { Schema } from './Schema.js'

/** The statements, each taking the name and the version of a read model first. */
export const readModelStatements = ({ quoted }: Schema) => {
  const of = '$1::text, $2::text::int'
  const jsonTexts = (parameter: number) => `string_to_array($${parameter}::text, chr(31))`
  return {
    lease: `select kept, kept_searchable, partitions, fences, places
      from ${quoted}.lease_read_model(${of}, $3::text::int, $4::text::boolean, $5::text, $6::text::bigint)`,
    release: `select ${quoted}.release_read_model(${of}, $3::text)`,
    load: `select found_keys, positions, states, parked from ${quoted}.load_read_model(${of}, $3::text::text[])`,
    begin: `select fenced, is_live from ${quoted}.begin_read_model_commit(
      ${of}, $3::text, $4::text::int[], $5::text::bigint[], $6::text::bigint[])`,
    commit: `select ${quoted}.commit_read_model(
      ${of}, $3::text, $4::text::int[], $5::text::bigint[], $6::text::bigint[], $7::text::bigint[],
      $8::text::text[], $9::text::int[], $10::text::bigint[], ${jsonTexts(11)}, ${jsonTexts(12)},
      $13::text::json, ${jsonTexts(14)}, $15::text::json, ${jsonTexts(16)}, $17::text::json)`,
    place: `select ${quoted}.read_model_up_to(${of})`,
    parked: `select ${quoted}.parked_keys(${of})`,
    parkedEvents: `select ${quoted}.parked_events(${of}, $3::text)`,
    unpark: `select done, is_live from ${quoted}.unpark_read_model(
      ${of}, $3::text::int, $4::text, $5::text::bigint, $6::text::bigint, $7::text, $8::text,
      $9::text::json, ${jsonTexts(10)}, $11::text::json)`,
    get: `select found_version, found_position, found_state from ${quoted}.find_entry(${of}, $3::text)`,
    find: `select found_version, keys, positions, states, unsearchable from ${quoted}.find_entries(
      ${of}, $3::text::jsonb, $4::text::jsonpath, $5::text::jsonb, $6::text, $7::text::bigint)`,
    liveVersion: `select ${quoted}.live_version($1::text)`,
    makeLive: `select ${quoted}.make_live(${of})`,
    drop: `select ${quoted}.drop_read_model(${of})`,
    due: `select ${quoted}.due_commands(${of}, $3::text, $4::text::bigint)`,
    settle: `select ${quoted}.settle_commands(
      ${of}, $3::text::text[], $4::text::text[], $5::text::text[], $6::text::boolean[])`,
    nextDueAt: `select ${quoted}.next_due_at(${of})`,
    owed: `select ${quoted}.owed_commands(${of}, false)`,
    refused: `select ${quoted}.owed_commands(${of}, true)`,
    resend: `select ${quoted}.resend_commands(${of}, $3::text::text[])`,
    hold: `select found_keys, positions, states, kept, kept_searchable from ${quoted}.hold_entries(
      ${of}, $3::text::boolean, $4::text::bigint[], $5::text::text[])`,
    save: `select ${quoted}.save_entries(
      ${of}, $3::text::text[], $4::text::bigint[], ${jsonTexts(5)}, ${jsonTexts(6)})`,
  }
}

/** Them, by name. */
export type ReadModelStatements = ReturnType<typeof readModelStatements>

/** The first two parameters of nearly all of them. */
export const idParameters = ({ name, version }: ReadModelId): readonly [name: string, version: string] => [
  name,
  String(version),
]
