-- The log of one store, and the functions that are the only way into it. One schema holds one store.
--
-- The schema's name stands nowhere in this file: it runs under a search_path that holds that schema alone, and every
-- function keeps that search_path for itself. So no name, however odd, can change what a function's body means, and no
-- object of the caller's can be taken for one of the log's.

-- Positions. Raising the cache would break the order of the log: a session would hand out positions that it drew
-- before another session committed higher ones.
create sequence event_position as bigint cache 1;

create table event (
  position bigint primary key,
  version bigint not null,
  recorded_at timestamptz not null,
  id uuid not null,
  schema_version smallint not null,
  -- Names compare byte by byte: the collation of the database must not decide which names are the same, and an index
  -- under "C" needs no rebuilding when the operating system changes its collations.
  stream text collate "C" not null,
  type text collate "C" not null,
  tags text[] collate "C" not null,
  -- json keeps the text exactly as it was sent (key order, -0, \u0000, half surrogate pairs); jsonb keeps none of it.
  data json not null,
  metadata json not null,
  constraint event_stream_version_key unique (stream, version),
  constraint event_id_key unique (id)
)
-- The table only grows. Vacuum and analyze on a twentieth of growth keep the visibility map and the statistics fresh.
with (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);

-- Reads and conditions by type alone would otherwise walk the whole log to find a rare type. It costs every append one
-- more index entry an event, inserted at the right edge of each type's range.
create index event_type_position on event (type, position);

-- Where each tag stands in the log. The hash is of the tag alone, so a log can be copied to another schema. It may
-- collide: event.tags is the truth, and every lookup compares with it.
create table tag (
  hash bigint not null,
  position bigint not null,
  type text collate "C" not null,
  constraint tag_pkey primary key (hash, position) include (type)
)
with (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);

-- Facts do not change.
create function refuse_change() returns trigger
  language plpgsql
  set search_path from current
as $body$
begin
  raise exception using
    errcode = 'DE003',
    message = format('Recorded events never change: %s on %I is refused.', tg_op, tg_table_name);
end
$body$;

create trigger refuse_change before update or delete or truncate on event
  for each statement execute function refuse_change();
create trigger refuse_change before update or delete or truncate on tag
  for each statement execute function refuse_change();

-- The predicate of a query item, once for reads and for append conditions, so that the two cannot differ. An item with
-- tags walks one of them, its anchor, through the tag table; an item without tags walks its types, or the whole log.
-- A place may come twice, since an item may name a type twice. Null stands for any category and for any type.
-- The server inlines these functions into the statements that use them, and their lookups are such that no statistics
-- can turn them into a join over a whole table. The lookup of one position is written as a range with an order for the
-- same reason: while the table is empty, = would be served as cheaply by a walk through the index of types, and a
-- session keeps such a plan when the table has grown (measured: 50,000 entries walked for each event).
-- The events of a type are asked for as a range of pairs, in the order of pairs, which only the index of types has: with =
-- a walk through the whole log in the order of positions serves too, and the server was seen to choose it, for a
-- condition on a type that nobody writes, in one run of the tests and not in the next.
create function tagged(
  anchor bigint, categories text[], types text[], tags text[], after bigint, upto bigint, most bigint)
  returns table ("position" bigint)
  language sql stable
as $body$
  select t.position from tag t
  where t.hash = anchor and t.position > after and t.position <= upto
    and (types is null or t.type = any (types))
    and (select e.tags @> tagged.tags
        and (categories is null or split_part(e.stream, '-', 1) = any (categories))
      from event e
      where e.position >= t.position and e.position <= t.position order by e.position limit 1)
  order by t.position
  limit most
$body$;

create function untagged(types text[], after bigint, upto bigint, most bigint) returns table ("position" bigint)
  language sql stable
as $body$
  (select e.position
    from unnest(types) as wanted(type) cross join lateral (
      select e.position from event e
      where (e.type, e.position) > (wanted.type, after) and (e.type, e.position) <= (wanted.type, upto)
      order by e.type, e.position
      limit most) e)
  union all
  (select e.position from event e
    where types is null and e.position > after and e.position <= upto
    order by e.position
    limit most)
$body$;

