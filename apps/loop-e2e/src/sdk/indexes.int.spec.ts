/** Queries of indexes as DynamoDB answers them. */
import { orders, catalog } from '@hybridge/definitions';
import { type LocalStack, provisionTablesOnly, startStack } from '@hybridge/local-stack';
import { carryOut, decideRowChange } from '@hybridge/protocol';
import { createDynamoDbClient, createItemReader } from '@hybridge/reader-dynamodb';
import type { RowReader } from '@hybridge/reader-sql';
import { type Hybridge, createHybridge, createProtocolContext } from '@hybridge/sdk';
import { createItemStore } from '@hybridge/sink-dynamodb';
import { rowChange } from '@hybridge/testkit';
import { type Row, decodeTextRow, keyOfRow, projectRow, shapeOf } from '@hybridge/views';
import fc from 'fast-check';

interface Order {
  readonly customer: number;
  readonly placedAt: string;
  readonly note?: string | null;
  readonly status?: string;
}

const rowOf = (id: number, { customer, placedAt, note = null, status = 'placed' }: Order): Row =>
  decodeTextRow(orders.table, Object.keys(orders.table.columns), {
    id: String(id),
    reference: '00000000-0000-4000-8000-000000000001',
    customer_id: String(customer),
    status,
    total: '12.50',
    note,
    placed_at: placedAt,
    shipped_at: null,
  });

/** SQL is not needed for any of this. */
const rows: RowReader = {
  read: async () => {
    throw new Error('SQL was asked');
  },
  scan: () => {
    throw new Error('not used');
  },
};

describe('queries of indexes on DynamoDB', () => {
  let stack: LocalStack;
  let client: ReturnType<typeof createDynamoDbClient>;
  let hybridge: Hybridge;
  let store: ReturnType<typeof createItemStore>;
  const context = createProtocolContext();
  let version = 0;

  beforeAll(async () => {
    stack = await startStack({ form: 'native', components: ['dynamodb'], ports: 'free' });
    const { region, dynamodb, credentials } = stack.endpoints;
    client = createDynamoDbClient({ region, endpoint: dynamodb.endpoint, credentials });
    const { tableName } = await provisionTablesOnly(stack.endpoints);
    store = createItemStore(client, { tableName });
    hybridge = createHybridge({ catalog, items: createItemReader(client, { tableName }), store, rows, context });
  });
  afterAll(async () => {
    client.destroy();
    await stack.stop();
  });

  const put = (id: number, order: Order) => {
    const row = rowOf(id, order);
    const change = { n: ++version, key: keyOfRow(orders, row), columns: projectRow(orders, row) ?? {} };
    return carryOut(store, change.key, (seen) =>
      decideRowChange(rowChange({ ...change, shape: shapeOf(orders) }), 'eager', context, seen),
    );
  };
  const remove = (id: number) => {
    const key = keyOfRow(orders, rowOf(id, { customer: 1, placedAt: '2026-01-01T00:00:00Z' }));
    const change = rowChange({ n: ++version, key, kind: 'delete', shape: shapeOf(orders) });
    return carryOut(store, key, (seen) => decideRowChange(change, 'eager', context, seen));
  };
  const byCustomer = (
    customer: number,
    options: Parameters<typeof hybridge.queryIndex<typeof orders, 'byCustomer'>>[3] = {},
  ) => hybridge.queryIndex(orders, 'byCustomer', { customerId: String(customer) }, options);
  const idsOf = (page: { readonly items: readonly { readonly key: readonly string[] }[] }) =>
    page.items.map(({ key }) => Number(key[0]));

  it('sorts as the values do, within any bounds and in pages of any size', async () => {
    const instant = fc
      .tuple(fc.integer({ min: 0, max: 40 }), fc.constantFrom(0, 1, 250_000, 500_000, 999_999))
      .map(
        ([second, micros]) => `2026-11-23T10:00:${String(second).padStart(2, '0')}.${String(micros).padStart(6, '0')}Z`,
      );
    let customer = 100;
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(instant, { minLength: 1, maxLength: 12 }),
        instant,
        instant,
        fc.integer({ min: 1, max: 5 }),
        async (times, from, to, limit) => {
          customer += 1;
          await Promise.all(times.map((placedAt, i) => put(customer * 100 + i, { customer, placedAt })));
          // All of one length, so that their texts sort as they do.
          const expected = times.filter((at) => at >= from && at <= to).sort();
          const order = limit % 2 === 0 ? 'ascending' : 'descending';
          const seen: number[] = [];
          let cursor: string | undefined;
          do {
            const page = await byCustomer(customer, {
              from: { placedAt: from },
              to: { placedAt: to },
              limit,
              order,
              cursor,
            });
            seen.push(...idsOf(page));
            cursor = page.cursor;
          } while (cursor !== undefined);
          const inOrder = order === 'ascending' ? seen : seen.toReversed();
          expect(inOrder.map((id) => times[id - customer * 100])).toEqual(expected);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('goes on behind an order that is gone, or has moved', async () => {
    for (let n = 1; n <= 5; n++) await put(n, { customer: 1, placedAt: `2026-11-0${n}T00:00:00Z` });
    const first = await byCustomer(1, { limit: 2 });
    await remove(2);
    const second = await byCustomer(1, { limit: 2, cursor: first.cursor });
    await put(4, { customer: 2, placedAt: '2026-11-04T00:00:00Z' });
    const third = await byCustomer(1, { limit: 2, cursor: second.cursor });
    expect([first, second, third].map(idsOf)).toEqual([[1, 2], [3, 4], [5]]);
    expect(idsOf(await byCustomer(1))).toEqual([1, 3, 5]);
    expect(idsOf(await byCustomer(2))).toEqual([4]);
  });

  it("moves an order with a customer's change, and drops it when it ends", async () => {
    const noted = async (status: string) => idsOf(await hybridge.queryIndex(orders, 'noted', { status }));
    await put(50, { customer: 5, placedAt: '2026-11-05T00:00:00Z', status: 'paid' });
    expect(await noted('paid')).toEqual([]);
    await hybridge.change(orders, [50], { op: 'update', set: { note: 'ring' } }, { by: 'me' });
    expect(await noted('paid')).toEqual([50]);
    await put(50, { customer: 5, placedAt: '2026-11-05T00:00:00Z', status: 'picking' }); // laid over by the pending note
    expect([await noted('paid'), await noted('picking')]).toEqual([[], [50]]);
    await hybridge.change(orders, [50], { op: 'update', set: { note: null } }, { by: 'me' });
    expect(await noted('picking')).toEqual([]);
    expect(idsOf(await byCustomer(5))).toEqual([50]);
    await remove(50);
    expect(idsOf(await byCustomer(5))).toEqual([]);
  });
});
