import { carryOut, decideRowChange, number } from '@hybridge/protocol';
import { type ConnectedRowReader, fillItem } from '@hybridge/reader-sql';
import { createMemoryItemStore, rowChange, testContext } from '@hybridge/testkit';
import { keyOfRow } from '@hybridge/views';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { eventually } from '../loop/eventually.ts';
import type { MariadbDatabase } from '../sink-sql/mariadb-database.ts';
import { fillParcels, keyOf, parcels, startParcels, where } from './parcels-mariadb.ts';

describe('the proof of a row on MariaDB', () => {
  let database: MariadbDatabase;
  let rows: ConnectedRowReader;
  let writer: Connection;
  const read = (n: number, proof?: string) => rows.read(parcels, keyOf('A', n), proof);

  beforeAll(async () => {
    ({ database, rows, writer } = await startParcels());
  });
  beforeEach(() => fillParcels(database, writer));
  afterAll(async () => {
    await rows?.[Symbol.asyncDispose]();
    await database?.[Symbol.asyncDispose]();
  });

  const lastGtid = async (): Promise<string> =>
    String((await database.query('SELECT @@global.gtid_binlog_pos AS gtid'))[0]?.['gtid']);
  const write = async (sql: string): Promise<string> => {
    await writer.query(sql);
    const [found] = await writer.query<RowDataPacket[]>('SELECT @@last_gtid AS gtid');
    return String(found[0]?.['gtid']);
  };
  const next = (gtid: string, by: number): string => gtid.replace(/\d+$/, (n) => String(Number(n) + by));

  it('holds for what is committed, and for what was before it', async () => {
    const first = await write(`UPDATE ${where} SET weight = 7 WHERE number = 2`);
    const second = await write(`UPDATE ${where} SET weight = 8 WHERE number = 2`);
    for (const gtid of [first, second]) {
      expect(await read(2, gtid)).toMatchObject({ proven: true, row: { weight: number(8) } });
    }
    const removed = await write(`DELETE FROM ${where} WHERE number = 2`);
    expect(await read(2, removed)).toEqual({ proven: true, row: undefined });
  });

  it('fails for a transaction of the future, of another domain, and for what is no transaction', async () => {
    const last = await lastGtid();
    for (const proof of [next(last, 1), last.replace(/^\d+/, '7'), '750', 'x', `${last} or 1`]) {
      expect(await read(1, proof)).toEqual({ proven: false, row: undefined });
    }
  });

  it('fails at once while somebody holds the lock of the row, and of that row only', async () => {
    const last = await lastGtid();
    await writer.query(`BEGIN`);
    await writer.query(`UPDATE ${where} SET weight = 9 WHERE depot = 'A' AND number = 2`);
    const since = performance.now();
    const numbers = [1, 2, 404];
    const found = await rows.readBatch(
      parcels,
      [...numbers, 2].map((n, i) => ({ keyRow: keyOf('A', n), ...(i < 3 ? { proof: last } : {}) })),
    );
    expect(found.map(({ proven, row }) => [proven, row?.['weight']])).toEqual([
      [true, number(1)],
      [false, undefined],
      [true, undefined],
      [true, number(2)],
    ]);
    expect(performance.now() - since).toBeLessThan(900);
    await writer.query('ROLLBACK');
    expect(await read(2, last)).toMatchObject({ proven: true, row: { weight: number(2) } });
  });

  it('makes nobody wait for its own locks', async () => {
    const last = await lastGtid();
    await read(1, last);
    await writer.query('SET innodb_lock_wait_timeout = 0');
    await writer.query(`UPDATE ${where} SET weight = 9 WHERE depot = 'A' AND number = 1`);
  });

  describe('of a commit that is in the log and that nobody sees yet', () => {
    /** Commits wait behind the log for a replica that there is not. */
    const holdCommits = () =>
      database.query(
        `SET GLOBAL rpl_semi_sync_master_timeout = 600000; SET GLOBAL rpl_semi_sync_master_wait_no_slave = 1;
         SET GLOBAL rpl_semi_sync_master_wait_point = AFTER_SYNC; SET GLOBAL rpl_semi_sync_master_enabled = 1`,
      );
    const letCommitsGo = () => database.query('SET GLOBAL rpl_semi_sync_master_enabled = 0');
    afterEach(letCommitsGo);

    /** @returns the transaction, which the log has, and its end */
    const held = async (sql: string) => {
      const before = await lastGtid();
      await holdCommits();
      const ended = writer.query(sql);
      await eventually('the commit in the log', async () => (await lastGtid()) !== before);
      return { gtid: next(before, 1), ended };
    };

    it.each([
      { what: 'an update', sql: `UPDATE ${where} SET weight = 7 WHERE number = 2`, id: 2, was: 2, is: 7 },
      { what: 'an insert', sql: `INSERT INTO ${where} (depot, number, weight) VALUES ('A', 3, 7)`, id: 3, is: 7 },
      { what: 'a delete', sql: `DELETE FROM ${where} WHERE number = 2`, id: 2, was: 2 },
      { what: 'a move of a row to the key', sql: `UPDATE ${where} SET number = 4 WHERE number = 2`, id: 4, is: 2 },
      {
        what: 'a move of the row to another key',
        sql: `UPDATE ${where} SET number = 4 WHERE number = 2`,
        id: 2,
        was: 2,
      },
    ])('$what is not proven until it can be seen', async ({ sql, id, was, is }) => {
      const weight = (value: number | undefined) => (value === undefined ? undefined : number(value));
      const { gtid, ended } = await held(sql);
      const stale = await read(id);
      expect([stale.proven, stale.row?.['weight']]).toEqual([true, weight(was)]);
      expect(await read(id, gtid)).toEqual({ proven: false, row: undefined });
      await letCommitsGo();
      await ended;
      const seen = await read(id, gtid);
      expect([seen.proven, seen.row?.['weight']]).toEqual([true, weight(is)]);
    });

    it('a fill waits for it, and stores what it wrote', async () => {
      const key = keyOfRow(parcels, keyOf('A', 2));
      const store = createMemoryItemStore();
      const context = testContext();
      const { gtid, ended } = await held(`UPDATE ${where} SET weight = 7 WHERE number = 2`);
      await carryOut(store, key, (seen) =>
        decideRowChange({ ...rowChange({ key, n: 3 }), transaction: gtid }, 'lazy', context, seen),
      );
      let failed: () => void;
      const unproven = new Promise<void>((resolve) => (failed = resolve));
      const watched: typeof rows = {
        ...rows,
        read: async (...args) => {
          const one = await rows.read(...args);
          if (!one.proven) failed();
          return one;
        },
      };
      const filling = fillItem({ store, rows: watched, context }, parcels, key, keyOf('A', 2));
      await unproven;
      await letCommitsGo();
      await ended;
      expect(await filling).toMatchObject({ outcome: 'filled', columns: { weight: number(7) } });
    });
  });
});
