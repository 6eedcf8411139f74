-- Read models: what projections make of a log, kept with their places in it, the leases under which they are written, the
-- events that were set aside, and the commands that process managers owe. Nothing here knows the tables of a log, so
-- read models may live in a database of their own, beside the service that reads them.

create table read_model (
  id int generated always as identity primary key,
  -- A fixed number, said by whoever leases it first; 0 where it is written in the transactions of appends.
  partitions int not null,
  version int not null,
  -- Whether its entries can be found by what they contain. As fixed as the number of partitions.
  searchable boolean not null,
  name text collate "C" not null,
  constraint read_model_name_version_key unique (name, version)
);

-- Which version readers are shown. A name without a row here shows the lowest version there is.
create table live_read_model (
  version int not null,
  name text collate "C" primary key
);

-- How far each partition got, and who holds it. All of them change with every commit, so each page keeps half of itself
-- free: then a change stays in its page and touches no index.
create table read_model_place (
  read_model int not null,
  partition int not null,
  fence bigint not null,
  up_to bigint not null,
  lease_until timestamptz,
  owner text collate "C",
  constraint read_model_place_pkey primary key (read_model, partition)
)
with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);

-- Who asked for leases lately, whether he got any or not: fair shares are counted by these.
create table read_model_owner (
  read_model int not null,
  lease_until timestamptz not null,
  owner text collate "C" not null,
  constraint read_model_owner_pkey primary key (read_model, owner)
);

create table read_model_entry (
  position bigint not null,
  read_model int not null,
  key text collate "C" not null,
  -- json for the same reason as in event: what evolve makes of a state must not depend on whether it was kept in between.
  state json not null,
  -- The state as jsonb under the number of its read model, for the index alone. With that number in it, what other read
  -- models hold, and other versions of this one, are other entries of the index. Null where the read model is not
  -- searchable.
  searched jsonb,
  constraint read_model_entry_pkey primary key (read_model, key)
)
-- An entry that is not searched changes in no column of an index, so with room in its page it touches none: measured, a
-- quarter less time.
with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);

create index read_model_entry_searched on read_model_entry using gin (searched jsonb_path_ops)
  where searched is not null;

create table read_model_parked (
  position bigint not null,
  parked_at timestamptz not null,
  read_model int not null,
  -- How often it was tried; 0 for one that waits behind another of its key.
  attempts int not null,
  key text collate "C" not null,
  reason text not null,
  event json not null,
  constraint read_model_parked_pkey primary key (read_model, key, position)
);

create table owed_command (
  position bigint not null,
  -- Null means at once.
  due_at timestamptz,
  read_model int not null,
  nth int not null,
  partition int not null,
  -- Whether that holds up the later ones of its key until somebody crosses it off or has it sent again.
  stuck boolean,
  id text collate "C" not null,
  key text collate "C" not null,
  timer text collate "C",
  -- Why it was not carried out.
  refusal text,
  correlation_id text,
  causation_id text,
  command json not null,
  constraint owed_command_pkey primary key (id, read_model)
);

-- Plans are made while this table may be next to empty, where one index is as good as another, and kept when it is full of
-- timers of days to come. So each question is put in a way that one index alone can answer: commands are looked up by id
-- and by key, and the read model, as `read_model + 0`, is compared afterwards; and timers are a range of pairs, in the order
-- of pairs, which no other index has.
create index owed_command_key on owed_command (key, position, nth);
create index owed_command_at_once on owed_command (read_model, position, nth) where due_at is null and refusal is null;
create index owed_command_due on owed_command (read_model, due_at) where due_at is not null and refusal is null;

-- The number of a read model; null where there is none.
create function read_model_id(of_name text, of_version int) returns int
  language sql stable
  set search_path from current
as $body$
  select r.id from read_model r where r.name = of_name and r.version = of_version
$body$;

-- The number of a read model, which is made, with its places, where there is none.
create function make_read_model(of_name text, of_version int, of_partitions int, of_searchable boolean) returns int
  language plpgsql volatile
  set search_path from current
