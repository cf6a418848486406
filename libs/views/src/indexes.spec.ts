import { NULL } from '@hybridge/protocol';
import { createCatalog } from './catalog.ts';
import { int4, int8, numeric } from './codecs/numbers.ts';
import { bool, bytea, jsonb } from './codecs/others.ts';
import { text, timestamptz } from './codecs/text.ts';
import { attribute, indexAttributeNames, indexAttributes, indexesOf } from './indexes.ts';
import { column } from './key-template.ts';
import { projectRow } from './row.ts';
import { source } from './source.ts';
import { notNull, nullable, table } from './table.ts';
import { MAX_INDEXES } from './valid-indexes.ts';
import { view } from './view.ts';

const orders = table({
  source: source('shop', 'postgres'),
  name: 'public.orders',
  primaryKey: ['id'],
  columns: {
    id: notNull(int8()),
    state: notNull(text()),
    placed: nullable(timestamptz()),
    total: notNull(numeric()),
    urgent: notNull(bool()),
    extra: nullable(jsonb()),
    scan: nullable(bytea()),
  },
});
const attributes = {
  id: 'id',
  status: 'state',
  placedAt: 'placed',
  total: 'total',
  urgent: 'urgent',
  extra: 'extra',
  scan: 'scan',
} as const;
const byStatus = { pk: ['STATUS', attribute('status')], sk: [attribute('placedAt')] } as const;
const key = { pk: ['o1', column('id')], sk: ['ORDER'] } as const;

const viewOf = (indexes: object, more: object = {}, name = 'orders') =>
  view(name, { table: orders, key, attributes, indexes: indexes as never, ...more });

const columns = {
  id: { N: '7' },
  status: { S: 'placed' },
  placedAt: { S: '2026-11-23T10:00:00.5Z' },
  total: { N: '12.5' },
  urgent: { BOOL: true },
  extra: NULL,
  scan: NULL,
};

describe('attributes of indexes', () => {
  const many = viewOf({
    byStatus,
    byTotal: { pk: ['TOTAL', attribute('urgent')], sk: [attribute('total'), 'T', attribute('id')] },
  });

  it('hold the values of the item, sortable', () => {
    expect(indexAttributes(many, columns)).toEqual({
      _byStatus_pk: { S: 'STATUS#placed' },
      _byStatus_sk: { S: '2026-11-23T10:00:00.5' },
      _byTotal_pk: { S: 'TOTAL#true' },
      _byTotal_sk: { S: 'd500001125#T#d5000007' },
    });
    expect(indexAttributeNames(many)).toEqual(['_byStatus_pk', '_byStatus_sk', '_byTotal_pk', '_byTotal_sk']);
  });

  it('are none where a value is NULL or not there, or a key would be empty or too long', () => {
    for (const absent of [
      { ...columns, placedAt: NULL },
      { status: columns.status },
      { placedAt: columns.placedAt },
      { ...columns, status: { S: 'x'.repeat(2_042) } },
    ]) {
      expect(indexAttributes(viewOf({ byStatus }), absent)).toEqual({});
    }
    const byText = viewOf({ byText: { pk: ['ALL'], sk: [attribute('status')] } });
    expect(indexAttributes(byText, { ...columns, status: { S: '' } })).toEqual({});
    expect(indexAttributes(byText, { ...columns, status: { S: 'x'.repeat(1_024) } })).toHaveProperty('_byText_sk');
    expect(indexAttributes(byText, { ...columns, status: { S: 'x'.repeat(1_025) } })).toEqual({});
  });

  it('leave out what the index does not want, by the visible document', () => {
    const urgent = viewOf({ byStatus: { ...byStatus, where: (order: { urgent: boolean }) => order.urgent } });
    expect(indexAttributes(urgent, columns)).toHaveProperty('_byStatus_pk');
    expect(indexAttributes(urgent, { ...columns, urgent: { BOOL: false } })).toEqual({});
    expect(indexesOf(urgent)[0]?.sources).toEqual(Object.keys(attributes));
    expect(indexesOf(viewOf({ byStatus }))[0]?.sources).toEqual(['status', 'placedAt']);
  });

  it('let no value imitate another partition', () => {
    const two = viewOf({ byTwo: { pk: ['X', attribute('status'), attribute('id')], sk: ['A'] } });
    const keyOf = (status: string) => indexAttributes(two, { ...columns, status: { S: status } })['_byTwo_pk'];
    expect(keyOf('a#7')).toEqual({ S: 'X#a%237#7' });
    expect(keyOf('a%237')).toEqual({ S: 'X#a%25237#7' });
  });

  it('are the same for a view that keeps its columns in one map', () => {
    const packed = viewOf({ byStatus }, { layout: 'document' });
    const row = Object.fromEntries(Object.entries(attributes).map(([name, of]) => [of, columns[name as 'id']]));
    expect(indexAttributes(packed, projectRow(packed, row) ?? {})).toEqual(
      indexAttributes(viewOf({ byStatus }), columns),
    );
    expect(indexAttributes(packed, {})).toEqual({});
  });

  it('are none of a view without indexes', () => {
    expect(indexAttributes(viewOf({}), columns)).toEqual({});
    expect(indexAttributeNames(viewOf({}))).toEqual([]);
  });
});

