import { scalarOf } from '@hybridge/protocol';
import { UNAVAILABLE } from '@hybridge/views';
import {
  anchorOf,
  baseOf,
  country,
  lazyKey,
  order,
  orderKey,
  person,
  placeKey,
  setUpJoins,
} from '../joins.features.ts';

const transient = (): Error => Object.assign(new Error('throttled'), { retry: 'transient' });

describe('rows that embed others', () => {
  it('brings a row with what it embeds, and what that embeds', async () => {
    const { run, change, shown } = setUpJoins();
    await run([change('countries', 'nl', country('nl', 'Netherlands'))]);
    await run([change('customers', 7, person(7, 'Ada', { country: 'nl' }))]);
    await run([change('orders', 1, order(1, 7))]);
    expect(shown(1)).toEqual({
      id: 1,
      total: 1,
      memo: null,
      customer: { name: 'Ada', country: { title: 'Netherlands' } },
    });
  });

  it('brings a parent that comes after its child, and every change of it, down to the last row', async () => {
    const { run, change, shown } = setUpJoins();
    await run([change('orders', 1, order(1, 7))]);
    expect(shown(1)).toMatchObject({ customer: null });
    await run([change('customers', 7, person(7, 'Ada', { country: 'nl' }))]);
    expect(shown(1)).toMatchObject({ customer: { name: 'Ada', country: null } });
    await run([change('countries', 'nl', country('nl', 'Netherlands'))]);
    await run([change('customers', 7, person(7, 'Ada Lovelace', { country: 'nl' }))]);
    expect(shown(1)).toMatchObject({ customer: { name: 'Ada Lovelace', country: { title: 'Netherlands' } } });
    await run([change('countries', 'nl', country('nl', 'The Netherlands'))]);
    expect(shown(1)).toMatchObject({ customer: { country: { title: 'The Netherlands' } } });
  });

  it('tells nobody of a change of columns that nobody embeds', async () => {
    const { run, change, told } = setUpJoins();
    await run([change('customers', 7, person(7, 'Ada'))]);
    const before = told.length;
    await run([change('customers', 7, person(7, 'Ada', { note: 'likes tea' }))]);
    expect(told).toHaveLength(before);
  });

  it('writes a row that points where it did once, and asks nothing', async () => {
    const { run, change, shown, store } = setUpJoins();
    await run([change('customers', 7, person(7, 'Ada'))]);
    await run([change('orders', 1, order(1, 7))]);
    const before = store.writes.length;
    await run([change('orders', 1, order(1, 7, { total: 2 }))]);
    const written = store.writes.slice(before).filter(({ write }) => write.key.pk === 'o1#1');
    expect(written.map(({ write, ok }) => [write.expression, ok])).toEqual([['upsertEager', true]]);
    expect(shown(1)).toMatchObject({ total: 2, customer: { name: 'Ada' } });
  });

  it('follows a row to another parent, to none, and away', async () => {
    const { run, change, shown, references } = setUpJoins();
    await run([change('customers', 7, person(7, 'Ada'))]);
    await run([change('customers', 8, person(8, 'Bo'))]);
    await run([change('orders', 1, order(1, 7))]);
    await run([change('orders', 1, order(1, 8))]);
    expect(shown(1)).toMatchObject({ customer: { name: 'Bo' } });
    expect([references(baseOf(7)), references(baseOf(8)).length]).toEqual([[], 1]);
    await run([change('customers', 7, person(7, 'Ada L.'))]);
    expect(shown(1)).toMatchObject({ customer: { name: 'Bo' } });
    await run([change('orders', 1, order(1, null))]);
    expect(shown(1)).toMatchObject({ customer: null });
    expect(references(baseOf(8))).toEqual([]);
    await run([change('orders', 1, order(1, 8))]);
    await run([change('orders', 1, null)]);
    expect([shown(1), references(baseOf(8))]).toEqual([undefined, []]);
  });

  it('shows nothing of a parent that is deleted, and the next one under its key', async () => {
    const { run, change, shown } = setUpJoins();
    await run([change('customers', 7, person(7, 'Ada'))]);
    await run([change('orders', 1, order(1, 7))]);
    await run([change('customers', 7, null)]);
    expect(shown(1)).toMatchObject({ customer: null });
    await run([change('customers', 7, person(7, 'Ann'))]);
    expect(shown(1)).toMatchObject({ customer: { name: 'Ann' } });
  });

  it('keeps what a lazy row embeds, and takes its reference away with it', async () => {
    const { run, change, shownLazy, stateAt, references, read } = setUpJoins();
    const parent = { pk: 'A#lo1.lazyOrders.customer#7', sk: 'BASE' };
    await run([change('customers', 7, person(7, 'Ada'))]);
    await run([change('orders', 1, order(1, 7))]);
    expect([stateAt(lazyKey(1)), references(parent)]).toEqual(['F', []]);
    await read(1);
    expect([shownLazy(1)?.['customer'], references(parent).length]).toEqual([{ name: 'Ada', country: null }, 1]);
    await run([change('customers', 7, person(7, 'Ann'))]);
    expect(shownLazy(1)).toMatchObject({ customer: { name: 'Ann' } });
    await run([change('orders', 1, null)]);
    expect([stateAt(lazyKey(1)), references(parent)]).toEqual(['T', []]);
  });
});

