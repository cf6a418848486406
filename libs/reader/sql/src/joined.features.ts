import { type Item, type ItemStore, type RowChange, number, text } from '@hybridge/protocol';
import { createMemoryItemStore, createMemoryPartitionReader, rowChange, testContext } from '@hybridge/testkit';
import {
  type AnyView,
  type Row,
  type ViewRelation,
  anchorOfRow,
  column,
  concernsOthers,
  createCatalog,
  embed,
  int8,
  keyFromParts,
  keyOfRow,
  linksOf,
  notNull,
  nullable,
  placeOfRow,
  projectRow,
  shapeOf,
  source,
  storeRowChange,
  table,
  tellOthers,
  text as textColumn,
  toDocument,
  view,
} from '@hybridge/views';
import type { FillEntry, FillResult } from './fill-result.ts';
import type { RowRead, RowReader } from './row-reader.ts';

/** Orders that embed their customer, who embeds a country; order lines that move with their order. */

const shop = source('shop', 'postgres');
const countries = table({
  source: shop,
  name: 'public.countries',
  primaryKey: ['code'],
  columns: { code: notNull(textColumn()), title: notNull(textColumn()) },
});
const people = table({
  source: shop,
  name: 'public.customers',
  primaryKey: ['id'],
  columns: { id: notNull(int8()), full_name: notNull(textColumn()), country: nullable(textColumn()) },
});
const orderRows = table({
  source: shop,
  name: 'public.orders',
  primaryKey: ['id'],
  columns: { id: notNull(int8()), status: notNull(textColumn()), customer_id: nullable(int8()) },
});
const lineRows = table({
  source: shop,
  name: 'public.lines',
  primaryKey: ['id'],
  columns: { id: notNull(int8()), order_id: nullable(int8()), sku: notNull(textColumn()) },
});

export const orders: AnyView = view('orders', {
  table: orderRows,
  key: { pk: ['o1', 'ORDER', column('id')], sk: ['ORDER'] },
  attributes: { status: 'status' },
  embed: {
    customer: embed(people, {
      on: ['customer_id'],
      attributes: { name: 'full_name' },
      embed: { country: embed(countries, { on: ['country'], attributes: { title: 'title' } }) },
    }),
  },
  mode: 'lazy',
});
export const lines: AnyView = view('lines', {
  table: lineRows,
  key: { pk: ['o1', 'ORDER', column('order_id')], sk: ['LINE', column('id')] },
  attributes: { sku: 'sku' },
  mode: 'lazy',
});
const catalog = createCatalog([orders, lines]);

const relationOf = (of: AnyView): ViewRelation => of.relations[0] as ViewRelation;
const customers = relationOf(orders).base;

export const orderRow = (customer: number | null, status = 'placed'): Row => ({
  id: number(1),
  status: text(status),
  customer_id: customer === null ? { NULL: true } : number(customer),
});
export const lineRow = (order: number | null): Row => ({
  id: number(7),
  order_id: order === null ? { NULL: true } : number(order),
  sku: text('PEN'),
});
export const customerRow = (name: string, country: string | null = null, id = 5): Row => ({
  id: number(id),
  full_name: text(name),
  country: country === null ? { NULL: true } : text(country),
});
const countryRow = (title: string): Row => ({ code: text('NL'), title: text(title) });

/** Order 1, or line 7 of an order. */
export const asked = (of: AnyView, ...parts: string[]): FillEntry => {
  const keyRow = keyFromParts(of, parts);
  return { view: of, keyRow, itemKey: keyOfRow(of, keyRow) };
};
export const order1 = asked(orders, '1');

export const setUp = () => {
  const store = createMemoryItemStore();
  const context = testContext();
  const fanOut = {
    store,
    context,
    partitions: createMemoryPartitionReader(store),
    relations: catalog.relations,
  };
  /** As the projector does; `n`th in the log. */
  const apply = async (of: AnyView, n: number, row: Row, kind: RowChange['kind'] = 'upsert'): Promise<void> => {
    const place = kind === 'delete' ? undefined : placeOfRow(of, row);
    const anchor = anchorOfRow(of, row);
    const key = of.moves ? (place ?? anchor) : keyOfRow(of, row);
    const columns = kind === 'upsert' ? (projectRow(of, row) ?? {}) : {};
    const linked = {
      change: rowChange({ n, key, kind, columns, shape: shapeOf(of) }),
      links: kind === 'upsert' ? linksOf(of, row) : undefined,
      guess: 'other' as const,
      ...(of.moves ? { move: { anchor, place } } : {}),
    };
    const ended = await storeRowChange({ store, context }, of, linked);
    if (concernsOthers(of, linked, ended)) await tellOthers(fanOut, key);
  };
  return {
    store,
    context,
    apply,
    customer: (n: number, name: string, country?: string) => apply(customers, n, customerRow(name, country)),
    country: (n: number, title: string) => apply(relationOf(customers).base, n, countryRow(title)),
  };
};

/** SQL has one row; `reads` counts. */
export function sqlWith(row: Row | undefined, part: Partial<RowRead> = {}) {
  const sql = { row, reads: 0, proven: true };
  const answer = (proof: string | undefined): RowRead => {
    sql.reads += 1;
    return sql.proven || proof === undefined
      ? { proven: true, row: sql.row, ...part }
      : { proven: false, row: undefined };
  };
  const rows: RowReader = {
    read: async (_view, _keyRow, proof) => answer(proof),
    readBatch: async (_view, requests) => requests.map(({ proof }) => answer(proof)),
    scan: () => {
      throw new Error('a fill never scans');
    },
  };
  return { sql, rows };
}

/** The same store, which does something before it answers a call; each time `when` holds. */
export const interrupted = (
  store: ItemStore,
  when: { readonly get?: (pk: string) => boolean; readonly write?: string },
  act: () => Promise<void>,
): ItemStore => ({
  async get(key) {
    const item = await store.get(key);
    if (when.get?.(key.pk) === true) await act();
    return item;
  },
  async write(write) {
    if (write.expression === when.write) await act();
    return store.write(write);
  },
});

export const documentOf = (of: AnyView, { columns }: FillResult) =>
  columns === undefined ? undefined : toDocument(of, columns);
export const shownBy = (of: AnyView, item: Item | undefined) => (item === undefined ? undefined : toDocument(of, item));
