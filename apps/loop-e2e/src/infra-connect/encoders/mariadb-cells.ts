import { mariadb } from '@hybridge/views';
import fc from 'fast-check';
import { escape } from 'mysql2';
import * as values from './cell.ts';

const cell = values.cellsWith((text) => escape(text));
const number = values.cellsWith((text) => text);
const bytes = values.cellsWith((hex) => `x'${hex}'`);

const DECIMALS = ['0', '-0.0', '12.5', '-0.0000000001', `${'9'.repeat(28)}.9999999999`, '1e3'];
const DOUBLES = [
  ...[
    '-0',
    '0',
    '5e-324',
    '2.2250738585072014e-308',
    '1.7976931348623157e308',
    '1e308',
    '1e125',
    '1e126',
    '2e-3',
    '0.1',
  ],
  ...['1e23', '2e23', '9007199254740993', '4.35', '1e21', '1e-7', '123456789.125', '-1.2345678901234567e-100'],
];
const FLOATS = [
  ...['-0', '0', '1.4e-45', '1.1754944e-38', '-3.4028234e38', '0.1', '1e10', '16777216', '1234567.9', '1.1', '9999995'],
  ...['999999.5', '0.0009999995', '33554434', '1e-40'],
];
const TEXT = { edges: [...values.EDGE_TEXTS, 'a\0b', 'x'.repeat(900)], random: values.texts };
const TIMES = [
  ...['1970-01-01 00:00:00', '1969-12-31 23:59:59.999999', '2026-11-22 15:21:26.286169', '0001-01-01 00:00:00'],
  ...['0099-12-31 23:59:59.5', '1582-10-15 00:00:00', '9999-12-31 23:59:59.999999', '2024-02-29 12:00:00.000001'],
];
const MOMENTS = values.moments('0001-01-01', '9999-12-31T23:59:59Z');
const DURATIONS = [
  ...[
    '00:00:00',
    '24:00:00',
    '23:59:59.999999',
    '-00:00:00.000001',
    '838:59:59.999999',
    '-838:59:59.999999',
    '-24:00:00',
  ],
  ...['100:00:00.5', '-00:00:01'],
];
const LONG = 20_000;

