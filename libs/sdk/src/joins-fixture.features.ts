/** What specs of joined documents stand on: orders with lines, who ordered, and a SQL that says the same. */
import { type RowReader } from '@hybridge/reader-sql';
import {
  type RowTexts,
  createMemoryItemReads,
  createMemoryItemStore,
  createMemoryPartitionReader,
  createRowStore,
  testContext,
} from '@hybridge/testkit';
import {
  type AnyTable,
  attribute,
  column,
  columnsOfView,
  createCatalog,
  decodeTextRow,
  embed,
  int4,
  int8,
  notNull,
  nullable,
  source,
  table,
  text,
  toSqlText,
  view,
} from '@hybridge/views';
import { type HybridgeOptions, createHybridge } from './hybridge.ts';

const shop = source('shop', 'postgres');

export const countries = table({
  source: shop,
  name: 'public.countries',
  primaryKey: ['code'],
  columns: { code: notNull(text()), title: notNull(text()) },
});
export const customers = table({
  source: shop,
  name: 'public.customers',
  primaryKey: ['id'],
  columns: { id: notNull(int8()), name: notNull(text()), country: nullable(text()) },
});
export const orderRows = table({
  source: shop,
  name: 'public.orders',
  primaryKey: ['id'],
  columns: { id: notNull(int8()), customer_id: nullable(int8()), note: nullable(text()) },
});
export const lineRows = table({
  source: shop,
  name: 'public.lines',
  primaryKey: ['order_id', 'nr'],
  columns: { order_id: notNull(int8()), nr: notNull(int4()), sku: notNull(text()) },
});

const country = embed(countries, { on: ['country'], attributes: { title: 'title' } });
const customer = embed(customers, { on: ['customer_id'], attributes: { name: 'name' }, embed: { country } });

export const lines = view('lines', {
  table: lineRows,
  key: { pk: ['o1', 'ORDER', column('order_id')], sk: ['LINE', column('nr')] },
  attributes: { nr: 'nr', sku: 'sku' },
});
export const remarks = view('remarks', {
  table: table({
    source: shop,
    name: 'public.remarks',
    primaryKey: ['about', 'nr'],
    columns: { about: notNull(int8()), nr: notNull(int4()), body: notNull(text()) },
  }),
  key: { pk: ['o1', 'ORDER', column('about')], sk: ['REMARK', column('nr')] },
  attributes: { body: 'body' },
});
export const orders = view('orders', {
  table: orderRows,
  key: { pk: ['o1', 'ORDER', column('id')], sk: ['ORDER'] },
  attributes: { id: 'id', customerId: 'customer_id', note: 'note' },
  embed: { customer },
  collect: { lines, remarks },
  changes: { allow: ['note', 'customerId'], insert: true },
  indexes: { byNote: { pk: ['NOTED'], sk: [attribute('note')] } },
});
/** Its items lie under their customers, and move with them. */
export const ordersOf = view('orders-of', {
  table: orderRows,
  key: { pk: ['m1', 'CUSTOMER', column('customer_id')], sk: ['ORDER', column('id')] },
  attributes: { id: 'id', note: 'note' },
});
export const catalog = createCatalog([orders, lines, remarks, ordersOf]);

/** A SQL and a view table; `sql` changes a row of the one, `store` brings it to the other. */
export function setUp(options: HybridgeOptions = {}) {
  const memory = createMemoryItemStore();
  const items = createMemoryItemReads(memory);
  const context = testContext({ limits: { leaseMs: 40 } });
  const inSql = new Map<string, RowTexts>();
  const nameIn = (of: AnyTable, texts: RowTexts): string =>
    JSON.stringify([of.name, ...of.primaryKey.map((name: string) => texts[name])]);
  const rows: RowReader = {
    read: async (of, keyRow) => {
      const key = Object.entries(keyRow).map(([name, value]) => [name, toSqlText(of.table, name, value)]);
      const texts = inSql.get(nameIn(of.table, Object.fromEntries(key)));
      return { proven: true, row: texts && decodeTextRow(of.table, columnsOfView(of), texts) };
    },
    scan: () => {
      throw new Error('not used');
    },
  };
  const ports = {
    store: memory,
    context,
    partitions: createMemoryPartitionReader(memory),
    relations: catalog.relations,
  };
  const storeRow = createRowStore(ports, catalog);
  let n = 0;
  const sql = (of: AnyTable, row: RowTexts): void => void inSql.set(nameIn(of, row), row);
  return {
    items,
    memory,
    context,
    sql,
    store: async (of: AnyTable, row: RowTexts): Promise<void> => {
      sql(of, row);
      n += 1;
      await storeRow({ table: of, row, n });
    },
    hybridge: createHybridge({ catalog, items, store: memory, rows, context }, options),
  };
}

export const ada = { id: '7', name: 'Ada', country: 'GB' };
export const grace = { id: '8', name: 'Grace', country: null };
export const order = { id: '1', customer_id: '7', note: null };
export const line = (nr: number) => ({ order_id: '1', nr: String(nr), sku: `sku ${nr}` });