describe('what comes again', () => {
  it('tells the children of a parent again whose fan-out a crash cut off', async () => {
    const { run, change, shown, store, ports } = setUpJoins();
    await run([change('customers', 7, person(7, 'Ada'))]);
    await run([change('orders', 1, order(1, 7))]);
    const renamed = change('customers', 7, person(7, 'Ann'));
    const crash = jest.spyOn(ports.partitions, 'query').mockRejectedValue(new Error('killed'));
    const { halts } = await run([renamed]);
    expect(String(halts[0]?.cause)).toContain('killed');
    expect([shown(1)?.['customer'], scalarOf(store.peek(baseOf(7))?.['name'])]).toEqual([
      { name: 'Ada', country: null },
      'Ann',
    ]);
    crash.mockRestore();
    await run([renamed]);
    expect(shown(1)).toMatchObject({ customer: { name: 'Ann' } });
  });

  it('tells them also by a joined change that leaves what they embed alone', async () => {
    const { run, change, shown, ports } = setUpJoins();
    const named = change('customers', 7, person(7, 'Ada'));
    await run([named]);
    await run([change('orders', 1, order(1, 7))]);
    const renamed = change('customers', 7, person(7, 'Ann'));
    const crash = jest.spyOn(ports.partitions, 'query').mockRejectedValue(new Error('killed'));
    await run([renamed]);
    crash.mockRestore();
    const noted = change('customers', 7, person(7, 'Ann', { note: 'likes tea' }));
    await run([named, renamed, noted]); // the second waits, and is joined with the third
    expect(shown(1)).toMatchObject({ customer: { name: 'Ann' } });
  });

  it('compares a joined row with its parents again', async () => {
    const { run, change, shown, store } = setUpJoins();
    await run([change('customers', 7, person(7, 'Ada'))]);
    await run([change('orders', 1, order(1, 7))]);
    // As a crash between the row and its last look at the parent leaves it.
    const item = store.peek(orderKey(1))!;
    const old = { ...item, _e_customer: { M: { k: { S: baseOf(7).pk }, v: { S: '0' } } }, customer: { NULL: true } };
    store.put(old as never);
    const again = [2, 3, 4].map((total) => change('orders', 1, order(1, 7, { total })));
    await run(again);
    expect(shown(1)).toMatchObject({ total: 4, customer: { name: 'Ada' } });
  });

  it('fills a parent before it tells of it, and tells again when the fill failed first', async () => {
    const { run, change, shown, store } = setUpJoins();
    await run([change('orders', 1, order(1, 7))]);
    store.failNextWrite(transient());
    await run([change('customers', 7, person(7, 'Ada'), { name: UNAVAILABLE })]);
    expect(shown(1)).toMatchObject({ customer: { name: 'Ada' } });
  });
});

describe('rows that move', () => {
  it('lie where their key says, and nowhere else', async () => {
    const { run, change, shownAt, stateAt } = setUpJoins();
    await run([change('orders', 1, order(1, 7))]);
    await run([change('orders', 1, order(1, 8))]);
    expect([shownAt(7, 1), shownAt(8, 1)?.['id'], stateAt(placeKey(7, 1))]).toEqual([undefined, 1, 'T']);
    await run([change('orders', 1, order(1, null))]);
    expect([shownAt(7, 1), shownAt(8, 1)]).toEqual([undefined, undefined]);
    await run([change('orders', 1, order(1, 7, { total: 9 }))]);
    expect(shownAt(7, 1)).toMatchObject({ total: 9 });
    await run([change('orders', 1, null)]);
    expect(shownAt(7, 1)).toBeUndefined();
  });

  it('are written once where they stay', async () => {
    const { run, change, store } = setUpJoins();
    await run([change('orders', 1, order(1, 7))]);
    const before = store.writes.length;
    await run([change('orders', 1, order(1, 7, { total: 2 }))]);
    const written = store.writes.slice(before).filter(({ write }) => write.key.pk.includes('m1'));
    expect(written.map(({ write, ok }) => [write.key.pk, ok])).toEqual([['m1#7', true]]);
  });

  it('go there and back in one batch, one change after the other, and again when it all comes again', async () => {
    const { run, change, shownAt } = setUpJoins();
    const there = [7, 8, 7, 9, 7, 8].map((customerId, i) => change('orders', 1, order(1, customerId, { total: i })));
    await run(there);
    const where = () => [7, 8, 9].map((customerId) => shownAt(customerId, 1)?.['total']);
    expect(where()).toEqual([undefined, 5, undefined]);
    for (const from of [0, 2, 4]) {
      await run(there.slice(from));
      expect(where()).toEqual([undefined, 5, undefined]);
    }
  });

  it('end where the last change says, whoever reads which of two partitions first', async () => {
    const plans = [
      [0, 1, 2, 3],
      [3, 0, 1, 2],
      [1, 3, 0, 2],
      [2, 3, 1, 0],
    ];
    for (const plan of plans) {
      const { run, change, shownAt, store } = setUpJoins();
      const moves = [7, 8, 7, 9].map((customerId, i) => change('orders', 1, order(1, customerId, { total: i })));
      for (const at of plan) await run([moves[at]!]);
      expect([7, 8, 9].map((customerId) => shownAt(customerId, 1)?.['total'])).toEqual([undefined, undefined, 3]);
      expect(scalarOf(store.peek(anchorOf(1))?.['_v'])).toBeDefined();
    }
  });

  it('are filled where they lie', async () => {
    const { run, change, shownAt } = setUpJoins();
    await run([change('orders', 1, order(1, 7, { memo: 'from SQL' }), { memo: UNAVAILABLE })]);
    expect(shownAt(7, 1)).toMatchObject({ memo: 'from SQL' });
  });
});
