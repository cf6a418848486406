import {
  type Item,
  ItemState,
  Meta,
  type OutcomeKind,
  SERVING_KEY,
  carryOut,
  decideSettle,
  nonceOf,
  number,
  pendingOf,
  stateOf,
  text,
} from '@hybridge/protocol';
import type { RowReader } from '@hybridge/reader-sql';
import { createMemoryItemReads, createMemoryItemStore, item, settleSignal, testContext } from '@hybridge/testkit';
import {
  type Row,
  column,
  createCatalog,
  int4,
  int8,
  jsonb,
  keyFromParts,
  keyOfRow,
  notNull,
  nullable,
  numeric,
  source,
  table,
  text as textColumn,
  view,
  shapeOf,
} from '@hybridge/views';
import { createHybridge } from './hybridge.ts';

const accounts = view('accounts', {
  table: table({
    source: source('shop', 'postgres'),
    name: 'public.accounts',
    primaryKey: ['id'],
    columns: {
      id: notNull(int8()),
      owner: notNull(textColumn()),
      limit: nullable(numeric()),
      visits: notNull(int4()),
      settings: nullable(jsonb()),
    },
  }),
  key: { pk: ['a1', 'ACCOUNT', column('id')], sk: ['ACCOUNT'] },
  attributes: { id: 'id', owner: 'owner', limit: 'limit', visits: 'visits', settings: 'settings' },
  changes: { allow: ['owner', 'limit', 'settings'], insert: false, delete: false },
});
const notes = view('notes', {
  table: table({
    source: source('shop', 'postgres'),
    name: 'public.notes',
    primaryKey: ['account', 'label'],
    columns: {
      account: notNull(int8()),
      label: notNull(textColumn()),
      body: notNull(textColumn()),
      tone: nullable(textColumn()),
    },
  }),
  key: { pk: ['a1', 'ACCOUNT', column('account')], sk: ['NOTE', column('label')] },
  attributes: { account: 'account', label: 'label', body: 'body', tone: 'tone' },
  changes: { allow: ['body', 'tone'], insert: true, delete: true },
});
const catalog = createCatalog([accounts, notes]);

const account: Row = {
  id: number(7),
  owner: text('Ada'),
  limit: number('12345678901234567890.12'),
  visits: number(3),
  settings: { NULL: true },
};
const accountKey = keyOfRow(accounts, account);
const noteKey = keyOfRow(notes, keyFromParts(notes, ['7', 'a,b']));
const by = 'customer:7';

function setUp(sql: Readonly<Record<string, Row>> = { '7': account }) {
  const store = createMemoryItemStore();
  const context = testContext();
  const reads: string[] = [];
  const rows: RowReader = {
    read: async (_view, keyRow) => {
      const name = Object.values(keyRow)
        .map((value) => ('N' in value ? value.N : 'S' in value ? value.S : ''))
        .join('|');
      reads.push(name);
      return { proven: true, row: sql[name] };
    },
    scan: () => {
      throw new Error('not used');
    },
  };
  const hybridge = createHybridge({ catalog, items: store, store, rows, context });
  const answer = (id: string, out: OutcomeKind, more: { code?: string; message?: string } = {}, key = accountKey) =>
    carryOut(store, key, (seen) =>
      decideSettle(
        settleSignal({ key, shape: shapeOf(accounts), outcome: { id, out, at: 5, ...more } }),
        context,
        seen,
      ),
    );
  return { store, context, reads, hybridge, answer };
}

