/** From a customer's change to the row in SQL, through everything between, beside the same way written by hand. */
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { orders as ordersView } from '@hybridge/definitions';
import { type Loop, createProgressView, pollUntil, shopOnly, startLoop } from '@hybridge/local-stack';
import { type DynamoDBClient, createDynamoDbClient } from '@hybridge/reader-dynamodb';
import { type Hybridge, ReadSource } from '@hybridge/sdk';
import pg from 'pg';
import { type Child, startChild } from './child.ts';
import { type CommitWatch, watchCommits } from './commit-watch.ts';
import type { Contender, Round } from './contender.ts';
import { createOrderTaker } from './grounds.ts';
import { HAND_WRITTEN_TABLE, createHandWrittenResources } from './hand-written-resources.ts';
import type { Order } from './order.ts';
import { pacedContender } from './paced.ts';
import type { WorkloadResult } from './results.ts';
import { compareInTurns } from './rounds.ts';
import { percentile } from './statistics.ts';
import { type Site, createSdk } from './sdk.ts';
import { type RunContext, resultOf, scaled } from './workload.ts';

const DEMO = { customers: 60, products: 20, orders: 240 } as const;
/** Orders each contender changes in turns: no change waits for one before it. */
const ORDERS = 100;
const PER_SECOND = 20;
/** Changes of one contender in one round, at scale 1. */
const CHANGES = 200;
/** Until the first load is done. */
const LOADED_MS = 180_000;
/** Until SQL's answer is on the item. */
const ANSWERED_MS = 60_000;

/** Starts the whole loop, and ends it. */
export async function measureChange({ scale, signal }: RunContext): Promise<WorkloadResult> {
  await using stack = new AsyncDisposableStack();
  const progress = createProgressView();
  const loop = stack.use(
    await startLoop({
      ...shopOnly(),
      demo: DEMO,
      apps: ['projector', 'stream-pipe', 'writeback'],
      deferApps: true,
      signal,
      stack: { form: 'native', ports: 'free', onProgress: progress.onProgress },
    }),
  );
  progress.close();
  const site = siteOf(loop);
  const dynamodb = createDynamoDbClient(site.dynamodb);
  stack.defer(() => dynamodb.destroy());
  const sql = new pg.Pool({ connectionString: loop.provisioned.sql.adminUrl, max: 2 });
  stack.defer(() => sql.end());

  // Before anything is written: DynamoDB Local is slow with a table made later.
  const job = await createHandWrittenResources(loop, dynamodb);
  for (const name of loop.apps.names) await loop.apps.start(name);
  const handWritten: Child<object> = stack.use(startChild<object>('hand-written-main.ts', job, signal));
  await handWritten.next();

  const { hybridge } = stack.use(createSdk(site));
  const takeOrders = createOrderTaker(sql);
  const [mine, theirs] = [await takeOrders(ORDERS), await takeOrders(ORDERS)];
  await untilItems(hybridge, mine, signal);
  const watch = stack.use(await watchCommits(loop.provisioned.sql.adminUrl));
  const calls: CallTimes = { mine: [], theirs: [] };
  const comparison = await compareInTurns(
    [
      handWrittenChanges({ dynamodb, sql, watch, onCall: (ms) => calls.theirs.push(ms) }, theirs),
      sdkChanges({ hybridge, sql, watch, onCall: (ms) => calls.mine.push(ms) }, mine),
    ],
    {
      setting: `${PER_SECOND} changes/s`,
      calls: scaled(CHANGES, scale, 40),
      concurrency: PER_SECOND,
      signal: AbortSignal.any([signal, handWritten.ended]),
    },
  );
  return resultOf('change', 'customer change → row in SQL, beside hand-written code on the same services', {
    comparisons: [comparison],
    facts: [
      {
        name: 'of it the call of the customer, hand-written, p50',
        value: `${percentile(calls.theirs, 0.5).toFixed(1)} ms`,
      },
      {
        name: 'of it the call of the customer, `hybridge.change`, p50',
        value: `${percentile(calls.mine, 0.5).toFixed(1)} ms`,
      },
    ],
    remarks: [
      'From before the call that makes the change to the commit in SQL, as another session is notified of it. After each round every change of ours must be answered on its item, and every row must have its value.',
      'Both pause 100 ms after a poll of the stream that finds nothing, which at this rate is a good part of the time, and hold two long polls of the queue. The answers on our items are records too, so that our pipe finds nothing less often. By hand it is one process: `UpdateItem` of a table of its own, `PutEvents`, one `UPDATE`. Ours are two; the item is read and changed on conditions, and the transaction locks, looks whether the change is known, and records the answer.',
      'The whole loop runs: changes of both come back through Debezium and the projector.',
    ],
  });
}

