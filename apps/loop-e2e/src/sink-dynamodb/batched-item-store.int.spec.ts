import { type LocalStack, provisionTablesOnly, startStack } from '@hybridge/local-stack';
import {
  type ItemStore,
  type RowChange,
  carryOut,
  decideCustomerChange,
  decideRowChange,
  formatKey,
  sameAttributes,
  text,
} from '@hybridge/protocol';
import { createLanes } from '@hybridge/runtime';
import { createBatchedItemStore, createDynamoDbClient } from '@hybridge/sink-dynamodb';
import { KEY, createMemoryItemStore, customerChange, rowChange, testContext } from '@hybridge/testkit';
import fc from 'fast-check';

describe('the batched item store on DynamoDB', () => {
  let stack: LocalStack;
  let client: ReturnType<typeof createDynamoDbClient>;
  let store: ItemStore;
  const context = testContext();
  const keyOf = (name: string) => ({ ...KEY, sk: name });

  beforeAll(async () => {
    stack = await startStack({ form: 'native', components: ['dynamodb'], ports: 'free' });
    const { region, dynamodb, credentials } = stack.endpoints;
    client = createDynamoDbClient({ region, endpoint: dynamodb.endpoint, credentials });
    store = createBatchedItemStore(client, await provisionTablesOnly(stack.endpoints));
  });
  afterAll(async () => {
    client.destroy();
    await stack.stop();
  });

  const apply = (to: ItemStore, change: RowChange, mode: 'eager' | 'lazy') =>
    carryOut(to, change.key, (seen) => decideRowChange(change, mode, context, seen));

  const changes = fc.array(
    fc.record({
      key: fc.integer({ min: 0, max: 39 }).map((i) => keyOf(`random-${i}`)),
      kind: fc.constantFrom('upsert', 'upsert', 'partial', 'delete', 'unstorable'),
      n: fc.integer({ min: 1, max: 60 }),
      mode: fc.constantFrom('eager', 'lazy'),
      snapshot: fc.boolean(),
      pends: fc.boolean(),
    }),
    { minLength: 600, maxLength: 600 },
  );

  it('does with many writes side by side what single writes do, for every kind of change', async () => {
    const memory = createMemoryItemStore();
    const lanes = createLanes({ concurrency: 128 });
    const drawn = fc.sample(changes, { numRuns: 1, seed: 7 })[0] ?? [];
    await Promise.all(
      drawn.map(({ key, kind, n, mode, snapshot, pends }) =>
        lanes.run(formatKey(key), async () => {
          const columns = kind === 'partial' ? { city: text(`city ${n}`) } : undefined;
          const change = rowChange({
            key,
            kind,
            n,
            ...(columns && { columns }),
            ...(snapshot && { transaction: undefined }),
            ...(kind === 'unstorable' && { reason: 'too large' }),
          });
          const outcomes = [];
          for (const to of [store, memory]) {
            outcomes.push((await apply(to, change, mode as 'eager' | 'lazy')).outcome);
            if (!pends || n % 7 !== 0) continue;
            const pending = customerChange({ key, op: 'u', set: { city: text('customer') } });
            const before = await to.get(key);
            if (before?.['_st'] !== undefined && 'S' in before['_st'] && before['_st'].S === 'L') {
              await carryOut(to, key, (seen) => decideCustomerChange(pending, context, seen));
            }
          }
          expect(outcomes[0]).toBe(outcomes[1]);
        }),
      ),
    );
    for (const item of memory.items()) {
      const key = { pk: KEY.pk, sk: (item['sk'] as { S: string }).S };
      const { _w: _mine, ...expected } = item;
      const { _w: _real, ...actual } = (await store.get(key)) ?? {};
      if (!sameAttributes(actual, expected)) expect(actual).toEqual(expected);
    }
    expect(memory.items().length).toBeGreaterThan(30);
  });

  it('stores the others when one of a call is refused for good', async () => {
    const bad = { ...KEY, sk: '' };
    const writing = [keyOf('good-1'), bad, keyOf('good-2')].map((key) => apply(store, rowChange({ key }), 'eager'));
    const [first, refused, second] = await Promise.allSettled(writing);
    expect([first?.status, second?.status]).toEqual(['fulfilled', 'fulfilled']);
    expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'HYBRIDGE_SINK_ITEM_INVALID', key: bad } });
  });

  it('names the one item of a call that is too large', async () => {
    const large = rowChange({
      key: keyOf('large'),
      columns: { city: text('x'.repeat(200_000)), name: text('y'.repeat(215_000)) },
    });
    const writing = [large, rowChange({ key: keyOf('small-1') }), rowChange({ key: keyOf('small-2') })].map((change) =>
      apply(store, change, 'eager'),
    );
    const [refused, ...others] = await Promise.allSettled(writing);
    expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'HYBRIDGE_SINK_ITEM_TOO_LARGE' } });
    expect(others.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
  });
});