-- An item without tags that names categories. They have no index, which would cost every append, so the walk looks at the
-- stream of each event. Such items are looked up by statements of their own, and the lists of categories are null where
-- no item names any, because branches of a statement cost also where they do nothing: inlined into the statement of the
-- others, they made a look at the tail of the log a fifth dearer for whoever knows no categories.
create function in_categories(categories text[], types text[], after bigint, upto bigint, most bigint)
  returns table ("position" bigint)
  language plpgsql stable
  set search_path from current
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set enable_bitmapscan = off
as $body$
begin
  if types is null then
    return query
    select e.position from event e
    where e.position > after and e.position <= upto and split_part(e.stream, '-', 1) = any (categories)
    order by e.position
    limit most;
  else
    return query
    select e.position
    from unnest(types) as wanted(type) cross join lateral (
      select e.position from event e
      where (e.type, e.position) > (wanted.type, after) and (e.type, e.position) <= (wanted.type, upto)
        and split_part(e.stream, '-', 1) = any (categories)
      order by e.type, e.position
      limit most) e;
  end if;
end
$body$;

-- Appends: each item of the call is one decision, recorded whole or not at all, whatever becomes of the others. One row
-- answers the call; a conflict is part of it and no error, so it leaves the caller's transaction usable.
--
-- The caller promises: lock_keys are sorted and distinct, and hold a key for every stream that is written or expected,
-- every tag that is written, and the anchor of every condition item. Where a condition item has no tags, or there are
-- too many keys for the server's lock table, the call is alone instead and needs no keys. No two items of a call share
-- an event id, and they share a key only if neither expects anything of it. Items count from 1; so do the places in
-- streams to which expected_stream and event_stream point, and the events to which tag_event points.
--
-- Why this is correct. Transaction locks are released after the commit is visible to everyone, so:
-- * Two appends that share a key take turns: the second one's checks run in statements that begin after the wait, and
--   under READ COMMITTED each statement sees everything that was committed before it began. That is why the lock and
--   the check may never stand in one statement, and why older snapshots are refused.
-- * Positions are drawn after the locks. Hence, for each key, positions grow in the order of the commits, and what any
--   snapshot sees of a key is a prefix of all that it will ever hold. Versions of a stream are dense for that reason,
--   and no event that a condition forbids can lie between the condition's token and the positions of its append.
-- * The in-flight marker is shared by all appends and held from before the first position is drawn until the commit is
--   visible: whoever reads the marker's holders knows every append that may still own a position below the head. An
--   append that is alone holds it exclusively, which keeps every other append from checking and drawing positions.
-- * Keys are taken in one order by everyone, and the marker last, so calls of one append each cannot deadlock.
create function append(
  lock_keys bigint[], alone boolean,
  streams text[],
  expected_item int[], expected_stream int[], expected_version bigint[],
  condition_item int[], condition_anchor bigint[], condition_categories text[], condition_types text[],
  condition_tags text[], condition_after bigint[],
  event_item int[], event_stream int[], event_stream_name text[], event_id uuid[], event_type text[],
  event_schema_version smallint[], event_tags text[], event_data text[], event_metadata text[],
  tag_event int[], tag_hash bigint[], tag_type text[],
  -- For each event its position and version, 0 where its item was not recorded; the items that had been recorded
  -- before; and for each item that failed, in four words: the item, what failed it, at which expectation or event of
  -- the call, and the version or position that was found.
  out positions bigint[], out versions bigint[], out repeated int[], out failed text[]
)
  language plpgsql volatile security definer
  set search_path from current
  -- The plans below are right for every parameter and every table size, so they are made once a session; walking an
  -- index in order is what all of them do. A plan that was made while the tables were empty, or unknown to statistics,
  -- must not scan a table or collect all of a tag before a limit when they have grown.
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set enable_bitmapscan = off
as $body$
#variable_conflict use_column
declare
  actual bigint[];
  moment timestamptz;
  settled int[] := '{}';
  conflict record;
  current_item int;
  current_stream int;
