/** One table with a column of every type, on both kinds of database, and what may stand in each column. */
import { SqlRole, ensureAccess, ensureMariadbAccess } from '@hybridge/infra-sql';
import {
  type AnyView,
  type Column,
  bool,
  bytea,
  column,
  createCatalog,
  date,
  float8,
  int2,
  int4,
  int8,
  jsonb,
  mariadb,
  notNull,
  nullable,
  numeric,
  source,
  table,
  text,
  timestamp,
  timestamptz,
  uuid,
  view,
} from '@hybridge/views';
import fc from 'fast-check';
import { startMariadb } from './mariadb-database.ts';
import { startTestDatabase } from './test-database.ts';

/** A column: its type in SQL, its codec, and plain values a customer could send. */
interface TypeSample {
  readonly sql: string;
  readonly column: Column;
  readonly values: fc.Arbitrary<unknown>;
}

export interface EncodedDatabase extends AsyncDisposable {
  readonly view: AnyView;
  /** By attribute. */
  readonly values: Record<string, fc.Arbitrary<unknown>>;
  readonly access: { readonly url: string; readonly applicationName: string };
  /** The image in the inbox row of a change. */
  imageOf(changeId: string): Promise<string | null | undefined>;
}

const integers = (min: bigint, max: bigint): fc.Arbitrary<bigint> =>
  fc.oneof(fc.constantFrom(min, max, 0n), fc.bigInt({ min, max }));
const signed = (bits: bigint): fc.Arbitrary<bigint> => integers(-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n);
const unsigned = (bits: bigint): fc.Arbitrary<bigint> => integers(0n, 2n ** bits - 1n);
const small = (values: fc.Arbitrary<bigint>): fc.Arbitrary<number> => values.map(Number);
const large = (values: fc.Arbitrary<bigint>): fc.Arbitrary<string> => values.map(String);

const decimals = fc.tuple(integers(-(10n ** 30n) + 1n, 10n ** 30n - 1n), fc.nat({ max: 10 })).map(
  ([digits, scale]) =>
    `${digits / 10n ** BigInt(scale)}.${String(digits)
      .replace('-', '')
      .padStart(11, '0')
      .slice(-scale || 99)}`,
);
const doubles = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e125, max: 1e125 }).filter(isLarge);
const texts = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: fc.constantFrom(...`ab'"\\%_?:;$\`\n\r\t\u001a é€😀{}[],`), maxLength: 60 }),
);
const days = fc
  .date({ min: new Date('1000-01-01'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
  .map((instant) => instant.toISOString());
const micros = fc.nat({ max: 999_999 }).map((fraction) => String(fraction).padStart(6, '0'));
const datetimes = fc.tuple(days, micros).map(([day, fraction]) => `${day.slice(0, 19)}.${fraction}`);
const durations = fc
  .tuple(fc.boolean(), fc.nat({ max: 838 }), fc.nat({ max: 59 }), fc.nat({ max: 59 }), micros)
  .map(([below, ...parts]) => {
    const [hours, minutes, seconds, fraction] = parts.map((part) => String(part).padStart(2, '0'));
    const sign = below && parts.some((part) => Number(part) > 0) ? '-' : '';
    return `${sign}${hours}:${minutes}:${seconds}.${fraction}`;
  });
const instants = fc
  .tuple(fc.integer({ min: 1, max: 2_147_483_646 }), micros)
  .map(([seconds, fraction]) => `${new Date(seconds * 1_000).toISOString().slice(0, 19)}.${fraction}Z`);
const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array).toString('base64'));
const jsonNumbers = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e100, max: 1e100 }).filter(isLarge),
);
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, false),
    jsonNumbers,
    texts,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.string({ maxLength: 8 }).filter((name) => name !== '__proto__'),
      tie('value'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
})).value;

/** DynamoDB's numbers end above where doubles do. */
function isLarge(value: number): boolean {
  return value === 0 || Math.abs(value) > 1e-120;
}

const sample = (sql: string, codec: Parameters<typeof nullable>[0], values: fc.Arbitrary<unknown>): TypeSample => ({
  ...{ sql, column: nullable(codec) },
  values: fc.option(values, { freq: 9 }),
});

