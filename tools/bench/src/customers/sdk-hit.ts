import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { orders as ordersView } from '@hybridge/definitions';
import { createDynamoDbClient } from '@hybridge/reader-dynamodb';
import { type Hybridge, ReadSource } from '@hybridge/sdk';
import { type Contender, contenderOf } from './contender.ts';
import type { Grounds } from './grounds.ts';
import { type Order, orderFault, orderKey } from './order.ts';
import type { Comparison, WorkloadResult } from './results.ts';
import { compareInTurns } from './rounds.ts';
import { type Site, createSdk } from './sdk.ts';
import { type RunContext, resultOf, scaled } from './workload.ts';

/** Items that are read in turns. */
export const HIT_ITEMS = 500;
/** Calls of one contender in one round, at scale 1. */
const CALLS = 2_000;
const CONCURRENCIES = [1, 16] as const;
/** V8 needs some thousand calls. */
const WARM_UPS = 3;

/** A hit through the SDK, and the bare call for the same item in the same process. */
export async function measureSdkHit(grounds: Grounds, { scale, signal }: RunContext): Promise<WorkloadResult> {
  await using sdk = createSdk(grounds.site);
  const orders = await fillOrders(sdk.hybridge, await grounds.takeOrders(HIT_ITEMS));
  const comparisons: Comparison[] = [];
  const calls = scaled(CALLS, scale, 100);
  for (const consistent of [false, true]) {
    await using bare = bareGets(grounds.site, orders, consistent);
    for (const concurrency of CONCURRENCIES) {
      const setting = `${consistent ? 'consistent' : 'eventually consistent'}, ${concurrency} in flight`;
      const contenders = [bare.contender, sdkHits(sdk.hybridge, orders, consistent)];
      comparisons.push(await compareInTurns(contenders, { setting, calls, concurrency, warmUps: WARM_UPS, signal }));
    }
  }
  return resultOf('sdk-hit', '`hybridge.get` of an item that is there, beside a bare `GetItem`', {
    comparisons,
    remarks: ['Target: ours to the bare call at most 1.1, for p50 and p99.'],
  });
}

/** Makes items of the orders by reading each once. @throws when one of them does not become an item */
export async function fillOrders(hybridge: Hybridge, orders: readonly Order[]): Promise<readonly Order[]> {
  for (const order of orders) {
    const found = await hybridge.get(ordersView, [order.id]);
    const fault = orderFault(order, found?.document);
    if (fault !== undefined) throw new Error(`The first read of an item is wrong: ${fault}.`);
    if (found?.source === ReadSource.sql) throw new Error(`Order ${order.id} was read, but did not become an item.`);
  }
  return orders;
}

const sdkHits = (hybridge: Hybridge, orders: readonly Order[], consistent: boolean): Contender =>
  contenderOf('`hybridge.get`', true, {
    call: (n) => hybridge.get(ordersView, [orderAt(orders, n).id], { consistent }),
    faultOf: (n, found) => {
      if (found !== undefined && found.source !== ReadSource.item) return `call ${n} was no hit but ${found.source}`;
      return orderFault(orderAt(orders, n), found?.document);
    },
  });

/** A client of its own with the same settings, so that each has its own connections. */
function bareGets({ dynamodb, tableName }: Site, orders: readonly Order[], consistent: boolean) {
  const client = createDynamoDbClient(dynamodb);
  const contender = contenderOf('bare `GetItem`', false, {
    call: async (n) => {
      const { pk, sk } = orderKey(orderAt(orders, n).id);
      const { Item } = await client.send(
        new GetItemCommand({ TableName: tableName, Key: { pk: { S: pk }, sk: { S: sk } }, ConsistentRead: consistent }),
      );
      return Item === undefined ? undefined : unmarshall(Item, { wrapNumbers: String });
    },
    faultOf: (n, document) => orderFault(orderAt(orders, n), document),
  });
  return { contender, [Symbol.asyncDispose]: async () => client.destroy() };
}

const orderAt = (orders: readonly Order[], n: number): Order => orders[n % orders.length] as Order;
