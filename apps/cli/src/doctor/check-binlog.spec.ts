import type { BinlogServer } from '@hybridge/reader-schema';
import { checkBinlog } from './check-binlog.ts';

describe('checkBinlog', () => {
  const good = {
    ...{ log_bin: 'ON', binlog_format: 'ROW', binlog_row_image: 'FULL', server_id: '1', read_only: 'OFF' },
    ...{ gtid_strict_mode: 'ON', binlog_legacy_event_pos: 'ON', sync_binlog: '1', wsrep_on: 'OFF' },
    ...{ log_bin_compress: 'OFF', binlog_expire_logs_seconds: '864000' },
  };
  const of = (
    settings: Record<string, string>,
    kind: 'mariadb' | 'mysql' = 'mariadb',
    more: Partial<BinlogServer> = {},
  ) => checkBinlog('stock', kind, { version: '', nowMs: 0, settings: { ...good, ...settings }, ...more });

  it('finds nothing in a server that logs whole rows', () => {
    expect(of({})).toEqual([]);
    expect(of({ gtid_mode: 'ON', binlog_row_value_options: '' }, 'mysql')).toEqual([]);
    expect(of({ gtid_mode: 'OFF', binlog_transaction_compression: 'ON' })).toEqual([]); // no settings of MariaDB
  });

  it.each([
    ['no log', { log_bin: 'OFF' }, 'mariadb', 'error binlog.log-bin'],
    ['statements', { binlog_format: 'MIXED' }, 'mariadb', 'error binlog.binlog-format'],
    ['parts of rows', { binlog_row_image: 'MINIMAL' }, 'mysql', 'error binlog.binlog-row-image'],
    ['parts of JSON', { binlog_row_value_options: 'PARTIAL_JSON' }, 'mysql', 'error binlog.binlog-row-value-options'],
    ['compression', { binlog_transaction_compression: 'ON' }, 'mysql', 'error binlog.binlog-transaction-compression'],
    ['compressed events', { log_bin_compress: 'ON' }, 'mariadb', 'error binlog.log-bin-compress'],
    ['no GTIDs', { gtid_mode: 'OFF' }, 'mysql', 'error binlog.gtid-mode'],
    ['GTIDs not enforced', { enforce_gtid_consistency: 'WARN' }, 'mysql', 'error binlog.enforce-gtid-consistency'],
    ['GTIDs out of order', { gtid_strict_mode: 'OFF' }, 'mariadb', 'error binlog.gtid-strict-mode'],
    ['one position for all', { binlog_legacy_event_pos: 'OFF' }, 'mariadb', 'error binlog.binlog-legacy-event-pos'],
    ['a log behind the data', { sync_binlog: '0' }, 'mariadb', 'warning binlog.sync'],
    ['a node of many', { wsrep_on: 'ON' }, 'mariadb', 'warning binlog.galera'],
    ['no number', { server_id: '0' }, 'mariadb', 'error binlog.server-id'],
    ['a short log', { binlog_expire_logs_seconds: '3600' }, 'mariadb', 'warning binlog.life'],
    ['a replica', { read_only: 'ON' }, 'mariadb', 'error binlog.primary'],
  ] as const)('finds %s', (_, settings, kind, check) => {
    expect(of(settings, kind).map((one) => `${one.severity} ${one.check}`)).toEqual([check]);
  });

  it('gives a statement for now, and a line for the next start', () => {
    expect(of({ binlog_legacy_event_pos: 'OFF' })[0]?.fix).toBe(
      "SET GLOBAL binlog_legacy_event_pos = 'ON'; and binlog_legacy_event_pos = ON below [mysqld]; then let old sessions end",
    );
  });

  it('counts days where the server does, and takes zero for ever', () => {
    const { binlog_expire_logs_seconds: _, ...others } = good;
    const days = (count: string) =>
      checkBinlog('stock', 'mariadb', { version: '', nowMs: 0, settings: { ...others, expire_logs_days: count } });
    expect(days('1')).toMatchObject([
      { check: 'binlog.life', fix: expect.stringContaining('expire_logs_days = 7') as string },
    ]);
    expect([days('7'), days('0'), of({ binlog_expire_logs_seconds: '0' })]).toEqual([[], [], []]);
  });

  it('warns of XA where it was used', () => {
    expect(of({}, 'mysql', { xaStarts: 0 })).toEqual([]);
    expect(of({}, 'mysql', { xaStarts: 3 })).toMatchObject([{ severity: 'warning', check: 'binlog.xa' }]);
  });
});
