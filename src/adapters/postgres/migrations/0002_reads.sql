-- Reading the log: the newest place, what is settled, the events of a stream, the events of a query.

-- The position of the newest event, or 0. Below it an append may still be in flight.
create function head() returns bigint
  language plpgsql stable security definer
  set search_path from current
  set enable_seqscan = off
  set enable_bitmapscan = off
as $body$
begin
  return coalesce((select e.position from event e order by e.position desc limit 1), 0);
end
$body$;

-- The appends that hold the in-flight marker. Locks are the cluster's: another database may use the same numbers.
create function in_flight()
  returns table (virtualtransaction text, own boolean, prepared boolean)
  language sql stable
as $body$
  select l.virtualtransaction, coalesce(l.pid = pg_backend_pid(), false), l.pid is null
  from pg_locks l
  where l.locktype = 'advisory' and l.granted
    and l.database = (select d.oid from pg_database d where d.datname = current_database())
    and l.classid = 'event'::regclass::oid and l.objid = 1 and l.objsubid = 2
$body$;

-- A head below which nothing is in flight any more: every event at or below it that will ever exist is visible to
-- the statements that follow.
--
-- Why. Whoever owns a position g below the head drew it before the owner of the head drew the head, and had taken the
-- in-flight marker before that. The head was visible to the first statement, so when the second one reads the marker's
-- holders, the owner of g either holds the marker, and is waited for, or has finished, and what it committed is visible
-- from then on. The order is essential: holders that were read before the head, or in its snapshot, prove nothing.
-- An append of the caller's own transaction needs no waiting, since a transaction sees its own events.
--
-- The wait is for transactions, which the deadlock detector of the server cannot see. So it always ends: after
-- lock_timeout where that is set, else after ten seconds; and after deadlock_timeout where the caller's own transaction
-- holds the marker, because two such transactions could wait for each other.
create function settled_head() returns bigint
  language plpgsql volatile security definer
  set search_path from current
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set enable_bitmapscan = off
as $body$
declare
  head bigint;
  appending text[];
  began timestamptz := clock_timestamp();
  patience interval;
  pause double precision := 0.0005;
begin
  if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
    raise exception using
      errcode = 'DE001',
      message = 'Reading by types alone needs READ COMMITTED.',
      detail = current_setting('transaction_isolation');
  end if;
  -- A standby has no locks of the primary's appends to look at.
  if pg_is_in_recovery() then
    raise exception using errcode = 'DE002', message = 'Reading by types alone needs the primary server.';
  end if;

  head := coalesce((select e.position from event e order by e.position desc limit 1), 0);
  appending := (select array_agg(l.virtualtransaction) from in_flight() l where not l.own);
  if appending is null then
    return head;
  end if;

  patience := coalesce(nullif(current_setting('lock_timeout')::interval, '0'), '10 seconds');
  if exists (select from in_flight() l where l.own) then
    patience := least(patience, current_setting('deadlock_timeout')::interval);
  end if;
  loop
    perform pg_sleep(pause);
    -- A transaction that is prepared for a two-phase commit meanwhile loses its old name, so all prepared ones count.
    exit when not exists (
      select from in_flight() l where l.virtualtransaction = any (appending) or l.prepared);
    if clock_timestamp() - began > patience then
      raise exception using
        errcode = 'lock_not_available',
        message = 'An append that is in flight did not finish in time.';
    end if;
    pause := least(pause * 2, 0.01);
  end loop;
  return head;
end
$body$;

-- The events of one stream. The first row is no event: it carries the stream's version. What a snapshot sees of a
-- stream is a prefix of it, and events never change, so the events up to that version are what its snapshot held.
create function read_stream(
  of_stream text, after bigint, upto bigint, most bigint, backward boolean
) returns table (
  "position" bigint, version bigint, recorded_at_ms bigint, id uuid, schema_version smallint, stream text, type text,
  tags json, data json, metadata json, seen bigint[])
  language plpgsql volatile security definer
  set search_path from current
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set enable_bitmapscan = off
as $body$
#variable_conflict use_column
declare
  newest bigint := coalesce(
    (select e.version from event e where e.stream = of_stream order by e.version desc limit 1), 0);
begin
  return query select null::bigint, newest, null::bigint, null::uuid, null::smallint, null, null, null::json,
    null::json, null::json, null::bigint[];
  if newest = 0 then
    return;
  elsif backward then
    return query
    select e.position, e.version, (extract(epoch from e.recorded_at) * 1000)::bigint, e.id, e.schema_version,
      e.stream, e.type, to_json(e.tags), e.data, e.metadata, null::bigint[]
    from event e
    where e.stream = of_stream and e.version > after and e.version <= least(upto, newest)
    order by e.version desc
    limit most;
  else
    return query
    select e.position, e.version, (extract(epoch from e.recorded_at) * 1000)::bigint, e.id, e.schema_version,
      e.stream, e.type, to_json(e.tags), e.data, e.metadata, null::bigint[]
    from event e
    where e.stream = of_stream and e.version > after and e.version <= least(upto, newest)
    order by e.version
    limit most;
  end if;
