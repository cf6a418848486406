import { createMetrics, silentLogger } from '@hybridge/observability';
import type { ChangeHandler } from '@hybridge/source-kafka';
import { rowChange } from '@hybridge/testkit';
import { column, int4, notNull, source, table, view } from '@hybridge/views';
import { createProjectorMetrics } from '../metrics.ts';
import { recordOf, rowWork } from '../testing.features.ts';
import { batchOf } from './batches.features.ts';
import { createEngine } from './engine.ts';
import { createSourceEngines } from './source-engines.ts';

const shop = source('shop', 'postgres');
const stock = source('stock', 'mariadb');
const things = view('things', {
  table: table({ source: stock, name: 'stock.things', primaryKey: ['id'], columns: { id: notNull(int4()) } }),
  key: { pk: ['x1', column('id')], sk: ['X'] },
  attributes: { id: 'id' },
});

const handlers: ChangeHandler[] = [];

// What waits for its next attempt would keep the process.
afterEach(async () => {
  await Promise.all(handlers.splice(0).map((handler) => handler.stop()));
});

/** Two sources; the database of `stock` does not answer. */
function setUp() {
  const metrics = createProjectorMetrics(createMetrics('projector', { process: false }));
  const done: string[] = [];
  const handler: ChangeHandler = createSourceEngines([shop, stock], { topicPrefix: 'test-' }, (of) =>
    createEngine({
      source: of.name,
      read: ({ value = '', offset }) => {
        const key = { pk: value, sk: 'X' };
        const change = rowChange({ n: Number(offset) + 1, key });
        return [rowWork(things, change)];
      },
      apply: async ({ key }) => {
        if (of === stock) throw Object.assign(new Error('down'), { retry: 'transient' });
        done.push(key.pk);
      },
      concurrency: 1,
      maxPendingBytes: 1,
      metrics,
      logger: silentLogger(),
    }),
  );
  const take = (topic: string, values: readonly string[]): Promise<void> =>
    handler.take(
      batchOf(
        values.map((value, offset) => recordOf(value, { topic, offset: BigInt(offset) })),
        { topic, partition: 0 },
      ),
    );
  handlers.push(handler);
  return { take, done, metrics };
}

const settled = async (promise: Promise<void>): Promise<boolean> =>
  Promise.race([promise.then(() => true), new Promise<false>((resolve) => setTimeout(() => resolve(false), 20))]);

describe('engines by source', () => {
  it('write the items of one source, and have room for more, while those of another wait for its database', async () => {
    const { take, done, metrics } = setUp();
    const waiting = take('test-stock.stock.things', ['s1', 's2']);
    expect(await settled(take('test-shop.public.things', ['a', 'b', 'c']))).toBe(true);
    expect(done).toEqual(['a', 'b', 'c']);
    expect(await settled(waiting)).toBe(false);
    const bytes = (await metrics.pendingBytes.get()).values;
    expect(bytes.find(({ labels }) => labels.source === 'shop')?.value).toBe(0);
    expect(bytes.find(({ labels }) => labels.source === 'stock')?.value).toBeGreaterThan(0);
  });

  it('know which topics they take', () => {
    const { take } = setUp();
    expect(() => take('test-nobody.public.things', ['a'])).toThrow('Topic test-nobody.public.things is of no source');
  });
});
