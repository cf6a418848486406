import { nonceIn } from './document-version.ts';
import type { HybridgeOptions } from './hybridge.ts';
import {
  ada,
  customers,
  line,
  lineRows,
  lines,
  order,
  orderRows,
  orders,
  remarks,
  setUp,
} from './joins-fixture.features.ts';

async function withLines(count: number, options: HybridgeOptions = {}) {
  const world = setUp(options);
  await world.store(customers, ada);
  await world.store(orderRows, order);
  for (let nr = 1; nr <= count; nr += 1) await world.store(lineRows, line(nr));
  await world.store(remarks.table, { about: '1', nr: '1', body: 'soon' });
  await world.store(lineRows, { ...line(1), order_id: '2' });
  return world;
}

describe('getCollection', () => {
  it('answers a document and what its view collects with one query', async () => {
    const { hybridge, items } = await withLines(2);
    await hybridge.get(orders, [1]); // the first read of a process also opens the table
    const before = items.calls.length;
    const { found, items: collected, cursor } = await hybridge.getCollection(orders, [1]);
    expect(items.calls.slice(before)).toEqual([{ call: 'Query', consistent: false }]);
    expect(found).toEqual(await hybridge.get(orders, [1]));
    expect(found?.document.customer).toEqual({ name: 'Ada', country: null });
    expect(collected.lines.map(({ key }) => key)).toEqual([
      ['1', '1'],
      ['1', '2'],
    ]);
    expect(collected.remarks.map(({ document }) => document.body)).toEqual(['soon']);
    expect(cursor).toBeUndefined();
  });

  it('pages through what is collected, with the document on every page', async () => {
    const { hybridge } = await withLines(3);
    for (const order of ['ascending', 'descending'] as const) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await hybridge.getCollection(orders, [1], { limit: 1, order, cursor });
        expect(page.found?.document.id).toBe('1');
        seen.push(...page.items.lines.map(({ document }) => document.sku));
        seen.push(...page.items.remarks.map(({ document }) => document.body));
        cursor = page.cursor;
      } while (cursor !== undefined);
      const expected = ['sku 1', 'sku 2', 'sku 3', 'soon'];
      expect(seen).toEqual(order === 'ascending' ? expected : expected.toReversed());
    }
  });

  it('answers only the collections that are asked for', async () => {
    const { hybridge } = await withLines(2);
    const page = await hybridge.getCollection(orders, [1], { collections: ['remarks'], limit: 1 });
    expect(Object.keys(page.items)).toEqual(['remarks']);
    expect(page.items.remarks).toHaveLength(1);
    expect(nonceIn(page.found?.version ?? '')).not.toBe('');
  });

  it('answers the document as `get` does: from SQL where it has no item, and not at all', async () => {
    const { hybridge, sql } = await withLines(1);
    sql(orderRows, { ...order, id: '2' });
    const filled = await hybridge.getCollection('orders', ['2']);
    expect(filled).toMatchObject({ found: { source: 'fill' }, items: { lines: [{ key: ['2', '1'] }], remarks: [] } });
    expect(await hybridge.getCollection(orders, [3])).toEqual({
      found: undefined,
      items: { lines: [], remarks: [] },
      cursor: undefined,
    });
  });

  it('refuses collections that the view has not, none, and cursors of others', async () => {
    const { hybridge } = await withLines(2);
    const impossible = { code: 'HYBRIDGE_SDK_QUERY_IMPOSSIBLE' };
    await expect(hybridge.getCollection(lines, [1, 1])).rejects.toMatchObject(impossible);
    await expect(hybridge.getCollection('orders', ['1'], { collections: ['toString'] })).rejects.toMatchObject({
      ...impossible,
      facts: { fix: 'Its collections: lines, remarks.' },
    });
    await expect(hybridge.getCollection(orders, [1], { collections: [] })).rejects.toMatchObject(impossible);
    await expect(hybridge.getCollection(orders, [1], { limit: 0 })).rejects.toMatchObject(impossible);
    const { cursor } = await hybridge.getCollection(orders, [1], { limit: 1 });
    const refused = { code: 'HYBRIDGE_SDK_CURSOR_INVALID' };
    await expect(hybridge.getCollection(orders, [2], { cursor })).rejects.toMatchObject(refused);
    await expect(hybridge.getCollection(orders, [1], { cursor, collections: ['lines'] })).rejects.toMatchObject(
      refused,
    );
  });

  it('tells of every document that it reads', async () => {
    const told: string[] = [];
    const { hybridge } = await withLines(1, { onRead: ({ view, found }) => void told.push(`${view} ${found}`) });
    await hybridge.getCollection(orders, [1]);
    await hybridge.getCollection(orders, [3]);
    expect(told).toEqual(['orders true', 'lines true', 'remarks true', 'orders false']);
  });
});