begin
  if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
    raise exception using
      errcode = 'DE001',
      message = 'An append needs READ COMMITTED.',
      detail = current_setting('transaction_isolation');
  end if;

  perform pg_advisory_xact_lock(key) from unnest(lock_keys) as key;
  if alone then
    perform pg_advisory_xact_lock('event'::regclass::oid::int, 1);
  else
    perform pg_advisory_xact_lock_shared('event'::regclass::oid::int, 1);
  end if;

  -- Events that are recorded already. An item that is recorded whole is answered as the first time. Otherwise its first
  -- id that belongs to another event is to blame, or else the first that is recorded at all.
  if exists (select from event e where e.id = any (event_id)) then
    select array_agg(coalesce(e.position, 0) order by s.nth), array_agg(coalesce(e.version, 0) order by s.nth)
      into positions, versions
      from unnest(event_id) with ordinality as s(id, nth)
      left join lateral (select e.position, e.version from event e where e.id = s.id offset 0) e on true;
    for conflict in
      select s.item, bool_and(s.same) as recorded,
        coalesce(min(s.nth) filter (where s.known and not s.same), min(s.nth) filter (where s.known)) as nth
      from (
        select s.item, s.nth, e.position is not null as known,
          coalesce(e.stream = s.stream and e.type = s.type and e.schema_version = s.schema_version
            and e.data::text = s.data, false) as same
        from unnest(event_item, event_id, event_stream_name, event_type, event_schema_version, event_data)
          with ordinality as s(item, id, stream, type, schema_version, data, nth)
        left join lateral (select * from event e where e.id = s.id offset 0) e on true
      ) s
      group by s.item
      having bool_or(s.known)
    loop
      settled := settled || conflict.item;
      if conflict.recorded then
        repeated := repeated || conflict.item;
      else
        failed := failed || format('%s id %s 0', conflict.item, conflict.nth);
      end if;
    end loop;
  else
    positions := array_fill(0::bigint, array[cardinality(event_id)]);
    versions := positions;
  end if;

  actual := array(
    select coalesce((select e.version from event e where e.stream = s.name order by e.version desc limit 1), 0)
    from unnest(streams) with ordinality as s(name, nth)
    order by s.nth);

  -- What the writers believed of streams, in the order in which they said it; -1 stands for any event at all.
  for i in 1 .. cardinality(expected_item) loop
    current_item := expected_item[i];
    current_stream := expected_stream[i];
    if expected_version[i] <> actual[current_stream]
      and (expected_version[i] <> -1 or actual[current_stream] = 0)
      and current_item <> all (settled)
    then
      settled := settled || current_item;
      failed := failed || format('%s version %s %s', current_item, i, actual[current_stream]);
    end if;
  end loop;

  if condition_item <> '{}' then
    for conflict in
      select c.item, min(m.position) as position
      from unnest(condition_item, condition_anchor, condition_categories, condition_types, condition_tags,
        condition_after) as c(item, anchor, categories, types, tags, after)
      cross join lateral (
        select m.position
        from tagged(c.anchor, c.categories::text[], c.types::text[], c.tags::text[], c.after,
          9223372036854775807, 1) m
        where c.anchor is not null
        union all
        select m.position
        from untagged(c.types::text[], c.after, 9223372036854775807, 1) m
        where c.anchor is null and c.categories is null
      ) m
      where c.item <> all (settled)
      group by c.item
    loop
      settled := settled || conflict.item;
      failed := failed || format('%s condition 0 %s', conflict.item, conflict.position);
    end loop;
  end if;
  if condition_categories is not null then
    for conflict in
      select c.item, min(m.position) as position
      from unnest(condition_item, condition_anchor, condition_categories, condition_types, condition_after)
        as c(item, anchor, categories, types, after)
      cross join lateral in_categories(
        c.categories::text[], c.types::text[], c.after, 9223372036854775807, 1) m
      where c.anchor is null and c.categories is not null and c.item <> all (settled)
      group by c.item
    loop
      settled := settled || conflict.item;
      failed := failed || format('%s condition 0 %s', conflict.item, conflict.position);
    end loop;
  end if;

  -- Only now are positions drawn, so an append that fails leaves no gap.
  for i in 1 .. cardinality(event_item) loop
    if event_item[i] <> all (settled) then
      current_stream := event_stream[i];
      actual[current_stream] := actual[current_stream] + 1;
      versions[i] := actual[current_stream];
      positions[i] := nextval('event_position');
    end if;
  end loop;

  moment := date_trunc('milliseconds', clock_timestamp());
  insert into event (position, version, recorded_at, id, schema_version, stream, type, tags, data, metadata)
  select s.position, s.version, moment, s.id, s.schema_version, s.stream, s.type, s.tags::text[], s.data::json,
    s.metadata::json
  from unnest(positions, versions, event_item, event_id, event_schema_version, event_stream_name, event_type,
    event_tags, event_data, event_metadata)
    as s(position, version, item, id, schema_version, stream, type, tags, data, metadata)
  where s.item <> all (settled);

  if tag_event <> '{}' then
    insert into tag (hash, position, type)
    select t.hash, positions[t.event], t.type
    from unnest(tag_event, tag_hash, tag_type) as t(event, hash, type)
    where event_item[t.event] <> all (settled);
  end if;
end
$body$;

