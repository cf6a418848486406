/** A product page of two databases: PostgreSQL has the product, MariaDB its stock and prices. All parts are real. */
import { differencesIn, renderReport } from '@hybridge/inspector';
import { ItemState, Meta, scalarOf, stateOf } from '@hybridge/protocol';
import { pause } from '@hybridge/runtime';
import type { Lookup, RowFor } from '@hybridge/sdk';
import { eventually } from './eventually.ts';
import { expectOneOutcomeEach } from './outcomes.features.ts';
import {
  PRODUCTS,
  type ProductPage,
  type ProductPageLoop,
  compareDrained,
  livePrices,
  pageOf,
  pageWhere,
  startProductPageLoop,
  underTraffic,
} from './product-page-loop.ts';
import { catalog, inventory, prices, stockCards } from './product-page.ts';

jest.setTimeout(240_000);

const MANY = 5_000;
const PATIENCE = { timeoutMs: 30_000 };

let loop: ProductPageLoop;
let harness: ProductPageLoop['harness'];
let room: ProductPageLoop['room'];
let hybridge: ProductPageLoop['hybridge'];

beforeAll(async () => {
  loop = await startProductPageLoop();
  ({ harness, room, hybridge } = loop);
});

afterAll(async () => {
  await loop?.[Symbol.asyncDispose]();
});

/** Nothing is under way in either database, and every item says what its own says. */
async function expectConvergence() {
  const comparisons = await compareDrained(loop);
  if (differencesIn(comparisons) > 0) throw new Error(`The views differ from SQL:\n${renderReport(comparisons)}`);
  expect(comparisons.map(({ view, counts }) => [view, counts.pending])).toEqual(
    catalog.views.map(({ name }) => [name, 0]),
  );
  return new Map(comparisons.map(({ view, counts }) => [view, counts]));
}

afterEach(async () => {
  await expectConvergence();
  expect(harness.crashes).toEqual([]);
});

const page = (id: number) => pageOf(loop, id);
const shown = (id: number, what: string, holds: (now: ProductPage) => boolean) => pageWhere(loop, id, what, holds);

type Answer = { readonly change_id: string; readonly outcome: string };
const expectOneAnswerEach = (changeIds: readonly string[]) =>
  expectOneOutcomeEach(harness, changeIds, (ids) =>
    room.sql<Answer>('SELECT change_id, outcome FROM hybridge_inbox WHERE change_id IN (?)', [ids]),
  );

const changeStock = (id: number, set: Partial<RowFor<typeof inventory>>) =>
  hybridge.change(inventory, [id], { op: 'update', set }, { by: 'keeper' });

it('has loaded both databases, and shows a product of them with one query', async () => {
  const counts = await expectConvergence();
  expect(counts.get('inventory')?.matched).toBe(PRODUCTS + 1);
  expect(counts.get('prices')?.matched).toBe(PRODUCTS * 3);
  const { product, stock, prices: priced } = await page(3);
  const [row] = await room.sql('SELECT * FROM inventory WHERE product_id = 3');
  expect(product?.id).toBe(3);
  expect(stock).toMatchObject({ bin: row?.['bin'], unitsMoved: row?.['units_moved'] });
  expect(BigInt(stock?.unitsMoved ?? 0)).toBeGreaterThan(2n ** 63n);
  expect(Object.keys(priced)).toEqual(['EUR', 'GBP', 'USD']);
  expect(priced['EUR']?.terms?.length).toBeGreaterThan(5_000);
});