as $body$
declare
  model int := read_model_id(of_name, of_version);
begin
  while model is null loop
    insert into read_model (name, version, partitions, searchable)
    values (of_name, of_version, of_partitions, of_searchable)
    on conflict do nothing
    returning id into model;
    if model is not null then
      insert into read_model_place (read_model, partition, fence, up_to)
      select model, s.partition, 0, 0 from generate_series(0, of_partitions - 1) as s(partition);
    else
      model := read_model_id(of_name, of_version);
    end if;
  end loop;
  return model;
end
$body$;

-- Renews what an owner holds, and takes or gives up as much as makes it a fair share: as many partitions for each of
-- those who ask, and one more for the first of them where that leaves a rest.
--
-- Locks are taken in one order everywhere: places by partition, and then the read model. Here its row is held against
-- other leases alone and not against commits, and while it is held nobody is waited for: partitions in the middle of a
-- commit are passed over.
create function lease_read_model(
  of_name text, of_version int, of_partitions int, of_searchable boolean, of_owner text, lease_ms bigint,
  -- How the read model is kept; where that is another way, nothing is leased.
  out kept int, out kept_searchable boolean, out partitions int[], out fences bigint[], out places bigint[]
)
  language plpgsql volatile security definer
  set search_path from current
  set plan_cache_mode = force_generic_plan
as $body$
#variable_conflict use_column
declare
  model int;
  moment timestamptz;
  until timestamptz;
  owners int;
  owners_before int;
  share int;
  held int;
begin
  loop
    model := make_read_model(of_name, of_version, of_partitions, of_searchable);
    perform from read_model_place p where p.read_model = model and p.owner = of_owner order by p.partition for update;
    select r.partitions, r.searchable into kept, kept_searchable
    from read_model r where r.id = model for no key update;
    exit when found;
  end loop;
  if kept <> of_partitions or kept_searchable <> of_searchable then return; end if;

  moment := clock_timestamp();
  until := moment + lease_ms * interval '1 millisecond';
  delete from read_model_owner o where o.read_model = model and o.lease_until <= moment;
  insert into read_model_owner (read_model, lease_until, owner) values (model, until, of_owner)
  on conflict (read_model, owner) do update set lease_until = excluded.lease_until;
  select count(*), count(*) filter (where o.owner < of_owner) into owners, owners_before
  from read_model_owner o where o.read_model = model;
  share := kept / owners + case when owners_before < kept % owners then 1 else 0 end;

  update read_model_place p set lease_until = until where p.read_model = model and p.owner = of_owner;
  get diagnostics held = row_count;
  if held > share then
    update read_model_place p set owner = null, lease_until = null
    where p.read_model = model and p.partition in (
      select h.partition from read_model_place h
      where h.read_model = model and h.owner = of_owner order by h.partition desc limit held - share);
  elsif held < share then
    update read_model_place p set owner = of_owner, lease_until = until, fence = p.fence + 1
    from (
      select f.partition from read_model_place f
      where f.read_model = model and (f.owner is null or f.lease_until <= moment) and f.owner is distinct from of_owner
      order by f.partition limit share - held for update skip locked) free
    where p.read_model = model and p.partition = free.partition;
  end if;

  select array_agg(p.partition order by p.partition), array_agg(p.fence order by p.partition),
    array_agg(p.up_to order by p.partition)
  into partitions, fences, places
  from read_model_place p where p.read_model = model and p.owner = of_owner;
end
$body$;

create function release_read_model(of_name text, of_version int, of_owner text) returns void
  language plpgsql volatile security definer
  set search_path from current
  set plan_cache_mode = force_generic_plan
as $body$
declare
  model int := read_model_id(of_name, of_version);
begin
  perform from read_model_place p where p.read_model = model and p.owner = of_owner order by p.partition for update;
  update read_model_place p set owner = null, lease_until = null where p.read_model = model and p.owner = of_owner;
  delete from read_model_owner o where o.read_model = model and o.owner = of_owner;
end
$body$;

