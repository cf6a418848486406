import { provisionTablesOnly, startStack } from '@hybridge/local-stack';
import {
  type Attributes,
  type ItemStore,
  type RowChange,
  carryOut,
  decideRowChange,
  encodeVersion,
  plainShape,
} from '@hybridge/protocol';
import { createLanes } from '@hybridge/runtime';
import { createDynamoDbClient, createItemStore } from '@hybridge/sink-dynamodb';
import { projectorContext } from './projector-context.ts';

/** As many as the projector writes side by side. */
const CONCURRENCY = 32;

/**
 * What the same conditional write reaches with nothing around it: items a second, one `UpdateItem` each, onto the same
 * table in a DynamoDB Local of its own. (In one process a second table with a stream would slow both down: a defect of
 * DynamoDB Local 2.6.1.)
 */
export async function measureCeiling(items: number): Promise<number> {
  await using stack = await startStack({ form: 'native', components: ['dynamodb'], ports: 'free' });
  const { endpoints } = stack;
  const { tableName } = await provisionTablesOnly(endpoints);
  const client = createDynamoDbClient({
    region: endpoints.region,
    endpoint: endpoints.dynamodb.endpoint,
    credentials: endpoints.credentials,
  });
  try {
    const store = createItemStore(client, { tableName });
    await writeAll(store, 0, WARM_UP_ITEMS);
    const began = performance.now();
    await writeAll(store, WARM_UP_ITEMS, items);
    return items / ((performance.now() - began) / 1000);
  } finally {
    client.destroy();
  }
}

/** The JIT compiler of DynamoDB Local needs about as many writes to reach its pace. */
const WARM_UP_ITEMS = 10_000;

async function writeAll(store: ItemStore, first: number, count: number): Promise<void> {
  const lanes = createLanes({ concurrency: CONCURRENCY });
  await Promise.all(
    Array.from({ length: count }, (_, i) => {
      const change = orderChange(first + i);
      return lanes.run(change.key.pk, () =>
        carryOut(store, change.key, (seen) => decideRowChange(change, 'eager', projectorContext, seen)),
      );
    }),
  );
}

/** An item of the size and shape of an order's. */
function orderChange(i: number): RowChange {
  const columns: Attributes = {
    id: { N: String(9007199254740993n + BigInt(i)) },
    reference: { S: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}` },
    customerId: { N: String(i % 1000) },
    status: { S: 'shipped' },
    total: { N: '99.95' },
    note: { NULL: true },
    placedAt: { S: '2026-11-22T16:07:14.76136Z' },
    shippedAt: { NULL: true },
  };
  return {
    key: { pk: `o1#ORDER#${9007199254740993n + BigInt(i)}`, sk: 'ORDER' },
    kind: 'upsert',
    columns,
    shape: plainShape(Object.keys(columns)),
    version: encodeVersion({ epoch: 0, major: 1n, minor: 1n, offset: BigInt(i) }),
    transaction: '700',
    committedAt: Date.now(),
  };
}
