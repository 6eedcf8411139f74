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

-- Events travel as columns, not as rows: a row is a page, and each of its columns holds the values of all its events in
-- the order of the log. Client and server then have a price a page where they had one an event. A page ends at a count of
-- events, or at a size as stored. Compression makes a size 255 times as large at the very most, and an event above the
-- bound is a page by itself, so with bounds of a megabyte no column ever comes near the gigabyte at which a text ends.
-- Pages of some 50 kB are the cheapest: above 128 kB the server's memory comes from the kernel anew for each value.

-- The events of a stream above low and up to high, upwards, and their size; nothing if they are larger than so many bytes,
-- null being any size. Sizes are known without fetching what is large, and are summed up before anything is fetched.
create function page_of_stream(of_stream text, low bigint, high bigint, bytes bigint)
  returns table (
    positions bigint[], moments bigint[], ids text, schema_versions smallint[], types json, tags text, data text,
    metadata text, size bigint)
  language sql stable
as $body$
  select array_agg(e.position), array_agg((date_part('epoch', e.recorded_at) * 1000)::bigint),
    string_agg(e.id::text, ','), array_agg(e.schema_version), array_to_json(array_agg(e.type)),
    string_agg(case when cardinality(e.tags) = 0 then '[]' else to_json(e.tags)::text end, ','),
    string_agg(e.data::text, ','), string_agg(e.metadata::text, ','),
    sum(pg_column_size(e.data) + pg_column_size(e.metadata))
  from (
    select e.position, e.recorded_at, e.id, e.schema_version, e.type, e.tags, e.data, e.metadata
    from event e
    where e.stream = of_stream and e.version > low and e.version <= high
      and (bytes is null or bytes >= (
        select sum(pg_column_size(s.data) + pg_column_size(s.metadata))
        from event s
        where s.stream = of_stream and s.version > low and s.version <= high))
    order by e.version) e
$body$;

-- How many of so many events of a stream are no larger than a page: of those from low, exclusive, or of those to high,
-- inclusive. Halving finds it in a few looks; an event that is larger by itself is a page by itself.
create function fitting_events(of_stream text, low bigint, high bigint, events bigint, bytes bigint, backward boolean)
  returns bigint
  language plpgsql stable
  set search_path from current
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set enable_bitmapscan = off
as $body$
begin
  while events > 1 loop
    events := events / 2;
    exit when bytes >= (
      select sum(pg_column_size(e.data) + pg_column_size(e.metadata))
      from event e
      where e.stream = of_stream
        and e.version > case when backward then high - events else low end
        and e.version <= case when backward then high else low + events end);
  end loop;
  return events;
end
$body$;

-- The events of streams, each in its own range, in a row a page; a stream without such events has a row without them. Each
-- row carries the stream's version. What a snapshot sees of a stream is a prefix of it, and events never change, so the
-- events up to that version are what its snapshot held, whichever statement fetches them. Each stream has a snapshot of
-- its own, taken after the call began: a slice promises nothing about other streams.
-- Versions are dense, so a range of versions is a number of events, and only the first version of a page is sent. Events
-- of a page go upwards in either direction; backward, the pages come from the top. Pages end where their sizes have
-- reached enough_bytes; null is never. A page is tried with twice the events of the one before it at most, so that large
-- events, of which a page holds few, are not looked at over and over.
create function read_streams(
  streams text[], afters bigint[], uptos bigint[], mosts bigint[], backward boolean,
  page_events bigint, page_bytes bigint, enough_bytes bigint
) returns table (
  nth int, seen bigint, version bigint, positions bigint[], moments bigint[], ids text, schema_versions smallint[],
  types json, tags text, data text, metadata text)
  language plpgsql volatile security definer
  set search_path from current
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set enable_bitmapscan = off
as $body$
#variable_conflict use_column
declare
  low bigint;
  high bigint;
  page bigint;
  size bigint;
  total bigint;
