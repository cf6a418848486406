/** Rows at the edge of what DynamoDB holds: from the change event into the table, and compared with SQL there. */
import { parseJson } from '@hybridge/contracts';
import { type LocalStack, provisionTablesOnly, startStack } from '@hybridge/local-stack';
import { type RowWork, decodeRecord } from '@hybridge/projector';
import {
  type Attributes,
  type Item,
  type ItemKey,
  type ItemStore,
  NULL,
  buildWrite,
  carryOut,
  columnsOf,
  decideRowChange,
  fillWrite,
  leaseOf,
  leaseWrite,
  sameAttributes,
  stateOf,
  text as textValue,
} from '@hybridge/protocol';
import type { TableReader } from '@hybridge/reader-sql';
import { createDynamoDbClient, createItemReader, createItemStore } from '@hybridge/sink-dynamodb';
import { type Cell, type CellRow, changeEvent, rowChange, testContext } from '@hybridge/testkit';
import { compareView } from '@hybridge/verify';
import {
  type AnyView,
  Layout,
  UNAVAILABLE,
  bytea,
  column,
  createCatalog,
  decodeImageRow,
  decodeTextRow,
  float8,
  int4,
  int8,
  isStorableKey,
  longestExpression,
  MAX_EXPRESSION_BYTES,
  notNull,
  nullable,
  numeric,
  projectRow,
  source,
  table,
  text,
  toDocument,
  view,
  shapeOf,
} from '@hybridge/views';

let stack: LocalStack;
let client: ReturnType<typeof createDynamoDbClient>;
let store: ItemStore;
let items: ReturnType<typeof createItemReader>;
const context = testContext({ nowMs: Date.now() });

beforeAll(async () => {
  stack = await startStack({ form: 'native', components: ['dynamodb'], ports: 'free' });
  const { region, dynamodb, credentials } = stack.endpoints;
  client = createDynamoDbClient({ region, endpoint: dynamodb.endpoint, credentials });
  const { tableName } = await provisionTablesOnly(stack.endpoints);
  store = createItemStore(client, { tableName });
  items = createItemReader(client, { tableName });
}, 300_000);

afterAll(async () => {
  client?.destroy();
  await stack?.stop();
});

let lsn = 1_000;

/** What the projector makes of a change event of one row. */
function workOf(of: AnyView, after: CellRow, op: 'c' | 'u' = 'c'): RowWork {
  const record = {
    topic: `test.${of.table.name}`,
    partition: 0,
    offset: BigInt(lsn),
    key: undefined,
    value: changeEvent({ op, table: of.table.name, after, lsn: (lsn += 10) }),
    epoch: 0,
    timestamp: context.now(),
  };
  const options = { catalog: createCatalog([of]), agedAfterMs: 1e12, nowMs: 0 };
  const [work] = decodeRecord(record, options);
  return work as RowWork;
}

async function apply(work: RowWork) {
  const { outcome } = await carryOut(store, work.key, (seen) =>
    decideRowChange(work.change, work.view.mode, context, seen),
  );
  return { outcome, item: (await store.get(work.key)) as Item };
}