-- The entries of keys, as columns, each with the number of its key among those that were asked for; and the numbers of
-- the keys that are parked.
create function load_read_model(
  of_name text, of_version int, keys text[],
  out found_keys int[], out positions bigint[], out states text, out parked int[]
)
  language plpgsql stable security definer
  set search_path from current
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set enable_bitmapscan = off
as $body$
declare
  model int := read_model_id(of_name, of_version);
begin
  select array_agg(s.nth), array_agg(e.position), string_agg(e.state::text, ',') into found_keys, positions, states
  from unnest(keys) with ordinality as s(key, nth)
  cross join lateral (
    select e.position, e.state from read_model_entry e where e.read_model = model and e.key = s.key offset 0) e;
  -- Most read models have nothing parked, and then no key is looked up.
  if not exists (select from read_model_parked p where p.read_model = model) then return; end if;
  select array_agg(s.nth) into parked
  from unnest(keys) with ordinality as s(key, nth)
  where exists (select from read_model_parked p where p.read_model = model and p.key = s.key);
end
$body$;

-- Holds the places that a commit is to move, until the end of the transaction, and answers with the first of them whose
-- lease or place is not what the writer believed; null if all are.
--
-- Why a commit is exact. The rows are locked before they are looked at, by statements of their own, so what is seen is
-- the newest, and it stays until the commit is visible. Whoever takes a partition over locks its row too and raises its
-- fence. So either the commit comes first, and the new owner begins behind it; or the takeover does, and the commit
-- finds another fence and writes nothing.
--
-- The row of the read model is held too, so that another version cannot be made live before the commit is done.
create function hold_places(model int, of_owner text, moved int[], fences bigint[], froms bigint[]) returns int
  language plpgsql volatile
  set search_path from current
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
as $body$
begin
  perform from read_model_place p
  where p.read_model = model and p.partition = any (moved) order by p.partition for update;
  perform from read_model r where r.id = model for key share;
  return (
    select min(m.partition)
    from unnest(moved, fences, froms) as m(partition, fence, up_to)
    where not exists (
      select from read_model_place p
      where p.read_model = model and p.partition = m.partition
        and p.owner = of_owner and p.fence = m.fence and p.up_to = m.up_to));
end
$body$;

-- The beginning of a commit that a handler of the user's writes in too: nobody can take the places over from here on.
create function begin_read_model_commit(
  of_name text, of_version int, of_owner text, moved int[], fences bigint[], froms bigint[],
  out fenced int, out is_live boolean
)
  language plpgsql volatile security definer
  set search_path from current
as $body$
begin
  fenced := hold_places(read_model_id(of_name, of_version), of_owner, moved, fences, froms);
  is_live := live_version(of_name) = of_version;
end
$body$;

-- States as they are kept, over those that were there.
create function write_entries(
  model int, keys text[], positions bigint[], states text[], searched text[]) returns void
  language sql volatile
  set search_path from current
as $body$
  insert into read_model_entry as e (read_model, key, position, state, searched)
  select model, s.key, s.position, s.state::json,
    case when r.searchable then jsonb_build_object(model::text, coalesce(s.searched, s.state)::jsonb) end
  from unnest(keys, positions, states, searched) as s(key, position, state, searched)
  cross join (select r.searchable from read_model r where r.id = model) r
  on conflict (read_model, key) do update
    set position = excluded.position, state = excluded.state, searched = excluded.searched
$body$;

-- What process managers owe and take back. A timer is taken back by what was recorded before it was due, whatever the
-- time is by now.
create function write_owing(model int, commands json, command text[], cancelled json) returns void
  language plpgsql volatile
  set search_path from current
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
as $body$
declare
  cancellation record;