export const mariadbCells: values.Cells = {
  tiny: number('tinyint', mariadb.tinyint(), values.signed(8n)),
  utiny: number('tinyint unsigned', mariadb.tinyint({ unsigned: true }), values.unsigned(8n)),
  tiny1: number('tinyint(1)', mariadb.tinyint(), values.signed(8n)),
  yes: number('boolean', mariadb.boolean(), { edges: ['0', '1', '2', '-128'] }),
  small: number('smallint', mariadb.smallint(), values.signed(16n)),
  usmall: number('smallint unsigned', mariadb.smallint({ unsigned: true }), values.unsigned(16n)),
  medium: number('mediumint', mariadb.mediumint(), values.signed(24n)),
  umedium: number('mediumint unsigned', mariadb.mediumint({ unsigned: true }), values.unsigned(24n)),
  normal: number('int', mariadb.int(), values.signed(32n)),
  unormal: number('int unsigned', mariadb.int({ unsigned: true }), values.unsigned(32n)),
  zeros: number('int(8) zerofill', mariadb.int({ unsigned: true }), values.unsigned(32n)),
  big: number('bigint', mariadb.bigint(), values.signed(64n)),
  ubig: number('bigint unsigned', mariadb.bigint({ unsigned: true }), values.unsigned(64n)),
  money: number('decimal(38,10)', mariadb.decimal(), { edges: DECIMALS, random: values.decimals(28, 10) }),
  umoney: number('decimal(10,2) unsigned zerofill', mariadb.decimal(), { edges: ['0', '1.10', '99999999.99'] }),
  digits: number('decimal(65,0)', mariadb.decimal(), {
    edges: ['9'.repeat(38), `-${'9'.repeat(39)}`, '9'.repeat(65), `12${'0'.repeat(50)}`],
  }),
  digits_as_text: number('decimal(65,30)', mariadb.decimal({ overflow: 'string' }), {
    edges: [`${'9'.repeat(35)}.${'9'.repeat(30)}`, '1.1', `0.${'0'.repeat(29)}1`],
  }),
  single: number('float', mariadb.float(), { edges: FLOATS, random: values.floats }),
  usingle: number('float unsigned', mariadb.float(), { edges: ['0', '3.4028234e38', '0.3'] }),
  twice: number('double', mariadb.double(), { edges: DOUBLES, random: values.doubles }),
  char_: cell('char(60)', mariadb.varchar(), { edges: values.EDGE_TEXTS, random: values.texts }),
  line: cell('varchar(1000)', mariadb.varchar(), TEXT),
  latin: cell('varchar(120) character set latin1', mariadb.varchar(), {
    edges: ['', '€', 'ÿÄß', `\\'"`],
    random: fc.string({ unit: fc.constantFrom(...'aÄé\\\'"ß €žŒ™'), maxLength: 40 }),
  }),
  narrow: cell('varchar(120) character set utf8mb3 collate utf8mb3_general_ci', mariadb.varchar(), {
    edges: ['日本', 'É', ' é '],
  }),
  wide: cell('varchar(120) character set utf16', mariadb.varchar(), { edges: ['日本😀', 'a'] }),
  tiny_text: cell('tinytext', mariadb.varchar(), { edges: values.EDGE_TEXTS }),
  page: cell('longtext', mariadb.varchar(), {
    edges: ['x'.repeat(LONG), '😀ä'.repeat(LONG / 4)],
    random: values.texts,
  }),
  choice: cell(`enum('a','B','c''d','','é')`, mariadb.enumeration(), { edges: ['a', 'B', `c'd`, '', 'é'] }),
  choices: cell(`set('x','Y','z')`, mariadb.set(), { edges: ['', 'x', 'x,Y', 'z,Y', 'z,x,Y'] }),
  born: cell('date', mariadb.date(), {
    edges: ['1970-01-01', '1969-12-31', '0001-01-01', '1582-10-15', '9999-12-31', '0000-00-00', '2026-02-00'],
    random: values.days('0001-01-01', '9999-12-31'),
  }),
  at0: cell('datetime', mariadb.datetime(), {
    ...{ edges: [...TIMES, '0000-00-00'], random: MOMENTS },
    // No day of Java's calendar.
    lostInSnapshots: ['1582-10-10 01:02:03'],
  }),
  at3: cell('datetime(3)', mariadb.datetime(), { edges: TIMES, random: MOMENTS }),
  at6: cell('datetime(6)', mariadb.datetime(), { edges: [...TIMES, '0000-00-00'], random: MOMENTS }),
  seen0: cell('timestamp null', mariadb.timestamp(), {
    edges: ['1970-01-01 00:00:01', '2038-01-19 03:14:07', '0000-00-00'],
  }),
  seen6: cell('timestamp(6) null', mariadb.timestamp(), {
    edges: ['1970-01-01 00:00:01', '2026-03-29 02:30:00.000001', '2026-11-22 15:21:26.5'],
    random: values.moments('1970-01-02', '2038-01-18'),
  }),
  clock0: cell('time', mariadb.time(), { edges: ['-838:59:59', '838:59:59', '24:00:00', '-00:00:01'] }),
  clock: cell('time(6)', mariadb.time(), { edges: DURATIONS, random: values.durations }),
  model: number('year', mariadb.year(), {
    edges: ['1901', '2155', '2000'],
    lostInSnapshots: ['0'],
    random: fc.integer({ min: 1901, max: 2155 }),
  }),
  doc: cell('json', mariadb.json(), { edges: values.EDGE_JSON, random: values.json }),
  doc_as_text: cell('json', mariadb.varchar(), { edges: values.EDGE_JSON }),
  raw: bytes('varbinary(60)', mariadb.blob(), { edges: values.EDGE_HEX, random: values.hex }),
  padded: bytes('binary(8)', mariadb.blob(), { edges: ['', '00', '6100', '0000000000000061', 'ffffffffffffffff'] }),
  file: bytes('longblob', mariadb.blob(), { edges: [...values.EDGE_HEX, '00ff'.repeat(LONG / 2)], random: values.hex }),
  flag: number('bit(1)', mariadb.bit(), { edges: ['0', '1'] }),
  flags: number('bit(64)', mariadb.bits(), values.unsigned(64n)),
  few: number('bit(11)', mariadb.bits(), values.unsigned(11n)),
  uid: cell('uuid', mariadb.uuid(), {
    edges: [
      '00000000-0000-0000-0000-000000000000',
      'FFFFFFFF-ffff-FFFF-ffff-FFFFFFFFFFFF',
      '6ccd780c-baba-1026-9564-5b8c65602400',
      '6ccd780c-baba-4026-9564-000000000000',
      '00cd780c-baba-4026-9564-5b8c656024db',
      '6f9619ff-8b86-d011-b42d-00c04fc96400',
    ],
    random: fc.uuid({ version: [1, 3, 4, 5] }),
  }),
};

/** The table. Zero dates come into old databases so. */
export const mariadbSchema = (table: string, columns: string): string =>
  `CREATE TABLE ${table} (id int PRIMARY KEY, touched int NOT NULL DEFAULT 0, ${columns})`;
