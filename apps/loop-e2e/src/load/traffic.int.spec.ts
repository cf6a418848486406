import { createDemo, createStockroom } from '@hybridge/infra-sql';
import { countRows, createTraffic } from '@hybridge/load';
import { type LocalStack, startStack } from '@hybridge/local-stack';
import { createConnection } from 'mysql2/promise';

const SIZE = { customers: 20, products: 10, orders: 30 } as const;
const ACTIONS = 300;

describe('traffic on the demo', () => {
  let stack: LocalStack;
  let urls: { readonly shop: string; readonly stockroom: string };

  beforeAll(async () => {
    stack = await startStack({ form: 'native', ports: 'free', components: ['postgres', 'mariadb'] });
    const { postgres, mariadb } = stack.endpoints;
    urls = { shop: postgres.url, stockroom: mariadb.url };
    await createDemo({ url: urls.shop, size: SIZE });
    await createStockroom({ url: urls.stockroom, products: SIZE.products });
  });
  afterAll(() => stack?.stop());

  it('changes rows of both databases, and every change is one they take', async () => {
    const errors: unknown[] = [];
    const traffic = await createTraffic({
      sqlUrl: urls.shop,
      stockroomUrl: urls.stockroom,
      ratePerSecond: 500,
      actions: ACTIONS,
      onError: (error) => errors.push(error),
    });
    const { done, failed } = await traffic.ended;
    expect(errors).toEqual([]);
    expect(failed).toBe(0);
    const names = ['reprice', 'restock', 'order', 'order-status', 'address', 'recount', 'price'];
    expect(Object.keys(done).sort()).toEqual(names.sort());
    expect(Object.values(done).reduce((sum, count) => sum + count, 0)).toBe(ACTIONS);
  });

  it('has rows of both databases to count', async () => {
    const shop = { name: 'shop', kind: 'postgres', adminUrl: urls.shop } as const;
    const stockroom = { name: 'stockroom', kind: 'mariadb', adminUrl: urls.stockroom } as const;
    const [both, one] = await Promise.all([countRows([shop, stockroom]), countRows([shop])]);
    expect(both - one).toBe(SIZE.products * 4);
    expect(one).toBeGreaterThan(SIZE.customers + SIZE.products + SIZE.orders);
  });

  it('does not begin where there is nothing to change', async () => {
    const owner = await createConnection(urls.stockroom);
    await owner.query('TRUNCATE TABLE prices');
    await owner.end();
    await expect(createTraffic({ sqlUrl: urls.shop, stockroomUrl: urls.stockroom, ratePerSecond: 1 })).rejects.toThrow(
      /stock room has no prices/,
    );
  });
});
