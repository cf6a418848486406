import {
  type Item,
  ItemState,
  Meta,
  decideRowChange,
  carryOut,
  judgeRead,
  leaseWrite,
  number,
  stateOf,
  text,
} from '@hybridge/protocol';
import { createMemoryItemStore, rowChange, testContext, versionAt } from '@hybridge/testkit';
import {
  UnstorableValueError,
  column,
  int8,
  keyFromParts,
  keyOfRow,
  notNull,
  table,
  text as textColumn,
  view,
} from '@hybridge/views';
import { fillItem } from './fill-item.ts';
import { createFiller } from './filler.ts';
import type { RowRead, RowReader } from './row-reader.ts';

const customers = view('customers', {
  table: table({
    source: 'shop',
    name: 'public.customers',
    primaryKey: ['id'],
    columns: { id: notNull(int8()), full_name: notNull(textColumn()), city: notNull(textColumn()) },
  }),
  key: { pk: ['c1', 'CUSTOMER', column('id')], sk: ['CUSTOMER'] },
  attributes: { name: 'full_name', city: 'city' },
  mode: 'lazy',
});
const keyRow = keyFromParts(customers, ['42']);
const key = keyOfRow(customers, keyRow);
const row = { id: number(42), full_name: text('Ada'), city: text('Leiden') };
const columns = { name: text('Ada'), city: text('Leiden') };

/** Gives the answers in order, the last one again and again; notes what proof each read had to give. */
function rowsAnswering(...answers: (RowRead | (() => Promise<RowRead>))[]) {
  const proofs: (string | undefined)[] = [];
  const rows: RowReader = {
    read: async (_view, _keyRow, proof) => {
      const answer = answers[Math.min(proofs.length, answers.length - 1)] as RowRead | (() => Promise<RowRead>);
      proofs.push(proof);
      return typeof answer === 'function' ? answer() : answer;
    },
    scan: () => {
      throw new Error('a fill never scans');
    },
  };
  return { rows, proofs };
}

const found: RowRead = { proven: true, row };
const absent: RowRead = { proven: true, row: undefined };
const unproven: RowRead = { proven: false, row: undefined };

const setUp = (...answers: Parameters<typeof rowsAnswering>) => {
  const store = createMemoryItemStore();
  const context = testContext();
  const { rows, proofs } = rowsAnswering(...answers);
  const dependencies = { store, rows, context };
  const fence = (n: number) =>
    carryOut(store, key, (seen) =>
      decideRowChange(rowChange({ key, n, columnNames: ['name', 'city'] }), 'lazy', context, seen),
    );
  return { store, context, proofs, dependencies, fence, fill: () => fillItem(dependencies, customers, key, keyRow) };
};