describe('what SQL does', () => {
  it('follows a row that comes, changes, moves to another key and goes', async () => {
    await harness.sql.query(`INSERT INTO public.products (id, sku, name, list_price) VALUES (4001, 'N', 'new', 9.50)`);
    await room.sql(
      `INSERT INTO inventory (product_id, bin, on_hand, units_moved) VALUES (4001, 'B-1', 12, 18446744073709551615);
       INSERT INTO prices VALUES (4001, 'EUR', 9999999999.90, 0.1250, '2026-11-23 10:00:00', NULL)`,
    );
    const made = await shown(4001, 'the product', (now) => Boolean(now.product && now.stock && now.prices['EUR']));
    expect(made).toMatchObject({
      product: { name: 'new', price: '9.5' },
      stock: { onHand: 12, unitsMoved: '18446744073709551615', status: 'available', lastCounted: null },
      prices: { EUR: { amount: '9999999999.9', discount: '0.125', validFrom: '2026-11-23T10:00:00', terms: null } },
    });
    await room.sql(
      `UPDATE inventory SET on_hand = 0, status = 'sold out', last_counted = '2026-11-23' WHERE product_id = 4001;
       UPDATE prices SET currency = 'CHF', amount = amount - 1 WHERE product_id = 4001`,
    );
    const moved = await shown(4001, 'the new key', ({ stock, prices: priced }) =>
      Boolean(stock?.status === 'sold out' && priced['CHF'] && !priced['EUR']),
    );
    expect(moved.prices['CHF']?.amount).toBe('9999999998.9');
    expect(moved.stock).toMatchObject({ onHand: 0, lastCounted: '2026-11-23' });
    await room.sql('DELETE FROM prices WHERE product_id = 4001; DELETE FROM inventory WHERE product_id = 4001');
    await shown(4001, 'only the product', (now) => !now.stock && !now.prices['CHF'] && now.product !== undefined);
  });

  it('follows what the procedures of a nightly job write', async () => {
    await room.sql(
      `UPDATE inventory SET on_hand = 1, reserved = 0, reorder_level = 10, status = 'low' WHERE product_id <= 20`,
    );
    const before = await shown(20, 'the low stock', ({ stock }) => stock?.status === 'low');
    await room.sql('CALL restock(100)');
    await room.sql(`CALL reprice('GBP', 12.5)`);
    const after = await shown(
      20,
      'the new stock and price',
      (now) => now.stock?.onHand === 101 && now.prices['GBP']?.amount !== before.prices['GBP']?.amount,
    );
    expect(after.stock?.status).toBe('available');
    const [row] = await room.sql(`SELECT amount FROM prices WHERE product_id = 20 AND currency = 'GBP'`);
    expect(Number(after.prices['GBP']?.amount)).toBe(Number(row?.['amount']));
    expect(after.prices['EUR']).toEqual(before.prices['EUR']);
  });

  it('is not overtaken by a reader while a commit is in the log that nobody sees yet', async () => {
    const card = { pk: 's1#STOCK#31', sk: 'CARD' };
    const writer = await room.connect();
    const before = await room.lastCommit();
    await room.holdCommits();
    const ended = writer.query(`UPDATE inventory SET bin = 'HELD' WHERE product_id = 31`);
    let reading: Promise<Lookup<unknown>>;
    try {
      await eventually('the commit in the log', async () => (await room.lastCommit()) !== before);
      const held = await room.lastCommit();
      await eventually('its fence', async () => {
        const item = (await harness.items.get(card)) ?? {};
        return stateOf(item) === ItemState.fence && scalarOf(item[Meta.transaction]) === held;
      });
      reading = hybridge.lookup(stockCards, [31]);
      await eventually('its lease', async () => (await harness.items.get(card))?.[Meta.leaseToken] !== undefined);
      const [seen] = await room.sql('SELECT bin FROM inventory WHERE product_id = 31');
      expect(seen?.['bin']).not.toBe('HELD');
    } finally {
      await room.letCommitsGo();
      await ended;
      writer.release();
    }
    expect(await reading).toMatchObject({ source: 'fill', found: { document: { bin: 'HELD' } } });
    expect(await hybridge.lookup(stockCards, [31])).toMatchObject({
      source: 'item',
      found: { document: { bin: 'HELD' } },
    });
  });

  it('fills what nobody has read, once', async () => {
    const [first, second] = [await hybridge.lookup(stockCards, [32]), await hybridge.lookup(stockCards, [32])];
    expect([first.source, second.source]).toEqual(['fill', 'item']);
    expect(first.found?.document).toEqual(second.found?.document);
    expect((await hybridge.lookup(stockCards, [777_777])).found).toBeUndefined();
  });
});

