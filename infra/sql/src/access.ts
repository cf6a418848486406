import type { Catalog } from '@hybridge/views';
import { assertTablesExist } from './captured-tables.ts';
import { grantsFor } from './grants.ts';
import { inTransaction, withSetupLock } from './session.ts';
import { usedTables } from './used-tables.ts';

export interface AccessOptions {
  readonly url: string;
  readonly catalog: Catalog;
  /** Only the tables of this source; default all of the catalog. */
  readonly source?: string;
}

/**
 * Gives the roles exactly what the definitions need: capture reads the tables; the app reads them, and changes only the
 * columns that some view lets customers change. Rights that a changed definition no longer needs are taken away.
 * @throws SqlSetupError `HYBRIDGE_SQL_TABLE_MISSING`
 */
export const ensureAccess = ({ url, catalog, source }: AccessOptions): Promise<void> =>
  withSetupLock(url, async (session) => {
    const tables = usedTables(catalog, source);
    await assertTablesExist(
      session,
      tables.map(({ name }) => name),
    );
    await inTransaction(session, async () => {
      for (const { name, views, targets } of tables) {
        for (const statement of grantsFor(name, views, targets)) await session.query(statement);
      }
    });
  });
