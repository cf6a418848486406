import { DynamoDbSinkError } from '@hybridge/sink-dynamodb';
import { type ItemStore, type Write, scalarOf } from '@hybridge/protocol';
import { order, orderKey, person, setUpJoins } from '../joins.features.ts';

const tooLarge = ({ key }: Write): DynamoDbSinkError =>
  new DynamoDbSinkError('HYBRIDGE_SINK_ITEM_TOO_LARGE', key, new Error('Item size has exceeded the maximum'));

/** As DynamoDB where an order with a customer of a long name is too much, and one without is not. */
function setUp() {
  const joins = setUpJoins();
  const write: ItemStore['write'] = joins.store.write;
  jest.spyOn(joins.store, 'write').mockImplementation(async (one) => {
    const isLong = JSON.stringify(one.values).includes('Maximilian');
    if (one.key.pk === 'o1#1' && isLong) throw tooLarge(one);
    return write(one);
  });
  return joins;
}

describe('a child that becomes too large', () => {
  it('goes to SQL, while its parent and the other children have the change', async () => {
    const { run, change, shown, stateAt } = setUp();
    await run([change('customers', 7, person(7, 'Max'))]);
    await run([change('orders', 1, order(1, 7)), change('orders', 2, order(2, 7))]);
    const { halts } = await run([change('customers', 7, person(7, 'Maximilian'))]);
    expect(halts).toEqual([]);
    expect(stateAt(orderKey(1))).toBe('Q');
    expect(shown(2)).toMatchObject({ customer: { name: 'Maximilian' } });
  });

  it('is quarantined by its own change, and comes back with one that fits', async () => {
    const { run, change, shown, stateAt, store } = setUp();
    await run([change('customers', 7, person(7, 'Maximilian'))]);
    const { halts } = await run([change('orders', 1, order(1, 7))]);
    expect([halts, stateAt(orderKey(1))]).toEqual([[], 'Q']);
    expect(scalarOf(store.peek(orderKey(1))?.['_q'])).toContain('size');
    await run([change('orders', 1, order(1, null))]);
    expect(shown(1)).toMatchObject({ customer: null });
  });
});