describe('fillItem', () => {
  it('stores a row nobody knew, without a proof', async () => {
    const { fill, store, proofs } = setUp(found);
    expect(await fill()).toMatchObject({ outcome: 'filled', columns });
    expect(proofs).toEqual([undefined]);
    expect(store.peek(key)).toMatchObject({ ...columns, [Meta.state]: text(ItemState.live) });
    expect(store.peek(key)?.[Meta.leaseToken]).toBeUndefined();
  });

  it('remembers that SQL has no such row', async () => {
    const { fill, store } = setUp(absent);
    expect(await fill()).toEqual({ outcome: 'absent', columns: undefined });
    expect(stateOf(store.peek(key) as Item)).toBe(ItemState.tombstone);
    expect(await fill()).toEqual({ outcome: 'not-found', columns: undefined });
  });

  it('proves the transaction of the fence it fills', async () => {
    const { fill, fence, proofs, store } = setUp(found);
    await fence(3);
    expect(stateOf(store.peek(key) as Item)).toBe(ItemState.fence);
    expect(await fill()).toMatchObject({ outcome: 'filled' });
    expect(proofs).toEqual(['703']);
  });

  it('reads again until the transaction is visible', async () => {
    const { fill, fence, proofs } = setUp(unproven, unproven, found);
    await fence(3);
    expect(await fill()).toMatchObject({ outcome: 'filled' });
    expect(proofs).toEqual(['703', '703', '703']);
  });

  it('serves SQL without storing it when the transaction does not become visible', async () => {
    const store = createMemoryItemStore();
    const context = testContext({ limits: { leaseMs: 200 } });
    const { rows, proofs } = rowsAnswering(unproven, unproven, { proven: true, row });
    await carryOut(store, key, (seen) =>
      decideRowChange(rowChange({ key, n: 3, columnNames: ['name', 'city'] }), 'lazy', context, seen),
    );
    expect(await fillItem({ store, rows, context }, customers, key, keyRow)).toEqual({
      outcome: 'uncached',
      columns,
      reason: 'unproven',
    });
    expect(proofs).toEqual(['703', '703', undefined]);
    expect(stateOf(store.peek(key) as Item)).toBe(ItemState.fence);
  });

  it('does not store what it read when a change event comes between lease and fill', async () => {
    const test = setUp(async () => {
      await test.fence(9);
      return found;
    });
    expect(await test.fill()).toEqual({ outcome: 'uncached', columns, reason: 'overtaken' });
    expect(stateOf(test.store.peek(key) as Item)).toBe(ItemState.fence);
    expect(test.store.peek(key)?.['name']).toBeUndefined();
  });

  it('answers with the item another writer put there first', async () => {
    const test = setUp(async () => {
      test.store.put({
        ...(test.store.peek(key) as Item),
        ...columns,
        [Meta.state]: text('L'),
        [Meta.leaseToken]: text('other'),
      });
      return { proven: true, row: { ...row, city: text('stale') } };
    });
    expect(await test.fill()).toMatchObject({ outcome: 'hit', columns });
  });

  it('serves a row DynamoDB cannot hold and quarantines the item, at the version of its lease', async () => {
    const { fill, fence, store } = setUp({ ...found, unstorable: new UnstorableValueError('too many digits') });
    await fence(3);
    expect(await fill()).toEqual({ outcome: 'uncached', columns, reason: 'unstorable' });
    expect(store.peek(key)).toMatchObject({
      [Meta.state]: text(ItemState.quarantined),
      [Meta.quarantine]: text('too many digits'),
      [Meta.version]: text(versionAt(3)),
      [Meta.transaction]: text('703'),
    });
    expect(store.peek(key)).not.toHaveProperty(Meta.expiry);
    expect(await fill()).toEqual({ outcome: 'uncached', columns, reason: 'unstorable' });
    expect(store.writes.slice(-3).map(({ write, ok }) => [write.expression, ok])).toEqual([
      ['lease', true],
      ['fillUnstorable', true],
      ['lease', false],
    ]);
  });

  it('quarantines a row that the store finds too large', async () => {
    const test = setUp(found);
    const { store, context } = test.dependencies;
    const tooLarge = Object.assign(new Error('item size'), { code: 'HYBRIDGE_SINK_ITEM_TOO_LARGE' });
    const small: typeof store.write = (write) =>
      write.expression === 'fill' ? Promise.reject(tooLarge) : store.write(write);
    const result = await fillItem({ ...test.dependencies, store: { ...store, write: small } }, customers, key, keyRow);
    expect(result).toEqual({ outcome: 'uncached', columns, reason: 'unstorable' });
    expect(judgeRead(store.peek(key), context.now())).toBe('miss');
    expect(store.peek(key)).toMatchObject({ [Meta.quarantine]: text('item size') });
  });

  it('serves a row DynamoDB cannot hold and lets a change event that came in between stand', async () => {
    const test = setUp(async () => {
      await test.fence(9);
      return { ...found, unstorable: new UnstorableValueError('too many digits') };
    });
    expect(await test.fill()).toEqual({ outcome: 'uncached', columns, reason: 'unstorable' });
    expect(stateOf(test.store.peek(key) as Item)).toBe(ItemState.fence);
  });

  it('reads SQL for a quarantined item and leaves it alone', async () => {
    const { fill, store } = setUp(found);
    store.put({
      pk: text(key.pk),
      sk: text(key.sk),
      [Meta.state]: text(ItemState.quarantined),
      [Meta.nonce]: text('w'),
    });
    expect(await fill()).toEqual({ outcome: 'uncached', columns, reason: 'unstorable' });
    expect(stateOf(store.peek(key) as Item)).toBe(ItemState.quarantined);
  });

  it('reads SQL without storing it when another process holds the lease too long', async () => {
    const test = setUp(async () => found);
    await test.store.write(leaseOfOther(test));
    expect(await test.fill()).toEqual({ outcome: 'uncached', columns, reason: 'busy' });
    expect(test.proofs).toEqual([undefined]);
  });

  it('takes over a lease that expired', async () => {
    const test = setUp(found);
    await test.store.write(leaseOfOther(test));
    test.context.advance(test.context.limits.leaseMs + 1);
    expect(await test.fill()).toMatchObject({ outcome: 'filled' });
  });

  it('leaves the lease behind and passes on the error when SQL fails', async () => {
    const failure = new Error('SQL is down');
    const { fill, store } = setUp(() => Promise.reject(failure));
    await expect(fill()).rejects.toBe(failure);
    expect(stateOf(store.peek(key) as Item)).toBe(ItemState.fence);
  });
});

const leaseOfOther = ({ context }: ReturnType<typeof setUp>) => leaseWrite(key, 'other', context);

describe('createFiller', () => {
  it('lets misses of one key at the same time share one read of SQL', async () => {
    const { dependencies, proofs, store } = setUp(found);
    const filler = createFiller(dependencies);
    const results = await Promise.all([1, 2, 3].map(() => filler.fill(customers, key, keyRow)));
    expect(results.map(({ outcome }) => outcome)).toEqual(['filled', 'filled', 'filled']);
    expect(proofs).toHaveLength(1);
    expect(store.writes).toHaveLength(2);
  });

  it('fills again after a failure', async () => {
    const { dependencies, context } = setUp(() => Promise.reject(new Error('SQL is down')), found);
    const filler = createFiller(dependencies);
    await expect(filler.fill(customers, key, keyRow)).rejects.toThrow('SQL is down');
    context.advance(context.limits.leaseMs + 1);
    expect(await filler.fill(customers, key, keyRow)).toMatchObject({ outcome: 'filled' });
  });
});
