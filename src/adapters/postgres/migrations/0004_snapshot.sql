-- Snapshots: for each stream and fold the newest state that was saved. They are made from the log and can be made again,
-- so unlike events they change, and any of them may be deleted at any time.
create table snapshot (
  -- SHA-256 of the name and the fingerprint of the fold: a fingerprint is a long text, and an index entry is short.
  fold_key bytea not null,
  version bigint not null,
  taken_at timestamptz not null,
  -- The event of that version. A snapshot is of this history and not of another that a restored log went on with.
  event_id uuid not null,
  stream text collate "C" not null,
  -- For people: which fold the key belongs to.
  fold text not null,
  -- json for the same reason as in event.
  state json not null,
  constraint snapshot_pkey primary key (stream, fold_key)
);

-- One row: the snapshot of a stream and a fold, or version 0 and no state. A snapshot whose event is not in the log is
-- none.
create function newest_snapshot(of_stream text, of_fold bytea, out snapshot_version bigint, out state json)
  language plpgsql stable security definer
  set search_path from current
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set enable_bitmapscan = off
as $body$
begin
  select s.version, s.state into snapshot_version, state
  from snapshot s
  where s.stream = of_stream and s.fold_key = of_fold
    and (select e.id from event e where e.stream = s.stream and e.version = s.version) = s.event_id;
  snapshot_version := coalesce(snapshot_version, 0);
end
$body$;

-- Keeps a snapshot if the log has the event of its version, in place of one that is older or of no use.
create function save_snapshot(of_stream text, of_fold bytea, fold_name text, of_version bigint, of_state json)
  returns void
  language plpgsql volatile security definer
  set search_path from current
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set enable_bitmapscan = off
as $body$
begin
  insert into snapshot as s (fold_key, version, taken_at, event_id, stream, fold, state)
  select of_fold, e.version, date_trunc('milliseconds', clock_timestamp()), e.id, e.stream, fold_name, of_state
  from event e
  where e.stream = of_stream and e.version = of_version
  on conflict (stream, fold_key) do update
    set version = excluded.version, taken_at = excluded.taken_at, event_id = excluded.event_id, fold = excluded.fold,
      state = excluded.state
    where s.version < excluded.version
      or (select e.id from event e where e.stream = s.stream and e.version = s.version) is distinct from s.event_id;
end
$body$;
