/** The loop of the installation with the product page, and what its tests look at. */
import type { Comparison } from '@hybridge/inspector';
import { definitionsIn } from '@hybridge/local-stack';
import { ItemState, formatKey, keyOf, stateOf } from '@hybridge/protocol';
import { pause } from '@hybridge/runtime';
import { type ConnectedHybridge, connectHybridge } from '@hybridge/sdk';
import { eventually } from './eventually.ts';
import { type Harness, startHarness } from './harness.ts';
import { catalog, inventory, prices, products } from './product-page.ts';
import { type Stockroom, openStockroom } from './stockroom.ts';

/** Of the demo database's size that the harness asks for. */
export const PRODUCTS = 50;

export interface ProductPageLoop extends AsyncDisposable {
  readonly harness: Harness;
  readonly room: Stockroom;
  /** The SDK as a service of this installation has it. */
  readonly hybridge: ConnectedHybridge;
}

const ENVIRONMENT = {
  ...definitionsIn('apps/loop-e2e/src/loop/product-page.ts'),
  PROJECTOR_TRUNCATE_DELIVERY_MS: '3000',
  PROJECTOR_TRUNCATE_INTERVAL_MS: '500',
};

export async function startProductPageLoop(): Promise<ProductPageLoop> {
  const harness = await startHarness({ catalog, env: ENVIRONMENT });
  const { stack, provisioned } = harness.loop;
  const room = await openStockroom(harness.loop, harness.items);
  const { region, credentials, dynamodb } = stack.endpoints;
  process.env['AWS_ACCESS_KEY_ID'] = credentials.accessKeyId;
  process.env['AWS_SECRET_ACCESS_KEY'] = credentials.secretAccessKey;
  const hybridge = connectHybridge({
    catalog,
    dynamodb: { region, endpoint: dynamodb.endpoint, tableName: provisioned.aws.tableName },
    sources: Object.fromEntries(
      provisioned.sources.map(({ name, appUrl }) => [name, { primary: { url: appUrl, applicationName: 'shopper' } }]),
    ),
  });
  return {
    ...{ harness, room, hybridge },
    async [Symbol.asyncDispose]() {
      await hybridge[Symbol.asyncDispose]();
      await room[Symbol.asyncDispose]();
      await harness[Symbol.asyncDispose]();
    },
  };
}

/** Holds every item against its row when nothing is under way in either database. */
export async function compareDrained({ harness, room }: ProductPageLoop): Promise<readonly Comparison[]> {
  await harness.drained([room.marker]);
  return harness.compare();
}

/** Everything the page of a product shows, by one query. */
export async function pageOf({ hybridge }: ProductPageLoop, id: number) {
  const { items } = await hybridge.queryCollection({ product: products, stock: inventory, prices }, [id], {
    consistent: true,
  });
  return {
    product: items.product[0]?.document,
    stock: items.stock[0]?.document,
    prices: Object.fromEntries(items.prices.map(({ document }) => [document.currency, document])),
  };
}

export type ProductPage = Awaited<ReturnType<typeof pageOf>>;

export const pageWhere = (
  loop: ProductPageLoop,
  id: number,
  what: string,
  holds: (now: ProductPage) => boolean,
): Promise<ProductPage> =>
  eventually(what, async () => {
    const now = await pageOf(loop, id);
    return holds(now) && now;
  });

/** Keys of the prices in the view table. */
export async function livePrices({ harness }: ProductPageLoop): Promise<readonly string[]> {
  const live: string[] = [];
  for await (const item of harness.items.scan({ consistent: true })) {
    const key = keyOf(item);
    if (key.sk.startsWith('PRICE#') && stateOf(item) === ItemState.live) live.push(formatKey(key));
  }
  return live;
}

/** Lets both databases and customers change products all the while. @returns ids of the customers' changes */
export async function underTraffic(loop: ProductPageLoop, task: () => Promise<void>): Promise<readonly string[]> {
  const stopping = new AbortController();
  const running = traffic(loop, stopping.signal);
  try {
    await Promise.race([task(), running]); // traffic that fails says so at once
  } finally {
    stopping.abort();
  }
  return running;
}

/** Customers and SQL change other columns of the same rows, so that none of the changes is in conflict. */
async function traffic({ harness, room, hybridge }: ProductPageLoop, signal: AbortSignal): Promise<readonly string[]> {
  const changeIds: string[] = [];
  for (let n = 0; !signal.aborted; n++) {
    const id = 1 + (n % PRODUCTS);
    await room.sql(
      `UPDATE inventory SET on_hand = on_hand + 1, units_moved = units_moved + 1 WHERE product_id = ${id};
       UPDATE prices SET amount = amount + 0.01 WHERE product_id = ${id}`,
    );
    await harness.sql.query('UPDATE public.products SET list_price = list_price + 0.01 WHERE id = $1', [id]);
    if (n % 25 === 24) await room.sql(`CALL reprice('EUR', ${n % 2 === 0 ? 5 : -5})`);
    const set = { discount: `0.${1_000 + n}` };
    const { changeId } = await hybridge.change(prices, [id, 'GBP'], { op: 'update', set }, { by: 'keeper' });
    changeIds.push(changeId);
    await pause(10, signal);
  }
  return changeIds;
}
