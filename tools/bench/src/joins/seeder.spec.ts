import { type Item, isBaseKey, keyOf, scalarOf } from '@hybridge/protocol';
import type { ChangeRecord } from '@hybridge/source-kafka';
import { toDocument } from '@hybridge/views';
import { createSeeder } from './seeder.ts';
import { catalogs, joinedOrders, movingOrders } from './views.ts';
import { createWorld } from './world.ts';

async function seeded(name: keyof typeof catalogs, records: readonly ChangeRecord[]): Promise<readonly Item[]> {
  const items: Item[] = [];
  for await (const item of createSeeder(catalogs[name]).itemsOf(records)) items.push(item);
  return items;
}

describe('createSeeder', () => {
  const rows = (): readonly ChangeRecord[] => {
    const world = createWorld();
    return [world.seedCustomer(7), world.seedOrder(1, 7), world.seedOrder(2, 7)];
  };

  it('makes a base item, and for each child its reference and an item that embeds it', async () => {
    const items = await seeded('joined', rows());
    expect(items.map((item) => keyOf(item))).toEqual([
      { pk: 'A#j1.joinedOrders.customer#7', sk: 'BASE' },
      { pk: 'R#A#j1.joinedOrders.customer#7#0', sk: 'j1.joinedOrders.customer|10|j1#ORDER#1|ORDER' },
      { pk: 'j1#ORDER#1', sk: 'ORDER' },
      { pk: 'R#A#j1.joinedOrders.customer#7#0', sk: 'j1.joinedOrders.customer|10|j1#ORDER#2|ORDER' },
      { pk: 'j1#ORDER#2', sk: 'ORDER' },
    ]);
    expect(toDocument(joinedOrders, items[2] as Item)).toMatchObject({
      id: '1',
      customer: { name: 'Customer 7', city: 'Utrecht' },
    });
  });

  it('gives a fragment the version of its parent', async () => {
    const items = await seeded('joined', rows());
    const base = items.find((item) => isBaseKey(keyOf(item)));
    expect(items[2]?.['_e_customer']).toMatchObject({ M: { v: { S: scalarOf(base?.['_v']) } } });
  });

  it('makes an item and its anchor where items move', async () => {
    const items = await seeded('moving', rows());
    expect(items.map((item) => keyOf(item).sk)).toEqual([
      'ORDER#1',
      'PLACE#m1.movingOrders',
      'ORDER#2',
      'PLACE#m1.movingOrders',
    ]);
    expect(toDocument(movingOrders, items[0] as Item)).toMatchObject({ id: '1', customerId: '7' });
  });
});
