import { SqlRole, createStockroom, ensureMariadbAccess, isBinlogRead, migrateMariadb } from '@hybridge/infra-sql';
import { catalog as demo } from '@hybridge/definitions';
import {
  type Columns,
  column,
  createCatalog,
  int4,
  notNull,
  nullable,
  source,
  table,
  text,
  view,
  writes,
} from '@hybridge/views';
import { type Connection, createConnection } from 'mysql2/promise';
import type { LocalStack } from '../local-stack.ts';
import { startStack } from '../start-stack.ts';

const stock = source('stock', 'mariadb');
const passwords = { [SqlRole.capture]: SqlRole.capture, [SqlRole.app]: SqlRole.app };

const prices = table({
  source: stock,
  name: 'stockroom.prices',
  primaryKey: ['product_id', 'currency'],
  columns: { product_id: notNull(int4()), currency: notNull(text()), terms: nullable(text()) },
});
const inventory = table({
  source: stock,
  name: 'stockroom.inventory',
  primaryKey: ['product_id'],
  columns: { product_id: notNull(int4()), bin: notNull(text()), reserved: notNull(int4()) },
});
const pricesView = view('prices', {
  table: prices,
  key: { pk: ['p', column('product_id')], sk: ['PRICE', column('currency')] },
  attributes: { product: 'product_id', currency: 'currency', terms: 'terms' },
  changes: {
    allow: ['terms'],
    policy: 'sql-wins',
    insert: true,
    also: { to: [writes(inventory, { update: ['reserved'] })], of: () => [] },
  },
});
const inventoryView = view('inventory', {
  table: inventory,
  key: { pk: ['p', column('product_id')], sk: ['STOCK'] },
  attributes: { product: 'product_id', bin: 'bin' },
});
const catalog = createCatalog([pricesView, inventoryView]);

