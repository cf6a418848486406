import type { AnyView, Column } from '@hybridge/views';
import { mariadbValues } from './mariadb-values.ts';

/** A JSON Schema of dialect 2020-12, as OpenAPI 3.1 takes it. */
export type Schema = { readonly [keyword: string]: unknown };

/** `customers` → `Customers`, in names of schemas. */
export const titleOf = ({ name }: AnyView): string => name.charAt(0).toUpperCase() + name.slice(1);

/** PostgreSQL holds no U+0000. */
const TEXT: Schema = { type: 'string', pattern: '^[^\\u0000]*$' };

const integer = (bits: number): Schema => ({
  type: 'integer',
  minimum: -(2 ** (bits - 1)),
  maximum: 2 ** (bits - 1) - 1,
});

const YEAR = '(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])';
const LEAP_YEAR = '(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)';
const DAY_OF_MONTH =
  '(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))';
const TIME_OF_DAY = '(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,6})?';
const INSTANT = `(?:${YEAR}-${DAY_OF_MONTH}|${LEAP_YEAR}-02-29)T${TIME_OF_DAY}`;

/** Days and times that there are; PostgreSQL's own range is wider. */
const timeSchema = (zone: 'Z' | '', form: string): Schema => ({
  type: 'string',
  pattern: `^(?:${INSTANT}${zone}|-?infinity)$`,
  description: form,
});

/** Values as documents show them and as changes bring them, by SQL type of their codec. */
const VALUES: Readonly<Record<string, Schema>> = {
  text: TEXT,
  uuid: { type: 'string', format: 'uuid', pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' },
  date: { type: 'string', format: 'date', description: 'YYYY-MM-DD; documents also show infinity and -infinity.' },
  'timestamp with time zone': timeSchema('Z', 'YYYY-MM-DDTHH:MM:SS[.ffffff]Z, or infinity, -infinity.'),
  'timestamp without time zone': timeSchema('', 'YYYY-MM-DDTHH:MM:SS[.ffffff], or infinity, -infinity.'),
  smallint: integer(16),
  integer: integer(32),
  bigint: { type: 'string', pattern: '^-?\\d{1,18}$|^-?\\d{19}$', description: 'Whole number of 64 bits, as text.' },
  numeric: { type: 'string', description: 'Decimal number, as text.', examples: ['12.50'] },
  real: { type: ['number', 'string'], description: 'NaN and the infinities by name.' },
  'double precision': { type: ['number', 'string'], description: 'NaN and the infinities by name.' },
  boolean: { type: 'boolean' },
  bytea: { type: 'string', contentEncoding: 'base64' },
  jsonb: { $ref: '#/components/schemas/Json' },
  ...mariadbValues(TEXT, INSTANT),
};

const JSONS: readonly string[] = ['jsonb', 'json'];
const TEXTS: readonly string[] = ['text', 'varchar'];

/** Any value, where an installation brings a codec of its own. */
const UNKNOWN: Schema = {};

export function valueSchema({ codec, nullable }: Column): Schema {
  const schema = VALUES[codec.sqlType] ?? UNKNOWN;
  if (JSONS.includes(codec.sqlType) && !nullable) return { allOf: [schema, { not: { type: 'null' } }] };
  return nullable ? { anyOf: [schema, { type: 'null' }] } : schema;
}

/** A part of a key in an address: the text of its value. */
export function keyPartSchema({ codec }: Column): Schema {
  if (codec.sqlType === 'bigint') {
    return { type: 'integer', format: 'int64', minimum: -(2 ** 63), maximum: 2 ** 63 - 1025 };
  }
  if (codec.sqlType === 'bigint unsigned') {
    return { type: 'integer', format: 'int64', minimum: 0, maximum: 2 ** 63 - 1025 };
  }
  return TEXTS.includes(codec.sqlType) ? { ...TEXT, minLength: 1 } : (VALUES[codec.sqlType] ?? { type: 'string' });
}

/** DynamoDB holds no number that is nearer to zero, but zero. */
const SMALLEST_NUMBER = 1e-130;

/** What a json column takes: nothing that a consumer would read differently, and no names with a meaning of their own. */
export const JSON_SCHEMA: Schema = {
  anyOf: [
    { type: ['null', 'boolean'] },
    TEXT,
    { type: 'number', minimum: SMALLEST_NUMBER, maximum: Number.MAX_SAFE_INTEGER },
    { type: 'number', minimum: Number.MIN_SAFE_INTEGER, maximum: -SMALLEST_NUMBER },
    { const: 0 },
    { type: 'array', items: { $ref: '#/components/schemas/Json' } },
    {
      type: 'object',
      propertyNames: { allOf: [TEXT, { not: { enum: ['__proto__', 'constructor', 'prototype'] } }] },
      additionalProperties: { $ref: '#/components/schemas/Json' },
    },
  ],
  description: 'At most 32 levels deep. Send numbers beyond these bounds as text.',
};
