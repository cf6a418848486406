import { createRandom } from '@hybridge/load';
import { createCatalog, describeView, planViews } from '@hybridge/views';
import { createJoinedActions, joinedTables } from './joined-actions.ts';
import { catalog as joined } from './joined-catalog.ts';
import { joinedViews } from './joined-views.ts';
import { catalog as rebuilt } from './rebuilt-catalog.ts';

const noRows = { shop: { customers: [], products: [], orders: [], addresses: [] } };

function namesOf(actions = createJoinedActions(), count = 400): readonly string[] {
  const stream = actions.choose(noRows, createRandom(1));
  return Array.from({ length: count }, () => stream.next().value.name);
}

describe('traffic on rows that point to each other', () => {
  it('renames, moves, deletes and inserts, in both databases', () => {
    const stream = createJoinedActions().choose(noRows, createRandom(2));
    const texts = Array.from({ length: 400 }, () => JSON.stringify(stream.next().value)).join('\n');
    for (const table of ['customers', 'products', 'orders', 'order_lines', 'prices']) {
      expect(texts).toMatch(new RegExp(`DELETE FROM (public\\.)?${table}`));
      expect(texts).toMatch(new RegExp(`INSERT INTO (public\\.)?${table}`));
    }
    expect(texts).toContain('SET customer_id');
    expect(new Set(namesOf()).size).toBeGreaterThan(10);
  });

  it('keeps to the tables it is told, until it is told otherwise', () => {
    const actions = createJoinedActions();
    actions.only('prices');
    expect(new Set(namesOf(actions))).toEqual(new Set(['price', 'delete price']));
    actions.only('orders');
    const stream = actions.choose(noRows, createRandom(3));
    const texts = Array.from({ length: 200 }, () => JSON.stringify(stream.next().value)).join('\n');
    expect(texts).not.toMatch(/(UPDATE|INTO|FROM) public\.(customers|products|order_lines)/);
    actions.only();
    expect(new Set(namesOf(actions))).toEqual(new Set(namesOf()));
    expect(joinedTables).toHaveLength(5);
  });
});

describe('the views that show more of a customer', () => {
  const shown = { name: 'full_name', city: 'city', country: 'country' } as const;
  const planTo = (catalog: typeof joined) => planViews(joined.views.map(describeView), catalog.views.map(describeView));

  it('could not take the place of the old ones', () => {
    const inPlace = createCatalog(joinedViews({ number: '1', customer: shown }));
    expect(planTo(inPlace).map(({ view, effect }) => [view, effect])).toEqual([
      ['orders', 'rebuild'],
      ['lines', 'rebuild'],
    ]);
  });

  it('are made anew beside them', () => {
    expect(planTo(rebuilt).map(({ view, effect }) => [view, effect])).toEqual(
      ['orders', 'lines', 'ordersOf', 'prices'].map((view) => [view, 'load']),
    );
  });
});
