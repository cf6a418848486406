import { PriceChanged, StockChanged } from '@hybridge/contracts';
import type { RowDataPacket } from 'mysql2/promise';
import pc from 'picocolors';
import type { ProductPage } from './product-page.ts';
import { type Stage, check, scene, until } from './story.ts';

/** Units that the job adds to what has run low. */
const QUANTITY = 100;
const CURRENCY = 'GBP';
/** The stock room's own procedures: they write its tables, and know of nothing else. */
const JOB = [`CALL restock(${QUANTITY})`, `CALL reprice('${CURRENCY}', 5)`];

/** @throws when the page of a product does not show what the job has done */
export async function nightlyJob(stage: Stage): Promise<void> {
  await scene(stage, '4  The nightly job runs in MariaDB', async (tell) => {
    const id = await lowProduct(stage);
    const before = await stage.pages.read(id);
    check(before.product !== undefined && before.prices.size === 3, 'the page has parts of both databases', before);
    tell('DDB', `the page of product ${id} (${before.product?.name}), one query: ${shown(before)}`);
    for (const call of JOB) {
      await stage.stockroom.query(call);
      tell('SQL', pc.cyan(call));
    }
    const onHand = Number(before.stock?.onHand) + QUANTITY;
    const after = await until(
      stage,
      'The page as the job left it',
      () => stage.pages.read(id),
      (page) => page.stock?.onHand === onHand && page.prices.get(CURRENCY) !== before.prices.get(CURRENCY),
    );
    tell('DDB', `the same query now: ${shown(after)}`);
    const unchanged = [before, after].map(({ product }) => JSON.stringify(product));
    check(unchanged[0] === unchanged[1], "PostgreSQL's part of the page is what it was", unchanged);
    const productId = String(id);
    const stocked = await stage.bus.next(StockChanged, ({ data }) => data.productId === productId);
    tell('BUS', `${pc.magenta('StockChanged')} ${JSON.stringify(stocked.data)}`);
    const priced = await stage.bus.next(PriceChanged, ({ data }) => data.productId === productId);
    tell('BUS', `${pc.magenta('PriceChanged')} ${JSON.stringify(priced.data)}`);
  });
}

async function lowProduct({ stockroom }: Stage): Promise<number> {
  const [rows] = await stockroom.query<(RowDataPacket & { id: number })[]>(
    `SELECT product_id AS id FROM inventory WHERE status = 'low' ORDER BY 1 LIMIT 1`,
  );
  check(rows.length > 0, 'some product has run low', rows);
  return Number(rows[0]?.id);
}

const shown = ({ product, stock, prices }: ProductPage): string =>
  `list price ${product?.price} from PostgreSQL; ${stock?.available} to sell (${stock?.status}), ` +
  `${[...prices].map(([currency, toPay]) => `${currency} ${toPay}`).join(', ')} from MariaDB`;