begin
  if cancelled is not null then
    -- One by one: a join, planned while nothing is owed, would walk through all that is owed later.
    for cancellation in select * from json_to_recordset(cancelled) as s(key text, timer text, at double precision) loop
      delete from owed_command c
      where c.key = cancellation.key and c.read_model + 0 = model and c.timer = cancellation.timer and c.refusal is null
        and coalesce(c.due_at > 'epoch'::timestamptz + cancellation.at * interval '1 millisecond', false);
    end loop;
  end if;
  if commands is not null then
    insert into owed_command (
      read_model, partition, id, key, position, nth, command, correlation_id, causation_id, due_at, timer)
    select model, s.partition, s.id, s.key, s.position, s.nth, s.command::json, s.correlation_id, s.causation_id,
      'epoch'::timestamptz + s.due_at * interval '1 millisecond', s.timer
    from rows from (
      json_to_recordset(commands) as (partition int, id text, key text, position bigint, nth int,
        correlation_id text, causation_id text, due_at bigint, timer text),
      unnest(command))
      as s(partition, id, key, position, nth, correlation_id, causation_id, due_at, timer, command)
    on conflict do nothing;
  end if;
end
$body$;

-- A commit: all of it, or nothing and the first partition that has another owner or another place by now.
create function commit_read_model(
  of_name text, of_version int, of_owner text,
  moved int[], fences bigint[], froms bigint[], tos bigint[],
  -- `searched` is null where every state can be jsonb as it is.
  keys text[], key_partitions int[], positions bigint[], states text[], searched text[],
  -- Null where there is nothing of the kind. Events and commands come beside the rest: what takes fields out of json
  -- would stumble over texts in them that the server cannot hold.
  parked json, parked_event text[], commands json, command text[], cancelled json,
  out fenced int
)
  language plpgsql volatile security definer
  set search_path from current
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
as $body$
declare
  model int := read_model_id(of_name, of_version);
begin
  fenced := hold_places(model, of_owner, moved, fences, froms);
  if fenced is not null then return; end if;
  -- Whether a key is parked may have changed since the writer looked, because parking is ended without a lease.
  if exists (select from read_model_parked p where p.read_model = model) then
    fenced := (
      select min(s.partition) from unnest(keys, key_partitions) as s(key, partition)
      where exists (select from read_model_parked p where p.read_model = model and p.key = s.key));
  end if;
  if fenced is null and parked is not null then
    fenced := (
      select min(s.partition)
      from (
        select f.key, f.partition, f.attempts, row_number() over (partition by f.key order by f.position) as nth
        from json_to_recordset(parked) as f(key text, partition int, position bigint, attempts int)) s
      where s.nth = 1 and s.attempts = 0
        and not exists (select from read_model_parked p where p.read_model = model and p.key = s.key));
  end if;
  if fenced is not null then return; end if;

  update read_model_place p set up_to = m.up_to
  from unnest(moved, tos) as m(partition, up_to)
  where p.read_model = model and p.partition = m.partition and p.up_to < m.up_to;
  perform write_entries(model, keys, positions, states, searched);

  if parked is not null then
    insert into read_model_parked (read_model, key, position, attempts, reason, parked_at, event)
    select model, s.key, s.position, s.attempts, s.reason, date_trunc('milliseconds', clock_timestamp()),
      s.event::json
    from rows from (
      json_to_recordset(parked) as (key text, position bigint, attempts int, reason text), unnest(parked_event))
      as s(key, position, attempts, reason, event);
  end if;
  perform write_owing(model, commands, command, cancelled);
end
$body$;

-- Everything up to here is in the read model, or parked.
create function read_model_up_to(of_name text, of_version int) returns bigint
  language sql stable security definer
  set search_path from current
as $body$
  select coalesce(min(p.up_to), 0) from read_model_place p where p.read_model = read_model_id(of_name, of_version)
$body$;

create function parked_keys(of_name text, of_version int) returns json
  language sql stable security definer
  set search_path from current
as $body$
  select coalesce(json_agg(json_build_object(
      'key', p.key, 'events', p.events, 'firstPosition', p.first_position::text, 'reason', f.reason,
      'attempts', f.attempts, 'since', (extract(epoch from f.parked_at) * 1000)::bigint)
    order by p.first_position, p.key), '[]')
  from (
    select p.key, count(*) as events, min(p.position) as first_position
    from read_model_parked p where p.read_model = read_model_id(of_name, of_version) group by p.key) p
  join read_model_parked f
    on f.read_model = read_model_id(of_name, of_version) and f.key = p.key and f.position = p.first_position
