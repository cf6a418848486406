import {
  type FanOutPorts,
  type Item,
  type ItemKey,
  JoinMeta,
  baseKeyOf,
  map,
  raiseJobWrite,
  referenceKey,
  text,
} from '@hybridge/protocol';
import { createMemoryItemStore, createMemoryPartitionReader, createRowStore, testContext } from '@hybridge/testkit';
import { explainItem, keyRowFrom } from '@hybridge/verify';
import {
  type AnyView,
  type Row,
  type ViewRelation,
  column,
  columnsOfView,
  createCatalog,
  decodeTextRow,
  embed,
  int4,
  notNull,
  nullable,
  source,
  table,
  text as textType,
  view,
} from '@hybridge/views';
import { renderJson, renderText } from './render.ts';

const shop = source('shop', 'postgres');
const brands = table({
  source: shop,
  name: 'public.brands',
  primaryKey: ['id'],
  columns: { id: notNull(int4()), title: notNull(textType()) },
});
const products = table({
  source: shop,
  name: 'public.products',
  primaryKey: ['id'],
  columns: { id: notNull(int4()), sku: notNull(textType()), brand_id: nullable(int4()) },
});
const linesTable = table({
  source: shop,
  name: 'public.lines',
  primaryKey: ['id'],
  columns: { id: notNull(int4()), product_id: nullable(int4()), parcel_id: nullable(int4()) },
});
const brand = embed(brands, { on: ['brand_id'], attributes: { name: 'title' } });
const lines: AnyView = view('lines', {
  table: linesTable,
  key: { pk: ['k1', 'PARCEL', column('parcel_id')], sk: ['LINE', column('id')] },
  attributes: { id: 'id' },
  embed: { product: embed(products, { on: ['product_id'], attributes: { sku: 'sku' }, embed: { brand } }) },
});
const catalog = createCatalog([lines]);

const NOW = Date.parse('2026-11-23T12:00:00Z');
const SQL: Readonly<Record<string, Readonly<Record<string, string | null>>>> = {
  'public.brands 1': { id: '1', title: 'Acme' },
  'public.products 7': { id: '7', sku: 'A-7', brand_id: '1' },
  'public.lines 1': { id: '1', product_id: '7', parcel_id: '70' },
  'public.lines 2': { id: '2', product_id: null, parcel_id: '70' },
};
const line: ItemKey = { pk: 'k1#PARCEL#70', sk: 'LINE#1' };
const product = baseKeyOf('A#k1.lines.product#7');
const [relation] = lines.relations as readonly [ViewRelation];

const store = createMemoryItemStore();
const change = (key: ItemKey, to: (item: Item) => Item): void => store.put(to(store.peek(key) ?? {}));

async function shownOf(key = '1', { values = false } = {}) {
  const keyRow = keyRowFrom(lines, key.split(','));
  const rows = {
    readMany: async (of: AnyView, keyRows: readonly Row[]) =>
      keyRows.map(({ id }) => {
        const texts = SQL[`${of.table.name} ${id !== undefined && 'N' in id ? id.N : ''}`];
        return texts && { row: decodeTextRow(of.table, columnsOfView(of), texts) };
      }),
  };
  const explanation = await explainItem({ store, rows, now: () => NOW }, lines, keyRow);
  return { explanation, parked: false, source: shop, now: NOW, values };
}

const joinLines = async (key?: string, options?: { values: boolean }): Promise<readonly string[]> => {
  const all = renderText(await shownOf(key, options)).split('\n');
  return all.slice(all.findIndex((one) => one.startsWith('place')));
};

/** Versions are long, and not what this is about. */
const withoutVersions = (shown: string): string => shown.replaceAll(/\b0000\.[\w.]+/g, 'V');

beforeEach(async () => {
  for (const { pk, sk } of store.items()) store.expire({ pk: 'S' in pk! ? pk.S : '', sk: 'S' in sk! ? sk.S : '' });
  const partitions = createMemoryPartitionReader(store);
  const ports: FanOutPorts = { store, partitions, relations: catalog.relations, context: testContext() };
  const put = createRowStore(ports, catalog);
  const tables = { 'public.brands': brands, 'public.products': products, 'public.lines': linesTable };
  for (const [n, [name, row]] of Object.entries(SQL).entries()) {
    await put({ table: tables[name.split(' ')[0] as keyof typeof tables], row, n: n + 1 });
  }
});