begin
  for which in 1 .. cardinality(streams) loop
    nth := which;
    seen := coalesce(
      (select e.version from event e where e.stream = streams[which] order by e.version desc limit 1), 0);
    low := afters[which];
    high := least(uptos[which], seen);
    if backward then
      low := greatest(low, high - mosts[which]);
    elsif low < high then
      high := low + least(high - low, mosts[which]);
    end if;
    if low >= high then
      select null, null, null, null, null, null, null, null, null
        into version, positions, moments, ids, schema_versions, types, tags, data, metadata;
      return next;
      continue;
    end if;
    total := 0;
    page := page_events;
    loop
      page := least(high - low, page_events, page * 2);
      version := case when backward then high - page else low end + 1;
      select p.* into positions, moments, ids, schema_versions, types, tags, data, metadata, size
      from page_of_stream(streams[which], version - 1, version - 1 + page, page_bytes) p;
      if positions is null then
        page := fitting_events(streams[which], low, high, page, page_bytes, backward);
        version := case when backward then high - page else low end + 1;
        select p.* into positions, moments, ids, schema_versions, types, tags, data, metadata, size
        from page_of_stream(streams[which], version - 1, version - 1 + page, null) p;
      end if;
      return next;
      total := total + size;
      exit when high - low <= page or total >= enough_bytes;
      if backward then
        high := high - page;
      else
        low := low + page;
      end if;
    end loop;
  end loop;
end
$body$;

-- The same predicates from the other end of the log.
create function tagged_backward(
  anchor bigint, categories text[], types text[], tags text[], after bigint, upto bigint, most bigint)
  returns table ("position" bigint)
  language sql stable
