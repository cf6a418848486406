import { randomBytes } from 'node:crypto';
import { type LocalStack, startStack } from '@hybridge/local-stack';
import { carryOut, decideRowChange, number, text } from '@hybridge/protocol';
import { type RowReader, type SqlPool, createRowReader, createSqlPool, fillItem } from '@hybridge/reader-sql';
import { retryTransient } from '@hybridge/runtime';
import { createMemoryItemStore, rowChange, testContext } from '@hybridge/testkit';
import {
  type Row,
  bytea,
  column,
  int8,
  jsonb,
  keyFromParts,
  keyOfRow,
  notNull,
  nullable,
  numeric,
  source,
  table,
  text as textColumn,
  timestamptz,
  view,
} from '@hybridge/views';
import pg from 'pg';

const schema = `reader_${randomBytes(4).toString('hex')}`;

const parcels = view('parcels', {
  table: table({
    source: source('shop', 'postgres'),
    name: `${schema}.Parcel rows`,
    primaryKey: ['depot', 'number'],
    columns: {
      depot: notNull(textColumn()),
      number: notNull(int8()),
      weight: nullable(numeric()),
      labels: nullable(jsonb()),
      seal: nullable(bytea()),
      sent_at: nullable(timestamptz()),
    },
  }),
  key: { pk: ['p1', 'DEPOT', column('depot')], sk: ['PARCEL', column('number')] },
  attributes: { weight: 'weight', labels: 'labels', seal: 'seal', sentAt: 'sent_at' },
  mode: 'lazy',
});

