import type { Relation, SchemaColumn } from '@hybridge/reader-schema';
import { foundColumn, foundTable, keyOf, references } from '../schema/schema-fixtures.features.ts';
import type { InitPlan, PlannedView } from './plan.ts';
import { planDefinitions } from './plan-views.ts';
import { embedText } from './render-embeds.ts';
import { renderDefinitions } from './render-views.ts';

const plan = (...relations: readonly Relation[]): InitPlan =>
  planDefinitions([{ name: 'shop', kind: 'postgres', relations }]);

const viewOf = ({ views }: InitPlan, name: string): PlannedView => {
  const view = views.find((one) => one.name === name);
  if (view === undefined) throw new Error(`no view ${name}`);
  return view;
};

const embedsOf = (one: InitPlan, name: string): readonly string[] =>
  viewOf(one, name).embeds.map((embed) => embedText(embed));
const namesOf = (one: InitPlan, name: string): readonly string[] => viewOf(one, name).embeds.map((embed) => embed.name);

const varchar = (name: string, length = 40): SchemaColumn =>
  foundColumn(name, { type: 'character varying', declared: `character varying(${length})` });
const filler = ['f1', 'f2', 'f3', 'f4', 'f5', 'f6'];

const refersTo = (table: string, columns: readonly string[], keys: readonly string[], schema = 'public') => ({
  name: `fk_${columns.join('_')}`,
  columns,
  references: { schema, table, columns: keys },
});

const categories = foundTable('categories', ['category_id', varchar('category_name')], { rows: 8 });
const products = foundTable('products', ['product_id', varchar('product_name'), 'category_id', ...filler], {
  rows: 2_000,
  foreignKeys: [references('categories', 'category_id')],
});
const orders = foundTable('orders', ['order_id'], { rows: 50_000 });
const lines = foundTable('order_lines', ['order_id', 'line_no', 'product_id'], {
  ...keyOf('order_id', 'line_no'),
  rows: 200_000,
  foreignKeys: [references('orders', 'order_id'), references('products', 'product_id')],
});

