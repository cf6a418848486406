import { ItemState, NULL, claimServing, number, text } from '@hybridge/protocol';
import { item } from '@hybridge/testkit';
import { type Row, indexAttributes, keyOfRow, projectRow } from '@hybridge/views';
import { setUp, tasks } from './sdk-fixture.features.ts';

type Task = Partial<Record<'owner' | 'name' | 'state' | 'cost', string>> & { readonly due?: string | null };

const rowOf = (id: number, { owner = 'ada', name = 'n', state = 'open', cost = '1', due = null }: Task): Row => ({
  id: number(id),
  owner: text(owner),
  name: text(name),
  state: text(state),
  cost: number(cost),
  due: due === null ? NULL : text(due),
});

/** As every writer leaves it: the visible columns, and the keys of indexes made of them. */
function task(id: number, values: Task) {
  const row = rowOf(id, values);
  const columns = projectRow(tasks, row) ?? {};
  return { ...item({ key: keyOfRow(tasks, row), columns }), ...indexAttributes(tasks, columns) };
}

function withTasks(...all: readonly Task[]) {
  const given = setUp();
  all.forEach((values, i) => given.store.put(task(i + 1, values)));
  return given;
}

const idsOf = (page: { readonly items: readonly { readonly key: readonly string[] }[] }) =>
  page.items.map(({ key }) => Number(key[0]));
const day = (n: number): string => `2026-11-${String(n).padStart(2, '0')}T10:00:00Z`;

