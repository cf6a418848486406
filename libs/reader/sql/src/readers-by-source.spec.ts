import { column, int8, keyFromParts, notNull, source, table, view } from '@hybridge/views';
import { type SourceReader, readersBySource } from './readers-by-source.ts';
import type { RowReader } from './row-reader.ts';
import { absent, customers, found, keyRow } from './testing.features.ts';
import { SqlReadError } from './errors.ts';

const stock = view('stock', {
  table: table({
    source: source('stock', 'mariadb'),
    name: 'stockroom.stock',
    primaryKey: ['id'],
    columns: { id: notNull(int8()) },
  }),
  key: { pk: ['s1', column('id')], sk: ['STOCK'] },
  attributes: { id: 'id' },
});
const stockKey = keyFromParts(stock, ['7']);
const busy = new SqlReadError('HYBRIDGE_READER_SQL_BUSY', 'busy', { cause: undefined });

function reader(of: Partial<SourceReader>): SourceReader {
  const never = (): never => {
    throw new Error('not asked for');
  };
  const readMany: SourceReader['readMany'] = async () => never();
  return {
    ...{ scan: never, readBatch: async () => never(), readMany, isWithin: async () => never() },
    ...{ read: async () => never(), isPrimary: async () => never() },
    ...of,
  };
}

describe('readersBySource', () => {
  const primaryOfStock = { ...reader({}), read: async () => found } satisfies RowReader;
  const rows = readersBySource(
    new Map([
      ['shop', reader({ read: async () => found, isPrimary: async () => true })],
      [
        'stock',
        reader({
          read: async () => absent,
          readBatch: async (_, requests) => requests.map(() => absent),
          isPrimary: async () => false,
          refusal: () => busy,
          primary: primaryOfStock,
        }),
      ],
    ]),
  );

  it('reads each view from its own source', async () => {
    expect(await rows.read(customers, keyRow)).toBe(found);
    expect(await rows.read(stock, stockKey)).toBe(absent);
    expect(await rows.readBatch(stock, [{ keyRow: stockKey }])).toEqual([absent]);
    expect([await rows.isPrimary(customers), await rows.isPrimary(stock)]).toEqual([true, false]);
  });

  it('reads the primary of a source that has a replica, and else the source itself', async () => {
    expect(await rows.primary?.read(stock, stockKey)).toBe(found);
    expect(await rows.primary?.read(customers, keyRow)).toBe(found);
  });

  it('refuses only what the source of the view refuses', () => {
    expect(rows.refusal?.(customers)).toBeUndefined();
    expect(rows.refusal?.(stock)).toBe(busy);
    expect(rows.reserve?.(customers)).toBeDefined();
    expect(() => rows.reserve?.(stock)).toThrow(busy);
  });

  it('names a source that is not connected', () => {
    expect(() => readersBySource(new Map()).read(stock, stockKey)).toThrow(/View stock is of source stock/);
  });
});