-- The commonest append: events of one stream without tags, under no condition, whose writer believes something of that
-- stream or nothing (null; -1 stands for any event at all). It is the protocol of append in one statement after the
-- locks: what that statement checks, it checks in a snapshot that began after the wait, and it draws positions for rows
-- that have passed the checks. Where none passes, append finds out why, under the same locks, and so it is also the one
-- place that says what becomes of repeated ids. One event comes in the parameters of its own and several in the arrays,
-- the others being null: every statement, every expression and every array has its price, and a call with one event costs
-- the server two thirds of what it costs through append (81 against 118 microseconds; a bare insert, two indexes, 41).
create function append_to_stream(
  lock_key bigint, of_stream text, expected bigint,
  one_id uuid, one_type text, one_schema_version smallint, one_data json, one_metadata json,
  event_id uuid[], event_type text[], event_schema_version smallint[], event_data text[], event_metadata text[],
  out positions bigint[], out versions bigint[], out repeated int[], out failed text[]
)
  language plpgsql volatile security definer
  set search_path from current
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set enable_bitmapscan = off
as $body$
#variable_conflict use_column
declare
  drawn bigint;
  given bigint;
  item int[];
  belief int[];
begin
  if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
    raise exception using
      errcode = 'DE001',
      message = 'An append needs READ COMMITTED.',
      detail = current_setting('transaction_isolation');
  end if;

  -- A lock is not null. An expression is evaluated without starting a statement, as perform would.
  if pg_advisory_xact_lock(lock_key) is null then return; end if;
  if pg_advisory_xact_lock_shared('event'::regclass::oid::int, 1) is null then return; end if;

  if one_id is not null then
    insert into event (position, version, recorded_at, id, schema_version, stream, type, tags, data, metadata)
    select nextval('event_position'), s.newest + 1, date_trunc('milliseconds', clock_timestamp()), one_id,
      one_schema_version, of_stream, one_type, '{}', one_data, one_metadata
    from (
      select coalesce((select e.version from event e where e.stream = of_stream order by e.version desc limit 1), 0)
        as newest
      offset 0) s
    where (expected is null or expected = s.newest or (expected = -1 and s.newest > 0))
      and (select e.position from event e where e.id = one_id) is null
    returning position, version into drawn, given;
    if drawn is not null then
      positions := array[drawn];
      versions := array[given];
      return;
    end if;
    event_id := array[one_id];
    event_type := array[one_type];
    event_schema_version := array[one_schema_version];
    event_data := array[one_data::text];
    event_metadata := array[one_metadata::text];
  else
    with recorded as (
      insert into event (position, version, recorded_at, id, schema_version, stream, type, tags, data, metadata)
      select nextval('event_position'), s.newest + s.nth, s.moment, s.id, s.schema_version, of_stream, s.type, '{}',
        s.data::json, s.metadata::json
      from (
        select w.newest, w.moment, n.*
        from (
          select date_trunc('milliseconds', clock_timestamp()) as moment, coalesce((
            select e.version from event e where e.stream = of_stream order by e.version desc limit 1), 0) as newest
          offset 0) w
        cross join unnest(event_id, event_type, event_schema_version, event_data, event_metadata)
          with ordinality as n(id, type, schema_version, data, metadata, nth)
        where (expected is null or expected = w.newest or (expected = -1 and w.newest > 0))
          and not exists (select from event e where e.id = any (event_id))
        order by n.nth
        offset 0) s
      returning position, version)
    select array_agg(r.position order by r.version), array_agg(r.version order by r.version) into positions, versions
    from recorded r;
    if positions is not null then
      return;
    end if;
  end if;

  item := array_fill(1, array[cardinality(event_id)]);
  belief := case when expected is null then '{}' else '{1}' end;
  select a.positions, a.versions, a.repeated, a.failed into positions, versions, repeated, failed
  from append(
    array[lock_key], false, array[of_stream],
    belief, belief, case when expected is null then '{}' else array[expected] end,
    '{}', '{}', null, '{}', '{}', '{}',
    item, item, array_fill(of_stream, array[cardinality(event_id)]), event_id, event_type, event_schema_version,
    array_fill('{}'::text, array[cardinality(event_id)]), event_data, event_metadata,
    '{}', '{}', '{}') a;
end
$body$;

-- The commonest call of several appends: each of them has events of one stream without tags, under no condition, and its
-- writer believes something of that stream or nothing. All parameters but the keys are arrays with one element an event.
-- event_expected is null where nothing is believed, and -1 stands for any event at all. event_item says whose event it
-- is, items counting from 1, and event_nth which of this call's events of its stream; both are null where each
-- item is one event on a stream of its own. The rest of the caller's promise is that of append, and so is the protocol.
-- Either all items are recorded, by one statement, or append looks at each of them, under the same locks: repeated ids
-- and wrong beliefs are rare, so the common way needs to know nothing of them.
create function append_to_streams(
  lock_keys bigint[],
  event_item int[], event_nth int[], event_stream text[], event_expected bigint[],
  event_id uuid[], event_type text[], event_schema_version smallint[], event_data text[], event_metadata text[],
  out positions bigint[], out versions bigint[], out repeated int[], out failed text[]
)
  language plpgsql volatile security definer
  set search_path from current
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set enable_bitmapscan = off
as $body$
#variable_conflict use_column
declare
  actual bigint[];
  streams text[];
  places int[];
  believing int[];
  believed int[];
  beliefs bigint[];
