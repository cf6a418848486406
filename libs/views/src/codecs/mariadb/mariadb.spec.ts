import { jsonNumber } from '@hybridge/contracts';
import { changeDecoder } from '../../change-decoder.ts';
import { LostValueError } from '../../errors.ts';
import { type Codec, column, int4, mariadb, notNull, source, table, view } from '../../index.ts';

const N = (digits: string) => ({ N: digits });
const S = (value: string) => ({ S: value });

/** What the connector writes, what the server writes, and the one attribute. */
const forms: readonly (readonly [
  type: string,
  codec: Codec<never>,
  change: unknown,
  text: string,
  attribute: unknown,
])[] = [
  ['tinyint', mariadb.tinyint(), -128, '-128', N('-128')],
  ['tinyint(1) that was made as BOOLEAN', mariadb.tinyint(), true, '1', N('1')],
  ['int unsigned zerofill', mariadb.int({ unsigned: true }), 7, '0000000007', N('7')],
  ['bigint', mariadb.bigint(), jsonNumber('-9223372036854775808'), '-9223372036854775808', N('-9223372036854775808')],
  [
    'bigint unsigned, as precise',
    mariadb.bigint({ unsigned: true }),
    jsonNumber('18446744073709551615'),
    '18446744073709551615',
    N('18446744073709551615'),
  ],
  [
    'bigint unsigned, as long',
    mariadb.bigint({ unsigned: true }),
    -1,
    '18446744073709551615',
    N('18446744073709551615'),
  ],
  ['decimal', mariadb.decimal(), '12.500', '12.500', N('12.5')],
  ['float', mariadb.float(), 1.1, '1.1', N('1.1')],
  ['float, widened', mariadb.float(), 1.100000023841858, '1.1', N('1.1')],
  ['float, beyond what the server prints', mariadb.float(), jsonNumber('1.6777216E7'), '16777200', N('16777200')],
  ['double', mariadb.double(), jsonNumber('1.0E10'), '10000000000', N('10000000000')],
  ['year', mariadb.year(), 1900, '0000', N('0')],
  ['year, beside a number with an exponent', mariadb.year(), jsonNumber('1900'), '0000', N('0')],
  ['char', mariadb.varchar(), 'a b', 'a b', S('a b')],
  ['date', mariadb.date(), '2026-11-22Z', '2026-11-22', S('2026-11-22')],
  ['date, zero', mariadb.date(), '0000-00-00', '0000-00-00', { NULL: true }],
  ['date of no month', mariadb.date(), '2026-00-10', '2026-00-10', { NULL: true }],
  ['datetime', mariadb.datetime(), '2026-11-22T15:21:26.5Z', '2026-11-22 15:21:26.500', S('2026-11-22T15:21:26.5')],
  [
    'timestamp',
    mariadb.timestamp(),
    '2026-11-22T15:21:26.286169Z',
    '2026-11-22 15:21:26.286169',
    S('2026-11-22T15:21:26.286169Z'),
  ],
  ['timestamp, zero', mariadb.timestamp(), '0000-00-00 00:00:00', '0000-00-00 00:00:00.000', { NULL: true }],
  ['time', mariadb.time(), 47_655_123_000, '13:14:15.123000', S('13:14:15.123')],
  ['time below zero', mariadb.time(), -1_000_000, '-00:00:01', S('-00:00:01')],
  ['boolean', mariadb.boolean(), 1, '1', { BOOL: true }],
  ['boolean that is five', mariadb.boolean(), 5, '5', { BOOL: true }],
  ['bit(1)', mariadb.bit(), false, '0', { BOOL: false }],
  ['bit(11)', mariadb.bits(), 'AAQ=', '1024', N('1024')],
  ['blob', mariadb.blob(), '00ff', '00FF', { B: new Uint8Array([0, 255]) }],
  ['json', mariadb.json(), '{"a":9007199254740993}', '{"a": 9007199254740993}', { M: { a: N('9007199254740993') } }],
  [
    'uuid',
    mariadb.uuid(),
    '6f9619ff-8b86-d011-b42d-00c04fc964ff',
    '6F9619FF-8B86-D011-B42D-00C04FC964FF',
    S('6f9619ff-8b86-d011-b42d-00c04fc964ff'),
  ],
] as never;

