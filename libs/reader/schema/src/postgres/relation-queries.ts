/** `$1` schemas or NULL, `$2` tables or NULL. What an extension owns is not the user's. */
export const RELATIONS = `
select c.oid::text as id, n.nspname as schema, c.relname as name, c.relkind as kind, c.relispartition as is_partition,
  c.relreplident as identity, c.relpersistence as persistence, obj_description(c.oid, 'pg_class') as comment,
  case when c.relkind = 'p' then (
    select case when bool_and(leaf.reltuples >= 0) then sum(leaf.reltuples)::bigint else -1 end
    from pg_partition_tree(c.oid) part join pg_class leaf on leaf.oid = part.relid where part.isleaf
  ) else c.reltuples::bigint end as rows,
  exists (select from pg_inherits i join pg_class child on child.oid = i.inhrelid
    where i.inhparent = c.oid and not child.relispartition) as has_heirs,
  (select to_json(array(
    select distinct coalesce(r.rolname, 'PUBLIC') from aclexplode(c.relacl) acl left join pg_roles r on r.oid = acl.grantee
    where acl.privilege_type = 'TRUNCATE' and acl.grantee <> c.relowner order by 1))) as truncaters
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relpersistence <> 't'
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and ($1::text[] is null or n.nspname = any($1))
  and ($2::text[] is null or c.relname = any($2) or n.nspname || '.' || c.relname = any($2))
  and not exists (select from pg_depend d
    where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
order by n.nspname collate "C", c.relname collate "C"`;

/** `$1` oids. The chain of a domain ends at its base type. */
export const COLUMNS = `
with recursive chain as (
  select t.oid as declared, t.oid as base, t.typtype, t.typbasetype, t.typnotnull as required
  from pg_type t where t.oid in (select atttypid from pg_attribute where attrelid = any($1::oid[]) and attnum > 0)
  union all
  select chain.declared, t.oid, t.typtype, t.typbasetype, chain.required or t.typnotnull
  from chain join pg_type t on t.oid = chain.typbasetype where chain.typtype = 'd'
)
select a.attrelid::text as id, a.attname as name, format_type(t.oid, null) as type,
  format_type(a.atttypid, a.atttypmod) as declared, t.typtype as shape,
  t.typcategory = 'A' as is_array, a.attnotnull or chain.required as required, a.attgenerated as generated,
  a.attidentity <> '' as identity, pg_get_expr(d.adbin, d.adrelid) as default, col_description(a.attrelid, a.attnum) as comment,
  a.attstorage <> 'p' and a.attlen = -1 as out_of_line, co.collname as collation
from pg_attribute a
join chain on chain.declared = a.atttypid and chain.typtype <> 'd'
join pg_type t on t.oid = chain.base
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
left join pg_collation co on co.oid = a.attcollation and not co.collisdeterministic
where a.attrelid = any($1::oid[]) and a.attnum > 0 and not a.attisdropped
order by a.attrelid, a.attnum`;

/** `$1` oids. Only indexes that make a row unique at every moment: whole, unconditional, not deferred. */
export const KEYS = `
select i.indrelid::text as id, ic.relname as name, i.indisprimary as is_primary, i.indisreplident as is_identity,
  to_json(array(
    select a.attname from unnest(i.indkey::int2[]) with ordinality k (attnum, place)
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
    where k.place <= i.indnkeyatts order by k.place)) as columns
from pg_index i join pg_class ic on ic.oid = i.indexrelid
where i.indrelid = any($1::oid[]) and i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null
  and (i.indimmediate or i.indisprimary)
order by ic.relname collate "C"`;

/** `$1` oids. A key that a partition inherited is its root's. */
export const FOREIGN_KEYS = `
select f.conrelid::text as id, f.conname as name, n.nspname as schema, c.relname as table,
  to_json(array(select a.attname from unnest(f.conkey) with ordinality k (attnum, place)
    join pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.attnum order by k.place)) as columns,
  to_json(array(select a.attname from unnest(f.confkey) with ordinality k (attnum, place)
    join pg_attribute a on a.attrelid = f.confrelid and a.attnum = k.attnum order by k.place)) as referenced
from pg_constraint f join pg_class c on c.oid = f.confrelid join pg_namespace n on n.oid = c.relnamespace
where f.contype = 'f' and f.conrelid = any($1::oid[]) and f.conparentid = 0
order by f.conname collate "C"`;