describe('what customers do', () => {
  it('is carried out in MariaDB, and answered once', async () => {
    const { token, changeId } = await changeStock(11, { bin: 'NEW-11', reserved: 0 });
    expect((await page(11)).stock).toMatchObject({ bin: 'NEW-11', reserved: 0 });
    const by = { by: 'keeper' };
    const added = await hybridge.change(
      prices,
      [11, 'CHF'],
      { op: 'insert', values: { amount: '19.90', validFrom: '2026-11-24T00:00:00', terms: `50 % off\\ 'ok'` } },
      by,
    );
    const removed = await hybridge.change(prices, [11, 'USD'], { op: 'delete' }, by);
    for (const each of [token, added.token, removed.token]) {
      expect(await hybridge.waitFor(each, PATIENCE)).toMatchObject({ status: 'applied' });
    }
    const rows = await room.sql('SELECT currency, amount, terms FROM prices WHERE product_id = 11 ORDER BY currency');
    expect(rows.map(({ currency }) => currency)).toEqual(['CHF', 'EUR', 'GBP']);
    expect(rows[0]).toMatchObject({ amount: '19.90', terms: `50 % off\\ 'ok'` });
    expect(await room.sql('SELECT bin, reserved FROM inventory WHERE product_id = 11')).toEqual([
      { bin: 'NEW-11', reserved: '0' },
    ]);
    expect(await expectOneAnswerEach([changeId, added.changeId, removed.changeId])).toEqual({
      applied: 3,
      rejected: 0,
    });
  });

  it('is refused when SQL has moved on, and undone', async () => {
    await harness.apps.kill('projector', 'SIGSTOP');
    await room.sql(`UPDATE inventory SET bin = 'STAFF' WHERE product_id = 12`);
    const { token, changeId } = await changeStock(12, { bin: 'MINE' });
    await harness.apps.kill('projector', 'SIGCONT');
    expect(await hybridge.waitFor(token, PATIENCE)).toMatchObject({ status: 'rejected', code: 'CONFLICT' });
    expect((await page(12)).stock?.bin).toBe('STAFF');
    expect(await expectOneAnswerEach([changeId])).toEqual({ applied: 0, rejected: 1 });
  });

  it('is refused when a constraint forbids it', async () => {
    const before = (await page(13)).stock;
    const { token, changeId } = await changeStock(13, { reserved: 4_000_000_000 });
    expect((await page(13)).stock?.reserved).toBe(4_000_000_000);
    expect(await hybridge.waitFor(token, PATIENCE)).toMatchObject({ status: 'rejected', code: 'CHECK' });
    expect((await page(13)).stock).toEqual(before);
    expect(await expectOneAnswerEach([changeId])).toEqual({ applied: 0, rejected: 1 });
  });
});

describe('in the middle of traffic', () => {
  it('a projector and a writeback that are killed lose nothing', async () => {
    const { apps } = harness;
    const changeIds = await underTraffic(loop, async () => {
      for (const app of ['writeback', 'projector'] as const) {
        await pause(500);
        await apps.kill(app);
        await pause(500);
        await apps.start(app);
      }
      await pause(500);
    });
    await harness.drained([room.marker]);
    expect(changeIds.length).toBeGreaterThan(10);
    expect(await expectOneAnswerEach(changeIds)).toEqual({ applied: changeIds.length, rejected: 0 });
  });

  it('a MariaDB that is killed is caught up with, and customers wait no longer than for it', async () => {
    const { stack } = harness.loop;
    await stack.killComponent('mariadb');
    const { token, changeId } = await changeStock(14, { bin: 'LATER' });
    await harness.sql.query(`UPDATE public.products SET name = 'while it was down' WHERE id = 14`);
    await shown(14, 'the other database', ({ product }) => product?.name === 'while it was down');
    expect((await page(14)).stock?.bin).toBe('LATER');
    expect(await hybridge.statusOf(token)).toMatchObject({ status: 'pending' });
    await stack.startComponent('mariadb');
    await room.sql(`UPDATE inventory SET on_hand = 4242 WHERE product_id = 14`);
    expect(await hybridge.waitFor(token, PATIENCE)).toMatchObject({ status: 'applied' });
    await shown(14, 'what SQL wrote', ({ stock }) => stock?.onHand === 4242);
    expect(await expectOneAnswerEach([changeId])).toEqual({ applied: 1, rejected: 0 });
  });
});

describe('a whole table', () => {
  it(`is right after a transaction of ${MANY} rows`, async () => {
    await room.addPrices(MANY);
    const doubled = String((MANY / 100) * 2);
    await shown(10_000 + MANY, 'the last price', (now) => now.prices['EUR']?.amount === doubled);
    await harness.drained([room.marker]);
    expect((await livePrices(loop)).length).toBeGreaterThanOrEqual(MANY);
  });

  it('is empty after TRUNCATE, and fills again', async () => {
    await room.sql('TRUNCATE TABLE prices');
    await room.sql(`INSERT INTO prices VALUES (21, 'EUR', 1.00, NULL, '2026-11-23 00:00:00', NULL)`);
    await eventually('the last sweep', async () => {
      const mark = await harness.items.get({ pk: 'C#truncate#stock.stockroom.prices', sk: 'projector' });
      return mark !== undefined && !(Meta.version in mark);
    });
    expect(await livePrices(loop)).toEqual(['p1#PRODUCT#21|PRICE#EUR']);
    expect(Object.keys((await page(21)).prices)).toEqual(['EUR']);
    expect((await page(22)).prices).toEqual({});
  });
});