describe('a source in MariaDB', () => {
  let stack: LocalStack;
  let url: string;

  beforeAll(async () => {
    stack = await startStack({ form: 'native', ports: 'free', components: ['mariadb'] });
    ({ url } = stack.endpoints.mariadb);
    await migrateMariadb({ url, passwords });
    await createStockroom({ url, products: 50 });
    await ensureMariadbAccess({ url, catalog, source: 'stock' });
  });
  afterAll(() => stack?.stop());

  async function query(sql: string, user: string = 'root'): Promise<readonly Record<string, unknown>[]> {
    const { host, port } = stack.endpoints.mariadb;
    const connection: Connection = await createConnection({ host, port, user, password: user, database: 'stockroom' });
    try {
      const [rows] = await connection.query(sql);
      return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
    } finally {
      await connection.end();
    }
  }

  const checksum = async (): Promise<string> =>
    JSON.stringify(await query('CHECKSUM TABLE inventory, prices, hybridge_migrations'));

  it.each(demo.tables.filter(({ source: of }) => of.kind === 'mariadb').map((of) => [of.name, of] as const))(
    'has %s as the definitions of the demo say',
    async (_, { schema, table: name, columns }) => {
      const found = await query(
        `SELECT column_name AS name, is_nullable = 'YES' AS nullable FROM information_schema.columns
         WHERE table_schema = '${schema}' AND table_name = '${name}' ORDER BY ordinal_position`,
      );
      const defined = Object.entries(columns as Columns).map(([one, { nullable: may }]) => [one, may ? 1 : 0]);
      expect(found.map(({ name: one, nullable: may }) => [one, may])).toEqual(defined);
    },
  );

  it('does nothing when it is set up again, also by two at once', async () => {
    const before = await checksum();
    const [one, other] = await Promise.all([migrateMariadb({ url }), migrateMariadb({ url })]);
    expect([one, other]).toEqual([{ applied: [] }, { applied: [] }]);
    expect(await createStockroom({ url, products: 50 })).toEqual({ created: false });
    expect(await checksum()).toBe(before);
  });

  it('runs a migration again that broke off after its table was there', async () => {
    await query('DELETE FROM hybridge_migrations');
    expect(await migrateMariadb({ url })).toEqual({ applied: ['0001-inbox.sql'] });
  });

  it('has users that nobody can be before they have a password', async () => {
    await query(`DROP USER ${SqlRole.app}`);
    await migrateMariadb({ url });
    const { host, port } = stack.endpoints.mariadb;
    await expect(createConnection({ host, port, user: SqlRole.app })).rejects.toThrow(/locked/i);
    await migrateMariadb({ url, passwords });
    await ensureMariadbAccess({ url, catalog, source: 'stock' });
    expect(await query('SELECT 1 AS one', SqlRole.app)).toEqual([{ one: 1 }]);
  });

  it('tells items apart that differ in trailing spaces only', async () => {
    const insert = (id: string, pk: string): Promise<unknown> =>
      query(`INSERT INTO hybridge_inbox (change_id, view, pk, sk, outcome) VALUES ('${id}', 'v', '${pk}', 's', 'A')`);
    await insert('x', 'a');
    await insert('x ', 'a ');
    await insert('X', 'A');
    expect(await query(`SELECT change_id FROM hybridge_inbox WHERE pk = 'a '`)).toEqual([{ change_id: 'x ' }]);
    await query('DELETE FROM hybridge_inbox');
  });

  it('holds a key as long as DynamoDB allows', async () => {
    await query(
      `INSERT INTO hybridge_inbox (change_id, view, pk, sk, outcome, image)
       VALUES ('long', 'v', repeat('ü', 1024), repeat('s', 1024), 'A', repeat('x', 1000000))`,
    );
    expect(await query(`SELECT length(pk) AS bytes FROM hybridge_inbox WHERE change_id = 'long'`)).toEqual([
      { bytes: 2048 },
    ]);
    await query('DELETE FROM hybridge_inbox');
  });

  it('says which table is missing', async () => {
    const missing = createCatalog([
      { ...inventoryView, table: { ...inventory, name: 'stockroom.shelves', table: 'shelves' } },
    ]);
    await expect(ensureMariadbAccess({ url, catalog: missing, source: 'stock' })).rejects.toMatchObject({
      code: 'HYBRIDGE_SQL_TABLE_MISSING',
      message: expect.stringContaining('stockroom.shelves'),
    });
  });

  it('shows no password when nobody answers', async () => {
    await expect(migrateMariadb({ url: 'mariadb://root:secret@127.0.0.1:1/stockroom' })).rejects.toMatchObject({
      code: 'HYBRIDGE_SQL_CONNECTION_FAILED',
      message: 'Cannot connect to 127.0.0.1:1/stockroom.',
    });
  });

  it('knows whether the connector reads the binlog', async () => {
    expect(await isBinlogRead(url)).toBe(false);
  });

  describe('the user of the apps', () => {
    it.each([
      ['reads', `SELECT * FROM inventory WHERE product_id = 1`],
      ['reads a row as its last writer leaves it', `SELECT * FROM inventory WHERE product_id = 1 LOCK IN SHARE MODE`],
      ['locks a row', `SELECT * FROM prices WHERE product_id = 1 FOR UPDATE`],
      ['updates a column customers may change', `UPDATE prices SET terms = 'x' WHERE product_id = 1`],
      ['updates what their changes write besides', `UPDATE inventory SET reserved = 0 WHERE product_id = 1`],
      ['takes a lock of its own', `SELECT GET_LOCK('item', 1)`],
      ['knows how far the binlog is', `SELECT @@global.gtid_binlog_pos, MASTER_GTID_WAIT('', 0)`],
      ['answers', `INSERT INTO hybridge_inbox (change_id, view, pk, sk, outcome) VALUES ('c1', 'v', 'p', 's', 'A')`],
      [
        'announces an answer again',
        `UPDATE hybridge_inbox SET \`signal\` = \`signal\` + 1, image = NULL, at = now(6) WHERE change_id = 'c1'`,
      ],
    ])('%s', async (_, sql) => {
      await expect(query(sql, SqlRole.app)).resolves.toBeDefined();
    });

    it.each([
      ['update a column customers may not change', `UPDATE prices SET amount = 0`],
      ['remove a row', `DELETE FROM prices`],
      ['empty a table', `TRUNCATE prices`],
      ['change the outcome of an answer', `UPDATE hybridge_inbox SET outcome = 'R'`],
      ['forget an answer', `DELETE FROM hybridge_inbox`],
      ['make a table', `CREATE TABLE mine (id int)`],
      ['read who else there is', `SELECT * FROM mysql.user`],
      ['run the nightly job', `CALL restock(1)`],
      ['read the binlog', `SHOW BINLOG EVENTS`],
    ])('must not %s', async (_, sql) => {
      await expect(query(sql, SqlRole.app)).rejects.toThrow(/denied/);
    });

    it('loses what a changed definition no longer needs, and only that', async () => {
      const { changes: _, ...readOnly } = pricesView;
      const changes = inventoryView.changes;
      await ensureMariadbAccess({
        url,
        catalog: createCatalog([{ ...readOnly, changes }, inventoryView]),
        source: 'stock',
      });
      await expect(query(`UPDATE prices SET terms = 'y'`, SqlRole.app)).rejects.toThrow(/denied/);
      await expect(query(`UPDATE inventory SET reserved = 0`, SqlRole.app)).rejects.toThrow(/denied/);
      await expect(query('SELECT count(*) FROM prices', SqlRole.app)).resolves.toBeDefined();
      await ensureMariadbAccess({ url, catalog, source: 'stock' });
      await expect(query(`UPDATE prices SET terms = 'y' WHERE product_id = 2`, SqlRole.app)).resolves.toBeDefined();
    });
  });

  describe('the user of the connector', () => {
    it.each([
      ['reads', `SELECT * FROM prices`],
      ['reads answers', `SELECT * FROM hybridge_inbox`],
      ['stops writers for an instant', `FLUSH TABLES WITH READ LOCK`],
      ['locks tables where the server refuses that', `LOCK TABLES prices READ`],
      ['knows how far the binlog is', `SHOW BINARY LOGS`],
    ])('%s', async (_, sql) => {
      await expect(query(sql, SqlRole.capture)).resolves.toBeDefined();
    });

    it('must not change a row', async () => {
      await expect(query(`UPDATE prices SET terms = ''`, SqlRole.capture)).rejects.toThrow(/denied/);
      await expect(query(`INSERT INTO hybridge_inbox (change_id) VALUES ('c')`, SqlRole.capture)).rejects.toThrow(
        /denied/,
      );
    });
  });

  describe('the stock-room', () => {
    it('has the same rows for the same size', async () => {
      const [first] = await query(
        `SELECT md5(group_concat(concat_ws('|', product_id, bin, status, on_hand, units_moved, last_counted, updated_at)
           ORDER BY product_id)) AS sum FROM inventory WHERE product_id BETWEEN 10 AND 29`,
      );
      await query('CREATE DATABASE again');
      const other = new URL(url);
      other.pathname = '/again';
      await createStockroom({ url: other.href, products: 30 });
      const [second] = await query(
        `SELECT md5(group_concat(concat_ws('|', product_id, bin, status, on_hand, units_moved, last_counted, updated_at)
           ORDER BY product_id)) AS sum FROM again.inventory WHERE product_id BETWEEN 10 AND 29`,
      );
      expect(second).toEqual(first);
    });

    it('has numbers that no double holds, large texts and NULLs', async () => {
      expect(
        await query(`SELECT count(*) AS n, min(units_moved) > 18446744073699999999 AS large, count(last_counted) < count(*) AS some_null,
          (SELECT max(length(terms)) > 5000 FROM prices) AS long_text FROM inventory`),
      ).toEqual([{ n: 50, large: 1, some_null: 1, long_text: 1 }]);
    });

    it('is restocked and repriced by its nightly job, all or nothing', async () => {
      await query('UPDATE inventory SET on_hand = 3, reserved = 0, reorder_level = 10 WHERE product_id = 5');
      await query("UPDATE inventory SET status = 'low' WHERE product_id = 5");
      await query('CALL restock(100)');
      expect(await query('SELECT on_hand, status FROM inventory WHERE product_id = 5')).toEqual([
        { on_hand: 103, status: 'available' },
      ]);
      const [before] = await query("SELECT amount FROM prices WHERE product_id = 5 AND currency = 'EUR'");
      await query("CALL reprice('EUR', -10)");
      const [after] = await query("SELECT amount FROM prices WHERE product_id = 5 AND currency = 'EUR'");
      expect(Number(after?.['amount'])).toBeCloseTo(Number(before?.['amount']) * 0.9, 2);
      await expect(query("CALL reprice('EUR', -100)")).rejects.toThrow(/100 percent/);
    });
  });
});