const siteOf = ({ stack: { endpoints }, provisioned }: Loop): Site => ({
  dynamodb: {
    region: endpoints.region,
    credentials: endpoints.credentials,
    endpoint: endpoints.dynamodb.endpoint,
  },
  tableName: provisioned.aws.tableName,
  sqlUrl: provisioned.sql.appUrl,
});

async function untilItems(hybridge: Hybridge, orders: readonly Order[], signal: AbortSignal): Promise<void> {
  const keys = orders.map(({ id }) => [id] as const);
  const loaded = async (): Promise<boolean> =>
    (await hybridge.batchGet(ordersView, keys)).every((found) => found?.source === ReadSource.item);
  if (!(await pollUntil(loaded, { timeoutMs: LOADED_MS, signal }))) throw new Error('The first load does not end.');
}

interface CallTimes {
  readonly mine: number[];
  readonly theirs: number[];
}

interface Parts {
  readonly sql: pg.Pool;
  readonly watch: CommitWatch;
  readonly onCall: (ms: number) => void;
}

const orderAt = (orders: readonly Order[], n: number): Order => orders[n % orders.length] as Order;

function sdkChanges(
  { hybridge, sql, watch, onCall }: Parts & { hybridge: Hybridge },
  orders: readonly Order[],
): Contender {
  const noteOf = (n: number): string => `ours ${n}`;
  const tokens: string[] = [];
  return pacedContender('Hybridge: `hybridge.change`', true, PER_SECOND, {
    onCall,
    ended: (n) => watch.committed(orderAt(orders, n).id, noteOf(n)),
    change: async (n) => {
      const request = { op: 'update', set: { note: noteOf(n) } } as const;
      const { token } = await hybridge.change(ordersView, [orderAt(orders, n).id], request, { by: 'bench' });
      tokens.push(token);
    },
    faults: async (round) => {
      const asked = tokens.splice(0);
      const ends = await Promise.all(asked.map((token) => hybridge.waitFor(token, { timeoutMs: ANSWERED_MS })));
      const unanswered = ends.filter(({ status }) => status !== 'applied').map(({ status }) => `a change is ${status}`);
      return [...unanswered, ...(await wrongRows(sql, orders, round, noteOf))];
    },
  });
}

function handWrittenChanges(
  { dynamodb, sql, watch, onCall }: Parts & { dynamodb: DynamoDBClient },
  orders: readonly Order[],
): Contender {
  const noteOf = (n: number): string => `theirs ${n}`;
  return pacedContender('hand-written', false, PER_SECOND, {
    onCall,
    ended: (n) => watch.committed(orderAt(orders, n).id, noteOf(n)),
    change: async (n) => {
      await dynamodb.send(
        new UpdateItemCommand({
          TableName: HAND_WRITTEN_TABLE,
          Key: { id: { S: orderAt(orders, n).id } },
          UpdateExpression: 'SET note = :note',
          ExpressionAttributeValues: { ':note': { S: noteOf(n) } },
        }),
      );
    },
    faults: (round) => wrongRows(sql, orders, round, noteOf),
  });
}

/** Each order must have the note of its last change. */
async function wrongRows(
  sql: pg.Pool,
  orders: readonly Order[],
  { first, calls }: Round,
  noteOf: (n: number) => string,
): Promise<readonly string[]> {
  const expected = new Map(
    Array.from({ length: calls }, (_, i) => [orderAt(orders, first + i).id, noteOf(first + i)] as const),
  );
  const { rows } = await sql.query<Pick<Order, 'id' | 'note'>>(
    'SELECT id::text, note FROM public.orders WHERE id = ANY($1)',
    [[...expected.keys()]],
  );
  return rows
    .filter(({ id, note }) => note !== expected.get(id))
    .map(({ id, note }) => `order ${id} has note ${note}, not ${expected.get(id)}`);
}
