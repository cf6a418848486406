import { SourceKind } from '@hybridge/views';
import type { SchemaReader } from '../relation.ts';
import { readRelations } from './relations.ts';
import { type UserRights, readUserRights } from './rights.ts';
import { type Session, openSession } from './session.ts';

/** What the server is and how it is set. */
export interface BinlogServer {
  /** As the server writes it: `11.4.5-MariaDB-log`. */
  readonly version: string;
  /** Its clock when it was asked, milliseconds since 1970. */
  readonly nowMs: number;
  /** Global variables, by name in lower case, of those asked for that this server has. */
  readonly settings: { readonly [name: string]: string };
  /** Transactions in two phases (XA) that were begun since it was started; undefined: it does not say. */
  readonly xaStarts?: number;
}

/** A MariaDB or MySQL server, read only. Every method throws SchemaReadError. */
export interface BinlogReader extends SchemaReader {
  readonly kind: 'mariadb' | 'mysql';
  server(): Promise<BinlogServer>;
  /** What these users may do from any host. */
  rights(users: readonly string[]): Promise<UserRights>;
}

/** Everything the row format, positions and life of the log depend on. */
const SETTINGS = [
  ...['log_bin', 'binlog_format', 'binlog_row_image', 'binlog_row_metadata', 'binlog_row_value_options'],
  ...[
    'binlog_transaction_compression',
    'log_bin_compress',
    'gtid_mode',
    'enforce_gtid_consistency',
    'gtid_strict_mode',
  ],
  ...['server_id', 'expire_logs_days', 'binlog_expire_logs_seconds', 'read_only', 'time_zone', 'system_time_zone'],
  ...['log_slave_updates', 'log_replica_updates', 'binlog_legacy_event_pos', 'sync_binlog', 'wsrep_on'],
];

/** Opens either kind: which it is, the server says. @throws SchemaReadError */
export async function openBinlogReader(url: string): Promise<BinlogReader> {
  const session = await openSession(url);
  const [answer] = await session.query('select version() as version');
  const version = answer?.['version'] ?? '';
  const kind = /mariadb/i.test(version) ? SourceKind.mariadb : SourceKind.mysql;
  return {
    kind,
    relations: (selection) => readRelations(session, kind, selection),
    server: () => readServer(session, version),
    rights: (users) => readUserRights(session, users),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

async function readServer(session: Session, version: string): Promise<BinlogServer> {
  const rows = await session.query('show global variables where variable_name in (?)', [SETTINGS]);
  const [xa] = await session.query("show global status where variable_name = 'Com_xa_start'");
  const [clock] = await session.query('select unix_timestamp(now(3)) * 1000 as now');
  return {
    version,
    nowMs: Number(clock?.['now']),
    settings: Object.fromEntries(rows.map((row) => [row['Variable_name'] as string, row['Value'] ?? ''])),
    ...(xa === undefined ? {} : { xaStarts: Number(xa['Value']) }),
  };
}