end
$body$;

-- The same predicates from the other end of the log.
create function tagged_backward(anchor bigint, types text[], tags text[], after bigint, upto bigint, most bigint)
  returns table ("position" bigint)
  language sql stable
as $body$
  select t.position from tag t
  where t.hash = anchor and t.position > after and t.position <= upto
    and (types is null or t.type = any (types))
    and (select e.tags @> tagged_backward.tags from event e
      where e.position >= t.position and e.position <= t.position order by e.position limit 1)
  order by t.position desc
  limit most
$body$;

create function untagged_backward(types text[], after bigint, upto bigint, most bigint)
  returns table ("position" bigint)
  language sql stable
as $body$
  (select e.position
    from unnest(types) as wanted(type) cross join lateral (
      select e.position from event e
      where (e.type, e.position) > (wanted.type, after) and (e.type, e.position) <= (wanted.type, upto)
      order by e.type desc, e.position desc
      limit most) e)
  union all
  (select e.position from event e
    where types is null and e.position > after and e.position <= upto
    order by e.position desc
    limit most)
$body$;

-- The events that match a query. The first row is no event: it carries, for each item, up to where this read has seen
-- every event that the item can ever match. For an item with tags that is the newest event of its anchor tag in the
-- snapshot of the read (what a snapshot sees of a tag is a prefix of it); for an item without tags it is the settled
-- head, and then nothing above it is read. The places of the events and the tokens come from one statement, hence from
-- one snapshot; the events themselves are fetched by another, which cannot find them changed.
create function read(
  item_anchor bigint[], item_types text[], item_tags text[], after bigint, upto bigint, most bigint, backward boolean
) returns table (
  "position" bigint, version bigint, recorded_at_ms bigint, id uuid, schema_version smallint, stream text, type text,
  tags json, data json, metadata json, seen bigint[])
  language plpgsql volatile security definer
  set search_path from current
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set enable_bitmapscan = off
as $body$
#variable_conflict use_column
declare
  head bigint := 9223372036854775807;
  positions bigint[];
  tokens bigint[];
begin
  if array_position(item_anchor, null) is not null then
    head := settled_head();
  end if;

  if backward then
    with item as materialized (
      select i.anchor, i.types::text[] as types, i.tags::text[] as tags, i.nth
      from unnest(item_anchor, item_types, item_tags) with ordinality as i(anchor, types, tags, nth)
    )
    select
      (select array_agg(
        case when i.anchor is null then head else coalesce(
          (select t.position from tag t where t.hash = i.anchor and t.position <= head
            order by t.position desc limit 1), 0) end
        order by i.nth) from item i),
      array(
        select m.position
        from item i cross join lateral tagged_backward(i.anchor, i.types, i.tags, after, least(upto, head), most) m
        where i.anchor is not null
        union
        select m.position
        from item i cross join lateral untagged_backward(i.types, after, least(upto, head), most) m
        where i.anchor is null
        order by 1 desc
        limit most)
    into tokens, positions;
  else
    with item as materialized (
      select i.anchor, i.types::text[] as types, i.tags::text[] as tags, i.nth
      from unnest(item_anchor, item_types, item_tags) with ordinality as i(anchor, types, tags, nth)
    )
    select
      (select array_agg(
        case when i.anchor is null then head else coalesce(
          (select t.position from tag t where t.hash = i.anchor and t.position <= head
            order by t.position desc limit 1), 0) end
        order by i.nth) from item i),
      array(
        select m.position
        from item i cross join lateral tagged(i.anchor, i.types, i.tags, after, least(upto, head), most) m
        where i.anchor is not null
        union
        select m.position
        from item i cross join lateral untagged(i.types, after, least(upto, head), most) m
        where i.anchor is null
        order by 1
        limit most)
    into tokens, positions;
  end if;

  return query select null::bigint, null::bigint, null::bigint, null::uuid, null::smallint, null, null, null::json,
    null::json, null::json, tokens;
  if backward then
    return query
    select e.position, e.version, (extract(epoch from e.recorded_at) * 1000)::bigint, e.id, e.schema_version,
      e.stream, e.type, to_json(e.tags), e.data, e.metadata, null::bigint[]
    from event e
    where e.position = any (positions)
    order by e.position desc;
  else
    return query
    select e.position, e.version, (extract(epoch from e.recorded_at) * 1000)::bigint, e.id, e.schema_version,
      e.stream, e.type, to_json(e.tags), e.data, e.metadata, null::bigint[]
    from event e
    where e.position = any (positions)
    order by e.position;
  end if;
end
$body$;
