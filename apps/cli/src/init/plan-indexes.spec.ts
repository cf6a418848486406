import type { Relation } from '@hybridge/reader-schema';
import { MAX_INDEXES } from '@hybridge/views';
import { foundColumn, foundTable, keyOf, references } from '../schema/schema-fixtures.features.ts';
import type { InitPlan, PlannedView } from './plan.ts';
import { planDefinitions } from './plan-views.ts';
import { renderDefinitions } from './render-views.ts';
import { indexText } from './source-text.ts';

const plan = (...relations: readonly Relation[]): InitPlan =>
  planDefinitions([{ name: 'shop', kind: 'postgres', relations }]);

const viewOf = ({ views }: InitPlan, name: string): PlannedView | undefined => views.find((one) => one.name === name);

const indexOf = (one: InitPlan, name: string): string | undefined => {
  const index = viewOf(one, name)?.index;
  return index === undefined ? undefined : indexText(index);
};

const customers = foundTable('customers', ['customer_id'], { rows: 4_000 });
const staff = foundTable('staff', ['staff_id', 'a', 'b', 'c', 'd', 'e', 'f'], { rows: 9 });
const shippers = foundTable('shippers', ['shipper_id'], { rows: 3 });

const orders = (columns: readonly (string | ReturnType<typeof foundColumn>)[], more: Partial<Relation> = {}) =>
  foundTable('orders', columns, {
    rows: 90_000,
    foreignKeys: [
      references('shippers', 'shipper_id'),
      references('staff', 'staff_id'),
      references('customers', 'customer_id'),
    ],
    ...more,
  });

describe('indexes', () => {
  it('lists a child by the entity it names first, and tells of the others', () => {
    const one = plan(customers, staff, shippers, orders(['order_id', 'shipper_id', 'customer_id', 'staff_id']));
    expect(indexOf(one, 'orders')).toBe(
      "byCustomer: { pk: ['ORDER', attribute('customerId')], sk: [attribute('orderId')] }",
    );
    expect(viewOf(one, 'orders')?.notes).toContainEqual(
      expect.stringMatching(
        /^staff_id → staff: .* add to indexes: byStaff: { pk: \['ORDER', attribute\('staffId'\)\], sk: /,
      ),
    );
    const text = renderDefinitions(one).find(({ path }) => path === 'views/orders.ts')?.text ?? '';
    expect(text).toContain("import { type DocumentIn, attribute, column, view } from '@hybridge/views';");
    expect(text).toContain(`
  indexes: {
    // Those of one customer, in order of their own key. In its collection they would move when customer_id changes.
    byCustomer: { pk: ['ORDER', attribute('customerId')], sk: [attribute('orderId')] },
  },
`);
  });

  it('prefers a parent that every child has', () => {
    const maybe = foundColumn('customer_id', { nullable: true });
    const one = plan(customers, staff, shippers, orders(['order_id', maybe, 'staff_id', 'shipper_id']));
    expect(viewOf(one, 'orders')?.index?.name).toBe('byStaff');
  });

  it('lists a child that is in the collection of another parent by the second one', () => {
    const lines = foundTable('lines', ['order_id', 'line', 'customer_id'], {
      ...keyOf('order_id', 'line'),
      foreignKeys: [references('orders', 'order_id'), references('customers', 'customer_id')],
    });
    const one = plan(customers, lines, orders(['order_id', 'customer_id'], { foreignKeys: [] }));
    expect(viewOf(one, 'lines')?.parent).toBe('orders');
    expect(indexOf(one, 'lines')).toBe(
      "byCustomer: { pk: ['LINE', attribute('customerId')], sk: [attribute('orderId'), attribute('line')] }",
    );
  });

  it.each<[string, Relation, RegExp]>([
    ['a child of few rows', orders(['order_id', 'customer_id'], { rows: 40 }), /Few enough to list all/],
    [
      'a key of a type without order',
      orders([foundColumn('order_id', { type: 'bytea' }), 'customer_id']),
      /No index can list by it/,
    ],
  ])('writes none for %s', (_, relation, note) => {
    const one = plan(customers, { ...relation, foreignKeys: [references('customers', 'customer_id')] });
    expect(viewOf(one, 'orders')).toMatchObject({ notes: [expect.stringMatching(note)] });
    expect(indexOf(one, 'orders')).toBeUndefined();
  });

  it('writes none for trees, and none by lookup tables', () => {
    const tree = foundTable('orders', ['order_id', 'above', 'shipper_id'], {
      foreignKeys: [
        references('shippers', 'shipper_id'),
        { ...references('orders', 'above'), references: { schema: 'public', table: 'orders', columns: ['order_id'] } },
      ],
    });
    expect(indexOf(plan(shippers, tree), 'orders')).toBeUndefined();
  });

  it('takes an empty parent for one that will grow', () => {
    const empty = { ...shippers, rows: 0 };
    const child = orders(['order_id', 'shipper_id'], { rows: 0, foreignKeys: [references('shippers', 'shipper_id')] });
    expect(viewOf(plan(empty, child), 'orders')?.index?.name).toBe('byShipper');
  });

  it('tells two references to one table apart by their columns', () => {
    const to = (column: string) => ({
      ...references('customers', column),
      references: { schema: 'public', table: 'customers', columns: ['customer_id'] },
    });
    const one = plan(
      customers,
      orders(['order_id', 'buyer_id', 'payer_id'], { foreignKeys: [to('payer_id'), to('buyer_id')] }),
    );
    expect(viewOf(one, 'orders')?.index?.name).toBe('byBuyer');
    expect(viewOf(one, 'orders')?.notes.join()).toContain('byPayer: {');
  });

  it('gives an index to the largest where the view table has no room for all', () => {
    const pairs = Array.from({ length: MAX_INDEXES + 2 }, (_, i) => [
      foundTable(`parent${i}`, ['parent_id'], { rows: 5_000 }),
      foundTable(`child${i}`, ['id', 'parent_id'], {
        rows: 1_000 + i,
        foreignKeys: [references(`parent${i}`, 'parent_id')],
      }),
    ]).flat();
    const without = plan(...pairs).views.filter(({ name, index }) => name.startsWith('child') && index === undefined);
    expect(without.map(({ name }) => name)).toEqual(['child0', 'child1']);
  });

  it('lets children of one parent share its index, in partitions of their own', () => {
    const child = (name: string) =>
      foundTable(name, ['id', 'customer_id'], { foreignKeys: [references('customers', 'customer_id')] });
    const { views } = plan(customers, child('carts'), child('notes'));
    expect(views.flatMap(({ index }) => (index === undefined ? [] : [[index.name, index.pk[0]]]))).toEqual([
      ['byCustomer', 'CART'],
      ['byCustomer', 'NOTE'],
    ]);
  });
});