begin
  if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
    raise exception using
      errcode = 'DE001',
      message = 'An append needs READ COMMITTED.',
      detail = current_setting('transaction_isolation');
  end if;

  perform pg_advisory_xact_lock(key) from unnest(lock_keys) as key;
  if pg_advisory_xact_lock_shared('event'::regclass::oid::int, 1) is null then return; end if;

  -- The version of each event's stream, before the call; null if some event cannot be recorded as things are.
  select array_agg(s.newest order by s.nth) into actual
  from (
    select w.nth, w.expected, coalesce(
      (select e.version from event e where e.stream = w.stream order by e.version desc limit 1), 0) as newest
    from unnest(event_stream, event_expected) with ordinality as w(stream, expected, nth)
    offset 0) s
  where not exists (select from event e where e.id = any (event_id))
  having bool_and(s.expected is null or s.expected = s.newest or (s.expected = -1 and s.newest > 0));

  if actual is not null then
    with recorded as (
      insert into event (position, version, recorded_at, id, schema_version, stream, type, tags, data, metadata)
      select nextval('event_position'), s.newest + coalesce(s.nth, 1), s.moment, s.id, s.schema_version, s.stream,
        s.type, '{}', s.data::json, s.metadata::json
      from (
        select n.*, m.moment
        from (select date_trunc('milliseconds', clock_timestamp()) as moment offset 0) m
        cross join unnest(event_stream, actual, event_nth, event_id, event_type, event_schema_version, event_data,
          event_metadata) as n(stream, newest, nth, id, type, schema_version, data, metadata)
        offset 0) s
      returning position, version)
    select array_agg(r.position order by r.position), array_agg(r.version order by r.position) into positions, versions
    from recorded r;
    return;
  end if;

  event_item := coalesce(event_item, array(select * from generate_series(1, cardinality(event_id))));
  streams := array(select distinct s.name collate "C" from unnest(event_stream) as s(name));
  places := array(
    select array_position(streams, s.name collate "C")
    from unnest(event_stream) with ordinality as s(name, nth)
    order by s.nth);
  select coalesce(array_agg(b.item), '{}'), coalesce(array_agg(b.place), '{}'), coalesce(array_agg(b.expected), '{}')
    into believing, believed, beliefs
  from (
    select distinct on (s.item) s.item, s.place, s.expected
    from unnest(event_item, places, event_expected) as s(item, place, expected)
    where s.expected is not null
    order by s.item) b;
  select a.positions, a.versions, a.repeated, a.failed into positions, versions, repeated, failed
  from append(
    lock_keys, false, streams, believing, believed, beliefs, '{}', '{}', null, '{}', '{}', '{}',
    event_item, places, event_stream, event_id, event_type, event_schema_version,
    array_fill('{}'::text, array[cardinality(event_id)]), event_data, event_metadata,
    '{}', '{}', '{}') a;
end
$body$;

-- For appends without gaps: called before one of the functions above, in the same statement, with no keys. It takes the
-- marker alone, which keeps every other append of the log from drawing positions until this one's commit is visible; and
-- it sets the sequence back to the head, as far as appends that were rolled back had moved it on. Nobody has seen the
-- positions that are given away a second time: they lie above the head, and everyone who might own one has finished.
-- Whoever holds keys may wait for the marker, so whoever holds the marker must not wait for keys; hence none are taken.
-- Stores of both orderings may share a log: it is in order all the same, and the holes are those of the others.
create function hold_log() returns boolean
  language plpgsql volatile security definer
  set search_path from current
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set enable_bitmapscan = off
as $body$
declare
  head bigint;
  drawn bigint;
begin
  -- An older snapshot has an older head, and setval is not rolled back.
  if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
    raise exception using
      errcode = 'DE001',
      message = 'An append needs READ COMMITTED.',
      detail = current_setting('transaction_isolation');
  end if;

  if pg_advisory_xact_lock('event'::regclass::oid::int, 1) is null then return false; end if;
  head := coalesce((select e.position from event e order by e.position desc limit 1), 0);
  drawn := (select case when s.is_called then s.last_value else 0 end from event_position s);
  if drawn <> head then
    perform setval('event_position', greatest(head, 1), head > 0);
  end if;
  return true;
end
$body$;
