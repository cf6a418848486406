import { type Item, ItemState, Meta, isControlKey, keyOf, leaseWrite, number, stateOf, text } from '@hybridge/protocol';
import { UnstorableValueError, anchorOfRow } from '@hybridge/views';
import { fillItem } from './fill-item.ts';
import type { FillDependencies, FillEntry, FillResult } from './fill-result.ts';
import { createFiller } from './filler.ts';
import {
  asked,
  documentOf,
  interrupted,
  lineRow,
  lines,
  order1,
  orderRow,
  orders,
  setUp,
  shownBy,
  sqlWith,
} from './joined.features.ts';
import type { RowReader } from './row-reader.ts';

type World = ReturnType<typeof setUp>;

type Ports = Pick<FillDependencies, 'store' | 'context'>;

const fillOf = (world: Ports, rows: RowReader, entry: FillEntry, followMs?: number) =>
  fillItem(
    { store: world.store, context: world.context, rows, ...(followMs === undefined ? {} : { followMs }) },
    entry.view,
    entry.itemKey,
    entry.keyRow,
  );

const ADA = { name: 'Ada', country: { title: 'Netherlands' } };
const isBase = (pk: string): boolean => pk.startsWith('A#');

/** Customer 5 is Ada, of the Netherlands. */
async function withAda(): Promise<World> {
  const world = setUp();
  await world.country(1, 'Netherlands');
  await world.customer(2, 'Ada', 'NL');
  return world;
}

describe('a fill of a view that embeds', () => {
  it('stores the row with its parents, whose references come first', async () => {
    const world = await withAda();
    const before = world.store.writes.length;
    const result = await fillOf(world, sqlWith(orderRow(5)).rows, order1);
    expect(result.outcome).toBe('filled');
    expect(documentOf(orders, result)).toEqual({ status: 'placed', customer: ADA });
    expect(shownBy(orders, world.store.peek(order1.itemKey))).toEqual({ status: 'placed', customer: ADA });
    expect(world.store.writes.slice(before).map(({ write }) => write.expression)).toEqual([
      'lease',
      'putReference',
      'fill',
    ]);
    expect(documentOf(orders, await fillOf(world, sqlWith(undefined).rows, order1))).toEqual({
      status: 'placed',
      customer: ADA,
    });
  });

  it('shows null for a parent that is not known yet, and the first change of that one comes through', async () => {
    const world = setUp();
    const result = await fillOf(world, sqlWith(orderRow(5)).rows, order1);
    expect(documentOf(orders, result)).toEqual({ status: 'placed', customer: null });
    await world.customer(1, 'Ada', 'NL');
    expect(shownBy(orders, world.store.peek(order1.itemKey))).toMatchObject({
      customer: { name: 'Ada', country: null },
    });
    await world.country(2, 'Netherlands');
    expect(shownBy(orders, world.store.peek(order1.itemKey))).toMatchObject({ customer: ADA });
  });

  it('takes no parent for a row that points to none', async () => {
    const world = await withAda();
    const result = await fillOf(world, sqlWith(orderRow(null)).rows, order1);
    expect(documentOf(orders, result)).toEqual({ status: 'placed', customer: null });
    expect(world.store.items().filter((item) => keyOf(item).pk.startsWith('R#A#o1.orders.customer#'))).toEqual([]);
  });

  it('begins again when a change of the parent ends it, and shows that change', async () => {
    const world = await withAda();
    const { sql, rows } = sqlWith(orderRow(5));
    let changes = 0;
    const store = interrupted(world.store, { get: (pk) => isBase(pk) && ++changes === 1 }, () =>
      world.customer(9, 'Grace', 'NL'),
    );
    const result = await fillOf({ ...world, store }, rows, order1);
    expect(result.outcome).toBe('filled');
    expect(documentOf(orders, result)).toMatchObject({ customer: { name: 'Grace' } });
    expect(world.store.writes.map(({ write }) => write.expression)).toContain('endLease');
    expect(sql.reads).toBe(2);
  });

  it('answers from SQL, with the parent of now, when changes of it end every fill', async () => {
    const world = await withAda();
    let n = 10;
    const store = interrupted(world.store, { write: 'fill' }, () => world.customer(++n, `Ada ${n}`, 'NL'));
    const result = await fillOf({ ...world, store }, sqlWith(orderRow(5)).rows, order1, 60);
    expect(result).toMatchObject({ outcome: 'uncached', reason: 'busy' });
    expect(documentOf(orders, result)).toMatchObject({ customer: { name: `Ada ${n}` } });
    expect(n).toBeGreaterThan(11);
  });

  it('is filled by one of two readers when the fill of the first one is ended', async () => {
    const world = await withAda();
    const [first, second] = [sqlWith(orderRow(5)), sqlWith(orderRow(5))];
    let following: Promise<FillResult> | undefined;
    const store = interrupted(world.store, { get: (pk) => isBase(pk) && following === undefined }, async () => {
      following = createFiller({ ...world, rows: second.rows }).fill(orders, order1.itemKey, order1.keyRow);
      await world.customer(9, 'Grace', 'NL');
    });
    const results = [await fillOf({ ...world, store }, first.rows, order1)];
    results.push((await following) as FillResult);
    for (const result of results) expect(documentOf(orders, result)).toMatchObject({ customer: { name: 'Grace' } });
    expect(results.map(({ outcome }) => outcome).toSorted()).toEqual(['filled', 'hit']);
    expect(world.store.peek(order1.itemKey)?.[Meta.leaseToken]).toBeUndefined();
  });

  it('fills many rows with their parents', async () => {
    const world = await withAda();
    const filler = createFiller({ ...world, rows: sqlWith(orderRow(5)).rows }, { gatherMs: 5 });
    const many = await filler.fillMany([order1, asked(orders, '2')]);
    const one = await filler.fill(orders, asked(orders, '3').itemKey, asked(orders, '3').keyRow);
    const results = [...many.map((settled) => (settled as PromiseFulfilledResult<FillResult>).value), one];
    expect(results.map((result) => documentOf(orders, result))).toEqual(
      Array(3).fill({ status: 'placed', customer: ADA }),
    );
  });
});

