import { readFile } from 'node:fs/promises';
import { SqlSetupError } from './errors.ts';
import { packagePath } from './package-files.ts';
import { type Session, inTransaction, withSetupLock } from './session.ts';

/** Rows of the demo database; orders have one to five lines, customers one or two addresses. */
export interface DemoSize {
  readonly customers: number;
  readonly products: number;
  readonly orders: number;
}

export const DEMO_SIZES = {
  default: { customers: 1_000, products: 500, orders: 5_000 },
  large: { customers: 10_000, products: 2_000, orders: 50_000 },
} as const satisfies Record<string, DemoSize>;

export interface DemoOptions {
  readonly url: string;
  /** Default `default`. */
  readonly size?: keyof typeof DEMO_SIZES | DemoSize;
}

/**
 * Makes and fills the inherited retail database, in one transaction. A database that has it already is left as it is.
 * @returns whether it was made now
 * @throws SqlSetupError `HYBRIDGE_SQL_DEMO_FAILED`; then nothing of it is there
 */
export const createDemo = ({ url, size = 'default' }: DemoOptions): Promise<{ readonly created: boolean }> =>
  withSetupLock(url, async (session) => {
    const rows = rowsOf(size);
    if (await isThere(session)) return { created: false };
    try {
      await inTransaction(session, () => fill(session, rows));
    } catch (cause) {
      const problem = cause instanceof Error ? cause.message : String(cause);
      throw new SqlSetupError('HYBRIDGE_SQL_DEMO_FAILED', `The demo database cannot be made: ${problem}`, { cause });
    }
    await session.query(
      'ANALYZE public.customers, public.addresses, public.products, public.orders, public.order_lines, public.wishes',
    );
    return { created: true };
  });

/** @throws SqlSetupError for a name that is none of `DEMO_SIZES` */
function rowsOf(size: keyof typeof DEMO_SIZES | DemoSize): DemoSize {
  const rows = typeof size === 'string' ? DEMO_SIZES[size] : size;
  if (rows !== undefined) return rows;
  const sizes = Object.keys(DEMO_SIZES).join(', ');
  throw new SqlSetupError('HYBRIDGE_SQL_DEMO_FAILED', `There is no demo size "${String(size)}"; there are ${sizes}.`);
}

async function isThere(session: Session): Promise<boolean> {
  const { rows } = await session.query<{ there: boolean }>(
    "SELECT to_regclass('public.customers') IS NOT NULL AS there",
  );
  return rows[0]?.there === true;
}

async function fill(session: Session, size: DemoSize): Promise<void> {
  for (const [kind, rows] of Object.entries(size)) {
    await session.query('SELECT set_config($1, $2, true)', [`hybridge.demo_${kind}`, String(rows)]);
  }
  await session.query(await readFile(packagePath('demo', 'postgres', 'schema.sql'), 'utf8'));
  await session.query(await readFile(packagePath('demo', 'postgres', 'seed.sql'), 'utf8'));
}
