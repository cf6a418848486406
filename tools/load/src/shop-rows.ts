import type { Pool } from 'pg';

/** Which rows of the demo database traffic may choose from. */
export interface ShopRows {
  readonly customers: readonly string[];
  readonly products: readonly string[];
  readonly orders: readonly string[];
  readonly addresses: readonly { readonly customerId: string; readonly label: string }[];
}

/** Rows of one kind that are chosen from, at most. */
const MAX_ROWS = 20_000;

/** @throws when the demo database is missing or empty */
export async function readShopRows(pool: Pool): Promise<ShopRows> {
  const ids = async (table: string): Promise<readonly string[]> => {
    const { rows } = await pool.query<{ id: string }>(`SELECT id::text FROM ${table} ORDER BY id LIMIT ${MAX_ROWS}`);
    if (rows.length === 0) throw new Error(`The demo database has no ${table}; create and seed it first.`);
    return rows.map(({ id }) => id);
  };
  const { rows: addresses } = await pool.query<{ customerId: string; label: string }>(
    `SELECT customer_id::text AS "customerId", label FROM public.addresses ORDER BY 1, 2 LIMIT ${MAX_ROWS}`,
  );
  return {
    customers: await ids('public.customers'),
    products: await ids('public.products'),
    orders: await ids('public.orders'),
    addresses,
  };
}