describe('embedded rows', () => {
  it('has the name of what a row refers to, and of the list that one refers to', () => {
    expect(embedsOf(plan(categories, products, orders, lines), 'orderLines')).toEqual([
      "product: embed(productsTable, { on: ['product_id'], attributes: { name: 'product_name' }, " +
        "embed: { category: embed(categoriesTable, { on: ['category_id'], attributes: { name: 'category_name' } }) } })",
    ]);
  });

  it('goes three rows far, and not round', () => {
    const link = (name: string, to: string) =>
      foundTable(name, [`${name}_id`, varchar('name'), `${to}_id`], {
        rows: 5,
        foreignKeys: [references(to, `${to}_id`)],
      });
    const one = plan(link('a', 'b'), link('b', 'c'), link('c', 'd'), link('d', 'e'), link('e', 'a'));
    expect(embedsOf(one, 'a')[0]?.match(/\w+: embed/g)).toEqual(['b: embed', 'c: embed', 'd: embed']);
    const pair = plan(link('a', 'b'), link('b', 'a'));
    expect(embedsOf(pair, 'a')[0]?.match(/\w+: embed/g)).toEqual(['b: embed']);
  });

  it('embeds a row of the same table once, by the name of its column', () => {
    const kinds = foundTable('kinds', ['kind_id', varchar('name')], { rows: 3 });
    const columns = ['id', varchar('first_name'), varchar('last_name'), 'boss_id', 'reports_to', 'kind_id'];
    const staff = foundTable('staff', columns, {
      rows: 20,
      foreignKeys: [
        references('kinds', 'kind_id'),
        refersTo('staff', ['boss_id'], ['id']),
        refersTo('staff', ['reports_to'], ['id']),
      ],
    });
    const one = plan(staff, kinds);
    expect(embedsOf(one, 'staff')[0]).toBe(
      "boss: embed(staffTable, { on: ['boss_id'], attributes: { firstName: 'first_name', lastName: 'last_name' } })",
    );
    // An attribute has the name of the other column already.
    expect(namesOf(one, 'staff')).toEqual(['boss', 'reportsToStaff', 'kind']);
  });

  it('tells references to one table apart, and names nothing as an attribute', () => {
    const kinds = foundTable('kinds', [varchar('kind', 9), varchar('label')], { rows: 3 });
    const address = foundTable('address', ['id', varchar('name')], { rows: 50 });
    const things = foundTable('things', ['id', varchar('kind', 9), 'home_address_id', 'work_address_id'], {
      rows: 500,
      foreignKeys: [
        refersTo('address', ['work_address_id'], ['id']),
        refersTo('address', ['home_address_id'], ['id']),
        refersTo('address', ['home_address_id'], ['id']),
        references('kinds', 'kind'),
      ],
    });
    expect(namesOf(plan(kinds, address, things), 'things')).toEqual(['kindDetails', 'homeAddress', 'workAddress']);
  });

  it.each([
    ['member_id', 'member'],
    ['mem_id', 'member'],
    ['captain_id', 'captain'],
    ['TeamCaptainID', 'teamCaptain'],
    ['led_by', 'member'],
  ])('calls the row behind %s %s', (column, name) => {
    const members = foundTable('members', ['id', varchar('name')], { rows: 5 });
    const teams = foundTable('teams', ['id', column], { foreignKeys: [refersTo('members', [column], ['id'])] });
    expect(namesOf(plan(members, teams), 'teams')).toEqual([name]);
  });

  it.each([
    [['prior_day', 'prior_no'], 'prior'],
    [['plant_id', 'master_id'], 'master'],
    [['x', 'y'], 'shiftDetails'],
  ])('calls the row of the same table behind %j %s', (columns, name) => {
    const shifts = foundTable('shifts', ['plant_id', 'id', ...columns.slice(-2), varchar('title'), 'shift'], {
      ...keyOf('plant_id', 'id'),
      foreignKeys: [refersTo('shifts', columns, ['plant_id', 'id'])],
    });
    expect(namesOf(plan(shifts), 'shifts')).toEqual([name]);
  });

  it('names the columns in the order of the key that they hold', () => {
    const sites = foundTable('sites', ['country', 'number', varchar('name')], {
      ...keyOf('country', 'number'),
      rows: 9,
    });
    const visits = foundTable('visits', ['id', 'site_number', 'site_country'], {
      foreignKeys: [refersTo('sites', ['site_number', 'site_country'], ['number', 'country'])],
    });
    expect(embedsOf(plan(sites, visits), 'visits')).toEqual([
      "site: embed(sitesTable, { on: ['site_country', 'site_number'], attributes: { name: 'name' } })",
    ]);
  });

  it('leaves a row alone that lies in the same item collection', () => {
    const notes = foundTable('notes', ['order_id', 'line_no', 'at', 'text'], {
      ...keyOf('order_id', 'line_no', 'at'),
      foreignKeys: [references('order_lines', 'order_id', 'line_no'), references('orders', 'order_id')],
    });
    const named = { ...orders, columns: [...orders.columns, varchar('title')] };
    const one = plan(notes, { ...lines, columns: [...lines.columns, varchar('title')] }, named);
    expect(viewOf(one, 'notes')).toMatchObject({ embeds: [], notes: [] });
  });

  it('embeds the other side of a pair, however many rows it has', () => {
    const tags = foundTable('tags', ['tag_id', varchar('name'), ...filler], { rows: 5_000 });
    const pairs = foundTable('order_tags', ['order_id', 'tag_id'], {
      ...keyOf('order_id', 'tag_id'),
      rows: 100,
      foreignKeys: [references('orders', 'order_id'), references('tags', 'tag_id')],
    });
    expect(namesOf(plan(orders, tags, pairs), 'orderTags')).toEqual(['tag']);
  });

  it.each<[string, number, RegExp]>([
    ['not few beside its children', 2_000, /not embedded: 2000 rows are not few beside 3000; if you need it, add to/],
    ['empty and wide', 0, /not embedded: it was empty/],
    ['large', 200_000, /each of its 200000 rows would have a hidden item/],
  ])('leaves a parent to people that is %s', (_, rows, reason) => {
    const people = foundTable('people', ['person_id', varchar('name'), ...filler], { rows });
    const things = foundTable('things', ['id', 'person_id'], {
      rows: 3_000,
      foreignKeys: [references('people', 'person_id')],
    });
    const view = viewOf(plan(people, things), 'things');
    expect(view.embeds).toEqual([]);
    expect(view.notes).toEqual([expect.stringMatching(reason)]);
    expect(view.notes[0]).toContain(
      "embed: person: embed(peopleTable, { on: ['person_id'], attributes: { name: 'name' } })",
    );
  });

  it('stops at six, which cost a write each', () => {
    const lists = Array.from({ length: 8 }, (_, i) =>
      foundTable(`list${i}`, [`list${i}_id`, varchar('name')], { rows: 3 }),
    );
    const things = foundTable('things', ['id', ...lists.map(({ name }) => `${name}_id`)], {
      foreignKeys: lists.map(({ name }) => references(name, `${name}_id`)),
    });
    const view = viewOf(plan(...lists, things), 'things');
    expect(view.embeds).toHaveLength(6);
    expect(view.notes).toEqual([
      expect.stringMatching(/^list6_id .*6 rows already are/),
      expect.stringContaining('list7'),
    ]);
  });

  it('warns of rows that very many follow, and spreads the references of those', () => {
    const states = foundTable('states', ['state_id', varchar('name')], { rows: 4 });
    const jobs = (rows: number) =>
      foundTable('jobs', ['id', 'state_id'], { rows, foreignKeys: [references('states', 'state_id')] });
    const textOf = (rows: number): string =>
      renderDefinitions(plan(states, jobs(rows))).find(({ path }) => path === 'views/jobs.ts')?.text ?? '';
    expect(textOf(400)).not.toContain('rows follow');
    expect(textOf(8_000)).toContain('// About 2000 rows follow each of these: their changes go out in the background.');
    expect(textOf(8_000)).not.toContain('shards');
    expect(textOf(1_000_000)).toContain("attributes: { name: 'name' }, shards: 3 })");
  });
});