describe('queryIndex', () => {
  it('lists the documents of one partition of an index, in the order of its sort key', async () => {
    const { hybridge, items, sql } = withTasks(
      { due: day(12) },
      { due: day(9) },
      { due: day(10), state: 'done' },
      { due: null },
      { due: '2026-11-12T10:00:00.25Z' },
    );
    const page = await hybridge.queryIndex(tasks, 'byStatus', { status: 'open' });
    expect(idsOf(page)).toEqual([2, 1, 5]);
    expect(page.items[0]).toMatchObject({
      document: { id: 2, status: 'open', due: day(9) },
      source: 'item',
      version: 'w0',
    });
    expect(page.items[0]?.document).not.toHaveProperty('_byStatus_pk');
    expect(page.cursor).toBeUndefined();
    expect(items.calls).toEqual([{ call: 'Query', consistent: false }]);
    expect(sql.reads).toEqual([]);
    const back = await hybridge.queryIndex('tasks', 'byStatus', { status: 'open' }, { order: 'descending' });
    expect(idsOf(back)).toEqual([5, 1, 2]);
  });

  it('sorts numbers by value, and leaves out what the index does not want', async () => {
    const { hybridge } = withTasks({ cost: '1000' }, { cost: '99.99' }, { cost: '200' }, { cost: '100' });
    expect(idsOf(await hybridge.queryIndex(tasks, 'costly', {}))).toEqual([4, 3, 1]);
    expect(idsOf(await hybridge.queryIndex(tasks, 'costly', {}, { from: { cost: '100.5' } }))).toEqual([3, 1]);
    expect(
      idsOf(await hybridge.queryIndex(tasks, 'costly', {}, { from: { cost: '200' }, to: { cost: '999' } })),
    ).toEqual([3]);
  });

  it('keeps to equal values, bounds and beginnings of the sort key', async () => {
    const { hybridge } = withTasks(
      { name: 'ab', cost: '9' },
      { name: 'ab', cost: '10' },
      { name: 'ab c', cost: '1' },
      { name: 'ab#c', cost: '1' },
      { name: 'abc', cost: '1' },
      { name: 'b', cost: '1' },
      { name: 'ab', cost: '9', owner: 'bob' },
    );
    const list = async (options: Parameters<typeof hybridge.queryIndex<typeof tasks, 'byOwner'>>[3]) =>
      idsOf(await hybridge.queryIndex(tasks, 'byOwner', { owner: 'ada' }, options));
    expect(await list({})).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await list({ equals: { name: 'ab' } })).toEqual([1, 2]);
    expect(await list({ equals: { name: 'ab', cost: '10' } })).toEqual([2]);
    expect(await list({ equals: { name: 'ab' }, from: { cost: '9.5' } })).toEqual([2]);
    expect(await list({ equals: { name: 'ab' }, to: { cost: '9' } })).toEqual([1]);
    expect(await list({ from: { name: 'ab#c' } })).toEqual([4, 5, 6]);
    expect(await list({ to: { name: 'ab' } })).toEqual([1, 2]);
    expect(await list({ from: { name: 'c' }, to: { name: 'b' } })).toEqual([]);
    expect(await list({ beginsWith: { name: 'ab' } })).toEqual([1, 2, 3, 4, 5]);
    expect(await list({ beginsWith: { name: 'ab ' } })).toEqual([3]);
    expect(await list({ beginsWith: { name: '' } })).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('finds nothing through values that imitate another partition or another part', async () => {
    const { hybridge } = withTasks({ name: 'secret' }, { owner: 'ada#N#secret' });
    for (const owner of ['ada#N', 'ada#N#secret#', 'TASKOWNER#ada', 'ada%23N', '']) {
      expect(idsOf(await hybridge.queryIndex(tasks, 'byOwner', { owner }))).toEqual([]);
    }
    const equals = { name: 'secret#d5000001' };
    expect(idsOf(await hybridge.queryIndex(tasks, 'byOwner', { owner: 'ada' }, { equals }))).toEqual([]);
  });

  it('lists only what is there, of its own view', async () => {
    const { hybridge, store } = withTasks({ due: day(1) }, { due: day(2) }, { due: day(3) }, { due: day(4) });
    const states = [ItemState.tombstone, ItemState.hidden, ItemState.quarantined];
    states.forEach((state, i) => store.put({ ...task(i + 1, { due: day(i + 1) }), _st: text(state) }));
    store.put({ ...task(9, { due: day(9) }), pk: text('x1#TASK#9') });
    expect(idsOf(await hybridge.queryIndex(tasks, 'byStatus', { status: 'open' }))).toEqual([4]);
  });

  it('hands out pages whose cursors lead through everything once, in both orders, also where sort keys are equal', async () => {
    const { hybridge } = withTasks(...Array.from({ length: 7 }, (_, n) => ({ due: day(1 + (n >> 1)) })));
    for (const order of ['ascending', 'descending'] as const) {
      const seen: number[] = [];
      let cursor: string | undefined;
      do {
        const page = await hybridge.queryIndex(tasks, 'byStatus', { status: 'open' }, { limit: 3, order, cursor });
        seen.push(...idsOf(page));
        cursor = page.cursor;
      } while (cursor !== undefined);
      expect(seen).toEqual(order === 'ascending' ? [1, 2, 3, 4, 5, 6, 7] : [7, 6, 5, 4, 3, 2, 1]);
    }
  });

  it('goes on behind a document that is gone, or is listed elsewhere now', async () => {
    const { hybridge, store } = withTasks({ due: day(1) }, { due: day(2) }, { due: day(3) }, { due: day(4) });
    const first = await hybridge.queryIndex(tasks, 'byStatus', { status: 'open' }, { limit: 2 });
    expect(idsOf(first)).toEqual([1, 2]);
    store.expire(keyOfRow(tasks, rowOf(2, {})));
    store.put(task(1, { due: day(1), state: 'done' }));
    const rest = await hybridge.queryIndex(tasks, 'byStatus', { status: 'open' }, { limit: 2, cursor: first.cursor });
    expect(idsOf(rest)).toEqual([3, 4]);
  });

  it('takes no cursor of another query, and none that is made up', async () => {
    const { hybridge } = withTasks({ due: day(1) }, { due: day(2) }, { due: day(3) });
    const status = 'open';
    const bounds = { to: { due: day(2) } };
    const { cursor = '' } = await hybridge.queryIndex(tasks, 'byStatus', { status }, { limit: 1, ...bounds });
    expect(idsOf(await hybridge.queryIndex(tasks, 'byStatus', { status }, { cursor, ...bounds }))).toEqual([2]);
    const refused = { code: 'HYBRIDGE_SDK_CURSOR_INVALID' };
    const ask = (more: object, partition = { status }) =>
      hybridge.queryIndex(tasks, 'byStatus', partition, { cursor, ...bounds, ...more });
    await expect(ask({}, { status: 'done' })).rejects.toMatchObject(refused);
    await expect(ask({ to: { due: day(3) } })).rejects.toMatchObject(refused);
    await expect(ask({ order: 'descending' })).rejects.toMatchObject(refused);
    await expect(hybridge.queryIndex(tasks, 'costly', {}, { cursor })).rejects.toMatchObject(refused);
    const [layout = '', digest = '', sk = '', pk = '', itemSk = ''] = JSON.parse(
      Buffer.from(cursor, 'base64url').toString(),
    ) as string[];
    const forged = (...texts: string[]) => Buffer.from(JSON.stringify(texts)).toString('base64url');
    for (const made of [
      '',
      'x',
      cursor.slice(0, -1),
      forged(layout, digest, sk, pk),
      forged(layout, digest, '2026-11-03T10:00:00', pk, itemSk), // behind the bounds
      forged(layout, digest, '', pk, itemSk),
      forged(layout, digest, sk, 'a1#ACCOUNT#1', 'ACCOUNT'), // of another view
      forged(layout, digest, sk, `t1#TASK#${'1'.repeat(3_000)}`, 'TASK'),
      forged(layout, digest, sk, pk, itemSk, ''),
      forged('q1', digest, sk, pk, itemSk),
    ]) {
      await expect(ask({ cursor: made })).rejects.toMatchObject(refused);
    }
  });

  it('says what does not fit an index', async () => {
    const { hybridge, items } = withTasks();
    const impossible = { code: 'HYBRIDGE_SDK_QUERY_IMPOSSIBLE' };
    const invalid = { code: 'HYBRIDGE_SDK_VALUE_INVALID' };
    await expect(hybridge.queryIndex('accounts', 'byOwner', {})).rejects.toMatchObject({
      ...impossible,
      message: 'accounts cannot be queried: there is no index "byOwner".',
      facts: { fix: 'Its indexes: none.' },
    });
    const byName = (index: string, partition: object, options: object = {}) =>
      hybridge.queryIndex('tasks', index, partition as never, options);
    await expect(byName('byColour', {})).rejects.toMatchObject({
      facts: { fix: 'Its indexes: byStatus, byOwner, costly.' },
    });
    await expect(byName('byStatus', {})).rejects.toMatchObject({
      ...invalid,
      facts: { attribute: 'status', fix: 'Give status.' },
    });
    const open = { status: 'open' };
    for (const [index, partition, options] of [
      ['byStatus', { status: null }, {}],
      ['byStatus', { status: 5 }, {}],
      ['byStatus', { status: 'x'.repeat(2_048) }, {}],
      ['byStatus', open, { from: { cost: '1' } }],
      ['byStatus', open, { equals: { due: 'soon' } }],
      ['byStatus', open, { equals: { due: null } }],
      ['byOwner', { owner: 'ada' }, { equals: { cost: '1' } }],
      ['byOwner', { owner: 'ada' }, { from: { name: 'x'.repeat(1_024) } }],
    ] as const) {
      await expect(byName(index, partition, options)).rejects.toMatchObject(invalid);
    }
    for (const [index, partition, options] of [
      ['byStatus', open, { limit: 0 }],
      ['byStatus', open, { limit: 1_001 }],
      ['byStatus', open, { beginsWith: { due: '2026' } }],
      ['byStatus', open, { beginsWith: {} }],
      ['byOwner', { owner: 'ada' }, { beginsWith: { name: 'a' }, from: { name: 'a' } }],
    ] as const) {
      await expect(byName(index, partition, options)).rejects.toMatchObject(impossible);
    }
    expect(items.calls).toEqual([]);
  });

  it('is refused where the reader cannot, and waits for the first load of the table', async () => {
    const without = setUp({}, {}, ({ get }) => ({ get }));
    await expect(without.hybridge.queryIndex(tasks, 'costly', {})).rejects.toMatchObject({
      code: 'HYBRIDGE_SDK_QUERY_IMPOSSIBLE',
    });
    const { hybridge, store } = withTasks();
    await claimServing(store, { state: 'loading', nonce: 'loader' });
    await expect(hybridge.queryIndex(tasks, 'costly', {})).rejects.toMatchObject({ code: 'HYBRIDGE_SDK_VIEW_LOADING' });
  });

  it('tells of every document it lists', async () => {
    const reads: unknown[] = [];
    const { hybridge, store } = setUp({}, { onRead: (event) => void reads.push(event), hedgeAfterMs: 5 });
    store.put(task(1, { cost: '100' }));
    await hybridge.queryIndex(tasks, 'costly', {});
    const ms = expect.any(Number);
    expect(reads).toEqual([{ view: 'tasks', operation: 'query', source: 'item', found: true, stale: false, ms }]);
  });
});
