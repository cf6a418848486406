import { type Action, chooseActions } from './actions.ts';
import { createRandom } from './random.ts';
import type { ShopRows } from './shop-rows.ts';

const rows: ShopRows = {
  customers: ['1', '2', '3'],
  products: ['7', '8'],
  orders: ['9007199254740993', '9007199254740994'],
  addresses: [{ customerId: '1', label: 'home' }],
};

function take(count: number, seed: number, customerPercent = 10): readonly Action[] {
  const stream = chooseActions(rows, createRandom(seed), customerPercent);
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
