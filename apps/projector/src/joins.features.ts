/** Orders that embed their customer, who embeds a country, and that lie in their customer's partition as a second view. */
import { type Item, type ItemKey, scalarOf, stateOf } from '@hybridge/protocol';
import { type RowReader, fillItem } from '@hybridge/reader-sql';
import type { ChangeRecord } from '@hybridge/source-kafka';
import { type CellRow, changeEvent } from '@hybridge/testkit';
import {
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
  text,
  toDocument,
  toSqlText,
  view,
} from '@hybridge/views';
import { type TestProjector, setUpProjector } from './projector.features.ts';
import { recordOf } from './testing.features.ts';

const test = source('test', 'postgres');

const countries = table({
  source: test,
  name: 'public.countries',
  primaryKey: ['code'],
  columns: { code: notNull(text()), title: notNull(text()) },
});

const customers = table({
  source: test,
  name: 'public.customers',
  primaryKey: ['id'],
  columns: { id: notNull(int4()), name: notNull(text()), note: nullable(text()), country: nullable(text()) },
});

const orders = table({
  source: test,
  name: 'public.orders',
  primaryKey: ['id'],
  columns: { id: notNull(int4()), customer_id: nullable(int4()), total: notNull(int4()), memo: nullable(text()) },
});

const customer = embed(customers, {
  on: ['customer_id'],
  attributes: { name: 'name' },
  embed: { country: embed(countries, { on: ['country'], attributes: { title: 'title' } }) },
});
const attributes = { id: 'id', total: 'total', memo: 'memo' } as const;

export const ordersView = view('orders', {
  table: orders,
  key: { pk: ['o1', column('id')], sk: ['ORDER'] },
  attributes,
  embed: { customer },
});

export const lazyOrders = view('lazyOrders', {
  table: orders,
  key: { pk: ['lo1', column('id')], sk: ['ORDER'] },
  attributes,
  mode: 'lazy',
  embed: { customer },
});

/** Their items move. */
export const ordersOf = view('ordersOf', {
  table: orders,
  key: { pk: ['m1', column('customer_id')], sk: ['ORDER', column('id')] },
  attributes,
});

export const joinCatalog = createCatalog([ordersView, lazyOrders, ordersOf]);

export const orderKey = (id: number): ItemKey => ({ pk: `o1#${id}`, sk: 'ORDER' });
export const lazyKey = (id: number): ItemKey => ({ pk: `lo1#${id}`, sk: 'ORDER' });
export const placeKey = (customerId: number, id: number): ItemKey => ({ pk: `m1#${customerId}`, sk: `ORDER#${id}` });
export const anchorOf = (id: number): ItemKey => ({ pk: `A#m1.ordersOf#${id}`, sk: 'PLACE#m1.ordersOf' });
export const baseOf = (id: number): ItemKey => ({ pk: `A#o1.orders.customer#${id}`, sk: 'BASE' });

type TableName = 'countries' | 'customers' | 'orders';
const KEYS: Readonly<Record<TableName, string>> = { countries: 'code', customers: 'id', orders: 'id' };

export const country = (code: string, title = `${code}-land`): CellRow => ({ code, title });
export const person = (id: number, name: string, more: CellRow = {}): CellRow => ({
  id,
  name,
  note: null,
  country: null,
  ...more,
});
export const order = (id: number, customerId: number | null, more: CellRow = {}): CellRow => ({
  id,
  customer_id: customerId,
  total: 1,
  memo: null,
  ...more,
});

/** A database in memory, whose changes are records of Kafka, and a projector that reads them. */
export function setUpJoins(options: TestProjector = {}) {
  const tables: Record<TableName, Map<string, CellRow>> = {
    countries: new Map(),
    customers: new Map(),
    orders: new Map(),
  };
  const projector = setUpProjector({ catalog: joinCatalog, rows: readerOf(tables), ...options });
  let n = 0;

  /** @param to the row from now on; null: it is deleted. A cell `UNAVAILABLE` is not in the event, and stays */
  const change = (name: TableName, id: number | string, to: CellRow | null, shown: CellRow = {}): ChangeRecord => {
    const rows = tables[name];
    const before = rows.get(String(id));
    if (to === null) rows.delete(String(id));
    else rows.set(String(id), to);
    n++;
    const value = changeEvent({
      table: `public.${name}`,
      after: to === null ? null : { ...to, ...shown },
      ...(to === null ? { before: { [KEYS[name]]: id } } : {}),
      op: to === null ? 'd' : before === undefined ? 'c' : 'u',
      lsn: 1_000 + 10 * n,
      transaction: 700 + n,
    });
    return recordOf(value, {
      topic: `test.public.${name}`,
      offset: BigInt(n),
      key: JSON.stringify({ [KEYS[name]]: id }),
    });
  };

  const { store } = projector;
  const documentOf = (of: typeof ordersView | typeof lazyOrders | typeof ordersOf, item: Item | undefined) =>
    item === undefined || stateOf(item) !== 'L' ? undefined : toDocument(of, item);
  return {
    ...projector,
    tables,
    change,
    /** What a customer reads without SQL; undefined where that has to be asked. */
    shown: (id: number) => documentOf(ordersView, store.peek(orderKey(id))),
    shownLazy: (id: number) => documentOf(lazyOrders, store.peek(lazyKey(id))),
    shownAt: (customerId: number, id: number) => documentOf(ordersOf, store.peek(placeKey(customerId, id))),
    /** Relations under which a parent knows of children. */
    references: (parent: ItemKey): readonly string[] =>
      store
        .items()
        .filter((item) => scalarOf(item['pk']) === `R#${parent.pk}#0`)
        .map((item) => scalarOf(item['sk']) ?? ''),
    stateAt: (key: ItemKey): string | undefined => {
      const item = store.peek(key);
      return item === undefined ? undefined : stateOf(item);
    },
    /** As a reader of the lazy view does. */
    read: (id: number) => fillItem(projector.parking, lazyOrders, lazyKey(id), { id: { N: String(id) } }),
  };
}

export type Joins = ReturnType<typeof setUpJoins>;

/** A row that lies elsewhere than it is asked for is none. */
const readerOf = (tables: Readonly<Record<TableName, ReadonlyMap<string, CellRow>>>): RowReader => ({
  read: async (of, keyRow) => {
    const name = of.table.name.replace('public.', '') as TableName;
    const found = tables[name].get(scalarOf(keyRow[KEYS[name]]) ?? '');
    if (found === undefined) return { proven: true, row: undefined };
    const texts = Object.fromEntries(
      Object.entries(found).map(([cell, value]) => [cell, value === null ? null : String(value)]),
    );
    const row = decodeTextRow(of.table, columnsOfView(of), texts);
    const isThere = Object.entries(keyRow).every(
      ([cell, value]) =>
        row[cell] !== undefined && toSqlText(of.table, cell, row[cell]) === toSqlText(of.table, cell, value),
    );
    return { proven: true, row: isThere ? row : undefined };
  },
  scan: async function* () {},
});