describe('definitions of indexes', () => {
  it.each<[string, object, object, RegExp]>([
    [
      'a lazy view',
      { byStatus },
      { mode: 'lazy' },
      /index of a lazy view finds only the rows somebody has read; make it eager/,
    ],
    ['the kept name', { pending: byStatus }, {}, /index "pending": the name is kept/],
    ['a name too short', { by: byStatus }, {}, /index "by": its name must be 3 to 100 letters/],
    ['a name with signs', { 'by-status': byStatus }, {}, /its name must be/],
    ['no fixed word', { byStatus: { ...byStatus, pk: [attribute('status')] } }, {}, /begin with a fixed word/],
    ['no sort key', { byStatus: { ...byStatus, sk: [] } }, {}, /sort key has no parts/],
    [
      'a word that looks like two parts',
      { byStatus: { ...byStatus, pk: ['A#B'] } },
      {},
      /"A#B" must not be empty or hold "#"/,
    ],
    ['an empty word', { byStatus: { ...byStatus, sk: [''] } }, {}, /"" must not be empty/],
    [
      'an attribute that is not there',
      { byStatus: { ...byStatus, sk: [attribute('when')] } },
      {},
      /names "when", which is none/,
    ],
    [
      'a json',
      { byStatus: { ...byStatus, sk: [attribute('extra')] } },
      {},
      /"extra" is of type jsonb, which has no order/,
    ],
    ['bytes', { byStatus: { ...byStatus, pk: ['X', attribute('scan')] } }, {}, /"scan" is of type bytea/],
    [
      'too many',
      Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`by${n}x`, byStatus])),
      {},
      /20 indexes, and a table takes 19/,
    ],
  ])('refuse %s', (_, indexes, more, message) => {
    expect(() => viewOf(indexes, more)).toThrow(
      expect.objectContaining({
        code: 'HYBRIDGE_VIEW_DEFINITION_INVALID',
        message: expect.stringMatching(message) as string,
      }),
    );
  });

  const other = (indexes: object) =>
    view('others', {
      table: table({ ...orders, name: 'public.others' }),
      key: { pk: ['x1', column('id')], sk: ['X'] },
      attributes,
      indexes: indexes as never,
    });

  it('are shared by views of one table', () => {
    const catalog = createCatalog([
      viewOf({ byStatus }),
      other({ byStatus: { ...byStatus, pk: ['OTHERS', attribute('status')] }, all: { pk: ['ALL'], sk: ['X'] } }),
    ]);
    expect(catalog.indexes).toEqual([
      { name: 'byStatus', partitionKey: '_byStatus_pk', sortKey: '_byStatus_sk' },
      { name: 'all', partitionKey: '_all_pk', sortKey: '_all_sk' },
    ]);
  });

  it('are refused where two views would fill one partition, or the table has no room', () => {
    expect(() => createCatalog([viewOf({ byStatus }), other({ byStatus })])).toThrow(
      /orders and others fill the same partitions of index byStatus/,
    );
    const half = (from: number) =>
      Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`by${n + from}x`, byStatus]));
    expect(() => createCatalog([viewOf(half(0)), other(half(10))])).toThrow(
      new RegExp(`20 indexes, and a table takes ${MAX_INDEXES}`),
    );
  });

  it('may list one view in several partitions of one index', () => {
    const numbers = view('numbers', {
      table: table({ ...orders, name: 'public.numbers', columns: { ...orders.columns, id: notNull(int4()) } }),
      key: { pk: ['n1', column('id')], sk: ['N'] },
      attributes: { id: 'id' },
      indexes: { byStatus: { pk: ['STATUS'], sk: [attribute('id')] } },
    });
    expect(createCatalog([viewOf({ byStatus }), numbers]).indexes).toHaveLength(1);
  });
});