$body$;

create function parked_events(of_name text, of_version int, of_key text) returns json
  language sql stable security definer
  set search_path from current
  set enable_seqscan = off
as $body$
  select coalesce(json_agg(p.event order by p.position), '[]')
  from read_model_parked p where p.read_model = read_model_id(of_name, of_version) and p.key = of_key
$body$;

-- Ends the parking of a key, whose events were dealt with up to a position: false where it is not parked, or another one
-- has come to wait. The place of its partition is held, so that no commit can set another event aside meanwhile, and to
-- the end of the transaction: what a handler of the user's writes comes after it. A null state writes no entry.
create function unpark_read_model(
  of_name text, of_version int, of_partition int, of_key text, through bigint,
  of_position bigint, of_state text, of_searched text, commands json, command text[], cancelled json,
  out done boolean, out is_live boolean
)
  language plpgsql volatile security definer
  set search_path from current
  set enable_seqscan = off
as $body$
declare
  model int := read_model_id(of_name, of_version);
begin
  perform from read_model_place p where p.read_model = model and p.partition = of_partition for update;
  perform from read_model r where r.id = model for key share;
  is_live := live_version(of_name) = of_version;
  done := coalesce(
    (select max(p.position) = through from read_model_parked p where p.read_model = model and p.key = of_key), false);
  if not done then return; end if;
  delete from read_model_parked p where p.read_model = model and p.key = of_key;
  if of_state is not null then
    perform write_entries(model, array[of_key], array[of_position], array[of_state], array[of_searched]);
  end if;
  perform write_owing(model, commands, command, cancelled);
end
$body$;

create function live_version(of_name text) returns int
  language sql stable security definer
  set search_path from current
as $body$
  select coalesce(
    (select l.version from live_read_model l where l.name = of_name),
    (select min(r.version) from read_model r where r.name = of_name))
$body$;

-- Shows readers this version; false where there is no such read model. It waits for the commits that are under way, of
-- any version, so none of them is done under another live version than it was told of.
create function make_live(of_name text, of_version int) returns boolean
  language plpgsql volatile security definer
  set search_path from current
as $body$
begin
  perform from read_model r where r.name = of_name order by r.id for update;
  if read_model_id(of_name, of_version) is null then return false; end if;
  insert into live_read_model as l (name, version) values (of_name, of_version)
  on conflict (name) do update set version = excluded.version;
  return true;
end
$body$;

-- Forgets a read model. A commit that is under way ends first; one that comes later finds no place to move.
create function drop_read_model(of_name text, of_version int) returns void
  language plpgsql volatile security definer
  set search_path from current
as $body$
declare
  model int := read_model_id(of_name, of_version);
begin
  perform from read_model_place p where p.read_model = model order by p.partition for update;
  perform from read_model r where r.id = model for update;
  delete from read_model_place p where p.read_model = model;
  delete from read_model_owner o where o.read_model = model;
  delete from read_model_entry e where e.read_model = model;
  delete from read_model_parked p where p.read_model = model;
  delete from owed_command c where c.read_model = model;
  delete from live_read_model l where l.name = of_name and l.version = of_version;
  delete from read_model r where r.id = model;
end
$body$;

-- A page of entries in the order of their keys, as columns: of a version or, where that is null, of the live one. What
-- they contain is looked up in the index; a path is evaluated for each entry that is left. A path is met by an entry if
-- it finds anything there but false and null, so that `$.lines[*] ? (@.quantity > 5)` and `$.balance > 5` both mean what
-- they say.
create function find_entries(
  of_name text, of_version int, contained jsonb, path jsonpath, variables jsonb, after text, most bigint,
  -- True where something is looked for in a read model that is not searchable.
  out found_version int, out unsearchable boolean, out keys json, out positions bigint[], out states text
)
  language plpgsql stable security definer
  set search_path from current
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
as $body$
declare
  model int;
