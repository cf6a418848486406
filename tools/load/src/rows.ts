import type { RowDataPacket, Pool as StockroomPool } from 'mysql2/promise';
import type { Pool } from 'pg';

/** Which rows of the retail database traffic may choose from. */
export interface ShopRows {
  readonly customers: readonly string[];
  readonly products: readonly string[];
  readonly orders: readonly string[];
  readonly addresses: readonly { readonly customerId: string; readonly label: string }[];
}

/** Which rows of the stock room's database traffic may choose from. */
export interface StockroomRows {
  /** Ids of products that are on a shelf. */
  readonly stocked: readonly number[];
  readonly prices: readonly { readonly productId: number; readonly currency: string }[];
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

/** @throws when the stock room's database is missing or empty */
export async function readStockroomRows(pool: StockroomPool): Promise<StockroomRows> {
  const [stocked] = await pool.query<(RowDataPacket & { id: number })[]>(
    `SELECT product_id AS id FROM inventory ORDER BY 1 LIMIT ${MAX_ROWS}`,
  );
  const [prices] = await pool.query<(RowDataPacket & StockroomRows['prices'][number])[]>(
    `SELECT product_id AS productId, currency FROM prices ORDER BY 1, 2 LIMIT ${MAX_ROWS}`,
  );
  const rows = { stocked: stocked.map(({ id }) => id), prices };
  const empty = rows.stocked.length === 0 ? 'inventory' : rows.prices.length === 0 ? 'prices' : undefined;
  if (empty !== undefined) throw new Error(`The stock room has no ${empty}; create and seed its database first.`);
  return rows;
}
