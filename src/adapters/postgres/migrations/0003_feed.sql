-- Following the log: pages of a query's events, none of which ends beyond a place where an event may still appear.

-- How far the log stands without a gap from a place on: the last of the positions that follow each other, at most so many.
create function without_gap(place bigint, most int) returns bigint
  language plpgsql volatile security definer
  set search_path from current
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set enable_bitmapscan = off
as $body$
declare
  reached bigint := place;
  next bigint;
begin
  for next in select e.position from event e where e.position > place order by e.position limit most loop
    exit when next <> reached + 1;
    reached := next;
  end loop;
  return reached;
end
$body$;

-- Up to where the log is settled: every event at or below that place that will ever exist is visible to the statements
-- that follow. `upto` is the same for what comes after the place where the caller stands, and may be more, because nothing
-- needs to be known of what is below that place. The caller hands in what earlier calls gave it, on whichever connection:
-- the place that was settled then, and the mark, a head that was not settled, with the names of the appends that were in
-- flight after it had been seen. Nothing is waited for; a later call finds out more.
--
-- Why. Whoever owns a position g below a visible position m drew g before m was drawn, had taken the in-flight marker
-- before that, and gives it back when its events are visible to everyone, or are gone. Hence:
-- * Once m has been seen, whoever owns a position below m is among the holders of the marker that a later statement
--   lists, or has finished. So if that list is empty, m is settled. If not, it is kept with m, and when a later statement
--   finds that none of it still holds the marker, m is settled: every owner has finished by then, whoever began since
--   owns nothing below m. The list has to be read after m was seen, by a statement of its own: holders that were read
--   before m was seen prove nothing, since another append may have begun in between and drawn a position below m.
-- * Positions that follow each other without a gap above a settled place are settled whatever is in flight, since there
--   is nothing between them that could still appear. It takes no look at the locks, and is the common case.
-- * An append that is rolled back, a sequence that jumped after a crash, or that was set, leave gaps that nobody owns.
--   Such a gap ends like any other, by a mark above it. No gap is walked through place by place.
-- A transaction that is prepared for a two-phase commit loses its old name, so all prepared ones that hold the marker
-- count as those of the list. Names do not repeat while the server runs; if one does after a restart, that costs a wait.
-- The appends of the caller's own transaction do not count, since a transaction sees its own events.
--
-- The place never stands above the newest event. What is known to be settled above it was another log's: a standby was
-- promoted that had not received everything, or the schema was made anew. Then nothing is known.
create function settle(
  after bigint, known bigint, known_mark bigint, known_holders text[],
  out settled bigint, out mark bigint, out holders text[], out upto bigint, out head bigint, out unwalked boolean
)
  language plpgsql volatile security definer
  set search_path from current
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set enable_bitmapscan = off
as $body$
declare
  stride constant int := 10000;
  base bigint;
  far boolean;
begin
  -- What an older snapshot does not see is not settled for it, whatever the locks say.
  if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
    raise exception using
      errcode = 'DE001',
      message = 'Following the log needs READ COMMITTED.',
      detail = current_setting('transaction_isolation');
  end if;
  -- A standby has no locks of the primary's appends to look at.
  if pg_is_in_recovery() then
    raise exception using errcode = 'DE002', message = 'Following the log needs the primary server.';
  end if;

  head := coalesce((select e.position from event e order by e.position desc limit 1), 0);
  unwalked := false;
  settled := case when known > head then 0 else known end;
  if known_mark > settled and known_mark <= head then
    if exists (select from in_flight() l where l.virtualtransaction = any (known_holders) or l.prepared) then
      mark := known_mark;
      holders := known_holders;
    else
      settled := known_mark;
    end if;
  end if;

  -- Where there is much to walk, a look at the locks comes first, since it may save the walk. Where there is something
  -- to read before the gap, the look is left to the next call: most gaps close by themselves before it comes.
  base := greatest(settled, after);
  upto := base;
  far := head - base > stride;
  if not far then
    upto := without_gap(base, stride);
  end if;
  if upto < head and mark is null and (far or upto <= after) then
    holders := (select array_agg(l.virtualtransaction) from in_flight() l where not l.own);
    if holders is null then
      settled := head;
      upto := head;
    else
      mark := head;
    end if;
  end if;
  if far and upto < head then
    upto := without_gap(base, stride);
    unwalked := upto - base = stride;
  end if;

  -- What follows a place without a gap is settled beyond it, and from the beginning only where that place is.
  if after <= settled then
    settled := greatest(settled, upto);
  end if;
  if mark <= settled then
    mark := null;
    holders := null;
  end if;
  head := greatest(head, upto);
end
$body$;