describe('every kind of value, under names that DynamoDB reserves', () => {
  const things = table({
    source: source('test', 'postgres'),
    name: 'public.things',
    primaryKey: ['id'],
    columns: {
      id: notNull(int8()),
      order: notNull(int8()),
      price: nullable(numeric()),
      ratio: nullable(float8()),
      blob: nullable(bytea()),
      note: nullable(text()),
    },
  });
  const of = view('things', {
    table: things,
    key: { pk: ['t1', column('id')], sk: ['T'] },
    attributes: {
      size: 'id',
      order: 'order',
      name: 'price',
      status: 'ratio',
      value: 'blob',
      SELECT: 'note',
      'a.b': 'note',
    },
  });

  /** The same row from the log, from the driver and from an image. */
  const rows: readonly (readonly [CellRow, Record<string, string | null>, string])[] = [
    [
      { id: 9223372036854775807n, order: -9223372036854775808n, price: '9'.repeat(38), ratio: 0.1, blob: '', note: '' },
      {
        id: '9223372036854775807',
        order: '-9223372036854775808',
        price: '9'.repeat(38),
        ratio: '0.1',
        blob: '\\x',
        note: '',
      },
      `{"id":9223372036854775807,"order":-9223372036854775808,"price":${'9'.repeat(38)},"ratio":0.1,"blob":"\\\\x","note":""}`,
    ],
    [
      { id: -1, order: 0, price: 'NaN', ratio: 'Infinity', blob: '00ff', note: '😀' },
      { id: '-1', order: '0', price: 'NaN', ratio: 'Infinity', blob: '\\x00ff', note: '😀' },
      `{"id":-1,"order":0,"price":"NaN","ratio":"Infinity","blob":"\\\\x00ff","note":"😀"}`,
    ],
    [
      { id: 2, order: 1, price: `0.${'0'.repeat(129)}1`, ratio: 1e125, blob: null, note: null },
      { id: '2', order: '1', price: `0.${'0'.repeat(129)}1`, ratio: '1e+125', blob: null, note: null },
      `{"id":2,"order":1,"price":0.${'0'.repeat(129)}1,"ratio":1${'0'.repeat(125)},"blob":null,"note":null}`,
    ],
  ];

  it.each(rows)(
    'comes back from the table as it went in, and equals the other two ways (%#)',
    async (cells, texts, image) => {
      const { outcome, item } = await apply(workOf(of, cells));
      const names = Object.keys(things.columns);
      expect(outcome).toBe('applied');
      for (const row of [
        decodeTextRow(things, names, texts),
        decodeImageRow(things, names, parseJson(image) as never),
      ]) {
        const expected = projectRow(of, row) ?? {};
        if (!sameAttributes(columnsOf(item), expected)) expect(columnsOf(item)).toEqual(expected);
      }
    },
  );

  it('is quarantined where a number has too many digits, seen by name, and back with the next row that fits', async () => {
    const key = { id: 3, order: 1, ratio: 1, blob: null, note: null };
    const broken = await apply(workOf(of, { ...key, price: '1'.repeat(39) }));
    expect([broken.outcome, stateOf(broken.item), columnsOf(broken.item)]).toEqual(['quarantined', 'Q', {}]);
    expect(broken.item['_q']).toEqual(textValue(expect.stringContaining('39 significant digits') as string));
    const healed = await apply(workOf(of, { ...key, price: '1' }, 'u'));
    expect([healed.outcome, stateOf(healed.item), healed.item['_q']]).toEqual(['applied', 'L', undefined]);
  });

  it('is quarantined where the row is too large, and back with a smaller one', async () => {
    const rest = { id: 4, order: 1, price: '1', ratio: 1, blob: null };
    const work = workOf(of, { ...rest, note: 'x'.repeat(410_000) });
    const refused = (await apply(work).catch((error: unknown) => error)) as Error;
    expect(refused).toMatchObject({ code: 'HYBRIDGE_SINK_ITEM_TOO_LARGE' });
    const { outcome } = await apply({
      ...work,
      change: { ...work.change, kind: 'unstorable', columns: {}, reason: refused.message },
    });
    expect(outcome).toBe('quarantined');
    const healed = await apply(workOf(of, { ...rest, note: 'small' }, 'u'));
    expect([healed.outcome, healed.item['SELECT'], healed.item['_q']]).toEqual([
      'applied',
      textValue('small'),
      undefined,
    ]);
  });
});

describe('keys', () => {
  const labels = table({
    source: source('test', 'postgres'),
    name: 'public.labels',
    primaryKey: ['owner', 'label'],
    columns: { owner: notNull(text()), label: notNull(text()), n: notNull(int4()) },
  });
  const of = view('labels', {
    table: labels,
    key: { pk: ['k1', column('owner')], sk: ['L', column('label')] },
    attributes: { n: 'n' },
  });

  it('hold empty texts, apart from each other', async () => {
    for (const [n, [owner, label]] of [
      ['', ''],
      ['', 'x'],
      ['#', ''],
    ].entries())
      await apply(workOf(of, { owner: owner as Cell, label: label as Cell, n }));
    const stored = await items.batchGet([
      { pk: 'k1#', sk: 'L#' },
      { pk: 'k1#', sk: 'L#x' },
      { pk: 'k1#%23', sk: 'L#' },
    ]);
    expect(stored.map((item) => item?.['n'])).toEqual([{ N: '0' }, { N: '1' }, { N: '2' }]);
  });

  it.each([
    ['partition key', ['x'.repeat(2_048 - 3), ''], ['x'.repeat(2_048 - 2), '']],
    ['sort key', ['', 'x'.repeat(1_024 - 2)], ['', 'é'.repeat(512)]],
  ])('are as long as DynamoDB takes; a longer %s is refused for good, by name', async (_, fitting, longer) => {
    const workAt = ([owner = '', label = '']: readonly string[]) => workOf(of, { owner, label, n: 1 });
    expect((await apply(workAt(fitting))).outcome).toBe('applied');
    const tooLong = workAt(longer);
    expect([isStorableKey(workAt(fitting).key), isStorableKey(tooLong.key)]).toEqual([true, false]);
    await expect(apply(tooLong)).rejects.toMatchObject({
      code: 'HYBRIDGE_SINK_ITEM_INVALID',
      retry: 'permanent',
      key: tooLong.key,
    });
    await expect(store.get(tooLong.key)).rejects.toMatchObject({ retry: 'permanent' });
  });
});