describe('an answer that is not stored', () => {
  it('has what is embedded when a change of the row came in between', async () => {
    const world = await withAda();
    const store = interrupted(world.store, { write: 'fill' }, () => world.apply(orders, 9, orderRow(null)));
    const { sql, rows } = sqlWith(orderRow(5));
    const result = await fillOf({ ...world, store }, rows, order1);
    expect(result).toMatchObject({ outcome: 'uncached', reason: 'overtaken' });
    expect(documentOf(orders, result)).toEqual({ status: 'placed', customer: ADA });
    expect(sql.reads).toBe(1);
  });

  it('has what is embedded when nothing proves it', async () => {
    const world = await withAda();
    await world.apply(orders, 3, orderRow(5));
    const { sql, rows } = sqlWith(orderRow(5));
    sql.proven = false;
    const short = { ...world, context: { ...world.context, limits: { ...world.context.limits, leaseMs: 100 } } };
    const result = await fillOf(short, rows, order1);
    expect(result).toMatchObject({ outcome: 'uncached', reason: 'unproven' });
    expect(documentOf(orders, result)).toEqual({ status: 'placed', customer: ADA });
  });

  it('has what is embedded when somebody else fills too long', async () => {
    const world = await withAda();
    await world.store.write(leaseWrite(order1.itemKey, 'other', world.context));
    const result = await fillOf(world, sqlWith(orderRow(5)).rows, order1, 50);
    expect(result).toMatchObject({ outcome: 'uncached', reason: 'busy' });
    expect(documentOf(orders, result)).toEqual({ status: 'placed', customer: ADA });
  });

  it('has what is embedded when the row is too large for an item', async () => {
    const world = await withAda();
    const tooLarge = Object.assign(new Error('item size'), { code: 'HYBRIDGE_SINK_ITEM_TOO_LARGE' });
    const store = interrupted(world.store, { write: 'fill' }, () => Promise.reject(tooLarge));
    const result = await fillOf({ ...world, store }, sqlWith(orderRow(5)).rows, order1);
    expect(result).toMatchObject({ outcome: 'uncached', reason: 'unstorable' });
    expect(documentOf(orders, result)).toEqual({ status: 'placed', customer: ADA });
    expect(stateOf(world.store.peek(order1.itemKey) as Item)).toBe(ItemState.quarantined);
  });

  it('shows no parent where the column that names it cannot be stored', async () => {
    const world = await withAda();
    const row = { ...orderRow(5), customer_id: text('9'.repeat(45)) };
    const { rows } = sqlWith(row, { unstorable: new UnstorableValueError('too many digits') });
    const result = await fillOf(world, rows, order1);
    expect(documentOf(orders, result)).toEqual({ status: 'placed', customer: null });
  });
});

