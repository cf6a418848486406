import { parseToken } from './change-token.ts';
import { nonceIn } from './document-version.ts';
import {
  ada,
  countries,
  customers,
  grace,
  order,
  orderRows,
  orders,
  ordersOf,
  setUp,
} from './joins-fixture.features.ts';

const by = 'customer:7';
const britain = { code: 'GB', title: 'Britain' };

async function withOrder() {
  const world = setUp();
  await world.store(countries, britain);
  await world.store(customers, ada);
  await world.store(orderRows, order);
  return world;
}

const versionIn = async ({ hybridge }: Awaited<ReturnType<typeof withOrder>>): Promise<string> =>
  (await hybridge.get(orders, [1]))?.version ?? '';

describe('a document that embeds rows', () => {
  it('shows them, and null where there is none', async () => {
    const { hybridge, store } = await withOrder();
    expect((await hybridge.get(orders, [1]))?.document).toEqual({
      id: '1',
      customerId: '7',
      note: null,
      customer: { name: 'Ada', country: { title: 'Britain' } },
    });
    await store(customers, grace);
    await store(orderRows, { ...order, customer_id: '8' });
    const [moved, none] = await hybridge.batchGet(orders, [[1], [2]]);
    expect(moved?.document.customer).toEqual({ name: 'Grace', country: null });
    expect(none).toBeUndefined();
    const { items } = await hybridge.query(orders, [1]);
    expect(items.map(({ document }) => document.customer?.name)).toEqual(['Grace']);
    await hybridge.change(orders, [1], { op: 'update', set: { note: 'x' } }, { by });
    const listed = await hybridge.queryIndex(orders, 'byNote', {});
    expect(listed.items).toEqual([{ ...(await hybridge.get(orders, [1])), key: ['1'] }]);
    await store(orderRows, { ...order, customer_id: null });
    expect((await hybridge.get(orders, [1]))?.document.customer).toBeNull();
  });

  it('shows them when SQL had to be asked', async () => {
    const { hybridge, store, sql } = setUp();
    await store(customers, ada);
    sql(orderRows, order);
    const filled = await hybridge.get(orders, [1]);
    expect(filled).toMatchObject({ source: 'fill', document: { customer: { name: 'Ada', country: null } } });
  });

  it('has another version after each change of a row that it embeds, however deep', async () => {
    const world = await withOrder();
    const versions = [await versionIn(world)];
    await world.store(customers, { ...ada, name: 'Ada L.' });
    versions.push(await versionIn(world));
    await world.store(countries, { ...britain, title: 'UK' });
    versions.push(await versionIn(world));
    expect(new Set(versions).size).toBe(3);
    expect(new Set(versions.map(nonceIn)).size).toBe(1);
    expect(await versionIn(world)).toBe(versions[2]);
    await world.store(orderRows, { ...order, note: 'x' });
    expect(nonceIn(await versionIn(world))).not.toBe(nonceIn(versions[2] as string));
  });

  it('is changed by whoever saw its own row, whatever became of the embedded one', async () => {
    const world = await withOrder();
    const seen = await versionIn(world);
    await world.store(customers, { ...ada, name: 'Ada L.' });
    const change = (ifMatch: string, note: string) =>
      world.hybridge.change(orders, [1], { op: 'update', set: { note } }, { by, ifMatch });
    const accepted = await change(seen, 'a');
    expect(accepted).toMatchObject({ document: { note: 'a', customer: { name: 'Ada L.' } } });
    expect(accepted.version).toBe(await versionIn(world));
    expect(parseToken(accepted.token).nonce).toBe(nonceIn(accepted.version ?? ''));
    await expect(change(seen, 'b')).rejects.toMatchObject({ code: 'HYBRIDGE_SDK_PRECONDITION_FAILED' });
    await change(accepted.version ?? '', 'b');
  });

  it('shows the row that it pointed to until SQL has answered where it points now', async () => {
    const { hybridge, store } = await withOrder();
    await store(customers, grace);
    const { document } = await hybridge.change(orders, [1], { op: 'update', set: { customerId: '8' } }, { by });
    expect(document).toMatchObject({ customerId: '8', customer: { name: 'Ada' } });
  });

  it('lets nobody set what is embedded', async () => {
    const { hybridge } = await withOrder();
    const refused = {
      code: 'HYBRIDGE_SDK_NOT_ALLOWED',
      message: 'orders.customer is embedded from public.customers and cannot be changed here.',
      facts: {
        attribute: 'customer',
        fix: 'Change that row, or set customerId to show another row; the document follows.',
      },
    };
    const values = { customer: { name: 'Eve' } } as never;
    await expect(hybridge.change(orders, [1], { op: 'update', set: values }, { by })).rejects.toMatchObject(refused);
    await expect(hybridge.change(orders, [2], { op: 'insert', values }, { by })).rejects.toMatchObject(refused);
  });

  it('reads no rows that are only embedded', async () => {
    const { hybridge } = await withOrder();
    const unknown = { code: 'HYBRIDGE_VIEW_UNKNOWN' };
    await expect(hybridge.get('orders.customer', ['7'])).rejects.toMatchObject(unknown);
    await expect(hybridge.query('orders.customer', ['7'])).rejects.toMatchObject(unknown);
    await expect(hybridge.queryIndex('orders.customer', 'any', {})).rejects.toMatchObject(unknown);
  });
});

describe('a document that moves', () => {
  it('is read where it lies, by all columns of its key, and is not there elsewhere', async () => {
    const { hybridge, store } = await withOrder();
    const listed = await hybridge.query(ordersOf, [7]);
    expect(listed.items).toMatchObject([{ key: ['7', '1'], document: { id: '1' } }]);
    expect(await hybridge.get(ordersOf, [7, 1])).toMatchObject({ document: { id: '1' } });
    await store(orderRows, { ...order, customer_id: '8' });
    expect(await hybridge.get(ordersOf, [7, 1])).toBeUndefined();
    expect(await hybridge.get(ordersOf, [8, 1])).toMatchObject({ document: { id: '1' } });
    expect((await hybridge.query(ordersOf, [7])).items).toEqual([]);
  });

  it('is filled only where SQL says that it lies', async () => {
    const { hybridge, sql } = setUp();
    sql(orderRows, order);
    expect(await hybridge.get(ordersOf, [8, 1])).toBeUndefined();
    expect(await hybridge.get(ordersOf, [7, 1])).toMatchObject({ source: 'fill', document: { id: '1' } });
  });

  it('says of which columns its key is made', async () => {
    await expect(setUp().hybridge.get('orders-of', ['1'])).rejects.toMatchObject({
      code: 'HYBRIDGE_SDK_KEY_INVALID',
      facts: { fix: 'Give customer_id, id in this order.' },
    });
  });
});
