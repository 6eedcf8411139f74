/**
 * A schema as text: everything that the server's catalog knows of it and that our statements rely on, one line each, in an
 * order that does not depend on how the schema came about. Two schemas that read alike behave alike.
 * Used by: the test of the golden schema.
 */
import { createHash } from 'node:crypto'
import type { TransactionSql } from 'postgres'

type Rows = ReadonlyArray<Readonly<Record<string, unknown>>>

/** The listing, in which the schema is called `log` and its owner `owner`, whatever their names are. */
export const catalogOf = async (sql: TransactionSql, schema: string): Promise<string> => {
  // Definitions leave out the schema of what the search path finds.
  await sql.unsafe(`set local search_path = "${schema.replaceAll('"', '""')}", pg_temp`)
  const sections: Array<string> = []
  for (const [title, statement] of Object.entries(statements)) {
    const rows: Rows = await sql.unsafe(statement, [schema])
    sections.push([`# ${title}`, ...rows.map(({ line, body }) => lineOf(line, body))].join('\n'))
  }
  return `${sections.join('\n\n')}\n`
}

/** A body is shown by its digest: the files in migrations/ are where it is read. */
const lineOf = (line: unknown, body: unknown): string =>
  typeof body === 'string'
    ? `${line} body ${createHash('sha1').update(body).digest('hex').slice(0, 12)}`
    : `${line}`

const ofSchema = '(select oid from pg_namespace where nspname = $1::text)'

/** Who may do something, besides the owner. No list at all stands for the server's default for this kind of object. */
const grants = (list: string, kind: string, owner: string): string => `
  coalesce((
    select ' granted ' || string_agg(format('%s to %s', lower(g.privilege_type),
      case when g.grantee = 0 then 'public' else g.grantee::regrole::text end), ', '
      order by g.grantee::regrole::text collate "C", g.privilege_type collate "C")
    from aclexplode(coalesce(${list}, acldefault('${kind}', ${owner}))) g where g.grantee <> ${owner}), '')`

/** The name of the schema is taken out of settings, which are the only place that keeps it as text. */
const settings = (list: string): string => `
  coalesce((
    select string_agg(' set ' || replace(replace(s, quote_ident($1::text), 'log'), $1::text, 'log'), ''
      order by s collate "C")
    from unnest(${list}) s), '')`

const statements: Readonly<Record<string, string>> = {
  schema: `
    select 'schema log' || ${grants('n.nspacl', 'n', 'n.nspowner')} as line
    from pg_namespace n where n.nspname = $1::text`,
  'tables, views and sequences': `
    select format('%s %s%s', case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view'
        when 'm' then 'materialized view' when 'S' then 'sequence' else c.relkind::text end, c.relname,
        case c.relpersistence when 'p' then '' else ' persistence ' || c.relpersistence::text end)
      || coalesce((select ' with ' || string_agg(o, ', ' order by o) from unnest(c.reloptions) o), '')
      || case when c.relrowsecurity then ' row security' else '' end
      || ${grants('c.relacl', 'r', 'c.relowner')} as line,
      case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end as body
    from pg_class c where c.relnamespace = ${ofSchema} and c.relkind not in ('i', 'I', 't', 'c')
    order by c.relname collate "C"`,
  sequences: `
    select format('%s %s from %s to %s start %s step %s cache %s%s', c.relname, format_type(s.seqtypid, null), s.seqmin,
      s.seqmax, s.seqstart, s.seqincrement, s.seqcache, case when s.seqcycle then ' cycle' else '' end) as line
    from pg_sequence s join pg_class c on c.oid = s.seqrelid where c.relnamespace = ${ofSchema}
    order by c.relname collate "C"`,
  columns: `
    select format('%s.%s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod))
      || coalesce(' collate ' || quote_ident(l.collname), '')
      || case when a.attnotnull then ' not null' else '' end
      || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
      || case when a.attgenerated <> '' then ' generated' else '' end
      || case when a.attidentity <> '' then ' identity ' || a.attidentity::text else '' end as line
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    left join pg_collation l on l.oid = a.attcollation and a.attcollation <> (
      select t.typcollation from pg_type t where t.oid = a.atttypid)
    where c.relnamespace = ${ofSchema} and c.relkind in ('r', 'p', 'v', 'm') and a.attnum > 0 and not a.attisdropped
    order by c.relname collate "C", a.attnum`,
  // From PostgreSQL 18 on, "not null" is a constraint too; the columns show it in every version.
  constraints: `
    select format('%s: %s %s', c.relname, o.conname, pg_get_constraintdef(o.oid))
      || case when o.convalidated then '' else ' not validated' end as line
    from pg_constraint o join pg_class c on c.oid = o.conrelid
    where c.relnamespace = ${ofSchema} and o.contype <> 'n'
    order by c.relname collate "C", o.conname collate "C"`,
  indexes: `
    select replace(pg_get_indexdef(i.indexrelid), format(' ON %I.', $1::text), ' ON ')
      || case when i.indisvalid then '' else ' invalid' end as line
    from pg_index i join pg_class c on c.oid = i.indexrelid where c.relnamespace = ${ofSchema}
    order by c.relname collate "C"`,
  triggers: `
    select replace(pg_get_triggerdef(t.oid), format(' ON %I.', $1::text), ' ON ')
      || case t.tgenabled when 'O' then '' else ' enabled ' || t.tgenabled::text end as line
    from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where c.relnamespace = ${ofSchema} and not t.tgisinternal
    order by c.relname collate "C", t.tgname collate "C"`,
  functions: `
    select format('%s(%s) returns %s language %s', p.proname, pg_get_function_arguments(p.oid),
        coalesce(pg_get_function_result(p.oid), 'nothing'), l.lanname)
      || case p.provolatile when 'i' then ' immutable' when 's' then ' stable' else ' volatile' end
      || case p.proparallel when 'u' then '' else ' parallel ' || p.proparallel::text end
      || case when p.proisstrict then ' strict' else '' end
      || case when p.proleakproof then ' leakproof' else '' end
      || case when p.prosecdef then ' security definer' else ' security invoker' end
      || ${settings('p.proconfig')}
      || ${grants('p.proacl', 'f', 'p.proowner')} as line,
      p.prosrc as body
    from pg_proc p join pg_language l on l.oid = p.prolang where p.pronamespace = ${ofSchema}
    order by p.proname collate "C", pg_get_function_arguments(p.oid) collate "C"`,
  'types of its own': `
    select format('%s %s', t.typname, case t.typtype when 'd' then format('domain over %s',
        format_type(t.typbasetype, t.typtypmod)) when 'e' then (select 'enum of ' || string_agg(e.enumlabel, ', '
        order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid) else t.typtype::text end) as line
    from pg_type t
    where t.typnamespace = ${ofSchema} and (t.typtype in ('d', 'e', 'r') or exists (
      select from pg_class c where c.oid = t.typrelid and c.relkind = 'c'))
    order by t.typname collate "C"`,
}
