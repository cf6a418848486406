/** Where a contender writes: a DynamoDB Local of its own, filled and warm. */
import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type LocalStack, provisionTablesOnly, startStack } from '@hybridge/local-stack';
import type { RowChange } from '@hybridge/protocol';
import { createDynamoDbClient } from '@hybridge/sink-dynamodb';
import { preloadedChange, toRowChange } from './order-row.ts';
import { MAX_BATCH, RawForm, createRawWriter } from './raw/forms.ts';
import { runLoop } from './raw/loop.ts';

export interface Target extends AsyncDisposable {
  readonly endpoints: LocalStack['endpoints'];
  readonly tableName: string;
  readonly client: DynamoDBClient;
  /** Process id of DynamoDB Local. */
  readonly pid: number;
}

/** Keys of the warm-up: in no view. They are deleted before the contender comes: a first load wants an empty table. */
export const WARM_UP_PREFIX = 'warm#';

/** Writes in flight while the table is being filled. */
const FILL_IN_FLIGHT = 8;

/** Most writes of the warm-up, by each form. The JIT compiler of DynamoDB Local needs some thousands. */
const WARM_UP_WRITES = 4_000;

/**
 * A process of its own for each contender, with its tables made before anything is written: DynamoDB Local 2.6.1 slows
 * down about tenfold for tables made after some twenty thousand stream records.
 */
export async function startTarget(preloaded: number, signal: AbortSignal): Promise<Target> {
  const stack = await startStack({ form: 'native', components: ['dynamodb'], ports: 'free', signal });
  try {
    const { endpoints } = stack;
    const { tableName } = await provisionTablesOnly(endpoints);
    const client = createDynamoDbClient({
      region: endpoints.region,
      endpoint: endpoints.dynamodb.endpoint,
      credentials: endpoints.credentials,
    });
    await warmUp(client, tableName);
    await preload(client, tableName, preloaded);
    return {
      endpoints,
      tableName,
      client,
      pid: stack.processIds().dynamodb as number,
      async [Symbol.asyncDispose]() {
        client.destroy();
        await stack.stop();
      },
    };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

/** Every form alike, so that none of them meets a colder server than another. */
async function warmUp(client: DynamoDBClient, tableName: string): Promise<void> {
  for (const form of Object.values(RawForm)) {
    const changes = Array.from({ length: WARM_UP_WRITES }, (_, i) => warmUpChange(i));
    await runLoop(changes, createRawWriter(form, { client, tableName }), FILL_IN_FLIGHT);
  }
  for (let first = 0; first < WARM_UP_WRITES / 2; first += MAX_BATCH) {
    const keys = Array.from({ length: MAX_BATCH }, (_, i) => warmUpChange(first + i).key);
    const requests = keys.map(({ pk, sk }) => ({ DeleteRequest: { Key: { pk: { S: pk }, sk: { S: sk } } } }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: requests } }));
  }
}

/** Half of them onto items that exist already. */
function warmUpChange(i: number): RowChange {
  const row = i % (WARM_UP_WRITES / 2);
  const change = toRowChange({ op: i === row ? 'r' : 'u', row, change: 1, position: i, padding: 0 });
  return { ...change, key: { pk: `${WARM_UP_PREFIX}${row}`, sk: 'WARM' } };
}

async function preload(client: DynamoDBClient, tableName: string, rows: number): Promise<void> {
  const writer = createRawWriter(RawForm.batchWrite, { client, tableName });
  for (let first = 0; first < rows; first += FILL_ROWS) {
    const length = Math.min(FILL_ROWS, rows - first);
    await runLoop(
      Array.from({ length }, (_, i) => preloadedChange(first + i)),
      writer,
      FILL_IN_FLIGHT,
    );
  }
}

/** Rows made at once: bounds our memory. */
const FILL_ROWS = MAX_BATCH * 400;
