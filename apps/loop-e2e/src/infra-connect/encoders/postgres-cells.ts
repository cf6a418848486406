import {
  bool,
  bytea,
  date,
  float4,
  float8,
  int2,
  int4,
  int8,
  jsonb,
  numeric,
  text,
  timestamp,
  timestamptz,
  uuid,
} from '@hybridge/views';
import fc from 'fast-check';
import { escapeLiteral } from 'pg';
import * as values from './cell.ts';

const cell = values.cellsWith(escapeLiteral);
const bytes = values.cellsWith((hex) => `'\\x${hex}'::bytea`);

const SPECIAL = ['NaN', 'Infinity', '-Infinity'];
const NUMERIC = {
  edges: [
    ...['0', '-0.000', '12.500', '100', '1e5', '1.0e-5', '9'.repeat(38), `-0.${'9'.repeat(38)}`, `1${'0'.repeat(125)}`],
    ...[
      `0.${'0'.repeat(129)}1`,
      '9'.repeat(39),
      `1.${'0'.repeat(37)}1`,
      `1${'0'.repeat(126)}`,
      `12${'0'.repeat(40)}.50`,
    ],
    ...[`0.${'0'.repeat(130)}1`, `1e-1000`, `1e1000`, ...SPECIAL],
  ],
  random: values.decimals(38, 38),
};
const DOUBLE = {
  edges: [
    ...['-0', '0', '5e-324', '2.2250738585072014e-308', '1.7976931348623157e308', '1e308', '1e125', '1e126', '2e-3'],
    ...['0.1', '1e23', '2e23', '9007199254740993', '4.35', '1e21', '1e-7', '123456789.125', '8.41e21', ...SPECIAL],
  ],
  random: values.doubles,
};
const REAL = {
  edges: [
    ...[
      '-0',
      '0',
      '1e-45',
      '1.1754944e-38',
      '-1.4e-45',
      '3.4028235e38',
      '0.1',
      '1e10',
      '16777216',
      '3.3554432e7',
      '1.1',
      ...SPECIAL,
    ],
    ...['8.5899346e9', '2e-44', '1.0e-40', '33554434'],
  ],
  random: values.floats,
};
const TEXT = { edges: [...values.EDGE_TEXTS, 'x'.repeat(900)], random: values.texts };
const TIMES = [
  ...['1970-01-01 00:00:00', '1969-12-31 23:59:59.999999', '2026-11-22 15:21:26.286169', '2026-11-22 15:21:26.1'],
  ...[
    '0001-01-01 00:00:00',
    '0099-12-31 23:59:59.5',
    '1582-10-10 00:00:00',
    '1883-11-18 12:03:58',
    '9999-12-31 23:59:59.999999',
  ],
  ...['10000-01-01 00:00:00', '99999-06-30 12:00:00.000001', '275760-09-12 00:00:00', '294276-12-31 23:59:59.999999'],
  ...[
    '2024-02-29 24:00:00',
    'infinity',
    '-infinity',
    '0001-12-31 00:00:00 BC',
    '4713-01-01 00:00:00 BC',
    '0044-03-15 12:34:56.789 BC',
  ],
];
const MOMENTS = values.moments('0001-01-01', '9999-12-31');
const JSON_VALUES = { edges: values.EDGE_JSON, random: values.json };
const SHORT = fc.string({ maxLength: 9, unit: 'grapheme-ascii' });
const LONG = 20_000;
const long = (unit: string): string => unit.repeat(LONG / unit.length);

/** Columns that are kept outside of the row when they are long: an update that does not touch them leaves them out. */
export const LONG_COLUMNS = ['long_text', 'long_bytes', 'long_json', 'long_jsonb', 'long_number'];