describe('createRowReader on PostgreSQL', () => {
  let stack: LocalStack;
  let url: string;
  let pool: SqlPool;
  let rows: RowReader;
  let writer: pg.Client;
  const where = `"${schema}"."Parcel rows"`;
  const keyOf = (depot: string, n: number | string): Row => keyFromParts(parcels, [depot, String(n)]);

  beforeAll(async () => {
    stack = await startStack({ form: 'native', components: ['postgres'], ports: 'free' });
    url = stack.endpoints.postgres.url;
    pool = createSqlPool({ url, applicationName: 'reader-sql-tests', statementTimeoutMs: 2_000 });
    rows = createRowReader({ pool });
    writer = new pg.Client({ connectionString: url });
    await writer.connect();
    await writer.query(`create schema "${schema}"`);
    await writer.query(
      `create table ${where} (depot text, number bigint, weight numeric, labels jsonb, seal bytea,
       sent_at timestamptz, primary key (depot, number))`,
    );
  });
  beforeEach(() => writer.query(`truncate ${where}`));
  afterAll(async () => {
    await writer.query(`drop schema "${schema}" cascade`);
    await writer.end();
    await pool[Symbol.asyncDispose]();
    await stack.stop();
  });

  it('reads every type without losing a digit', async () => {
    await writer.query(`set time zone 'Asia/Tokyo'`);
    await writer.query(
      `insert into ${where} values ('A#1', 9007199254740993, 12345678901234567890.120, '{"big": 9007199254740993}',
       '\\x00ff', '2024-02-29 12:00:00.1234+09')`,
    );
    const { proven, row, unstorable } = await rows.read(parcels, keyOf('A#1', '9007199254740993'));
    expect({ proven, unstorable }).toEqual({ proven: true, unstorable: undefined });
    expect(row).toEqual({
      depot: text('A#1'),
      number: number('9007199254740993'),
      weight: number('12345678901234567890.12'),
      labels: { M: { big: number('9007199254740993') } },
      seal: { B: new Uint8Array([0, 255]) },
      sent_at: text('2024-02-29T03:00:00.1234Z'),
    });
  });

  it('says that a row is absent', async () => {
    expect(await rows.read(parcels, keyOf('nowhere', 1))).toEqual({ proven: true, row: undefined });
  });

  it('gives a value DynamoDB cannot hold as text, and says so', async () => {
    const digits = '1'.repeat(45);
    await writer.query(`insert into ${where} (depot, number, weight) values ('A', 1, ${digits})`);
    const read = await rows.read(parcels, keyOf('A', 1));
    expect(read.unstorable?.code).toBe('HYBRIDGE_VIEW_VALUE_UNSTORABLE');
    expect(read.row).toMatchObject({ depot: text('A'), weight: text(digits) });
  });

  it('reads many rows at once, also where SQL writes a key otherwise than it was asked for', async () => {
    await writer.query(`create table "${schema}".codes (code char(4) primary key, weight numeric)`);
    await writer.query(`insert into "${schema}".codes values ('ab', 1), ('abcd', 2)`);
    const codes = view('codes', {
      table: table({
        source: source('shop', 'postgres'),
        name: `${schema}.codes`,
        primaryKey: ['code'],
        columns: { code: notNull(textColumn()), weight: nullable(numeric()) },
      }),
      key: { pk: ['c1', column('code')], sk: ['CODE'] },
      attributes: { weight: 'weight' },
    });
    const keys = ['abcd', 'zz', 'ab'].map((code) => keyFromParts(codes, [code]));
    const reads =
      (await rows.readBatch?.(
        codes,
        keys.map((keyRow) => ({ keyRow })),
      )) ?? [];
    expect(reads.map(({ proven, row }) => [proven, row?.['weight']])).toEqual([
      [true, number(2)],
      [true, undefined],
      [true, number(1)],
    ]);
  });

  it('names a table that is gone, as a permanent error', async () => {
    const gone = { ...parcels, table: { ...parcels.table, table: 'nothing' } };
    await expect(rows.read(gone, keyOf('A', 1))).rejects.toMatchObject({
      code: 'HYBRIDGE_READER_SQL_REFUSED',
      sqlState: '42P01',
      retry: 'permanent',
    });
  });

  it('cannot write', async () => {
    await expect(pool.query(`insert into ${where} (depot, number) values ('A', 1)`)).rejects.toMatchObject({
      sqlState: '25006',
    });
  });

  it('goes on after the server ended its connections', async () => {
    await pool.query('select 1');
    await writer.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'reader-sql-tests'`,
    );
    const read = () => rows.read(parcels, keyOf('A', 1));
    await expect(retryTransient(read, { maxAttempts: 10 })).resolves.toMatchObject({ proven: true });
  });

  it('scans every row once, in order of the primary key', async () => {
    await writer.query(
      `insert into ${where} (depot, number) select d, n from unnest('{B,A,C}'::text[]) d, generate_series(1, 5) n`,
    );
    const seen: string[] = [];
    const sizes: number[] = [];
    for await (const page of rows.scan(parcels, { batchSize: 4 })) {
      sizes.push(page.length);
      seen.push(...page.map(({ row }) => `${(row['depot'] as { S: string }).S}${(row['number'] as { N: string }).N}`));
    }
    expect(sizes).toEqual([4, 4, 4, 3]);
    expect(seen).toEqual(['A', 'B', 'C'].flatMap((depot) => [1, 2, 3, 4, 5].map((n) => `${depot}${n}`)));
  });

  it('scans on after a row', async () => {
    await writer.query(`insert into ${where} (depot, number) values ('A', 1), ('A', 2), ('B', 1)`);
    const pages: (readonly Row[])[] = [];
    for await (const page of rows.scan(parcels, { after: keyOf('A', 1) })) pages.push(page.map(({ row }) => row));
    expect(pages.flat().map(({ depot, number: n }) => [depot, n])).toEqual([
      [text('A'), number(2)],
      [text('B'), number(1)],
    ]);
  });

  describe('the proof', () => {
    const begin = async (): Promise<string> => {
      await writer.query('begin');
      await writer.query(`insert into ${where} (depot, number, weight) values ('A', 1, 7)`);
      const { rows: found } = await writer.query(
        `select (pg_current_xact_id()::text::bigint & 4294967295)::text as xid`,
      );
      return found[0].xid;
    };

    it('fails while the transaction is in progress and holds once it has committed', async () => {
      const transaction = await begin();
      expect(await rows.read(parcels, keyOf('A', 1), transaction)).toEqual({ proven: false, row: undefined });
      await writer.query('commit');
      expect(await rows.read(parcels, keyOf('A', 1), transaction)).toMatchObject({
        proven: true,
        row: { weight: number(7) },
      });
    });

    it('fails for a transaction that was rolled back', async () => {
      const transaction = await begin();
      await writer.query('rollback');
      expect(await rows.read(parcels, keyOf('A', 1), transaction)).toMatchObject({ proven: false });
    });

    it('fails for a transaction of the future and for what is no transaction id', async () => {
      const next = await writer.query(`select (pg_current_xact_id()::text::bigint + 1000)::text as xid`);
      expect(await rows.read(parcels, keyOf('A', 1), next.rows[0].xid)).toMatchObject({ proven: false });
      expect(await rows.read(parcels, keyOf('A', 1), '0-1-42')).toMatchObject({ proven: false });
    });

    it('lets a fill wait for the commit and store what it wrote', async () => {
      const key = keyOfRow(parcels, keyOf('A', 1));
      const store = createMemoryItemStore();
      const context = testContext();
      const transaction = await begin();
      await carryOut(store, key, (seen) =>
        decideRowChange({ ...rowChange({ key, n: 3 }), transaction }, 'lazy', context, seen),
      );
      const asked = awaitFirstProof();
      const filling = fillItem({ store, rows: asked.rows, context }, parcels, key, keyOf('A', 1));
      await asked.first;
      await writer.query('commit');
      expect(await filling).toMatchObject({ outcome: 'filled', columns: { weight: number(7) } });
    });

    it('reads once for many processes that miss the same key, and all get the row', async () => {
      await writer.query(`insert into ${where} (depot, number, weight) values ('A', 1, 7)`);
      const key = keyOfRow(parcels, keyOf('A', 1));
      const store = createMemoryItemStore();
      const context = testContext();
      let reads = 0;
      const counted: typeof rows = { ...rows, read: (...args) => (reads++, rows.read(...args)) };
      const fill = () => fillItem({ store, rows: counted, context }, parcels, key, keyOf('A', 1));
      const results = await Promise.all([fill(), fill(), fill(), fill()]);
      expect(results.map(({ columns }) => columns?.['weight'])).toEqual(Array(4).fill(number(7)));
      expect(results.filter(({ outcome }) => outcome === 'filled')).toHaveLength(1);
      expect(reads).toBe(1);
    });

    /** A reader that tells when the first proof has failed. */
    function awaitFirstProof() {
      let tell: () => void;
      const first = new Promise<void>((resolve) => (tell = resolve));
      const watched: typeof rows = {
        ...rows,
        read: async (...args) => {
          const read = await rows.read(...args);
          if (!read.proven) tell();
          return read;
        },
      };
      return { first, rows: watched };
    }
  });
});
