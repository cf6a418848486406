import type { RightRequest } from '../right-request.ts';
import { type Session, type TextRow, isTrue, texts } from './session.ts';

/** What the server is and how it is set. */
export interface PostgresServer {
  /** `server_version_num`, such as 170005. */
  readonly version: number;
  readonly database: string;
  /** A standby: nothing can be captured or written here that the primary does not know. */
  readonly isReplica: boolean;
  /** How far a standby is behind, milliseconds; undefined on a primary. */
  readonly lagMs?: number;
  /** Its clock when it was asked, milliseconds since 1970. */
  readonly nowMs: number;
  /** `pg_settings`, in their own units, of those asked for. */
  readonly settings: { readonly [name: string]: string };
  readonly usedSlots: number;
  readonly usedSenders: number;
}

const SETTINGS = [
  'wal_level',
  'max_replication_slots',
  'max_wal_senders',
  'max_slot_wal_keep_size',
  'idle_replication_slot_timeout',
];

/** @throws SchemaReadError */
export async function readServer(session: Session): Promise<PostgresServer> {
  const settings = await session.query('select name, setting from pg_settings where name = any($1)', [SETTINGS]);
  const [facts] = (await session.query(
    `select current_setting('server_version_num') as version, current_database() as database,
      pg_is_in_recovery() as replica, (extract(epoch from clock_timestamp()) * 1000)::bigint as now,
      case when pg_is_in_recovery() and pg_last_wal_receive_lsn() is distinct from pg_last_wal_replay_lsn()
        then (extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000)::bigint else 0 end as lag,
      (select count(*) from pg_replication_slots) as slots,
      (select count(*) from pg_stat_replication) as senders`,
  )) as readonly [TextRow];
  return {
    version: Number(facts['version']),
    database: facts['database'] as string,
    isReplica: isTrue(facts['replica']),
    ...(isTrue(facts['replica']) ? { lagMs: Number(facts['lag']) } : {}),
    nowMs: Number(facts['now']),
    settings: Object.fromEntries(settings.map(({ name, setting }) => [name as string, setting as string])),
    usedSlots: Number(facts['slots']),
    usedSenders: Number(facts['senders']),
  };
}

export interface Publication {
  readonly allTables: boolean;
  /** What it publishes: `insert`, `update`, `delete`, `truncate`. */
  readonly operations: readonly string[];
  /** Changes of a partition are told as those of its root. */
  readonly viaRoot: boolean;
  readonly tables: readonly PublishedTable[];
}

export interface PublishedTable {
  /** `schema.table` */
  readonly name: string;
  /** Undefined: all. */
  readonly columns?: readonly string[];
  /** SQL of a condition; rows that do not fit are not told of. */
  readonly filter?: string;
}

/** Undefined: there is none of this name. @throws SchemaReadError */
export async function readPublication(session: Session, name: string): Promise<Publication | undefined> {
  const [head] = await session.query(
    `select puballtables as all_tables, pubviaroot as via_root, to_json(array_remove(array[
      case when pubinsert then 'insert' end, case when pubupdate then 'update' end,
      case when pubdelete then 'delete' end, case when pubtruncate then 'truncate' end], null)) as operations
    from pg_publication where pubname = $1`,
    [name],
  );
  if (head === undefined) return undefined;
  const tables = await session.query(
    // Before 15 there are neither columns nor filters.
    `select schemaname || '.' || tablename as name, to_jsonb(t) -> 'attnames' as columns, to_jsonb(t) ->> 'rowfilter' as filter
    from pg_publication_tables t where pubname = $1 order by 1`,
    [name],
  );
  return {
    allTables: isTrue(head['all_tables']),
    operations: texts(head['operations']),
    viaRoot: isTrue(head['via_root']),
    tables: tables.map((row) => ({
      name: row['name'] as string,
      ...(row['columns'] == null ? {} : { columns: texts(row['columns']) }),
      ...(row['filter'] == null ? {} : { filter: row['filter'] }),
    })),
  };
}

