/** Parcels in MariaDB, and a reader of them. */
import { ensureMariadbAccess } from '@hybridge/infra-sql';
import { type ConnectedRowReader, connectRowReader } from '@hybridge/reader-sql';
import {
  type AnyView,
  type Row,
  column,
  createCatalog,
  keyFromParts,
  mariadb,
  notNull,
  nullable,
  source,
  table,
  view,
} from '@hybridge/views';
import type { Connection } from 'mysql2/promise';
import { type MariadbDatabase, startMariadb } from '../sink-sql/mariadb-database.ts';

const shop = source('shop', 'mariadb');
export const parcels: AnyView = view('parcels', {
  table: table({
    source: shop,
    name: 'stockroom.Parcel rows',
    primaryKey: ['depot', 'number'],
    columns: {
      depot: notNull(mariadb.varchar()),
      number: notNull(mariadb.bigint({ unsigned: true })),
      weight: nullable(mariadb.decimal()),
      seal: nullable(mariadb.blob()),
      sent_at: nullable(mariadb.timestamp()),
      due: nullable(mariadb.date()),
    },
  }),
  key: { pk: ['p1', 'DEPOT', column('depot')], sk: ['PARCEL', column('number')] },
  attributes: { weight: 'weight', seal: 'seal', sentAt: 'sent_at', due: 'due' },
  mode: 'lazy',
});
/** Ordered by its place in the list, and not as its text is. */
export const grades: AnyView = view('grades', {
  table: table({
    source: shop,
    name: 'stockroom.grades',
    primaryKey: ['grade', 'share'],
    columns: { grade: notNull(mariadb.enumeration()), share: notNull(mariadb.decimal()) },
  }),
  key: { pk: ['g1', column('grade')], sk: ['SHARE', column('share')] },
  attributes: { grade: 'grade', share: 'share' },
});
export const where = '`Parcel rows`';

export const keyOf = (depot: string, n: number | string): Row => keyFromParts(parcels, [depot, String(n)]);

export interface Parcels {
  readonly database: MariadbDatabase;
  readonly rows: ConnectedRowReader;
  /** A connection of the administrator's own. */
  readonly writer: Connection;
}

export async function startParcels(): Promise<Parcels> {
  const database = await startMariadb();
  await database.query(
    `CREATE TABLE ${where} (depot varchar(20) COLLATE utf8mb4_general_ci, number bigint unsigned,
       weight decimal(50, 3), seal varbinary(10), sent_at timestamp(6) NULL, due date, PRIMARY KEY (depot, number));
     CREATE TABLE grades (grade enum('low', 'high'), share decimal(30, 20), PRIMARY KEY (grade, share))`,
  );
  const catalog = createCatalog([parcels, grades]);
  await ensureMariadbAccess({ url: database.adminUrl, catalog, source: 'shop' });
  const access = { url: database.appUrl(), applicationName: 'reader-tests', statementTimeoutMs: 2_000 };
  const rows = connectRowReader({ ...access, source: shop });
  return { database, rows, writer: await database.connect() };
}

/** Before each test: the same three rows. */
export async function fillParcels(database: MariadbDatabase, writer: Connection): Promise<void> {
  await writer.query('ROLLBACK'); // of a test that failed
  await database.query(`DELETE FROM ${where}; DELETE FROM grades`);
  await database.query(`INSERT INTO ${where} (depot, number, weight) VALUES ('A', 1, 1), ('A', 2, 2), ('B', 1, 3)`);
}
