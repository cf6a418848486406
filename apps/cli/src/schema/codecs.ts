import { type SchemaColumn, TypeShape } from '@hybridge/reader-schema';
import {
  SourceKind,
  bool,
  bytea,
  date,
  float4,
  float8,
  int2,
  int4,
  int8,
  jsonb,
  mariadb,
  numeric,
  text,
  timestamp,
  timestamptz,
  uuid,
} from '@hybridge/views';

/** How a column's values travel: the codec as a definition calls it, what that imports, and its `sqlType`. */
export interface ColumnCodec {
  readonly call: string;
  readonly imported: string;
  readonly sqlType: string;
  /** Why no key can have such a column. */
  readonly noKey?: string | undefined;
}

const postgresCodecs = {
  ...{ bool, bytea, date, float4, float8, int2, int4, int8, jsonb, numeric, text, timestamp, timestamptz, uuid },
} as const;

const ofPostgres = (name: keyof typeof postgresCodecs): ColumnCodec => ({
  call: `${name}()`,
  imported: name,
  sqlType: postgresCodecs[name]().sqlType,
});

const ofMariadb = (name: keyof typeof mariadb): ColumnCodec => ({
  call: `mariadb.${name}()`,
  imported: 'mariadb',
  sqlType: mariadb[name]().sqlType,
  noKey: mariadb[name]().noKey,
});

type Integer = 'tinyint' | 'smallint' | 'mediumint' | 'int' | 'bigint';

const ofUnsigned = (name: Integer): ColumnCodec => ({
  call: `mariadb.${name}({ unsigned: true })`,
  imported: 'mariadb',
  sqlType: mariadb[name]({ unsigned: true }).sqlType,
});

/** Codecs that read a type alike from log, driver and image; the first is the one to take. */
type Codecs = Readonly<Record<string, readonly ColumnCodec[]>>;

const codecsFor = (types: readonly string[], ...codecs: readonly ColumnCodec[]): Codecs =>
  Object.fromEntries(types.map((type) => [type, codecs]));

const [INT4, INT8, NUMERIC, TEXT] = [ofPostgres('int4'), ofPostgres('int8'), ofPostgres('numeric'), ofPostgres('text')];

/** By `format_type`, without length and precision. */
const POSTGRES: Codecs = {
  ...codecsFor(['smallint'], ofPostgres('int2'), INT4, INT8, NUMERIC),
  ...codecsFor(['integer'], INT4, INT8, NUMERIC),
  ...codecsFor(['bigint'], INT8, NUMERIC),
  ...codecsFor(['numeric'], NUMERIC),
  ...codecsFor(['real'], ofPostgres('float4')),
  ...codecsFor(['double precision'], ofPostgres('float8')),
  // No `name`: Debezium has NULL for it in changes.
  ...codecsFor(['text', 'character varying', 'character'], TEXT),
  ...codecsFor(['uuid'], ofPostgres('uuid'), TEXT),
  ...codecsFor(['boolean'], ofPostgres('bool')),
  ...codecsFor(['bytea'], ofPostgres('bytea')),
  ...codecsFor(['json', 'jsonb'], ofPostgres('jsonb')),
  ...codecsFor(['date'], ofPostgres('date')),
  ...codecsFor(['timestamp without time zone'], ofPostgres('timestamp')),
  ...codecsFor(['timestamp with time zone'], ofPostgres('timestamptz')),
};

const INTEGERS: readonly Integer[] = ['tinyint', 'smallint', 'mediumint', 'int', 'bigint'];

/** By `DATA_TYPE`, with `unsigned` and length where they count. */
const BINLOG: Codecs = {
  ...Object.fromEntries(INTEGERS.map((type) => [type, [ofMariadb(type)]])),
  ...Object.fromEntries(INTEGERS.map((type) => [`${type} unsigned`, [ofUnsigned(type)]])),
  // The server does not tell BOOLEAN from TINYINT(1), and whoever wrote either meant yes or no.
  ...codecsFor(['tinyint(1)'], ofMariadb('boolean'), ofMariadb('tinyint')),
  ...codecsFor(['decimal', 'decimal unsigned'], ofMariadb('decimal')),
  ...codecsFor(['double', 'double unsigned'], ofMariadb('double')),
  ...codecsFor(['float', 'float unsigned'], ofMariadb('float')),
  ...codecsFor(['year', 'year unsigned'], ofMariadb('year')),
  ...codecsFor(['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext'], ofMariadb('varchar')),
  ...codecsFor(['json'], ofMariadb('json'), ofMariadb('varchar')),
  ...codecsFor(['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob'], ofMariadb('blob')),
  ...codecsFor(['enum'], ofMariadb('enumeration')),
  ...codecsFor(['set'], ofMariadb('set')),
  ...codecsFor(['uuid'], ofMariadb('uuid')),
  ...codecsFor(['date'], ofMariadb('date')),
  ...codecsFor(['datetime'], ofMariadb('datetime')),
  ...codecsFor(['timestamp'], ofMariadb('timestamp')),
  ...codecsFor(['time'], ofMariadb('time')),
  ...codecsFor(['bit(1)'], ofMariadb('bit')),
  ...codecsFor(['bit'], ofMariadb('bits')),
};

/** The codecs a column's type fits, the one to take first; empty where none is safe. */
export function codecsOf(kind: SourceKind, column: SchemaColumn): readonly ColumnCodec[] {
  if (kind !== SourceKind.postgres) return BINLOG[column.type] ?? [];
  if (column.shape === TypeShape.enum) return [TEXT];
  return column.shape === TypeShape.base ? (POSTGRES[column.type] ?? []) : [];
}
