import { DEFAULT_PUBLICATION } from '@hybridge/setup';
import type { Catalog } from '@hybridge/views';
import { INBOX_TABLE, assertTablesExist, tablesOf } from './captured-tables.ts';
import { quotedName, quotedTable } from './quoted.ts';
import { withSetupLock } from './session.ts';

export { DEFAULT_PUBLICATION };

export interface PublicationOptions {
  readonly url: string;
  readonly catalog: Catalog;
  /** Only the tables of this source; default all of the catalog. */
  readonly source?: string;
  /** Default `hybridge`. */
  readonly name?: string;
}

/**
 * Makes the publication hold exactly the tables of the catalog and the inbox. Running it again after a definition has
 * changed brings the publication up to date; the slot and its position stay.
 * @returns the tables, as `schema.table`
 * @throws SqlSetupError `HYBRIDGE_SQL_TABLE_MISSING`
 */
export const ensurePublication = (options: PublicationOptions): Promise<readonly string[]> =>
  withSetupLock(options.url, async (session) => {
    const tables = [...tablesOf(options.catalog, options.source).map(({ name }) => name), INBOX_TABLE];
    await assertTablesExist(session, tables);
    const list = tables.map(quotedTable).join(', ');
    const plain = options.name ?? DEFAULT_PUBLICATION;
    const name = quotedName(plain);
    const { rowCount } = await session.query('SELECT FROM pg_publication WHERE pubname = $1', [plain]);
    await session.query(
      rowCount === 0 ? `CREATE PUBLICATION ${name} FOR TABLE ${list}` : `ALTER PUBLICATION ${name} SET TABLE ${list}`,
    );
    // A change of a partition must be told as one of the table that the view is of.
    await session.query(`ALTER PUBLICATION ${name} SET (publish_via_partition_root = true)`);
    return tables;
  });
