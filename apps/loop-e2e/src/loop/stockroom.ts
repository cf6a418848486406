/** The stock-room database of a running loop, in MariaDB. */
import type { DrainMarker, Loop } from '@hybridge/local-stack';
import { scalarOf } from '@hybridge/protocol';
import type { ItemReader } from '@hybridge/reader-dynamodb';
import { type Pool, type PoolConnection, type RowDataPacket, createPool } from 'mysql2/promise';

/** A product that the retail database does not have, and nothing else touches. */
const SENTINEL_ID = 999_999;

export interface Stockroom extends AsyncDisposable {
  /** As the owner. The rows have every value as the server writes it. */
  sql<R extends object = Record<string, string | null>>(
    text: string,
    values?: readonly (string | number | readonly string[])[],
  ): Promise<readonly R[]>;
  /** A connection of one's own; to be released. */
  connect(): Promise<PoolConnection>;
  /** Adds prices of products from 10 001 on, and doubles them: 0.02 for the first, in one transaction. */
  addPrices(count: number): Promise<unknown>;
  /** GTID of the last transaction in the log. */
  lastCommit(): Promise<string | undefined>;
  /** Commits wait, behind the log, for a replica that there is not: their events come before anybody sees them. */
  holdCommits(): Promise<unknown>;
  letCommitsGo(): Promise<unknown>;
  readonly marker: DrainMarker;
}

export async function openStockroom({ stack }: Loop, items: ItemReader): Promise<Stockroom> {
  const pool: Pool = createPool({
    ...{ uri: stack.endpoints.mariadb.url, connectionLimit: 6, multipleStatements: true },
    typeCast: (field) => field.buffer()?.toString('utf8') ?? null,
  });
  // A test that ends the server ends idle connections too.
  pool.on('connection', (connection) => connection.on('error', () => undefined));
  const sql: Stockroom['sql'] = async <R extends object>(
    text: string,
    values: readonly (string | number | readonly string[])[] = [],
  ) => {
    const [rows] = await pool.query<RowDataPacket[]>(text, [...values]);
    return rows as unknown as readonly R[];
  };
  await sql(`INSERT INTO inventory (product_id, bin) VALUES (${SENTINEL_ID}, 'marker')`);
  return {
    sql,
    connect: () => pool.getConnection(),
    addPrices: (count) =>
      sql(
        `SET SESSION max_recursive_iterations = ${count};
         START TRANSACTION;
         INSERT INTO prices (product_id, currency, amount, valid_from)
           WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count})
           SELECT 10000 + n, 'EUR', n / 100, '2026-11-23 00:00:00' FROM numbers;
         UPDATE prices SET amount = amount * 2 WHERE product_id > 10000;
         COMMIT`,
      ),
    lastCommit: async () => (await sql<{ gtid: string }>('SELECT @@global.gtid_binlog_pos AS gtid'))[0]?.gtid,
    holdCommits: () =>
      sql(
        `SET GLOBAL rpl_semi_sync_master_timeout = 600000; SET GLOBAL rpl_semi_sync_master_wait_no_slave = 1;
         SET GLOBAL rpl_semi_sync_master_wait_point = AFTER_SYNC; SET GLOBAL rpl_semi_sync_master_enabled = 1`,
      ),
    letCommitsGo: () => sql('SET GLOBAL rpl_semi_sync_master_enabled = 0'),
    marker: {
      async set(text) {
        await sql(`UPDATE inventory SET bin = ? WHERE product_id = ${SENTINEL_ID}`, [text]);
      },
      async shown() {
        const item = await items.get({ pk: `p1#PRODUCT#${SENTINEL_ID}`, sk: 'STOCK' });
        return scalarOf(item?.['bin']);
      },
    },
    [Symbol.asyncDispose]: () => pool.end(),
  };
}