describe('get', () => {
  it('fills a missing item once, then answers from the item', async () => {
    const { hybridge, reads } = setUp();
    const document = { id: '7', owner: 'Ada', limit: '12345678901234567890.12', visits: 3, settings: null };
    const first = await hybridge.get(accounts, [7n]);
    expect(first).toMatchObject({ document, source: 'fill', pending: [] });
    const second = await hybridge.get('accounts', ['7']);
    expect(second).toEqual({ ...first, source: 'item' });
    expect(reads).toEqual(['7']);
  });

  it('costs one read of the item for a hit, and nothing else', async () => {
    const { hybridge, store, context } = setUp();
    store.put(item({ key: accountKey, columns: account }));
    await hybridge.get(accounts, [7]); // the first read of a process also opens the table
    const items = createMemoryItemReads(store);
    const counted = { get: jest.fn(store.get), write: jest.fn(store.write) };
    const rows: RowReader = { read: jest.fn(), scan: jest.fn() };
    const fresh = createHybridge({ catalog, items, store: counted, rows, context });
    await fresh.get(accounts, [7]);
    expect(counted.get.mock.calls).toEqual([[SERVING_KEY]]);
    for (let n = 0; n < 3; n += 1) expect(await fresh.get(accounts, [7])).toMatchObject({ source: 'item' });
    expect(items.calls).toEqual(Array(4).fill({ call: 'GetItem', consistent: false }));
    expect(counted.get).toHaveBeenCalledTimes(1);
    expect(counted.write).not.toHaveBeenCalled();
    expect(rows.read).not.toHaveBeenCalled();
  });

  it('knows for a while that a row is not there', async () => {
    const { hybridge, reads } = setUp({});
    expect(await hybridge.get(accounts, [8])).toBeUndefined();
    expect(await hybridge.get(accounts, [8])).toBeUndefined();
    expect(reads).toEqual(['8']);
  });

  it('serves SQL uncached, without a version, for a quarantined item', async () => {
    const { hybridge, store } = setUp();
    store.put(item({ key: accountKey, state: ItemState.quarantined }));
    expect(await hybridge.get(accounts, [7])).toMatchObject({
      source: 'sql',
      version: undefined,
      document: { owner: 'Ada' },
    });
  });

  it.each([
    [[], '""'],
    [['7', '8'], '2 were given'],
    [['seven'], '"seven" is not a value of type bigint'],
    [['9223372036854775808'], '"9223372036854775808" is not a value of type bigint'],
  ])('refuses the key %j', async (key, message) => {
    await expect(setUp().hybridge.get('accounts', key)).rejects.toMatchObject({
      code: 'HYBRIDGE_SDK_KEY_INVALID',
      message: expect.stringContaining(message),
      facts: { fix: 'Give id in this order.' },
    });
  });

  it('names the views there are when there is none of that name', async () => {
    await expect(setUp().hybridge.get('acounts', ['7'])).rejects.toThrow(/accounts, notes/);
  });
});

describe('change', () => {
  it('fills the item, shows the change at once and keeps it for SQL', async () => {
    const { hybridge, store } = setUp();
    const accepted = await hybridge.change(accounts, [7], { op: 'update', set: { owner: 'Grace' } }, { by });
    expect(accepted).toMatchObject({ document: { owner: 'Grace', visits: 3 }, repeated: false });
    const stored = store.peek(accountKey) as Item;
    expect(pendingOf(stored)).toMatchObject([
      { id: accepted.changeId, op: 'u', by, set: { owner: text('Grace') }, base: { owner: text('Ada') } },
    ]);
    expect(await hybridge.get(accounts, [7])).toMatchObject({
      document: { owner: 'Grace' },
      version: accepted.version,
      pending: [accepted.changeId],
    });
  });

  it('accepts the same change under the same id once', async () => {
    const { hybridge, store, answer } = setUp();
    const change = () => hybridge.change(accounts, [7], { op: 'update', set: { owner: 'Grace' } }, { by, id: 'c-1' });
    expect(await change()).toMatchObject({ changeId: 'c-1', repeated: false });
    expect(await change()).toMatchObject({ changeId: 'c-1', repeated: true, document: { owner: 'Grace' } });
    expect(pendingOf(store.peek(accountKey) as Item)).toHaveLength(1);
    await answer('c-1', 'A');
    expect(await change()).toMatchObject({ repeated: true });
    expect(store.peek(accountKey)?.[Meta.pending]).toBeUndefined();
  });

  it('refuses another change under the same id', async () => {
    const { hybridge } = setUp();
    await hybridge.change(accounts, [7], { op: 'update', set: { owner: 'Grace' } }, { by, id: 'c-1' });
    await expect(
      hybridge.change(accounts, [7], { op: 'update', set: { owner: 'Joan' } }, { by, id: 'c-1' }),
    ).rejects.toMatchObject({ code: 'HYBRIDGE_SDK_CHANGE_ID_REUSED' });
  });

  it('accepts a change of the version the customer saw, and refuses one of an older version', async () => {
    const { hybridge } = setUp();
    const seen = await hybridge.get(accounts, [7]);
    const ifMatch = seen?.version as string;
    await hybridge.change(accounts, [7], { op: 'update', set: { owner: 'Grace' } }, { by, ifMatch });
    await expect(
      hybridge.change(accounts, [7], { op: 'update', set: { owner: 'Joan' } }, { by, ifMatch }),
    ).rejects.toMatchObject({ code: 'HYBRIDGE_SDK_PRECONDITION_FAILED' });
  });

  it('refuses to change a row that is not there', async () => {
    await expect(
      setUp({}).hybridge.change(accounts, [7], { op: 'update', set: { owner: 'Grace' } }, { by }),
    ).rejects.toMatchObject({ code: 'HYBRIDGE_SDK_NOT_FOUND', message: 'accounts has no row 7.' });
  });

  it('refuses more unanswered changes than an item may carry, as transient', async () => {
    const { hybridge, context } = setUp();
    const change = (n: number) =>
      hybridge.change(accounts, [7], { op: 'update', set: { owner: `Owner ${n}` } }, { by });
    for (let n = 0; n < context.limits.maxPending; n += 1) await change(n);
    await expect(change(99)).rejects.toMatchObject({ code: 'HYBRIDGE_SDK_TOO_MANY_PENDING', retry: 'transient' });
  });

  it('refuses to change a row that DynamoDB cannot hold', async () => {
    const { hybridge, store } = setUp();
    store.put(item({ key: accountKey, state: ItemState.quarantined }));
    await expect(
      hybridge.change(accounts, [7], { op: 'update', set: { owner: 'Grace' } }, { by }),
    ).rejects.toMatchObject({ code: 'HYBRIDGE_SDK_UNCACHEABLE' });
  });

  it('inserts a row with the key it is given, null where nothing is said', async () => {
    const { hybridge, store } = setUp({});
    const accepted = await hybridge.change(notes, [7, 'a,b'], { op: 'insert', values: { body: 'hello' } }, { by });
    expect(accepted.document).toEqual({ account: '7', label: 'a,b', body: 'hello', tone: null });
    expect(stateOf(store.peek(noteKey) as Item)).toBe(ItemState.live);
  });

  it('refuses to insert a row that SQL already has', async () => {
    const row: Row = { account: number(7), label: text('a,b'), body: text('x'), tone: { NULL: true } };
    await expect(
      setUp({ '7|a,b': row }).hybridge.change(notes, [7, 'a,b'], { op: 'insert', values: { body: 'hello' } }, { by }),
    ).rejects.toMatchObject({ code: 'HYBRIDGE_SDK_ALREADY_EXISTS' });
  });

  it('hides a deleted row, and refuses to insert it again before SQL has answered', async () => {
    const row: Row = { account: number(7), label: text('a,b'), body: text('x'), tone: { NULL: true } };
    const { hybridge } = setUp({ '7|a,b': row });
    expect(await hybridge.change(notes, [7, 'a,b'], { op: 'delete' }, { by })).toMatchObject({ document: undefined });
    expect(await hybridge.get(notes, [7, 'a,b'])).toBeUndefined();
    await expect(
      hybridge.change(notes, [7, 'a,b'], { op: 'insert', values: { body: 'again' } }, { by }),
    ).rejects.toThrow('was deleted, and SQL has not answered yet');
  });

  it('changes nothing when the request does not fit', async () => {
    const { hybridge, store } = setUp();
    const set = { visits: 4 };
    await expect(hybridge.change(accounts, [7], { op: 'update', set }, { by })).rejects.toThrow(
      'cannot be changed by customers',
    );
    expect(store.writes).toEqual([]);
  });
});