-- A page of a query's events after a place, at most so many, in columns: each is one value with an entry an event, so the
-- client parses a handful of texts and not a row for each event. `up_to` is where the next page begins: every event of
-- the query up to there that will ever exist is in this page or was before it. The places of the events are looked up by
-- a statement that begins when the log is known to be settled so far, with the predicates of reads; the events cannot
-- change, so another statement may fetch them.
-- Where an item looks for categories without tags to find them by, a page covers a stretch of the log and no more, so
-- that no call walks far for the sake of a rare category; the place moves over what was walked.
create function feed(
  item_anchor bigint[], item_categories text[], item_types text[], item_tags text[], after bigint, most int,
  known bigint, known_mark bigint, known_holders text[],
  out settled bigint, out mark bigint, out holders text[], out up_to bigint, out beyond text,
  out versions bigint[], out streams json, out positions bigint[], out moments bigint[], out ids text,
  out schema_versions smallint[], out types json, out tags text, out data text, out metadata text
)
  language plpgsql volatile security definer
  set search_path from current
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set enable_bitmapscan = off
as $body$
#variable_conflict use_column
declare
  -- Stored, hence compressed, bytes of payloads; the server builds no text above a gigabyte, and Node none above half.
  bytes_max constant int := 4000000;
  stretch constant int := 10000;
  head bigint;
  upto bigint;
  unwalked boolean;
  places bigint[];
begin
  select s.settled, s.mark, s.holders, s.upto, s.head, s.unwalked
  into settled, mark, holders, upto, head, unwalked
  from settle(after, known, known_mark, known_holders) s;

  up_to := upto;
  if item_categories is not null and upto - after > stretch and exists (
    select from unnest(item_anchor, item_categories) as i(anchor, categories)
    where i.anchor is null and i.categories is not null)
  then
    up_to := after + stretch;
  end if;
  if after < up_to then
    places := array(
      select m.position
      from unnest(item_anchor, item_categories, item_types, item_tags) as i(anchor, categories, types, tags)
      cross join lateral tagged(
        i.anchor, i.categories::text[], i.types::text[], i.tags::text[], after, up_to, most) m
      where i.anchor is not null
      union
      select m.position
      from unnest(item_anchor, item_categories, item_types) as i(anchor, categories, types)
      cross join lateral untagged(i.types::text[], after, up_to, most) m
      where i.anchor is null and i.categories is null
      order by 1
      limit most);
    if item_categories is not null then
      places := array(
        select p.position from unnest(places) as p(position)
        union
        select m.position
        from unnest(item_anchor, item_categories, item_types) as i(anchor, categories, types)
        cross join lateral in_categories(i.categories::text[], i.types::text[], after, up_to, most) m
        where i.anchor is null and i.categories is not null
        order by 1
        limit most);
    end if;

    select array_agg(e.version), array_to_json(array_agg(e.stream)), array_agg(e.position),
      array_agg((date_part('epoch', e.recorded_at) * 1000)::bigint), string_agg(e.id::text, ','),
      array_agg(e.schema_version), array_to_json(array_agg(e.type)),
      string_agg(case when cardinality(e.tags) = 0 then '[]' else to_json(e.tags)::text end, ','),
      string_agg(e.data::text, ','), string_agg(e.metadata::text, ',')
    into versions, streams, positions, moments, ids, schema_versions, types, tags, data, metadata
    from (
      select e.*, sum(pg_column_size(e.data) + pg_column_size(e.metadata))
        over (order by e.position rows between unbounded preceding and 1 preceding) as bytes_before
      from event e
      where e.position = any (places)
      order by e.position) e
    where coalesce(e.bytes_before, 0) < bytes_max;

    if cardinality(places) = most or cardinality(positions) < cardinality(places) then
      up_to := positions[cardinality(positions)];
    end if;
  end if;

  beyond := case
    when up_to < upto or unwalked then 'more'
    when up_to < head then 'unsettled'
    else 'nothing'
  end;
end
$body$;

-- The place before the first event that was recorded at or after a moment: a binary search over positions, one probe of
-- the primary key a step. It takes the times of the log for ascending. Appends that are under way at once draw positions
-- and look at the clock in the same moments and not quite in one order, so the thousand events before are looked at too.
-- Where the clock was set back the log passes some moments more than once, and the answer is one of those places.
-- While the newest event is earlier, the answer has to be a settled place, since whoever starts there must not miss what is
-- in flight below; it waits for that as reads do. It has to be at or above everything that was recorded before the call
-- too, since whoever has read up to there relies on having missed nothing; and what is in flight may stand above the
-- newest event. So it waits first for all who are in flight now, whose events count for the head that is settled then.
create function place_before(moment timestamptz) returns bigint
  language plpgsql volatile security definer
  set search_path from current
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set enable_bitmapscan = off
as $body$
declare
  -- Events at or below `low` are earlier, events at or above `high` are not.
  low bigint := 0;
  high bigint;
  middle bigint;
  probe record;
  earliest bigint;
begin
  select e.position, e.recorded_at into probe from event e order by e.position desc limit 1;
  if found and probe.recorded_at >= moment then
    high := probe.position + 1;
  else
    perform settled_head();
    high := settled_head() + 1;
  end if;
  while high - low > 1 loop
    middle := low + (high - low) / 2;
    select e.position, e.recorded_at into probe
    from event e where e.position >= middle and e.position < high order by e.position limit 1;
    if found and probe.recorded_at < moment then
      low := probe.position;
    else
      high := middle;
    end if;
  end loop;
  earliest := (
    select min(w.position)
    from (select e.position, e.recorded_at from event e where e.position <= low order by e.position desc limit 1000) w
    where w.recorded_at >= moment);
  if earliest is not null then
    low := coalesce((select e.position from event e where e.position < earliest order by e.position desc limit 1), 0);
  end if;
  return low;
end
$body$;