const ofMariadb: Record<string, TypeSample> = {
  tiny: sample('tinyint', mariadb.tinyint(), small(signed(8n))),
  utiny: sample('tinyint unsigned', mariadb.tinyint({ unsigned: true }), small(unsigned(8n))),
  small: sample('smallint', mariadb.smallint(), small(signed(16n))),
  usmall: sample('smallint unsigned', mariadb.smallint({ unsigned: true }), small(unsigned(16n))),
  medium: sample('mediumint', mariadb.mediumint(), small(signed(24n))),
  umedium: sample('mediumint unsigned', mariadb.mediumint({ unsigned: true }), small(unsigned(24n))),
  normal: sample('int', mariadb.int(), small(signed(32n))),
  unormal: sample('int unsigned zerofill', mariadb.int({ unsigned: true }), small(unsigned(32n))),
  big: sample('bigint', mariadb.bigint(), large(signed(64n))),
  ubig: sample('bigint unsigned', mariadb.bigint({ unsigned: true }), large(unsigned(64n))),
  amount: sample('decimal(40,10)', mariadb.decimal(), decimals),
  single: sample(
    'float',
    mariadb.float(),
    fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e30), max: Math.fround(1e30) }),
  ),
  twice: sample('double', mariadb.double(), doubles),
  fixed: sample(
    'char(60)',
    mariadb.varchar(),
    texts.map((value) => value.replace(/ +$/, '')),
  ),
  line: sample('varchar(120)', mariadb.varchar(), texts),
  latin: sample(
    'varchar(120) character set latin1',
    mariadb.varchar(),
    fc.string({ unit: fc.constantFrom(...'aÄé\\\'"ß '), maxLength: 40 }),
  ),
  tiny_text: sample('tinytext', mariadb.varchar(), fc.string({ unit: 'binary-ascii', maxLength: 60 })),
  page: sample('longtext', mariadb.varchar(), texts),
  choice: sample(`enum('a','B','c''d','')`, mariadb.enumeration(), fc.constantFrom('a', 'B', `c'd`, '')),
  choices: sample(`set('x','Y','z')`, mariadb.set(), fc.constantFrom('', 'x', 'x,Y', 'Y,z', 'x,Y,z')),
  born: sample(
    'date',
    mariadb.date(),
    days.map((day) => day.slice(0, 10)),
  ),
  at0: sample(
    'datetime',
    mariadb.datetime(),
    datetimes.map((time) => time.slice(0, 19)),
  ),
  at3: sample(
    'datetime(3)',
    mariadb.datetime(),
    datetimes.map((time) => time.slice(0, 23)),
  ),
  at6: sample('datetime(6)', mariadb.datetime(), datetimes),
  seen: sample('timestamp(6) null', mariadb.timestamp(), instants),
  clock: sample('time(6)', mariadb.time(), durations),
  model: sample('year', mariadb.year(), fc.oneof(fc.constant(0), fc.integer({ min: 1901, max: 2155 }))),
  doc: sample('json', mariadb.json(), json),
  raw: sample('varbinary(60)', mariadb.blob(), bytes),
  padded: sample(
    'binary(8)',
    mariadb.blob(),
    fc.uint8Array({ minLength: 8, maxLength: 8 }).map((array) => Buffer.from(array).toString('base64')),
  ),
  file: sample('longblob', mariadb.blob(), bytes),
  flag: sample('bit(1)', mariadb.bit(), fc.boolean()),
  flags: sample('bit(64)', mariadb.bits(), large(unsigned(64n))),
  few: sample('bit(11)', mariadb.bits(), large(unsigned(11n))),
  yes: sample('boolean', mariadb.boolean(), fc.boolean()),
  uid: sample('uuid', mariadb.uuid(), fc.uuid({ version: [1, 3, 4, 5] })),
};

const ofPostgres: Record<string, TypeSample> = {
  small: sample('smallint', int2(), small(signed(16n))),
  normal: sample('integer', int4(), small(signed(32n))),
  big: sample('bigint', int8(), large(signed(64n))),
  amount: sample('numeric', numeric(), decimals),
  twice: sample('double precision', float8(), doubles),
  line: sample('text', text(), texts),
  born: sample(
    'date',
    date(),
    days.map((day) => day.slice(0, 10)),
  ),
  at: sample('timestamp', timestamp(), datetimes),
  seen: sample('timestamptz', timestamptz(), instants),
  doc: sample(
    'jsonb',
    jsonb(),
    json.map((value) => JSON.parse(JSON.stringify(value))),
  ),
  raw: sample('bytea', bytea(), bytes),
  yes: sample('boolean', bool(), fc.boolean()),
  uid: sample('uuid', uuid(), fc.uuid()),
};

const viewOf = (kind: 'mariadb' | 'postgres', schema: string, samples: Record<string, TypeSample>): AnyView => {
  const names = Object.keys(samples);
  return view('everything', {
    table: table({
      source: source('test', kind),
      name: `${schema}.everything`,
      primaryKey: ['id'],
      columns: {
        ...Object.fromEntries(names.map((name) => [name, samples[name]?.column as Column])),
        id: notNull(int4()),
      },
    }),
    key: { pk: ['e1', column('id')], sk: ['E'] },
    attributes: Object.fromEntries(['id', ...names].map((name) => [name, name])),
    changes: { allow: names, insert: true, policy: 'customer-wins' },
  } as never);
};

const createTable = (samples: Record<string, TypeSample>): string =>
  `CREATE TABLE everything (id int PRIMARY KEY, ${Object.entries(samples)
    .map(([name, { sql }]) => `${name} ${sql}`)
    .join(', ')})`;

const valuesOf = (samples: Record<string, TypeSample>): EncodedDatabase['values'] =>
  Object.fromEntries(Object.entries(samples).map(([name, { values }]) => [name, values]));

export async function startMariadbTypes(): Promise<EncodedDatabase> {
  const database = await startMariadb();
  const everything = viewOf('mariadb', database.database, ofMariadb);
  await database.query(createTable(ofMariadb));
  await ensureMariadbAccess({ url: database.adminUrl, catalog: createCatalog([everything]), source: 'test' });
  return {
    ...{ view: everything, values: valuesOf(ofMariadb) },
    access: { url: database.appUrl(), applicationName: 'encoders' },
    imageOf: async (id) =>
      (await database.query('SELECT image FROM hybridge_inbox WHERE change_id = ?', [id]))[0]?.['image'],
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

export async function startPostgresTypes(): Promise<EncodedDatabase> {
  const database = await startTestDatabase();
  const everything = viewOf('postgres', 'public', ofPostgres);
  await database.query(createTable(ofPostgres));
  await ensureAccess({ url: database.adminUrl, catalog: createCatalog([everything]), source: 'test' });
  return {
    ...{ view: everything, values: valuesOf(ofPostgres) },
    access: {
      url: database.adminUrl.replace(/\/\/[^@]*@/, `//${SqlRole.app}:${SqlRole.app}@`),
      applicationName: 'encoders',
    },
    imageOf: async (id) =>
      (await database.query('SELECT image FROM hybridge_inbox WHERE change_id = $1', [id]))[0]?.['image'],
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}