as $body$
  select t.position from tag t
  where t.hash = anchor and t.position > after and t.position <= upto
    and (types is null or t.type = any (types))
    and (select e.tags @> tagged_backward.tags
        and (categories is null or split_part(e.stream, '-', 1) = any (categories))
      from event e
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

create function in_categories_backward(categories text[], types text[], after bigint, upto bigint, most bigint)
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
    order by e.position desc
    limit most;
  else
    return query
    select e.position
    from unnest(types) as wanted(type) cross join lateral (
      select e.position from event e
      where (e.type, e.position) > (wanted.type, after) and (e.type, e.position) <= (wanted.type, upto)
        and split_part(e.stream, '-', 1) = any (categories)
      order by e.type desc, e.position desc
      limit most) e;
  end if;
end
$body$;

-- How many of the first places a page holds.
create function page_of_places(places bigint[], events int, bytes bigint) returns int
  language plpgsql stable
  set search_path from current
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set enable_bitmapscan = off
as $body$
begin
  while events > 1 loop
    events := events / 2;
    exit when bytes >= (
      select sum(pg_column_size(e.data) + pg_column_size(e.metadata))
      from event e
      where e.position = any (places[1:events]));
  end loop;
  return events;
end
$body$;

-- The events that match a query, in rows as above, or a row without events where none match. Each row carries whether more
-- events matched than are in it and the rows before, and for each item up to where this read has seen every event that the item can ever match. For an item with tags that is
-- the newest event of its anchor tag in the snapshot of the read (what a snapshot sees of a tag is a prefix of it); for an
-- item without tags it is the settled head, and then nothing above it is read. The places of the events and the tokens
-- come from one statement, hence from one snapshot; the events themselves are fetched by others, which cannot find them
-- changed.
create function read(
  item_anchor bigint[], item_categories text[], item_types text[], item_tags text[],
  after bigint, upto bigint, most bigint, backward boolean,
  page_events int, page_bytes bigint, enough_bytes bigint
) returns table (
  seen bigint[], more boolean, versions bigint[], streams json, positions bigint[], moments bigint[], ids text,
  schema_versions smallint[], types json, tags text, data text, metadata text)
  language plpgsql volatile security definer
  set search_path from current
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set enable_bitmapscan = off
as $body$
#variable_conflict use_column
declare
  head bigint := 9223372036854775807;
  tokens bigint[];
  places bigint[];
  part bigint[];
  page int;
  bytes bigint;
  total bigint := 0;
  passed int := 0;
begin
  if array_position(item_anchor, null) is not null then
    head := settled_head();
  end if;

  if backward then
    with item as materialized (
      select i.anchor, i.categories::text[] as categories, i.types::text[] as types, i.tags::text[] as tags, i.nth
      from unnest(item_anchor, item_categories, item_types, item_tags) with ordinality
        as i(anchor, categories, types, tags, nth)
    )
    select
      (select array_agg(
        case when i.anchor is null then head else coalesce(
          (select t.position from tag t where t.hash = i.anchor and t.position <= head
            order by t.position desc limit 1), 0) end
        order by i.nth) from item i),
      array(
        select m.position
        from item i
        cross join lateral tagged_backward(i.anchor, i.categories, i.types, i.tags, after, least(upto, head), most) m
        where i.anchor is not null
        union
        select m.position
        from item i cross join lateral untagged_backward(i.types, after, least(upto, head), most) m
        where i.anchor is null and i.categories is null
        order by 1 desc
        limit most)
    into tokens, places;
  else
    with item as materialized (
      select i.anchor, i.categories::text[] as categories, i.types::text[] as types, i.tags::text[] as tags, i.nth
      from unnest(item_anchor, item_categories, item_types, item_tags) with ordinality
        as i(anchor, categories, types, tags, nth)
    )
    select
      (select array_agg(
        case when i.anchor is null then head else coalesce(
          (select t.position from tag t where t.hash = i.anchor and t.position <= head
            order by t.position desc limit 1), 0) end
        order by i.nth) from item i),
      array(
        select m.position
        from item i
        cross join lateral tagged(i.anchor, i.categories, i.types, i.tags, after, least(upto, head), most) m
        where i.anchor is not null
        union
        select m.position
        from item i cross join lateral untagged(i.types, after, least(upto, head), most) m
        where i.anchor is null and i.categories is null
        order by 1
        limit most)
    into tokens, places;
  end if;

  if item_categories is not null then
    -- By a later snapshot than that of the tokens, and to the same effect: these are items without tags, so the head is
    -- settled, and nothing above it is read.
    if backward then
      places := array(
        select p.position from unnest(places) as p(position)
        union
        select m.position
        from unnest(item_anchor, item_categories, item_types) as i(anchor, categories, types)
        cross join lateral in_categories_backward(
          i.categories::text[], i.types::text[], after, least(upto, head), most) m
        where i.anchor is null and i.categories is not null
        order by 1 desc
        limit most);
    else
      places := array(
        select p.position from unnest(places) as p(position)
        union
        select m.position
        from unnest(item_anchor, item_categories, item_types) as i(anchor, categories, types)
        cross join lateral in_categories(
          i.categories::text[], i.types::text[], after, least(upto, head), most) m
        where i.anchor is null and i.categories is not null
        order by 1
        limit most);
    end if;
  end if;

  if places = '{}' then
    seen := tokens;
    more := false;
    return next;
    return;
  end if;
  page := page_events;
  loop
    part := places[passed + 1 : passed + least(page_events, page * 2)];
    page := cardinality(part);
    bytes := (
      select sum(pg_column_size(e.data) + pg_column_size(e.metadata)) from event e where e.position = any (part));
    if bytes > page_bytes then
      page := page_of_places(part, page, page_bytes);
      part := part[1:page];
      bytes := page_bytes;
    end if;

    passed := passed + page;
    more := passed < cardinality(places);
    return query
    select tokens, more, array_agg(e.version), array_to_json(array_agg(e.stream)), array_agg(e.position),
      array_agg((date_part('epoch', e.recorded_at) * 1000)::bigint), string_agg(e.id::text, ','),
      array_agg(e.schema_version), array_to_json(array_agg(e.type)),
      string_agg(case when cardinality(e.tags) = 0 then '[]' else to_json(e.tags)::text end, ','),
      string_agg(e.data::text, ','), string_agg(e.metadata::text, ',')
    from (
      select e.version, e.stream, e.position, e.recorded_at, e.id, e.schema_version, e.type, e.tags, e.data, e.metadata
      from event e
      where e.position = any (part)
      order by e.position) e;
    total := total + bytes;
    exit when not more or total >= enough_bytes;
  end loop;
end
$body$;
