import { shuffle } from './deliveries.ts';

const record = (topic: string, partition: number, offset: number) => ({ topic, partition, offset });

/** As whoever sees each record for the first time. */
const firstOnly = (records: readonly ReturnType<typeof record>[]) => [...new Set(records)];

describe('shuffle', () => {
  const parents = [record('customers', 0, 1), record('customers', 0, 3)];
  const children = [record('orders', 0, 2), record('orders', 0, 4), record('orders', 1, 5)];
  const orders = Array.from({ length: 50 }, (_, seed) => firstOnly(shuffle([...parents, ...children], seed)));

  it('delivers all, and a partition of a topic in its order', () => {
    for (const order of orders) {
      expect(order).toHaveLength(5);
      for (const log of [parents, children.slice(0, 2)]) expect(order.filter((one) => log.includes(one))).toEqual(log);
    }
  });

  it('lets either of two topics go first', () => {
    const first = new Set(orders.map(([one]) => one?.topic));
    expect(first).toEqual(new Set(['customers', 'orders']));
    expect(orders.some((order) => order.indexOf(children[1] as never) < order.indexOf(parents[0] as never))).toBe(true);
  });
});
