import {
  type Item,
  ItemState,
  Meta,
  decideRowChange,
  carryOut,
  judgeRead,
  leaseWrite,
  stateOf,
  text,
  plainShape,
} from '@hybridge/protocol';
import { createMemoryItemStore, rowChange, testContext, versionAt } from '@hybridge/testkit';
import { type AnyView, UnstorableValueError, attribute, text as textColumn, view } from '@hybridge/views';
import { SqlReadError } from './errors.ts';
import { fillItem } from './fill-item.ts';
import { guardRowReader } from './guard-row-reader.ts';
import type { RowRead } from './row-reader.ts';
import { createSqlBudget } from './sql-budget.ts';
import {
  absent,
  columns,
  customers,
  found,
  key,
  keyRow,
  row,
  rowsAnswering,
  setUp,
  unproven,
} from './testing.features.ts';

const stale: RowRead = { proven: true, row: { ...row, city: text('stale') } };

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

  it('remembers a row that does not belong to the view as none', async () => {
    const { store, dependencies } = setUp(found);
    const elsewhere: AnyView = view('elsewhere', {
      ...customers,
      changes: {},
      events: () => [],
      where: { from: ['city'], keep: ({ city }) => city !== 'Leiden' },
    });
    expect(await fillItem(dependencies, elsewhere, key, keyRow)).toEqual({
      outcome: 'absent',
      columns: undefined,
    });
    expect(stateOf(store.peek(key) as Item)).toBe(ItemState.tombstone);
  });

  it('stores what is computed of a row, and the keys of its indexes', async () => {
    const { store, dependencies } = setUp(found);
    const listed: AnyView = view('listed', {
      ...customers,
      mode: 'eager',
      changes: {},
      events: () => [],
      computed: { label: { from: ['city'], type: textColumn(), value: (one: { city: string }) => `in ${one.city}` } },
      indexes: { byCity: { pk: ['CITY', attribute('city')], sk: ['C'] } },
    } as never);
    expect(await fillItem(dependencies, listed, key, keyRow)).toMatchObject({ outcome: 'filled' });
    expect(store.peek(key)).toMatchObject({ ...columns, label: text('in Leiden'), _byCity_pk: text('CITY#Leiden') });
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
    const { rows, proofs } = rowsAnswering((proof) => (proof === undefined ? found : unproven));
    await carryOut(store, key, (seen) =>
      decideRowChange(rowChange({ key, n: 3, shape: plainShape(['name', 'city']) }), 'lazy', context, seen),
    );
    expect(await fillItem({ store, rows, context }, customers, key, keyRow)).toEqual({
      outcome: 'uncached',
      columns,
      reason: 'unproven',
    });
    expect(proofs.slice(0, 2)).toEqual(['703', '703']);
    expect(proofs.at(-1)).toBeUndefined();
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
    const dependencies = { ...test.dependencies, followMs: 100 };
    const filled = await fillItem(dependencies, customers, key, keyRow);
    expect(filled).toEqual({ outcome: 'uncached', columns, reason: 'busy' });
    expect(test.proofs).toEqual([undefined]);
  });

  it.each([
    ['unproven', (proof: string | undefined) => (proof === undefined ? stale : unproven)],
    ['busy', () => stale],
  ])('serves from the primary, not from a replica, what nothing proves: %s', async (reason, answer) => {
    const { store, context, dependencies, fence } = setUp(answer);
    await fence(3);
    if (reason === 'busy') await store.write(leaseWrite(key, 'other', context));
    const rows = { ...dependencies.rows, primary: rowsAnswering(found).rows };
    const short = { ...context, limits: { ...context.limits, leaseMs: 100 } };
    expect(await fillItem({ store, rows, context: short }, customers, key, keyRow)).toEqual({
      outcome: 'uncached',
      columns,
      reason,
    });
  });

  it('takes over a lease that expired', async () => {
    const test = setUp(found);
    await test.store.write(leaseOfOther(test));
    test.context.advance(test.context.limits.leaseMs + 1);
    expect(await test.fill()).toMatchObject({ outcome: 'filled' });
  });

  it('gives the lease back and passes on the error when SQL fails', async () => {
    const failure = new Error('SQL is down');
    const { fill, fence, store } = setUp(() => Promise.reject(failure), found);
    await fence(3);
    await expect(fill()).rejects.toBe(failure);
    const left = store.peek(key) as Item;
    expect(stateOf(left)).toBe(ItemState.fence);
    expect(left).toMatchObject({ [Meta.version]: text(versionAt(3)), [Meta.transaction]: text('703') });
    expect(left[Meta.leaseToken]).toBeUndefined();
    expect(await fill()).toMatchObject({ outcome: 'filled' });
  });

  it('does not give back what a change event has taken meanwhile', async () => {
    const test = setUp(async () => {
      await test.fence(9);
      throw new Error('SQL is down');
    });
    await expect(test.fill()).rejects.toThrow('SQL is down');
    expect(test.store.writes.at(-1)).toMatchObject({ write: { expression: 'invalidate' }, ok: false });
    expect(test.store.peek(key)).toMatchObject({ [Meta.version]: text(versionAt(9)) });
  });

  it('passes on why SQL was not read, also when the lease cannot be given back', async () => {
    const test = setUp(async () => {
      test.store.failNextWrite(new Error('throttled'));
      throw new Error('SQL is down');
    });
    await expect(test.fill()).rejects.toThrow('SQL is down');
  });

  it.each([
    ['somebody else has the lease', 'lost'],
    ['DynamoDB does not answer', 'failed'],
    ['it was used', 'used'],
  ])('gives its place in line back when %s', async (_, why) => {
    const test = setUp(found);
    if (why === 'lost') await test.store.write(leaseOfOther(test));
    if (why === 'failed') test.store.failNextWrite(new Error('throttled'));
    const budget = createSqlBudget({ queriesPerSecond: 10, concurrency: 1, maxWaiting: 10, maxWaitMs: 1_000 });
    const held: number[] = [];
    const store = { ...test.store, get: async () => (held.push(budget.waiting), test.store.peek(key)) };
    const rows = guardRowReader(test.dependencies.rows, { budget });
    const filling = fillItem({ ...test.dependencies, store, rows, followMs: 50 }, customers, key, keyRow);
    expect(budget.waiting).toBe(1);
    await Promise.allSettled([filling]);
    expect([...new Set(held), budget.waiting]).toEqual(why === 'lost' ? [0, 0] : [0]);
  });

  it('takes no lease where a read would be refused', async () => {
    const { dependencies, store } = setUp(found);
    const refused = new SqlReadError('HYBRIDGE_READER_SQL_BUSY', 'full', { retryAfterMs: 5, cause: undefined });
    const rows = { ...dependencies.rows, refusal: () => refused };
    await expect(fillItem({ ...dependencies, rows }, customers, key, keyRow)).rejects.toBe(refused);
    expect(store.writes).toEqual([]);
  });
});

const leaseOfOther = ({ context }: ReturnType<typeof setUp>) => leaseWrite(key, 'other', context);
