import { number, text } from '@hybridge/protocol';
import type { ConnectedRowReader } from '@hybridge/reader-sql';
import { retryTransient } from '@hybridge/runtime';
import { type AnyView, type Row, keyFromParts } from '@hybridge/views';
import type { Connection } from 'mysql2/promise';
import type { MariadbDatabase } from '../sink-sql/mariadb-database.ts';
import { fillParcels, grades, keyOf, parcels, startParcels, where } from './parcels-mariadb.ts';

describe('a row reader on MariaDB', () => {
  let database: MariadbDatabase;
  let rows: ConnectedRowReader;
  let writer: Connection;
  const read = (n: number) => rows.read(parcels, keyOf('A', n));

  beforeAll(async () => {
    ({ database, rows, writer } = await startParcels());
  });
  beforeEach(() => fillParcels(database, writer));
  afterAll(async () => {
    await rows?.[Symbol.asyncDispose]();
    await database?.[Symbol.asyncDispose]();
  });

  it('reads every type without losing a digit, whatever the time zone of the writer', async () => {
    await writer.query(`SET time_zone = '+09:00'`);
    await writer.query(
      `INSERT INTO ${where} VALUES ('A#1', 18446744073709551615, 12345678901234567890.120, x'00ff',
       '2024-02-29 12:00:00.1234', '0000-00-00')`,
    );
    const { proven, row, unstorable } = await rows.read(parcels, keyOf('A#1', '18446744073709551615'));
    expect({ proven, unstorable }).toEqual({ proven: true, unstorable: undefined });
    expect(row).toEqual({
      depot: text('A#1'),
      number: number('18446744073709551615'),
      weight: number('12345678901234567890.12'),
      seal: { B: new Uint8Array([0, 255]) },
      sent_at: text('2024-02-29T03:00:00.1234Z'),
      due: { NULL: true },
    });
  });

  it('says that a row is absent, and gives a value DynamoDB cannot hold as text', async () => {
    expect(await read(404)).toEqual({ proven: true, row: undefined });
    const digits = '1'.repeat(45);
    await database.query(`UPDATE ${where} SET weight = ${digits} WHERE number = 2`);
    const { unstorable, row } = await read(2);
    expect(unstorable?.code).toBe('HYBRIDGE_VIEW_VALUE_UNSTORABLE');
    expect(row).toMatchObject({ depot: text('A'), weight: text(`${digits}.000`) });
  });

  it('finds a key only as it is written, though SQL calls others equal to it', async () => {
    for (const depot of ['a', 'A ', 'Á']) {
      expect(
        await database.query(`SELECT 1 AS one FROM ${where} WHERE depot = '${depot}' AND number = 1`),
      ).toHaveLength(1);
      expect(await rows.read(parcels, keyOf(depot, 1))).toEqual({ proven: true, row: undefined });
    }
    const found = await rows.readMany(parcels, [keyOf('a', 1), keyOf('B', 1), keyOf('A', 1), keyOf('A', 9)]);
    expect(found.map((each) => each?.row['weight'])).toEqual([undefined, number(3), number(1), undefined]);
  });

  it('compares keys as the numbers they are', async () => {
    await database.query(
      `INSERT INTO ${where} (depot, number, weight) VALUES ('A', 9007199254740993, 5), ('A', 9007199254740992, 4)`,
    );
    const { row } = await rows.read(parcels, keyOf('A', '9007199254740993'));
    expect(row).toMatchObject({ weight: number(5) });
    await database.query(`INSERT INTO grades VALUES ('low', 0.12345678901234567891), ('low', 0.12345678901234567892)`);
    const key = keyFromParts(grades, ['low', '0.12345678901234567891']);
    expect((await rows.read(grades, key)).row).toMatchObject({ share: { N: '0.12345678901234567891' } });
  });

  it('names a table that is gone, as a permanent error', async () => {
    const gone = { ...parcels, table: { ...parcels.table, table: 'nothing' } };
    const privilege = { code: 'HYBRIDGE_READER_SQL_REFUSED', retry: 'permanent', sqlState: '42000' };
    await expect(rows.read(gone, keyOf('A', 1))).rejects.toMatchObject(privilege);
  });

  it('cannot write', async () => {
    await expect(rows.pool.query(`INSERT INTO hybridge_inbox (change_id) VALUES ('x')`)).rejects.toMatchObject({
      sqlState: '25006',
    });
  });

  it('gives up a statement that takes too long', async () => {
    await expect(rows.pool.query('SELECT sleep(10)')).rejects.toMatchObject({
      code: 'HYBRIDGE_READER_SQL_TIMEOUT',
      retry: 'transient',
    });
  });

  it('goes on after the server ended its connections', async () => {
    await rows.pool.query('SELECT 1');
    for (const { id } of await database.query(
      `SELECT id FROM information_schema.processlist WHERE user = 'hybridge_app'`,
    )) {
      await database.query(`KILL ${id}`);
    }
    await expect(retryTransient(() => read(1), { maxAttempts: 10 })).resolves.toMatchObject({ proven: true });
  });

  it('tells a primary by its being writable', async () => {
    expect(await rows.isPrimary(parcels)).toBe(true);
    await database.query('SET GLOBAL read_only = 1');
    expect(await rows.isPrimary(parcels).finally(() => database.query('SET GLOBAL read_only = 0'))).toBe(false);
  });

  describe('a scan', () => {
    const scanned = async (of: AnyView, options: Parameters<typeof rows.scan>[1]) => {
      const pages: string[][] = [];
      for await (const page of rows.scan(of, options)) {
        pages.push(
          page.map(({ row }) => of.table.primaryKey.map((name: string) => Object.values(row[name] ?? {})[0]).join('')),
        );
      }
      return pages;
    };

    it('gives every row once, in the order of SQL', async () => {
      await database.query(
        `INSERT INTO ${where} (depot, number) VALUES ('b', 2), ('a', 3), ('C', 1), ('C', 10), ('C', 9), ('B', 3)`,
      );
      expect(await scanned(parcels, { batchSize: 4 })).toEqual([
        ['A1', 'A2', 'a3', 'B1'],
        ['b2', 'B3', 'C1', 'C9'],
        ['C10'],
      ]);
    });

    it('goes on after a row, and stays inside a range', async () => {
      expect(await scanned(parcels, { after: keyOf('A', 1) })).toEqual([['A2', 'B1']]);
      expect(await scanned(parcels, { from: keyOf('A', 2), to: keyOf('A', 9) })).toEqual([['A2']]);
      expect(await scanned(parcels, { from: keyOf('A', 2), to: keyOf('b', 1), batchSize: 1 })).toEqual([
        ['A2'],
        ['B1'],
      ]);
    });

    it('reads pages by a range of the index', async () => {
      const values = Array.from({ length: 3_000 }, (_, n) => `('Z', ${n})`);
      await database.query(`INSERT INTO ${where} (depot, number) VALUES ${values.join(', ')}; ANALYZE TABLE ${where}`);
      const reads = async () => {
        const status = await database.query(`SHOW GLOBAL STATUS LIKE 'Handler_read_next'`);
        return Number(status[0]?.['Value']);
      };
      const before = await reads();
      let pages = 0;
      for await (const page of rows.scan(parcels, { from: keyOf('Z', 0), batchSize: 100 })) pages += page.length / 100;
      expect(pages).toBe(30);
      expect((await reads()) - before).toBeLessThan(4_000);
    });

    it('gives rows of listed names once each', async () => {
      await database.query(`INSERT INTO grades VALUES ('low', 1), ('low', 2), ('high', 1), ('high', 3)`);
      const pages = await scanned(grades, { batchSize: 1 });
      expect(pages.flat().sort()).toEqual(['high1', 'high3', 'low1', 'low2']);
    });

    it('tells whether a key lies in a range by the order of SQL, row or no row', async () => {
      const within = (depot: string, n: number | string, from?: Row, to?: Row) =>
        rows.isWithin(parcels, keyOf(depot, n), { from, to });
      expect(await within('A', 10, keyOf('A', 9), keyOf('A', 11))).toBe(true);
      expect(await within('A', 10, keyOf('A', 1), keyOf('A', 2))).toBe(false);
      expect(await within('b', 5, keyOf('A', 1), keyOf('C', 1))).toBe(true);
      expect(await within('b', 5, keyOf('B', 6))).toBe(false);
      expect(await within('A', '9007199254740993', undefined, keyOf('A', '9007199254740992'))).toBe(false);
      expect(await rows.isWithin(parcels, keyOf('A', 1), {})).toBe(true);
    });
  });
});
