import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { orders as ordersView } from '@hybridge/definitions';
import { type DynamoDBClient, createDynamoDbClient } from '@hybridge/reader-dynamodb';
import { type Hybridge, ReadSource } from '@hybridge/sdk';
import pg from 'pg';
import { type Contender, contenderOf } from './contender.ts';
import type { Grounds } from './grounds.ts';
import { type Order, SELECT_ORDER, orderFault } from './order.ts';
import type { Comparison, WorkloadResult } from './results.ts';
import { ROUNDS, compareInTurns } from './rounds.ts';
import { APPLICATION_NAME, createSdk } from './sdk.ts';
import { type RunContext, resultOf, scaled } from './workload.ts';

/** Calls of one contender in one round, at scale 1. */
const CALLS = 300;
const CONCURRENCIES = [1, 16] as const;
/** The JIT compiler of DynamoDB Local needs some thousand writes. */
const WARM_UPS = 3;
/** Of our own connections, and of those the SDK's pool holds by default. */
const CONNECTIONS = 10;

const callsAt = (scale: number): number => scaled(CALLS, scale, 30);

/** Orders the workload takes: every call of ours needs one without an item. */
export const missOrders = (scale: number): number => CONCURRENCIES.length * (ROUNDS + WARM_UPS) * callsAt(scale);

/** A read of a key that has no item, the bare query of the same row, and a cache that is filled without any care. */
export async function measureMiss(grounds: Grounds, { scale, signal }: RunContext): Promise<WorkloadResult> {
  await using sdk = createSdk(grounds.site);
  const client = createDynamoDbClient(grounds.site.dynamodb);
  const pool = new pg.Pool({
    connectionString: grounds.site.sqlUrl,
    max: CONNECTIONS,
    application_name: APPLICATION_NAME,
  });
  try {
    const calls = callsAt(scale);
    const comparisons: Comparison[] = [];
    for (const concurrency of CONCURRENCIES) {
      const orders = await grounds.takeOrders((ROUNDS + WARM_UPS) * calls);
      const contenders = [
        bareQueries(pool, orders),
        cacheAside({ client, pool, tableName: grounds.site.tableName }, orders),
        sdkMisses(sdk.hybridge, orders),
      ];
      const setting = `${concurrency} in flight`;
      comparisons.push(await compareInTurns(contenders, { setting, calls, concurrency, warmUps: WARM_UPS, signal }));
    }
    return resultOf('miss', '`hybridge.get` of a key that has no item, beside the bare query of the same row', {
      comparisons,
      remarks: [
        'Ours makes three calls to DynamoDB around the same query: `GetItem`, the lease and the fill, both conditional `UpdateItem`s.',
        'By hand the same without lease and conditions: `GetItem`, query, `PutItem`. A change that commits in between leaves it stale.',
      ],
    });
  } finally {
    await pool.end();
    client.destroy();
  }
}

const sdkMisses = (hybridge: Hybridge, orders: readonly Order[]): Contender =>
  contenderOf('`hybridge.get`', true, {
    call: (n) => hybridge.get(ordersView, [(orders[n] as Order).id]),
    faultOf: (n, found) => {
      const fault = orderFault(orders[n] as Order, found?.document);
      return fault ?? (found?.source === ReadSource.fill ? undefined : `call ${n} was no fill but ${found?.source}`);
    },
  });

const bareQueries = (pool: pg.Pool, orders: readonly Order[]): Contender =>
  contenderOf('bare query', false, {
    call: (n) => queryOrder(pool, (orders[n] as Order).id),
    faultOf: (n, row) => orderFault(orders[n] as Order, row && { ...row }),
  });

const queryOrder = async (pool: pg.Pool, id: string): Promise<Order | undefined> =>
  (await pool.query<Order>(`${SELECT_ORDER} WHERE id = $1`, [id])).rows[0];

/** Beside the items of the view, in the same table. */
const cacheAside = (
  { client, pool, tableName }: { readonly client: DynamoDBClient; readonly pool: pg.Pool; readonly tableName: string },
  orders: readonly Order[],
): Contender =>
  contenderOf('by hand: `GetItem`, query, `PutItem`', false, {
    call: async (n) => {
      const { id } = orders[n] as Order;
      const key = { pk: `by-hand#${id}`, sk: 'ORDER' };
      const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key: marshall(key) }));
      const row = await queryOrder(pool, id);
      if (Item !== undefined || row === undefined) throw new Error(`order ${id} was not missing in the cache alone`);
      await client.send(new PutItemCommand({ TableName: tableName, Item: marshall({ ...row, ...key }) }));
      return row;
    },
    faultOf: (n, row) => orderFault(orders[n] as Order, { ...row }),
  });
