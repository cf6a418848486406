import { type AnyView, column, createCatalog, embed, int4, notNull, source, table, text, view } from '@hybridge/views';
import { readWith, repairedWith } from './concerned-views.ts';

const tableOf = (name: string) =>
  table({
    source: source(name, 'postgres'),
    name: `public.${name}`,
    primaryKey: ['id'],
    columns: { id: notNull(int4()), other: notNull(int4()), title: notNull(text()) },
  });
const [brands, products, orders] = [tableOf('brands'), tableOf('products'), tableOf('orders')];
const brand = embed(brands, { on: ['other'], attributes: { title: 'title' } });
const lines: AnyView = view('lines', {
  table: orders,
  key: { pk: ['l1', column('id')], sk: ['L'] },
  attributes: { id: 'id' },
  embed: { product: embed(products, { on: ['other'], attributes: { title: 'title' }, embed: { brand } }) },
});
const plain: AnyView = view('plain', {
  table: brands,
  key: { pk: ['p1', column('id')], sk: ['P'] },
  attributes: { id: 'id' },
});
const catalog = createCatalog([lines, plain]);
const namesOf = (views: readonly AnyView[]) => views.map(({ name }) => name);
const ALL = ['lines', 'lines.product', 'lines.product.brand'];

describe('the views that have to be read', () => {
  it('are those that are looked at, and what they embed', () => {
    expect(namesOf(readWith([lines, plain]))).toEqual([...ALL, 'plain']);
  });

  it('are for a repair the view alone, and of what is embedded all that embed it', () => {
    expect(namesOf(repairedWith([lines], catalog))).toEqual(['lines']);
    expect(namesOf(repairedWith([catalog.byName('lines.product.brand')], catalog))).toEqual(ALL);
    expect(namesOf(repairedWith(readWith([lines]), catalog))).toEqual(ALL);
  });
});