describe('rows of many columns', () => {
  const COUNT = 300;
  const names = Array.from({ length: COUNT }, (_, i) => `column_${i}`);
  const wideTable = table({
    source: source('test', 'postgres'),
    name: 'public.wide',
    primaryKey: ['id'],
    columns: { id: notNull(int4()), ...Object.fromEntries(names.map((name) => [name, nullable(text())])) },
  });
  const attributes = { id: 'id', ...Object.fromEntries(names.map((name) => [name, name])) };
  const key = { pk: ['w1', column('id')], sk: ['W'] } as const;
  const of = view('wide', { table: wideTable, key, attributes, layout: Layout.document } as never) as AnyView;
  const cells = (id: number, changes: CellRow = {}): CellRow => ({
    id,
    ...Object.fromEntries(names.map((name, i) => [name, `${i}`])),
    ...changes,
  });
  const rowOf = (id: number): Attributes => ({
    id: { N: String(id) },
    ...Object.fromEntries(names.map((name, i) => [name, textValue(`${i}`)])),
  });

  /** A table of SQL as the comparison reads it. */
  const sql = (...ids: readonly number[]): Pick<TableReader, 'scan' | 'readMany' | 'isWithin'> => ({
    async *scan() {
      yield ids.map((id) => ({ row: rowOf(id) }));
    },
    readMany: async (_, keyRows) =>
      keyRows.map(({ id }) =>
        ids
          .map(rowOf)
          .map((row) => ({ row }))
          .find(({ row }) => sameAttributes({ id: row['id'] as never }, { id: id as never })),
      ),
    isWithin: async () => true,
  });
  const compare = async (...ids: readonly number[]) =>
    (await compareView(of, { rows: sql(...ids), items }, { recheckPauseMs: 1, rechecks: 1 })).counts;

  it('are no flat view', () => {
    expect(() => view('wide', { table: wideTable, key, attributes } as never)).toThrow(/4096; set layout: 'document'/);
  });

  it('are written, read and compared as one map', async () => {
    const { outcome, item } = await apply(workOf(of, cells(1)));
    expect([outcome, Object.keys(columnsOf(item))]).toEqual(['applied', ['d']]);
    expect(Object.keys(toDocument(of, columnsOf(item)))).toHaveLength(COUNT + 1);
    expect(await compare(1)).toMatchObject({ matched: 1, stale: 0, missing: 0, extra: 0 });
    await apply(workOf(of, cells(1, { column_299: 'other' }), 'u'));
    expect(await compare(1)).toMatchObject({ matched: 0, stale: 1 });
    await apply(workOf(of, cells(1), 'u'));
    expect(await compare(1)).toMatchObject({ matched: 1, stale: 0 });
  });

  it('are asked of SQL anew when an event lacks a column, as they cannot be changed in parts', async () => {
    await apply(workOf(of, cells(1)));
    const partial = await apply(workOf(of, cells(1, { column_7: UNAVAILABLE, column_8: 'new' }), 'u'));
    expect([partial.outcome, stateOf(partial.item), columnsOf(partial.item)]).toEqual(['fenced', 'F', {}]);
    const itemKey = partial.item['pk'] === undefined ? ({} as ItemKey) : { pk: 'w1#1', sk: 'W' };
    const leased = await store.write(leaseWrite(itemKey, 'token', context));
    const lease = leaseOf(itemKey, 'token', leased.item as Item);
    expect((await store.write(fillWrite(lease, shapeOf(of), projectRow(of, rowOf(1)), context))).ok).toBe(true);
    expect(await compare(1)).toMatchObject({ matched: 1 });
  });

  it('are refused by DynamoDB itself where the definition refuses them', async () => {
    const limit = names.findLastIndex((_, count) => longestExpression(count).bytes <= MAX_EXPRESSION_BYTES);
    const { expression } = longestExpression(limit);
    const send = (count: number) => {
      const columns = Object.fromEntries(names.slice(0, count).map((name) => [name, NULL]));
      const { version, transaction, committedAt } = rowChange();
      const filler = { v: textValue(version), fx: textValue(transaction ?? ''), ct: { N: String(committedAt) } };
      const more = { w: textValue('w'), x: { N: '1' }, nx: { N: '1' }, q: textValue('q') };
      const itemKey = { pk: `limit#${count}`, sk: 'X' };
      // The longest of those that need no item to be there; the others differ by a constant number of bytes.
      return store.write(buildWrite('upsertEager', { key: itemKey, columns, values: { ...filler, ...more } }));
    };
    expect(expression).toBeDefined();
    const bytes = (count: number): number =>
      Buffer.byteLength(
        buildWrite('upsertEager', {
          key: { pk: 'p', sk: 's' },
          columns: Object.fromEntries(names.slice(0, count).map((name) => [name, NULL])),
          values: {},
        }).update,
      );
    const most = names.findLastIndex((_, count) => bytes(count) <= MAX_EXPRESSION_BYTES);
    expect(most).toBeGreaterThanOrEqual(limit);
    expect((await send(most)).ok).toBe(true);
    await expect(send(most + 1)).rejects.toMatchObject({
      retry: 'permanent',
      message: expect.stringMatching(/expression/i) as string,
    });
  });
});