describe('an explanation of joins for people', () => {
  it('shows place, fragment, base item, reference and row of each level', async () => {
    const shown = await joinLines('1', { values: true });
    expect(shown.map(withoutVersions)).toEqual([
      'place       pk k1#PARCEL#70, sk LINE#1',
      '            the anchor names it (pk A#k1.lines#1)',
      'embeds      product: public.products 7 (view lines.product), same as the base item',
      '              fragment   version V/V',
      '              base item  live, version V, what is embedded V/V',
      '              reference  there',
      '              sql        row found',
      '              attribute  sku  same  "A-7"',
      '              brand: public.brands 1 (view lines.product.brand), same as the base item',
      '                fragment   version V',
      '                base item  live, version V',
      '                reference  there',
      '                sql        row found',
      '                attribute  name (title)  same  "Acme"',
    ]);
  });

  it('tells which of the three differs, and shows values only if asked', async () => {
    change(line, (item) => ({ ...item, product: map({ sku: text('X'), brand: map({ name: text('Acme') }) }) }));
    expect(await joinLines('1', { values: true })).toContain(
      '              attribute  sku  DIFFERS in the item  item "X", base item "A-7", SQL "A-7"',
    );
    const shown = await shownOf();
    expect(renderText(shown)).toContain('verdict     fragment-stale: it embeds something else than it should');
    expect(renderText(shown)).toContain('(view lines.product), DIFFERS from the base item');
    expect(renderText(shown) + renderJson(shown)).not.toContain('"X"');
    change(product, (item) => ({ ...item, sku: text('X') }));
    expect((await joinLines()).join('\n')).toContain('attribute  sku  DIFFERS in the base item');
  });

  it('shows what is missing, and a job that is on its way', async () => {
    store.expire(referenceKey(product.pk, relation.relation, line));
    change(line, (item) => ({ ...item, _e_product: map({ k: text(product.pk), v: text('') }) }));
    await store.write(raiseJobWrite(product.pk, 'V', NOW - 300_000));
    expect((await joinLines()).map(withoutVersions)).toEqual(
      expect.arrayContaining([
        'embeds      product: public.products 7 (view lines.product), behind the base item, and a job is on its way',
        '              fragment   without a version: nothing was known of the row',
        '              reference  MISSING: the item is not told of changes',
        '              job        under way since 2026-11-23T11:55:00.000Z (5 min ago), 0 visited',
      ]),
    );
    store.expire(product);
    expect((await joinLines()).join('\n')).toContain('base item  absent');
  });

  it('says where an item is held against a row that lies elsewhere, or points to no row', async () => {
    const anchor = { pk: 'A#k1.lines#1', sk: 'PLACE#k1.lines' };
    change(anchor, (item) => ({ ...item, [JoinMeta.place]: map({ pk: text('k1#PARCEL#9'), sk: text('LINE#1') }) }));
    expect((await joinLines())[1]).toContain('DIFFERS: the anchor (pk A#k1.lines#1) names pk k1#PARCEL#9, sk LINE#1');
    expect(await joinLines('2')).toContain('embeds      product: points to no row');
    const elsewhere = await shownOf('9,1');
    expect(elsewhere.explanation).toMatchObject({ key: { pk: 'k1#PARCEL#9', sk: 'LINE#1' }, item: undefined });
  });
});

describe('an explanation of joins for programs', () => {
  it('is JSON, with values only if asked', async () => {
    const report = JSON.parse(renderJson(await shownOf('1', { values: true })));
    expect(report).toMatchObject({
      verdict: 'matched',
      place: { place: line, agrees: true },
      embedded: [
        {
          name: 'product',
          view: 'lines.product',
          id: '7',
          agrees: true,
          isReferenced: true,
          job: null,
          row: 'present',
          baseItem: { state: 'live' },
          attributes: [{ name: 'sku', column: 'sku', agrees: true, item: { S: 'A-7' }, sql: { S: 'A-7' } }],
          embedded: [{ name: 'brand', id: '1', agrees: true }],
        },
      ],
    });
    expect(renderJson(await shownOf())).not.toContain('A-7');
  });
});
