import type { BinlogServer } from '@hybridge/reader-schema';
import type { SourceKind } from '@hybridge/views';
import { type Finding, error, warning, when } from './finding.ts';

/** Settings without which changes are not in the log as the connector needs them. */
interface Expected {
  readonly name: string;
  readonly value: string;
  readonly why: string;
  /** Can be set while the server runs. */
  readonly isDynamic: boolean;
  /** Default both kinds. */
  readonly kind?: SourceKind;
}

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
    ...{ name: 'gtid_mode', value: 'ON', isDynamic: false, kind: 'mysql' },
    why: 'without GTIDs a fill cannot prove that it has seen a transaction',
  },
];

/** A connector that stood still for longer has lost its place. */
const MIN_LOG_LIFE_SECONDS = 2 * 86_400;

/** Settings of a MariaDB or MySQL server. */
export function checkBinlog(source: string, kind: SourceKind, { settings }: BinlogServer): readonly Finding[] {
  const wrong = EXPECTED.filter(
    (one) =>
      (one.kind ?? kind) === kind &&
      settings[one.name] !== undefined &&
      settings[one.name]?.toUpperCase() !== one.value,
  );
  const life = Number(settings['binlog_expire_logs_seconds'] ?? 0);
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
    ...when(life > 0 && life < MIN_LOG_LIFE_SECONDS, () =>
      warning(source, [
        'binlog.life',
        `the log is kept for ${life} s: a connector that stands still for longer loses its place`,
        `SET GLOBAL binlog_expire_logs_seconds = ${7 * 86_400}`,
      ]),
    ),
    ...when(
      settings['read_only'] !== undefined && settings['read_only'] !== 'OFF' && settings['read_only'] !== '0',
      () =>
        error(source, [
          'binlog.primary',
          'this server is read-only: the writeback cannot work here',
          'give the address of the primary as --sql-url',
        ]),
    ),
  ];
}
