import { DynamoDbSinkError } from '@hybridge/sink-dynamodb';
import { anchorOf, baseOf, order, person, placeKey, setUpJoins } from '../joins.features.ts';

const malformed = { value: '{"op":"u","after":{' };
/** No `int4` column can hold it. */
const poison = { total: { nested: true } };

describe('a key that is parked, of a row that moves', () => {
  it('is where the event says, also when the rest of it cannot be read', async () => {
    const { run, change, stateAt, lot } = setUpJoins();
    await run([change('orders', 1, order(1, 7))]);
    await run([change('orders', 1, order(1, 8), poison)]);
    expect([stateAt(placeKey(7, 1)), stateAt(placeKey(8, 1))]).toEqual(['T', 'Q']);
    expect(lot.mayBeParked(placeKey(8, 1))).toBe(true);
  });

  it('is where the row was, when nothing of the event can be read; the next change takes it from there', async () => {
    const { run, change, stateAt, shownAt, lot } = setUpJoins();
    await run([change('orders', 1, order(1, 7))]);
    const { halts } = await run([{ ...change('orders', 1, order(1, 8)), ...malformed }]);
    expect([halts, lot.mayBeParked(placeKey(7, 1)), stateAt(placeKey(7, 1))]).toEqual([[], true, 'F']);
    await run([change('orders', 1, order(1, 8, { total: 2 }))]);
    expect([stateAt(placeKey(7, 1)), shownAt(8, 1)?.['total']]).toEqual(['T', 2]);
  });

  it('is that of the anchor, when nobody knows of an item, which waits for nobody', async () => {
    const { run, change, shownAt, lot, store } = setUpJoins();
    const { halts } = await run([{ ...change('orders', 1, order(1, 7)), ...malformed }]);
    expect([halts, lot.mayBeParked(anchorOf(1)), store.peek(anchorOf(1))]).toEqual([[], true, undefined]);
    await run([change('orders', 1, order(1, 8))]);
    expect(shownAt(8, 1)).toMatchObject({ id: 1 });
  });

  it('leaves nothing where the row was, when it goes to a key that DynamoDB does not take', async () => {
    const { run, change, stateAt, store } = setUpJoins();
    await run([change('orders', 1, order(1, 7))]);
    const write = store.write;
    jest.spyOn(store, 'write').mockImplementation(async (one) => {
      if (one.key.pk !== 'm1#8') return write(one);
      const cause = Object.assign(new Error('the key is too long'), { name: 'ValidationException' });
      throw new DynamoDbSinkError('HYBRIDGE_SINK_ITEM_INVALID', one.key, cause);
    });
    const { halts } = await run([change('orders', 1, order(1, 8))]);
    expect([halts, stateAt(placeKey(7, 1)), stateAt(placeKey(8, 1))]).toEqual([[], 'T', undefined]);
  });
});

describe('a parent whose key is parked', () => {
  it('leaves its children what they had, and tells them when it is read again', async () => {
    const { run, change, shown, stateAt, keys } = setUpJoins();
    await run([change('customers', 7, person(7, 'Ada'))]);
    await run([change('orders', 1, order(1, 7))]);
    const { halts } = await run([change('customers', 7, person(7, 'Ann'), { name: { nested: true } })]);
    expect([halts, stateAt(baseOf(7))]).toEqual([[], 'Q']);
    expect(shown(1)).toMatchObject({ customer: { name: 'Ada' } });
    await run([change('orders', 2, order(2, 7))]);
    expect(shown(2)).toMatchObject({ customer: null });
    for (const { key } of await keys.list()) await keys.release(key);
    await run([change('customers', 7, person(7, 'Ann'))]);
    expect([shown(1), shown(2)]).toMatchObject([{ customer: { name: 'Ann' } }, { customer: { name: 'Ann' } }]);
  });

  it('tells them itself, where it was released while it was being parked', async () => {
    const { run, change, shown, lot } = setUpJoins();
    await run([change('customers', 7, person(7, 'Ada'))]);
    await run([change('orders', 1, order(1, 7))]);
    jest.spyOn(lot, 'isParked').mockResolvedValue(false);
    await run([change('customers', 7, person(7, 'Ann'), { name: { nested: true } })]);
    expect(shown(1)).toMatchObject({ customer: { name: 'Ann' } });
  });
});