export const postgresCells: values.Cells = {
  small: cell('smallint', int2(), values.signed(16n)),
  normal: cell('integer', int4(), values.signed(32n)),
  normal_as_big: cell('integer', int8(), values.signed(32n)),
  big: cell('bigint', int8(), values.signed(64n)),
  big_as_number: cell('bigint', numeric(), values.signed(64n)),
  number: cell('numeric', numeric(), NUMERIC),
  number_as_text: cell('numeric', numeric({ overflow: 'string' }), NUMERIC),
  number_without_names: cell('numeric', numeric({ special: 'null' }), NUMERIC),
  money: cell('numeric(38,10)', numeric(), {
    edges: ['0', '12.5', '-0.0000000001', `${'9'.repeat(28)}.9999999999`, 'NaN'],
    random: values.decimals(28, 10),
  }),
  thousands: cell('numeric(5,-3)', numeric(), { edges: ['12345678', '-1000', '499'] }),
  single: cell('real', float4(), REAL),
  twice: cell('double precision', float8(), DOUBLE),
  twice_as_text: cell('double precision', float8({ overflow: 'string' }), DOUBLE),
  line: cell('text', text(), TEXT),
  short: cell('varchar(2000)', text(), TEXT),
  padded: cell('char(30)', text(), { edges: ['', 'a', ' b ', '😀', '日本'] }),
  mood: cell('mood', text(), { edges: ['sad', 'ok', `it's "so"`, '😀'] }),
  yes: cell('boolean', bool(), { edges: ['t', 'f'] }),
  uid: cell('uuid', uuid(), {
    edges: ['00000000-0000-0000-0000-000000000000', 'FFFFFFFF-ffff-FFFF-ffff-FFFFFFFFFFFF'],
    random: fc.uuid(),
  }),
  uid_as_text: cell('uuid', text(), { edges: ['6F9619FF-8B86-D011-B42D-00C04FC964FF'], random: fc.uuid() }),
  raw: bytes('bytea', bytea(), { edges: values.EDGE_HEX, random: values.hex }),
  doc: cell('json', jsonb(), JSON_VALUES),
  docb: cell('jsonb', jsonb(), JSON_VALUES),
  born: cell('date', date(), {
    edges: [
      ...[
        '1970-01-01',
        '1969-12-31',
        '2024-02-29',
        '0001-01-01',
        '0099-12-31',
        '1582-10-04',
        '1582-10-15',
        '9999-12-31',
      ],
      ...['10000-01-01', '275761-01-01', '5874897-12-31', 'infinity', '-infinity'],
    ],
    // They are days of Java's calendar there, which knows no era and no days between Julian and Gregorian.
    lostInSnapshots: ['1582-10-10', '0001-12-31 BC', '0044-03-15 BC', '4713-01-01 BC'],
    random: values.days('0001-01-01', '9999-12-31'),
  }),
  at: cell('timestamp', timestamp(), { edges: TIMES, random: MOMENTS }),
  at3: cell('timestamp(3)', timestamp(), { edges: TIMES.slice(0, 9), random: MOMENTS }),
  seen: cell('timestamptz', timestamptz(), {
    edges: [...TIMES, '1883-11-18 12:03:58-04:56:02', '2026-03-29 02:30:00+05:45'],
    random: MOMENTS,
  }),
  seen0: cell('timestamptz(0)', timestamptz(), { edges: TIMES.slice(0, 8), random: MOMENTS }),
  long_text: cell('text', text(), { edges: [long('x'), long('ä€😀 '), ''], random: SHORT }),
  long_bytes: bytes('bytea', bytea(), { edges: [long('00'), long('5c27ff'), ''], random: values.hex }),
  long_json: cell('json', jsonb(), { edges: [`{"a": "${long('x')}"}`, '{"a": 1}'], random: fc.constant('{}') }),
  long_jsonb: cell('jsonb', jsonb(), { edges: [`["${long('é')}"]`, '[]'], random: fc.constant('[1]') }),
  long_number: cell('numeric', numeric({ overflow: 'string' }), {
    edges: [`1${'7'.repeat(LONG)}`, '1.50'],
    random: values.decimals(9, 3),
  }),
};

/** The table and its types. */
export const postgresSchema = (table: string, columns: string): string => `
  CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s "so"', '😀');
  CREATE TABLE ${table} (id int PRIMARY KEY, touched int NOT NULL DEFAULT 0, ${columns});
  ${LONG_COLUMNS.map((name) => `ALTER TABLE ${table} ALTER COLUMN ${name} SET STORAGE EXTERNAL;`).join('\n')}`;
