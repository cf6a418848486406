/** What the demo's databases need beside their rows, so that fan-outs are large and parents may go before their children. */
import type { DrainMarker, Loop } from '@hybridge/local-stack';
import { type ItemKey, scalarOf } from '@hybridge/protocol';
import type { ItemReader } from '@hybridge/reader-dynamodb';
import { createPool } from 'mysql2/promise';
import type { Pool } from 'pg';

/** Nothing else touches its prices. */
const SENTINEL_ID = 999_999;
const SENTINEL_CURRENCY = 'XTS';

/** Lines of the first product in each order, and orders of the first customer: more than an event tells by itself. */
const BUSY = { linesPerOrder: 4, orders: 60 } as const;

/** As in databases that have no foreign keys; then the crowd. */
const PREPARATIONS: readonly string[] = [
  'ALTER TABLE public.orders DROP CONSTRAINT orders_customer_fkey',
  'ALTER TABLE public.order_lines DROP CONSTRAINT order_lines_order_fkey, DROP CONSTRAINT order_lines_product_fkey',
  `INSERT INTO public.orders (customer_id, total)
   SELECT 1, n FROM generate_series(1, ${BUSY.orders}) AS n`,
  `INSERT INTO public.order_lines (order_id, line_no, product_id, quantity, unit_price)
   SELECT orders.id, 100 + n, 1, 1, 1
   FROM public.orders, generate_series(1, ${BUSY.linesPerOrder}) AS n`,
];

export async function prepareJoinedRows(sql: Pool): Promise<void> {
  for (const statement of PREPARATIONS) await sql.query(statement);
}

export type StockroomMarker = AsyncDisposable & {
  /** @param build number of the views whose item shows it */
  of(build: string): DrainMarker;
};

/** A price that passes the connector of the stock room after everything that was committed there before. */
export async function openStockroomMarker({ stack }: Loop, items: ItemReader): Promise<StockroomMarker> {
  const pool = createPool({ uri: stack.endpoints.mariadb.url, connectionLimit: 1 });
  await pool.query(
    `INSERT INTO prices (product_id, currency, amount, valid_from)
     VALUES (${SENTINEL_ID}, '${SENTINEL_CURRENCY}', 0, '2026-11-23 00:00:00')`,
  );
  let amount = 0;
  let marked = '';
  return {
    of(build) {
      const key: ItemKey = { pk: `jp${build}#${SENTINEL_ID}`, sk: `PRICE#${SENTINEL_CURRENCY}` };
      return {
        async set(text) {
          marked = text;
          amount++;
          await pool.query(`UPDATE prices SET amount = ${amount} WHERE product_id = ${SENTINEL_ID}`);
        },
        async shown() {
          const shown = scalarOf((await items.get(key))?.['amount']);
          return Number(shown) === amount ? marked : undefined;
        },
      };
    },
    [Symbol.asyncDispose]: () => pool.end(),
  };
}
