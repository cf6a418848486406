import type { BinlogServer } from '@hybridge/reader-schema';
import type { SourceKind } from '@hybridge/views';
import { type Finding, error, warning, when } from './finding.ts';

/** Settings without which changes are not in the log as the connector needs them, or fills prove nothing. */
interface Expected {
  readonly name: string;
  readonly value: string;
  readonly why: string;
  /** Can be set while the server runs. */
  readonly isDynamic: boolean;
  /** Default both kinds. */
  readonly kind?: SourceKind;
}

/** Of those a server does not have, such as `binlog_legacy_event_pos` before MariaDB 11.4, nothing is said. */
const EXPECTED: readonly Expected[] = [
  { name: 'log_bin', value: 'ON', why: 'there is no log to read changes from', isDynamic: false },
  { name: 'binlog_format', value: 'ROW', why: 'the log has statements instead of rows', isDynamic: true },
  { name: 'binlog_row_image', value: 'FULL', why: 'the log leaves columns out', isDynamic: true },
  {
    ...{ name: 'binlog_row_value_options', value: '', isDynamic: true, kind: 'mysql' },
    why: 'the log has parts of JSON values only',
  },
  {
    ...{ name: 'binlog_transaction_compression', value: 'OFF', isDynamic: true, kind: 'mysql' },
    why: 'positions inside a compressed transaction are not proven to be in order',
  },
  {
    ...{ name: 'log_bin_compress', value: 'OFF', isDynamic: true, kind: 'mariadb' },
    why: 'positions and contents of compressed events are not proven to be read right',
  },
  {
    ...{ name: 'binlog_legacy_event_pos', value: 'ON', isDynamic: true, kind: 'mariadb' },
    why: 'all changes of a transaction share one position, so that none of them is newer than another',
  },
  {
    ...{ name: 'gtid_strict_mode', value: 'ON', isDynamic: true, kind: 'mariadb' },
    why: 'GTIDs may come out of order, and a fill proves by them that it has seen a transaction',
  },
  {
    ...{ name: 'enforce_gtid_consistency', value: 'ON', isDynamic: true, kind: 'mysql' },
    why: 'gtid_mode = ON needs it, and a fill proves by GTIDs that it has seen a transaction',
  },
  {
    ...{ name: 'gtid_mode', value: 'ON', isDynamic: false, kind: 'mysql' },
    why: 'without GTIDs a fill cannot prove that it has seen a transaction',
  },
];

/** Settings of a MariaDB or MySQL server, and what else of it keeps changes from being read in order. */
export const checkBinlog = (source: string, kind: SourceKind, server: BinlogServer): readonly Finding[] => [
  ...checkSettings(source, kind, server),
  ...checkLife(source, server),
  ...checkPlace(source, server),
  ...checkXa(source, server),
];

function checkSettings(source: string, kind: SourceKind, { settings }: BinlogServer): readonly Finding[] {
  const wrong = EXPECTED.filter(
    (one) =>
      (one.kind ?? kind) === kind &&
      settings[one.name] !== undefined &&
      settings[one.name]?.toUpperCase() !== one.value,
  );
  return [
    ...wrong.map(({ name, value, why, isDynamic }) =>
      error(source, [
        `binlog.${name.replaceAll('_', '-')}`,
        `${name} is ${settings[name] === '' ? 'empty' : settings[name]}: ${why}`,
        isDynamic
          ? `SET GLOBAL ${name} = '${value}'; and ${name} = ${value} below [mysqld]; then let old sessions end`
          : `${name} = ${value} below [mysqld], then restart the server`,
      ]),
    ),
    ...when(settings['server_id'] === '0', () =>
      error(source, [
        'binlog.server-id',
        'server_id is 0: nobody can follow its log',
        'server_id = 1 below [mysqld], then restart',
      ]),
    ),
    ...when(settings['sync_binlog'] !== undefined && settings['sync_binlog'] !== '1', () =>
      warning(source, [
        'binlog.sync',
        `sync_binlog is ${settings['sync_binlog']}: a crash of the machine may forget commits that views already show`,
        'SET GLOBAL sync_binlog = 1; and sync_binlog = 1 below [mysqld]',
      ]),
    ),
  ];
}

const DAY_SECONDS = 86_400;
/** A connector that stood still for longer has lost its place. */
const MIN_LOG_LIFE_SECONDS = 2 * DAY_SECONDS;
const GOOD_LOG_LIFE_DAYS = 7;

function checkLife(source: string, { settings }: BinlogServer): readonly Finding[] {
  const seconds = settings['binlog_expire_logs_seconds'];
  // Older servers count days, and 0 means for ever in either.
  const life = Number(seconds ?? 0) || Number(settings['expire_logs_days'] ?? 0) * DAY_SECONDS;
  const mending =
    seconds === undefined
      ? `expire_logs_days = ${GOOD_LOG_LIFE_DAYS}`
      : `binlog_expire_logs_seconds = ${GOOD_LOG_LIFE_DAYS * DAY_SECONDS}`;
  return when(life > 0 && life < MIN_LOG_LIFE_SECONDS, () =>
    warning(source, [
      'binlog.life',
      `the log is kept for ${life} s: a connector that stands still for longer loses its place`,
      `SET GLOBAL ${mending}; and ${mending} below [mysqld]`,
    ]),
  );
}

/** Which server this is, among its replicas. */
function checkPlace(source: string, { settings }: BinlogServer): readonly Finding[] {
  const readOnly = settings['read_only'];
  return [
    ...when(readOnly !== undefined && readOnly !== '0' && !/^off$/i.test(readOnly), () =>
      error(source, [
        'binlog.primary',
        'this server is read-only: the writeback cannot work here',
        'give the address of the primary as --sql-url',
      ]),
    ),
    ...when(/^(on|1)$/i.test(settings['wsrep_on'] ?? ''), () =>
      warning(source, [
        'binlog.galera',
        'it is a node of a Galera cluster: each node numbers its own log, and a write may fail at commit on conflict with another node',
        'let the connector, the writeback, fills and every other writer use one and the same node',
      ]),
    ),
  ];
}

const checkXa = (source: string, { xaStarts = 0 }: BinlogServer): readonly Finding[] =>
  when(xaStarts > 0, () =>
    warning(source, [
      'binlog.xa',
      `${xaStarts} XA transactions since the server was started: the log has their rows from XA PREPARE on, before they are ` +
        'committed, and even of those that are rolled back',
      'write the tables of the catalog in ordinary transactions only; after an XA ROLLBACK run hybridge verify --repair',
    ]),
  );
