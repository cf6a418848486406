import { type Action, type Grounds, chooseActions } from './actions.ts';
import { createRandom } from './random.ts';
import type { ShopRows, StockroomRows } from './rows.ts';

const shop: ShopRows = {
  customers: ['1', '2', '3'],
  products: ['7', '8'],
  orders: ['9007199254740993', '9007199254740994'],
  addresses: [{ customerId: '1', label: 'home' }],
};

const stockroom: StockroomRows = { stocked: [7, 8], prices: [{ productId: 7, currency: 'EUR' }] };

function take(count: number, seed: number, customerPercent = 10, grounds: Grounds = { shop }): readonly Action[] {
  const stream = chooseActions(grounds, createRandom(seed), customerPercent);
  return Array.from({ length: count }, () => stream.next().value);
}

describe('chooseActions', () => {
  it('gives the same actions for the same seed, others for another', () => {
    expect(take(200, 7)).toEqual(take(200, 7));
    expect(take(200, 7)).not.toEqual(take(200, 8));
  });

  it('uses every kind of action in about the share asked for', () => {
    const names = take(5_000, 1).map(({ name }) => name);
    const share = (name: string): number => names.filter((one) => one === name).length / names.length;
    expect(share('customer-change')).toBeCloseTo(0.1, 1);
    expect(share('reprice')).toBeCloseTo(0.27, 1);
    for (const name of ['restock', 'order', 'order-status', 'address']) expect(share(name)).toBeGreaterThan(0.02);
  });

  it('changes both databases where there are two', () => {
    const actions = take(5_000, 1, 10, { shop, stockroom });
    const inStockroom = actions.filter((action) => action.kind === 'sql' && action.database === 'stockroom');
    expect(inStockroom.length / actions.length).toBeCloseTo(0.27, 1);
    expect(new Set(inStockroom.map(({ name }) => name))).toEqual(new Set(['recount', 'price']));
    expect(take(500, 1).every((action) => action.kind !== 'sql' || action.database === 'shop')).toBe(true);
  });

  it('keeps customers quiet when told so', () => {
    expect(take(500, 3, 0).every(({ kind }) => kind === 'sql')).toBe(true);
  });
});

describe('createRandom', () => {
  it('rolls every side, about as often', () => {
    const random = createRandom(42);
    const counts = Array.from({ length: 6 }, () => 0);
    for (let i = 0; i < 6_000; i++) counts[random.roll(6)]!++;
    expect(Math.min(...counts)).toBeGreaterThan(850);
    expect(Math.max(...counts)).toBeLessThan(1_150);
  });
});
