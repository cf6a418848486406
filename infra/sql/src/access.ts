import type { Catalog, ChangeRules, SideTarget } from '@hybridge/views';
import { assertTablesExist, tablesOf } from './captured-tables.ts';
import { grantsFor } from './grants.ts';
import { inTransaction, withSetupLock } from './session.ts';

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
    const targets = sideTargetsOf(catalog, source);
    const captured = tablesOf(catalog, source).map(({ name }) => name);
    const tables = [...new Set([...captured, ...targets.map((target) => target.table.name)])];
    await assertTablesExist(session, tables);
    await inTransaction(session, async () => {
      for (const table of tables) {
        const written = targets.filter((target) => target.table.name === table);
        for (const statement of grantsFor(table, catalog.byTable(table), written)) await session.query(statement);
      }
    });
  });

/** What customers' changes write besides their own row. */
const sideTargetsOf = (catalog: Catalog, source: string | undefined): readonly SideTarget[] =>
  catalog.views
    .filter(({ table }) => source === undefined || table.source === source)
    .flatMap(({ changes }) => (changes as ChangeRules).also?.to ?? []);
