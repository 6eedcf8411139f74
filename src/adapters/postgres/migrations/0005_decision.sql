-- The decision journal: what was decided on each command, recorded with its events or, where it has none, by itself.
-- An append without decisions touches nothing of this.

create table decision (
  -- The only index. It finds a command that was decided before, it lets no second decision through, and it gives the
  -- pages of a reader an order that no append in flight can upset.
  command_id text collate "C" primary key,
  handler text collate "C" not null,
  stream text collate "C",
  seen json not null,
  accepted boolean not null,
  -- Where its events stand in the log. Between the events of one append there may be those of another.
  positions bigint[] not null,
  command json,
  rejection json,
  recorded_at timestamptz not null
)
with (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);

create trigger refuse_change before update or delete or truncate on decision
  for each statement execute function refuse_change();

-- Appends that bring decisions: what append does, and the decisions of the items that it recorded, in one transaction.
-- The parameters down to tag_type are those of append. Decisions count from 1 and say which events of the call are their
-- own: so many of them, from the place first_event.
--
-- If one of the commands was decided before, the call writes nothing and names it in decided; the caller finds out what
-- was decided, and sends the items that are left.
--
-- Why this is correct. The locks of the call are taken before the journal is looked at, and a decision becomes visible
-- with the locks of its append released; so of two calls that have a key in common, the second one sees what the first
-- one decided. Two calls with a command but no key in common may both look before either has written: the primary key
-- lets one of them through and fails the other, which is sent again and then sees the winner. Decisions are inserted
-- when a call has all its locks, in the order of their keys, so calls that wait for each other here wait in one order.
create function append_deciding(
  lock_keys bigint[], alone boolean,
  streams text[],
  expected_item int[], expected_stream int[], expected_version bigint[],
  condition_item int[], condition_anchor bigint[], condition_categories text[], condition_types text[],
  condition_tags text[], condition_after bigint[],
  event_item int[], event_stream int[], event_stream_name text[], event_id uuid[], event_type text[],
  event_schema_version smallint[], event_tags text[], event_data text[], event_metadata text[],
  tag_event int[], tag_hash bigint[], tag_type text[],
  decision_item int[], decision_command_id text[], decision_handler text[], decision_stream text[],
  decision_seen text[], decision_accepted boolean[], decision_first_event int[], decision_events int[],
  -- A text that is empty stands for nothing.
  decision_command text[], decision_rejection text[],
  out positions bigint[], out versions bigint[], out repeated int[], out failed text[],
  -- The decisions of the call whose command was decided before; null if there are none.
  out decided int[]
)
  language plpgsql volatile security definer
  set search_path from current
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set enable_bitmapscan = off
as $body$
#variable_conflict use_column
declare
  unrecorded int[];
begin
  perform pg_advisory_xact_lock(key) from unnest(lock_keys) as key;
  select array_agg(s.nth order by s.nth) into decided
  from unnest(decision_command_id) with ordinality as s(command_id, nth)
  where exists (select from decision d where d.command_id = s.command_id offset 0);
  if decided is not null then return; end if;

  select a.positions, a.versions, a.repeated, a.failed into positions, versions, repeated, failed
  from append(
    lock_keys, alone, streams, expected_item, expected_stream, expected_version,
    condition_item, condition_anchor, condition_categories, condition_types, condition_tags, condition_after,
    event_item, event_stream, event_stream_name, event_id, event_type, event_schema_version, event_tags, event_data,
    event_metadata, tag_event, tag_hash, tag_type) a;

  unrecorded := coalesce(repeated, '{}') || array(select split_part(f, ' ', 1)::int from unnest(failed) as f);
  insert into decision (command_id, handler, stream, seen, accepted, positions, command, rejection, recorded_at)
  select s.command_id, s.handler, s.stream, s.seen::json, s.accepted,
    positions[s.first_event : s.first_event + s.events - 1],
    nullif(s.command, '')::json, nullif(s.rejection, '')::json, date_trunc('milliseconds', clock_timestamp())
  from unnest(decision_item, decision_command_id, decision_handler, decision_stream, decision_seen,
    decision_accepted, decision_first_event, decision_events, decision_command, decision_rejection)
    as s(item, command_id, handler, stream, seen, accepted, first_event, events, command, rejection)
  where s.item <> all (unrecorded)
  order by s.command_id collate "C";
end
$body$;

-- Decisions as JSON, each with its events: those on the commands that are named, or a page of all, after a command id.
-- What may be absent stands in an array, because a value that is null is not the same as none.
create function read_decisions(command_ids text[], after text, most bigint) returns table (decision json)
  language sql stable security definer
  set search_path from current
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set enable_bitmapscan = off
as $body$
  select json_build_object(
    'commandId', d.command_id,
    'handler', d.handler,
    'stream', d.stream,
    'seen', d.seen,
    'accepted', d.accepted,
    'command', case when d.command is null then '[]' else json_build_array(d.command) end,
    'rejection', case when d.rejection is null then '[]' else json_build_array(d.rejection) end,
    'recordedAt', (extract(epoch from d.recorded_at) * 1000)::bigint,
    'events', coalesce((
      select json_agg(json_build_object(
          'position', e.position::text,
          'version', e.version::text,
          'recordedAt', (extract(epoch from e.recorded_at) * 1000)::bigint,
          'id', e.id,
          'schemaVersion', e.schema_version,
          'stream', e.stream,
          'type', e.type,
          'tags', to_json(e.tags),
          'data', e.data,
          'metadata', e.metadata) order by e.position)
      from unnest(d.positions) as p(position)
      cross join lateral (
        select * from event e where e.position >= p.position and e.position <= p.position order by e.position limit 1
      ) e), '[]'))
  from (
    (select d.* from unnest(command_ids) as s(command_id)
      cross join lateral (select * from decision d where d.command_id = s.command_id offset 0) d)
    union all
    (select d.* from decision d
      where command_ids is null and d.command_id > after
      order by d.command_id
      limit most)) d
  order by d.command_id
$body$;