export interface ReplicationSlot {
  readonly plugin: string;
  readonly database: string;
  readonly active: boolean;
  /** `reserved`, `extended`, `unreserved` or `lost`. */
  readonly walStatus: string;
  /** Log the server keeps for it, bytes; undefined on a standby. */
  readonly retainedBytes?: number;
}

/** Undefined: there is none of this name. @throws SchemaReadError */
export async function readSlot(session: Session, name: string): Promise<ReplicationSlot | undefined> {
  const [slot] = await session.query(
    `select plugin, database, active, wal_status,
      case when not pg_is_in_recovery() then pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) end as retained
    from pg_replication_slots where slot_name = $1`,
    [name],
  );
  return slot === undefined
    ? undefined
    : {
        plugin: slot['plugin'] ?? '',
        database: slot['database'] ?? '',
        active: isTrue(slot['active']),
        walStatus: slot['wal_status'] ?? 'lost',
        ...(slot['retained'] == null ? {} : { retainedBytes: Number(slot['retained']) }),
      };
}

export interface Role {
  readonly name: string;
  readonly canLogin: boolean;
  readonly canReplicate: boolean;
  readonly bypassesRowSecurity: boolean;
}

/** Roles that exist, of those named. @throws SchemaReadError */
export async function readRoles(session: Session, names: readonly string[]): Promise<readonly Role[]> {
  const roles = await session.query(
    `select r.rolname as name, r.rolcanlogin as login, r.rolsuper or r.rolbypassrls as bypass,
      r.rolsuper or r.rolreplication or exists (
        select from pg_roles m where m.rolname = 'rds_replication' and pg_has_role(r.oid, m.oid, 'MEMBER')) as replicates
    from pg_roles r where r.rolname = any($1) order by 1`,
    [names],
  );
  return roles.map((row) => ({
    name: row['name'] as string,
    canLogin: isTrue(row['login']),
    canReplicate: isTrue(row['replicates']),
    bypassesRowSecurity: isTrue(row['bypass']),
  }));
}

/** Those the roles do not have, or cannot use for want of USAGE on the schema. Roles and tables must exist. @throws SchemaReadError */
export async function missingRights<R extends RightRequest>(
  session: Session,
  requests: readonly R[],
): Promise<readonly R[]> {
  const single = requests.flatMap((request, i) =>
    request.columns === undefined
      ? [{ ...request, i, column: null }]
      : request.columns.map((column) => ({ ...request, i, column: column as string | null })),
  );
  const rows = await session.query(
    `select distinct wanted.i from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[])
      as wanted (role, schema, name, privilege, col, i)
    join pg_roles r on r.rolname = wanted.role
    join pg_namespace n on n.nspname = wanted.schema
    join pg_class c on c.relnamespace = n.oid and c.relname = wanted.name
    where not has_schema_privilege(r.oid, n.oid, 'USAGE')
      or case when wanted.col is null then not has_table_privilege(r.oid, c.oid, wanted.privilege)
        else not has_column_privilege(r.oid, c.oid, wanted.col, wanted.privilege) end
    order by 1`,
    [
      single.map(({ role }) => role),
      single.map(({ schema }) => schema),
      single.map(({ table }) => table),
      single.map(({ privilege }) => privilege),
      single.map(({ column }) => column),
      single.map(({ i }) => i),
    ],
  );
  return rows.map(({ i }) => requests[Number(i)] as R);
}

/** Tables whose row security hides rows from whoever does not bypass it, of those named. @throws SchemaReadError */
export async function readRowSecurity(session: Session, names: readonly string[]): Promise<readonly string[]> {
  const rows = await session.query(
    `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relrowsecurity and n.nspname || '.' || c.relname = any($1) order by 1`,
    [names],
  );
  return rows.map(({ name }) => name as string);
}