describe('a fill of a row that may move', () => {
  const at = (order: number) => asked(lines, String(order), '7');
  const anchorKey = anchorOfRow(lines, lineRow(1));
  const live = (world: World) =>
    world.store.items().filter((item) => !isControlKey(keyOf(item)) && stateOf(item) === ItemState.live);

  it('stores it where it lies, and says so in its anchor first', async () => {
    const world = setUp();
    const result = await fillOf(world, sqlWith(lineRow(1)).rows, at(1));
    expect(result).toMatchObject({ outcome: 'filled', columns: { sku: text('PEN') } });
    expect(world.store.writes.map(({ write }) => write.expression)).toEqual(['lease', 'setAnchor', 'fill']);
    expect(world.store.peek(anchorKey)).toMatchObject({ _at: { M: { pk: text('o1#ORDER#1'), sk: text('LINE#7') } } });
  });

  it.each([
    ['another place', 2],
    ['none', null],
  ])('takes a row at %s for absent here', async (_, order) => {
    const world = setUp();
    const result = await fillOf(world, sqlWith(lineRow(order)).rows, at(1));
    expect(result).toEqual({ outcome: 'absent', columns: undefined });
    expect(world.store.peek(anchorKey)).toBeUndefined();
    expect(stateOf(world.store.peek(at(1).itemKey) as Item)).toBe(ItemState.tombstone);
  });

  it('stores nothing where the anchor names another place, and does not hold the lease', async () => {
    const world = setUp();
    await world.apply(lines, 3, lineRow(2));
    const result = await fillOf(world, sqlWith(lineRow(1)).rows, at(1));
    expect(result).toEqual({ outcome: 'uncached', columns: { sku: text('PEN') }, reason: 'overtaken' });
    expect(live(world)).toEqual([]);
    expect(world.store.peek(at(1).itemKey)?.[Meta.leaseToken]).toBeUndefined();
  });

  it('stores nothing of a row whose anchor says that it is gone', async () => {
    const world = setUp();
    await world.apply(lines, 3, lineRow(1), 'delete');
    const result = await fillOf(world, sqlWith(lineRow(1)).rows, at(1));
    expect(result).toMatchObject({ outcome: 'uncached', reason: 'overtaken' });
    expect(live(world)).toEqual([]);
  });

  it.each(['setAnchor', 'fill'])('leaves it at one place when it moves before %s', async (expression) => {
    const world = setUp();
    let moves = 0;
    const store = interrupted(world.store, { write: expression }, async () => {
      if (moves++ === 0) await world.apply(lines, 3, lineRow(2));
    });
    const { sql, rows } = sqlWith(lineRow(1));
    const result = await fillOf({ ...world, store }, rows, at(1));
    expect(result.outcome).toBe(expression === 'fill' ? 'not-found' : 'uncached');
    expect(live(world)).toEqual([]);
    sql.row = lineRow(2);
    expect(await fillOf(world, rows, at(2))).toMatchObject({ outcome: 'filled' });
    expect(await fillOf(world, rows, at(1))).toMatchObject({ columns: undefined });
    expect(live(world).map(keyOf)).toEqual([at(2).itemKey]);
  });

  it('follows it back and forth', async () => {
    const world = setUp();
    const { sql, rows } = sqlWith(lineRow(1));
    for (const [n, order] of [1, 2, 1, 2].entries()) {
      sql.row = lineRow(order);
      await world.apply(lines, n + 1, lineRow(order));
      await fillOf(world, rows, at(order));
      await fillOf(world, rows, at(order === 1 ? 2 : 1));
      expect(live(world).map(keyOf)).toEqual([at(order).itemKey]);
    }
  });

  it('quarantines one that cannot be stored where it lies, so that a move leaves the place', async () => {
    const world = setUp();
    const { rows } = sqlWith(lineRow(1), { unstorable: new UnstorableValueError('too long') });
    expect(await fillOf(world, rows, at(1))).toMatchObject({ outcome: 'uncached', reason: 'unstorable' });
    expect(stateOf(world.store.peek(at(1).itemKey) as Item)).toBe(ItemState.quarantined);
    await world.apply(lines, 3, lineRow(2));
    expect(stateOf(world.store.peek(at(1).itemKey) as Item)).toBe(ItemState.tombstone);
  });

  it('finds it nowhere where its place cannot be stored', async () => {
    const world = setUp();
    const row = { ...lineRow(1), order_id: text('9'.repeat(45)), id: number(7) };
    const { rows } = sqlWith(row, { unstorable: new UnstorableValueError('too many digits') });
    expect(await fillOf(world, rows, at(1))).toEqual({ outcome: 'absent', columns: undefined });
  });
});
