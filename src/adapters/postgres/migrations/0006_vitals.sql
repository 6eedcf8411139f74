-- What an operator watches, in one row and one look. It reads nothing that grows with the log: the events are estimated
-- as the planner does, from the density at the last analyze and the size of today.
--
-- The locks of the log's sessions are the marker (two numbers: the table's oid, and 1) and the keys of streams and tags
-- (one number each), which could be anybody's. So only those waits for a key count whose holder belongs to the log: who
-- holds the marker, or waits for it, or waits for a key that counts.
--
-- Everyone may see that a session holds a lock. Since when its transaction runs, only the session's own role may see,
-- and the members of pg_read_all_stats (and so of pg_monitor). This function sees what its owner sees; appends whose
-- beginning it cannot see, and those of transactions that are prepared for a two-phase commit, are counted apart.
create function vitals(
  out head bigint, out events bigint, out bytes bigint,
  out appends_in_flight int, out appends_of_unknown_age int, out oldest_append_ms bigint,
  out waiting_for_locks int
)
  language plpgsql volatile security definer
  set search_path from current
as $body$
declare
  marker oid := 'event'::regclass;
begin
  head := head();
  events := (
    select case when c.reltuples < 0 then head
      else least(head, (c.reltuples / greatest(c.relpages, 1)
        * (pg_relation_size(marker) / current_setting('block_size')::int))::bigint) end
    from pg_class c where c.oid = marker);
  bytes := pg_total_relation_size(marker) + pg_total_relation_size('tag');

  with recursive lock as materialized (
    select l.pid, l.granted, l.classid, l.objid, l.objsubid,
      l.classid = marker and l.objid = 1 and l.objsubid = 2 as marks
    from pg_locks l
    where l.locktype = 'advisory'
      and l.database = (select d.oid from pg_database d where d.datname = current_database())
  ), ours(pid) as (
    select l.pid from lock l where l.marks
    union
    select waiting.pid
    from ours
    join lock held on held.pid = ours.pid and held.granted and held.objsubid = 1
    join lock waiting on not waiting.granted and waiting.objsubid = 1
      and waiting.classid = held.classid and waiting.objid = held.objid
  ), appending as (
    select (select a.xact_start from pg_stat_activity a where a.pid = l.pid) as began
    from lock l where l.marks and l.granted
  )
  select count(*), count(*) - count(a.began),
    (extract(epoch from clock_timestamp() - min(a.began)) * 1000)::bigint,
    (select count(*) from lock l join ours on ours.pid = l.pid
      where not l.granted and (l.marks or l.objsubid = 1))
  into appends_in_flight, appends_of_unknown_age, oldest_append_ms, waiting_for_locks
  from appending a;
end
$body$;