describe('codecs of MariaDB', () => {
  it.each(forms)('%s: event, driver and image are one attribute', (_, codec, change, ...[text, attribute]) => {
    expect(codec.fromChange(change as never)).toEqual(attribute);
    expect(codec.fromText(text)).toEqual(attribute);
    expect(codec.fromImage(text)).toEqual(attribute);
  });

  it.each([
    ['below', mariadb.tinyint(), '-129'],
    ['above', mariadb.mediumint({ unsigned: true }), '16777216'],
    ['of the wrong sign', mariadb.bigint({ unsigned: true }), '-1'],
    ['no integer', mariadb.int(), '1.5'],
  ])('refuse a number that is %s', (_, codec, text) => {
    expect(() => codec.fromText(text)).toThrow(/is not a value of type/);
  });

  it('read a zero date in a column that is never NULL as events have it', () => {
    for (const [codec, change, text, attribute] of [
      [mariadb.date(), 0, '0000-00-00', S('1970-01-01')],
      [mariadb.datetime(), 0, '2026-02-00 00:00:00.000', S('1970-01-01T00:00:00')],
      [mariadb.timestamp(), '1970-01-01T00:00:00Z', '0000-00-00 00:00:00', { NULL: true }],
    ] as const) {
      const column = notNull(codec).codec;
      expect(column.fromChange(change)).toEqual(attribute);
      expect([column.fromText(text), column.fromImage(text)]).toEqual([attribute, attribute]);
    }
  });

  it('ask SQL for a UUID of an event that may have lost zeros at its end', () => {
    expect(() => mariadb.uuid().fromChange('0012780c-baba-1026-9564-5b8c656024db')).toThrow(LostValueError);
    expect(mariadb.uuid().fromText('0012780C-baba-1026-9564-5b8c65602400')).toEqual(
      S('0012780c-baba-1026-9564-5b8c65602400'),
    );
  });

  it('have the whole row asked for such a UUID, as the item may hold an older one', () => {
    const tokens = table({
      source: source('stock', 'mariadb'),
      name: 'stock.tokens',
      primaryKey: ['id'],
      columns: { id: notNull(int4()), uid: notNull(mariadb.uuid()) },
    });
    const decoder = changeDecoder(
      view('tokens', { table: tokens, key: { pk: ['t1', column('id')], sk: ['T'] }, attributes: { uid: 'uid' } }),
    );
    for (const [uid, kind] of [
      ['0012780c-baba-1026-9564-5b8c656024db', 'touched'],
      ['1012780c-baba-1026-9564-5b8c656024db', 'upsert'],
    ] as const) {
      expect(decoder.columnsOf({ id: 1, uid }, decoder.keyOf({ id: 1, uid })).kind).toBe(kind);
    }
  });

  it('are refused for a key where events may lose its value', () => {
    const define = () =>
      table({
        source: source('stock', 'mariadb'),
        name: 'stock.tokens',
        primaryKey: ['uid'],
        columns: { uid: notNull(mariadb.uuid()) },
      });
    expect(define).toThrow(/stock\.tokens\.uid cannot be a column of the key: .*char\(36\)/);
  });

  it('give parameters as the server takes them', () => {
    expect(mariadb.timestamp().toText(S('2026-11-22T15:21:26.5Z'))).toBe('2026-11-22 15:21:26.5');
    expect(mariadb.blob().toText({ B: new Uint8Array([0, 255]) })).toBe('00ff');
    expect(mariadb.boolean().toText({ BOOL: true })).toBe('1');
    expect(mariadb.bits().toText(N('1024'))).toBe('1024');
  });

  it('show integers of 64 bits as strings, and others as numbers', () => {
    expect(mariadb.bigint().toPlain(N('7'))).toBe('7');
    expect(mariadb.mediumint().toPlain(N('7'))).toBe(7);
    expect(mariadb.bits().toPlain(N('1024'))).toBe('1024');
    expect(mariadb.float().toPlain(N('1.5'))).toBe(1.5);
  });
});
