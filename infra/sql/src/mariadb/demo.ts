import { readFile } from 'node:fs/promises';
import { SqlSetupError } from '../errors.ts';
import { packagePath } from '../package-files.ts';
import { withMariadbLock } from './session.ts';

export interface StockroomOptions {
  /** URL of an administrator; the tables are made in its database. */
  readonly url: string;
  /** Numbers 1 to this have stock and prices, as the products of the retail demo; default 500. */
  readonly products?: number;
}

/**
 * Makes and fills the demo's stock-room database in MariaDB: `inventory`, `prices`, and the procedures `restock` and
 * `reprice` of its nightly job. A database that has rows already is left as it is.
 * @returns whether it was filled now
 * @throws SqlSetupError `HYBRIDGE_SQL_DEMO_FAILED`; it can be called again
 */
export const createStockroom = ({ url, products = 500 }: StockroomOptions): Promise<{ readonly created: boolean }> =>
  withMariadbLock(url, async ({ run, rows }) => {
    try {
      await run(await readFile(packagePath('demo', 'mariadb', 'schema.sql'), 'utf8'));
      const filled = await rows('SELECT 1 AS one FROM inventory LIMIT 1');
      if (filled.length > 0) return { created: false };
      await run('SET @products = ?', [products]);
      await run(await readFile(packagePath('demo', 'mariadb', 'seed.sql'), 'utf8'));
      return { created: true };
    } catch (cause) {
      const problem = cause instanceof Error ? cause.message : String(cause);
      throw new SqlSetupError('HYBRIDGE_SQL_DEMO_FAILED', `The stock-room database cannot be made: ${problem}`, {
        cause,
      });
    }
  });