describe('references that are not followed', () => {
  const parent = foundTable('kinds', [varchar('code', 9), varchar('name')], {
    rows: 3,
    uniqueKeys: [{ name: 'u', columns: ['name'] }],
  });
  const child = (column: SchemaColumn, refers = refersTo('kinds', ['kind'], ['code'])) =>
    foundTable('things', ['id', { ...column, name: 'kind' }], { foreignKeys: [refers] });
  const collated = (collation: string): Relation => ({
    ...parent,
    columns: parent.columns.map((one) => ({ ...one, collation })),
  });

  it.each<[string, Relation, Relation, RegExp]>([
    [
      'a unique key',
      parent,
      child(varchar('x'), refersTo('kinds', ['kind'], ['name'])),
      /refers to name, and rows are found by code only/,
    ],
    [
      'another type',
      parent,
      child(foundColumn('x', { type: 'character', declared: 'character(9)' })),
      /is character\(9\) and what it refers to character varying\(9\)/,
    ],
    ['a key without case', collated('utf8mb4_general_ci'), child(varchar('x')), /compares kind by utf8mb4_general_ci/],
    [
      'a column without codec',
      parent,
      child(foundColumn('x', { type: 'citext' })),
      /kind is left out: there is no codec/,
    ],
    [
      'a table that was not read',
      parent,
      child(varchar('x'), refersTo('kinds', ['kind'], ['code'], 'other')),
      /→ other\.kinds, which is no view: it was not among/,
    ],
    [
      'a table that is refused',
      { ...parent, unlogged: true },
      child(varchar('x')),
      /→ public\.kinds, which is no view: its changes are not in the log/,
    ],
    [
      'a table that says nothing',
      foundTable('kinds', [varchar('code', 9), 'count']),
      child(varchar('x')),
      /no column of it says what a row is/,
    ],
  ])('says why of %s', (_, of, from, reason) => {
    const view = viewOf(plan(of, from), 'things');
    expect(view.embeds).toEqual([]);
    expect(view.notes).toEqual([expect.stringMatching(reason)]);
  });

  it('follows texts of other lengths, and of a binary collation', () => {
    expect(namesOf(plan(parent, child(varchar('x', 20))), 'things')).toEqual(['kindDetails']);
    expect(namesOf(plan(parent, child(foundColumn('x', { type: 'text' }))), 'things')).toEqual(['kindDetails']);
    expect(namesOf(plan(collated('utf8mb4_bin'), child(varchar('x'))), 'things')).toEqual(['kindDetails']);
  });
});

describe('collections', () => {
  it('are those of every view below, of a view that is in none itself, by their short names', () => {
    const notes = foundTable('order_line_notes', ['order_id', 'line_no', 'at'], {
      ...keyOf('order_id', 'line_no', 'at'),
      foreignKeys: [references('order_lines', 'order_id', 'line_no')],
    });
    const one = plan(lines, notes, orders, products, categories);
    expect(viewOf(one, 'orders').collections).toEqual([
      { name: 'lines', view: 'orderLines' },
      { name: 'lineNotes', view: 'orderLineNotes' },
    ]);
    expect(viewOf(one, 'orderLines').collections).toEqual([]);
    const text = renderDefinitions(one).find(({ path }) => path === 'views/orders.ts')?.text ?? '';
    expect(text).toContain('  collect: { lines: orderLines, lineNotes: orderLineNotes },\n');
    expect(text).toContain("import { orderLines } from './order-lines.ts';");
    expect(text).toContain('export type OrderDocument = DocumentIn<typeof orders>;');
  });

  it('are plural where the tables are not', () => {
    const copy = foundTable('film_copy', ['film_id', 'n'], {
      ...keyOf('film_id', 'n'),
      foreignKeys: [references('film', 'film_id')],
    });
    const one = plan(foundTable('film', ['film_id']), copy);
    expect(viewOf(one, 'film').collections).toEqual([{ name: 'copies', view: 'filmCopy' }]);
  });

  it('take another name where an attribute has theirs, and say what a collation leaves out', () => {
    const text = (name: string) => ({ ...varchar(name), collation: 'utf8mb4_general_ci' });
    const one = plan(
      foundTable('orders', [text('code'), 'lines']),
      foundTable('order_lines', [text('code'), 'n'], {
        ...keyOf('code', 'n'),
        foreignKeys: [references('orders', 'code')],
      }),
    );
    const [collection] = viewOf(one, 'orders').collections;
    expect(collection).toMatchObject({ name: 'orderLines', note: expect.stringContaining('in other letters') });
  });
});
