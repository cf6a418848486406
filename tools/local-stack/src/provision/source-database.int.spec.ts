import type { Columns } from '@hybridge/views';
import { SqlRole, createDemo, ensureAccess, ensurePublication, migrate } from '@hybridge/infra-sql';
import { partOf } from '@hybridge/views';
import pg from 'pg';
import { shopOnly } from '../definitions/other-definitions.ts';
import type { LocalStack } from '../local-stack.ts';
import { startStack } from '../start-stack.ts';

const { catalog } = shopOnly();
const small = { customers: 120, products: 40, orders: 200 };
const passwords = { [SqlRole.capture]: SqlRole.capture, [SqlRole.app]: SqlRole.app };

describe('the source database', () => {
  let stack: LocalStack;

  beforeAll(async () => {
    stack = await startStack({ form: 'native', ports: 'free', components: ['postgres'] });
  });
  afterAll(() => stack?.stop());

  const adminUrl = (database: string): string => {
    const url = new URL(stack.endpoints.postgres.url);
    url.pathname = `/${database}`;
    return url.href;
  };
  const urlAs = (role: SqlRole, database: string): string => {
    const url = new URL(adminUrl(database));
    url.username = url.password = role;
    return url.href;
  };

  async function query(url: string, sql: string, values: readonly unknown[] = []): Promise<pg.QueryResult> {
    const client = new pg.Client(url);
    await client.connect();
    try {
      return await client.query(sql, [...values]);
    } finally {
      await client.end();
    }
  }

  async function newDatabase(name: string): Promise<string> {
    await query(adminUrl('postgres'), `CREATE DATABASE ${name}`);
    return adminUrl(name);
  }

  const checksum = async (url: string): Promise<string> => {
    const tables = ['customers', 'addresses', 'products', 'orders', 'order_lines', 'wishes'];
    const sums = tables.map(
      (table) => `(SELECT md5(string_agg(t::text, '|' ORDER BY t::text COLLATE "C")) FROM ${table} AS t)`,
    );
    return JSON.stringify((await query(url, `SELECT concat_ws(' ', ${sums.join(', ')}) AS sum`)).rows);
  };

  describe('migrations and demo', () => {
    let url: string;

    beforeAll(async () => {
      url = await newDatabase('made_once');
      await migrate({ url, passwords });
      await createDemo({ url, size: small });
      await ensurePublication({ url, catalog });
      await ensureAccess({ url, catalog });
    });

    it('does nothing when run again', async () => {
      const before = await checksum(url);
      expect(await migrate({ url })).toEqual({ applied: [] });
      expect(await createDemo({ url, size: small })).toEqual({ created: false });
      expect(await checksum(url)).toBe(before);
    });

    it('lets two runs at once share the work', async () => {
      const other = await newDatabase('made_at_once');
      const runs = await Promise.all([migrate({ url: other }), migrate({ url: other })]);
      expect(runs.map(({ applied }) => applied.length).sort()).toEqual([0, 3]);
    });

    it('gives the same bytes for the same size, whatever the time zone of the server', async () => {
      const other = await newDatabase('made_twice');
      await query(other, `ALTER DATABASE made_twice SET timezone = 'Pacific/Auckland'`);
      await createDemo({ url: other, size: small });
      await query(other, `ALTER DATABASE made_twice RESET timezone`);
      expect(await checksum(other)).toBe(await checksum(url));
    });

    it('holds what real databases hold: large values out of line, ids above 2^53, NULLs', async () => {
      const { rows } = await query(
        url,
        `SELECT (SELECT min(id) > 9007199254740992 FROM orders) AS large_ids,
                (SELECT count(pg_column_toast_chunk_id(remarks)) > 0 FROM customers) AS large_remarks,
                (SELECT count(pg_column_toast_chunk_id(description)) > 0 FROM products) AS large_descriptions,
                (SELECT bool_or(phone IS NULL) AND bool_or(phone IS NOT NULL) FROM customers) AS some_nulls,
                (SELECT max(label_count) FROM (SELECT count(*) AS label_count FROM addresses GROUP BY customer_id) AS t) = 2 AS two_addresses`,
      );
      expect(rows).toEqual([
        { large_ids: true, large_remarks: true, large_descriptions: true, some_nulls: true, two_addresses: true },
      ]);
    });

    it('continues its ids where the seed ended', async () => {
      const sql = `INSERT INTO orders (customer_id, total) VALUES (1, 10) RETURNING id::text`;
      expect((await query(url, sql)).rows).toEqual([{ id: String(9007199254740992n + 201n) }]);
    });

    it.each(catalog.tables.map((table) => [table.name, table] as const))(
      'has %s as the definitions say',
      async (_, table) => {
        const { rows } = await query(
          url,
          `SELECT column_name AS name, is_nullable = 'YES' AS nullable FROM information_schema.columns
         WHERE table_schema = $1 AND table_name = $2 ORDER BY column_name COLLATE "C"`,
          [table.schema, table.table],
        );
        const defined = Object.entries(table.columns as Columns).map(([name, { nullable }]) => ({ name, nullable }));
        expect(rows).toEqual(defined.sort((a, b) => (a.name < b.name ? -1 : 1)));
      },
    );

    it('publishes exactly the tables of the catalog and the inbox, also after a definition has changed', async () => {
      const published = async (): Promise<string> =>
        (
          await query(
            url,
            `SELECT string_agg(tablename, ' ' ORDER BY tablename) AS names FROM pg_publication_tables WHERE pubname = 'hybridge'`,
          )
        ).rows[0].names;
      expect(await published()).toBe('addresses customers hybridge_inbox orders products wishes');
      await ensurePublication({ url, catalog: partOf(catalog, ({ name }) => name === 'products') });
      expect(await published()).toBe('hybridge_inbox products');
      await ensurePublication({ url, catalog });
      expect(await published()).toBe('addresses customers hybridge_inbox orders products wishes');
    });

    it('says which table is missing', async () => {
      const empty = await newDatabase('without_tables');
      await migrate({ url: empty });
      await expect(ensurePublication({ url: empty, catalog })).rejects.toMatchObject({
        code: 'HYBRIDGE_SQL_TABLE_MISSING',
        message: expect.stringContaining('public.customers, public.addresses'),
      });
    });
  });

  describe('the role of the apps', () => {
    let app: string;

    beforeAll(() => {
      app = urlAs(SqlRole.app, 'made_once');
    });

    it.each([
      ['reads', `SELECT * FROM customers WHERE id = 1`],
      ['locks a row', `SELECT * FROM customers WHERE id = 1 FOR UPDATE`],
      ['updates a column customers may change', `UPDATE customers SET city = city WHERE id = 1`],
      [
        'adds an address',
        `INSERT INTO addresses (customer_id, label, street, postal_code, city, country) VALUES (1, 'new', 'a', 'b', 'c', 'NL')`,
      ],
      ['removes an address', `DELETE FROM addresses WHERE customer_id = 1 AND label = 'new'`],
      [
        'answers',
        `INSERT INTO hybridge_inbox (change_id, view, pk, sk, outcome) VALUES ('c1', 'customers', 'p', 's', 'A')`,
      ],
      [
        'announces an answer again',
        `UPDATE hybridge_inbox SET signal = signal + 1, image = NULL, at = now() WHERE change_id = 'c1'`,
      ],
    ])('%s', async (_, sql) => {
      expect((await query(app, sql)).rowCount).toBe(1);
    });

    it.each([
      ['update a column customers may not change', `UPDATE customers SET credit_limit = 1000000 WHERE id = 1`],
      ['change a table customers may not change', `UPDATE products SET list_price = 0`],
      ['remove a customer', `DELETE FROM customers WHERE id = 1`],
      ['empty a table', `TRUNCATE addresses`],
      ['read a table of no view', `SELECT * FROM order_lines`],
      ['change the outcome of an answer', `UPDATE hybridge_inbox SET outcome = 'R'`],
      ['forget an answer', `DELETE FROM hybridge_inbox`],
      ['make a table', `CREATE TABLE public.mine (id int)`],
      ['create a slot', `SELECT pg_create_physical_replication_slot('mine')`],
    ])('must not %s', async (_, sql) => {
      await expect(query(app, sql)).rejects.toMatchObject({ code: '42501' });
    });
  });

  describe('the role of the connector', () => {
    let capture: string;

    beforeAll(() => {
      capture = urlAs(SqlRole.capture, 'made_once');
    });

    it('reads, and makes its slot', async () => {
      await query(capture, `SELECT * FROM orders LIMIT 1`);
      await query(capture, `SELECT pg_create_logical_replication_slot('tried', 'pgoutput')`);
      await query(capture, `SELECT pg_drop_replication_slot('tried')`);
    });

    it.each([
      ['change a row', `UPDATE customers SET city = city`],
      [
        'answer',
        `INSERT INTO hybridge_inbox (change_id, view, pk, sk, outcome) VALUES ('c2', 'customers', 'p', 's', 'A')`,
      ],
      ['change the publication', `ALTER PUBLICATION hybridge DROP TABLE customers`],
    ])('must not %s', async (_, sql) => {
      await expect(query(capture, sql)).rejects.toMatchObject({ code: '42501' });
    });
  });
});