begin
  found_version := coalesce(of_version, live_version(of_name));
  model := read_model_id(of_name, found_version);
  unsearchable := (contained is not null or path is not null)
    and exists (select from read_model r where r.id = model and not r.searchable);
  if unsearchable then return; end if;
  if contained is null then
    select json_agg(e.key), array_agg(e.position), string_agg(e.state::text, ',') into keys, positions, states
    from (
      select e.key, e.position, e.state from read_model_entry e
      where e.read_model = model and e.key > after
        and (path is null or exists (
          select from jsonb_path_query(e.searched -> model::text, path, variables, true) as r(item)
          where r.item not in ('false', 'null')))
      order by e.key limit most) e;
  else
    with matching as materialized (
      select e.key, e.position, e.state, e.searched from read_model_entry e
      where e.searched @> jsonb_build_object(model::text, contained))
    select json_agg(e.key), array_agg(e.position), string_agg(e.state::text, ',') into keys, positions, states
    from (
      select e.key, e.position, e.state from matching e
      where e.key > after
        and (path is null or exists (
          select from jsonb_path_query(e.searched -> model::text, path, variables, true) as r(item)
          where r.item not in ('false', 'null')))
      order by e.key limit most) e;
  end if;
end
$body$;

create function find_entry(
  of_name text, of_version int, of_key text,
  out found_version int, out found_position bigint, out found_state json
)
  language plpgsql stable security definer
  set search_path from current
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set enable_bitmapscan = off
as $body$
begin
  found_version := coalesce(of_version, live_version(of_name));
  select e.position, e.state into found_position, found_state
  from read_model_entry e where e.read_model = read_model_id(of_name, found_version) and e.key = of_key;
end
$body$;

-- Keys of a read model, held until the end of the transaction, and then their entries as load_read_model gives them.
-- They are held by the numbers that stand for them and not by rows, since a key without an entry has no row. Each look
-- comes after the wait, in a statement of its own, and so sees what the holder before has written.
create function hold_entries(
  of_name text, of_version int, of_searchable boolean, lock_keys bigint[], keys text[],
  -- How the read model is kept. One that is leased is not written here, and then nothing is held.
  out kept int, out kept_searchable boolean,
  out found_keys int[], out positions bigint[], out states text
)
  language plpgsql volatile security definer
  set search_path from current
as $body$
declare
  model int;
begin
  if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
    raise exception using
      errcode = 'DE001',
      message = 'A projection in the transaction of an append needs READ COMMITTED.',
      detail = current_setting('transaction_isolation');
  end if;
  model := make_read_model(of_name, of_version, 0, of_searchable);
  select r.partitions, r.searchable into kept, kept_searchable from read_model r where r.id = model for key share;
  if kept <> 0 or kept_searchable <> of_searchable then return; end if;
  perform pg_advisory_xact_lock(key) from unnest(lock_keys) as key;
  select l.found_keys, l.positions, l.states into found_keys, positions, states
  from load_read_model(of_name, of_version, keys) l;
end
$body$;

create function save_entries(
  of_name text, of_version int, keys text[], positions bigint[], states text[], searched text[]) returns void
  language sql volatile security definer
  set search_path from current
as $body$
  select write_entries(read_model_id(of_name, of_version), keys, positions, states, searched)
$body$;

create function owed_command_json(c owed_command) returns json
  language sql stable
  set search_path from current
as $body$
  select json_build_object(
    'id', c.id, 'key', c.key, 'position', c.position::text, 'index', c.nth, 'command', c.command,
    'correlationId', c.correlation_id, 'causationId', c.causation_id,
    'dueAt', (extract(epoch from c.due_at) * 1000)::bigint, 'timer', c.timer, 'refusal', c.refusal,
    'isStuck', c.stuck)
$body$;

-- Whether an earlier command of a key comes first, or is stuck.
create function held_up(model int, of_key text, of_position bigint, of_nth int, moment timestamptz) returns boolean
  language plpgsql stable
  set search_path from current
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set enable_bitmapscan = off
as $body$
begin
  return coalesce((
    select true from owed_command c
    where c.key = of_key and (c.position, c.nth) < (of_position, of_nth) and c.read_model + 0 = model
      and (c.stuck or (c.refusal is null and (c.due_at is null or c.due_at <= moment)))
    order by c.key, c.position, c.nth limit 1), false);
