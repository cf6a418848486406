import { randomBytes } from 'node:crypto';
import { CreateTableCommand, DeleteTableCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import type { Endpoints } from '@hybridge/local-stack';
import {
  type Attributes,
  DEFAULT_LIMITS,
  type ProtocolContext,
  type RowChange,
  carryOut,
  decideRowChange,
  encodeVersion,
} from '@hybridge/protocol';
import { createLanes } from '@hybridge/runtime';
import { createDynamoDbClient, createItemStore } from '@hybridge/sink-dynamodb';

const TABLE = 'bench-ceiling';
/** As many as the projector writes side by side. */
const CONCURRENCY = 32;

/**
 * What the same conditional write reaches with nothing around it: items a second, one `UpdateItem` each, onto a table
 * with a stream.
 */
export async function measureCeiling(endpoints: Endpoints, items: number): Promise<number> {
  const client = createDynamoDbClient({
    region: endpoints.region,
    endpoint: endpoints.dynamodb.endpoint,
    credentials: endpoints.credentials,
  });
  await client.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30 }, { TableName: TABLE });
  try {
    const store = createItemStore(client, { tableName: TABLE });
    const lanes = createLanes({ concurrency: CONCURRENCY });
    const began = performance.now();
    await Promise.all(
      Array.from({ length: items }, (_, i) => {
        const change = orderChange(i);
        return lanes.run(change.key.pk, () =>
          carryOut(store, change.key, (seen) => decideRowChange(change, 'eager', context, seen)),
        );
      }),
    );
    return items / ((performance.now() - began) / 1000);
  } finally {
    await client.send(new DeleteTableCommand({ TableName: TABLE }));
    client.destroy();
  }
}

const context: ProtocolContext = {
  now: Date.now,
  nonce: () => randomBytes(9).toString('base64url'),
  limits: DEFAULT_LIMITS,
};

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
    columnNames: Object.keys(columns),
    version: encodeVersion({ epoch: 0, major: 1n, minor: 1n, offset: BigInt(i) }),
    transaction: '700',
    committedAt: Date.now(),
  };
}