describe('waitFor', () => {
  const update = (hybridge: ReturnType<typeof setUp>['hybridge']) =>
    hybridge.change(accounts, [7], { op: 'update', set: { owner: 'Grace' } }, { by, id: 'c-1' });

  it('waits until SQL has applied the change', async () => {
    const { hybridge, answer } = setUp();
    await update(hybridge);
    const waiting = hybridge.waitFor(accounts, [7], 'c-1');
    await answer('c-1', 'A');
    expect(await waiting).toEqual({ status: 'applied', at: new Date(5) });
  });

  it('tells why SQL rejected the change', async () => {
    const { hybridge, answer } = setUp();
    await update(hybridge);
    await answer('c-1', 'R', { code: '23514', message: 'too rich' });
    expect(await hybridge.waitFor(accounts, [7], 'c-1')).toMatchObject({
      status: 'rejected',
      code: '23514',
      message: 'too rich',
    });
    expect(await hybridge.get(accounts, [7])).toMatchObject({ document: { owner: 'Ada' } });
  });

  it('is still pending when the time is up, or the caller gives up', async () => {
    const { hybridge } = setUp();
    await update(hybridge);
    expect(await hybridge.waitFor(accounts, [7], 'c-1', { timeoutMs: 1 })).toMatchObject({ status: 'pending' });
    const signal = AbortSignal.abort();
    expect(await hybridge.waitFor(accounts, [7], 'c-1', { signal })).toMatchObject({ status: 'pending' });
  });

  it('does not know a change the item never had', async () => {
    const { hybridge } = setUp();
    await hybridge.get(accounts, [7]);
    expect(await hybridge.waitFor(accounts, [7], 'c-9')).toEqual({ status: 'unknown' });
  });

  it('hands out the nonce of the item as version', async () => {
    const { hybridge, store } = setUp();
    const accepted = await update(hybridge);
    expect(accepted.version).toBe(nonceOf(store.peek(accountKey) as Item));
  });
});