end
$body$;

-- Of each key of the partitions that an owner holds, the first command that is due, unless one before is stuck. Timers that
-- have been due for longest come first, and no more of them are looked at than are needed, as there may be any number of
-- them after a standstill.
create function due_commands(of_name text, of_version int, of_owner text, most bigint) returns json
  language plpgsql volatile security definer
  set search_path from current
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set enable_bitmapscan = off
as $body$
declare
  model int := read_model_id(of_name, of_version);
  moment timestamptz := clock_timestamp();
  held int[] := array(
    select p.partition from read_model_place p
    where p.read_model = model and p.owner = of_owner and p.lease_until > moment);
begin
  return (
    select coalesce(json_agg(owed_command_json(d) order by d.position, d.nth), '[]')
    from (
      select c.*
      from (
        (select c.* from owed_command c
          where c.read_model = model and c.due_at is null and c.refusal is null and c.partition = any (held)
            and not held_up(model, c.key, c.position, c.nth, moment)
          order by c.read_model, c.position, c.nth limit most)
        union all
        (select c.* from owed_command c
          where (c.read_model, c.due_at) > (model, '-infinity') and (c.read_model, c.due_at) <= (model, moment)
            and c.due_at is not null and c.refusal is null and c.partition = any (held)
            and not held_up(model, c.key, c.position, c.nth, moment)
          order by c.read_model, c.due_at limit most)) c
      order by c.position, c.nth limit most) d);
end
$body$;

-- Crosses commands off; one that was refused stays, with the reason.
create function settle_commands(
  of_name text, of_version int, handled text[], refused text[], refusals text[], stuck boolean[])
  returns void
  language plpgsql volatile security definer
  set search_path from current
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set enable_bitmapscan = off
as $body$
declare
  model int := read_model_id(of_name, of_version);
  settled record;
begin
  for settled in
    select s.id, s.refusal, s.stuck
    from (
      select h.id, null as refusal, null as stuck from unnest(handled) as h(id)
      union all
      select r.id, r.refusal, r.stuck from unnest(refused, refusals, settle_commands.stuck) as r(id, refusal, stuck)) s
    order by s.id
  loop
    if settled.refusal is null then
      delete from owed_command c where c.id = settled.id and c.read_model + 0 = model;
    else
      update owed_command c set refusal = settled.refusal, stuck = settled.stuck
      where c.id = settled.id and c.read_model + 0 = model;
    end if;
  end loop;
end
$body$;

create function next_due_at(of_name text, of_version int) returns bigint
  language plpgsql volatile security definer
  set search_path from current
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set enable_bitmapscan = off
as $body$
declare
  model int := read_model_id(of_name, of_version);
  moment timestamptz := clock_timestamp();
begin
  return (
    select (extract(epoch from c.due_at) * 1000)::bigint
    from owed_command c
    where (c.read_model, c.due_at) > (model, moment) and c.read_model <= model
      and c.due_at is not null and c.refusal is null
    order by c.read_model, c.due_at limit 1);
end
$body$;

-- Commands that are to be sent, or those that were refused.
create function owed_commands(of_name text, of_version int, refused boolean) returns json
  language sql stable security definer
  set search_path from current
as $body$
  select coalesce(json_agg(owed_command_json(c) order by c.position, c.nth), '[]')
  from owed_command c
  where c.read_model = read_model_id(of_name, of_version) and (c.refusal is not null) = refused
$body$;

create function resend_commands(of_name text, of_version int, ids text[]) returns void
  language sql volatile security definer
  set search_path from current
  set enable_seqscan = off
as $body$
  update owed_command c set refusal = null, stuck = null
  where c.id = any (ids) and c.read_model + 0 = read_model_id(of_name, of_version) and c.refusal is not null
$body$;
