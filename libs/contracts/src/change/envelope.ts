import { z } from 'zod';
import { ContractError } from '../errors.ts';
import { type JsonNumber, type JsonValue, isJsonNumber, numberText, parseJsonValue } from '../json.ts';
import { type Place, placeOf } from './place.ts';

/**
 * Debezium's change event as this installation configures it: JSON without schemas, decimals and times as strings.
 * Only what the projector needs is read; whatever else the envelope carries is ignored.
 */
export const ChangeOperationCode = { create: 'c', update: 'u', delete: 'd', read: 'r', truncate: 't' } as const;
export type ChangeOperationCode = (typeof ChangeOperationCode)[keyof typeof ChangeOperationCode];

/** A row as JSON, by column name. */
export type JsonRow = { readonly [column: string]: JsonValue };

const isInteger = (value: unknown): value is JsonNumber =>
  typeof value === 'number' ? Number.isSafeInteger(value) : isJsonNumber(value) && /^-?\d+$/.test(numberText(value));
const isRow = (value: unknown): value is JsonRow =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isJsonNumber(value);

const integer = z.custom<JsonNumber>(isInteger, 'expected a whole number');
const row = z.custom<JsonRow>(isRow, 'expected a row object');

const source = z.object({
  connector: z.string(),
  schema: z.string().nullish(),
  db: z.string(),
  table: z.string(),
  ts_ms: integer,
  snapshot: z.union([z.string(), z.boolean()]).nullish(),
  sequence: z.string().nullish(),
  txId: integer.nullish(),
  lsn: integer.nullish(),
  file: z.string().nullish(),
  pos: integer.nullish(),
  gtid: z.string().nullish(),
});

const envelope = z.object({
  op: z.enum(['c', 'u', 'd', 'r', 't']),
  before: row.nullish(),
  after: row.nullish(),
  source,
});

/** One row change as Debezium captured it, decoded losslessly. */
export interface ChangeEvent {
  readonly op: ChangeOperationCode;
  /** `schema.table` as the source names it; of MariaDB and MySQL `database.table`. */
  readonly table: string;
  /** The row before; trusted for nothing but the key of a deleted row. */
  readonly before: JsonRow | undefined;
  readonly after: JsonRow | undefined;
  /** Zero for snapshot rows. */
  readonly position: Place['position'];
  /** Undefined for snapshot rows. */
  readonly transaction: Place['transaction'];
  /** Commit time of the transaction, milliseconds since 1970. */
  readonly committedAt: number;
}

type Envelope = z.infer<typeof envelope>;

/** @throws ContractError `HYBRIDGE_CONTRACT_CHANGE_MALFORMED` */
export function parseChangeEvent(text: string): ChangeEvent {
  const { op, before, after, source: from } = validated(parseOrThrow(text));
  const place = op === ChangeOperationCode.read ? NO_PLACE : placeOf(from);
  return {
    op,
    table: tableName(from.schema ?? from.db, from.table),
    before: before ?? undefined,
    after: after ?? undefined,
    position: place.position,
    transaction: place.transaction,
    committedAt: Number(numberText(from.ts_ms)),
  };
}

let recent = { schema: '', table: '', name: '.' };

/** Neighbouring events are mostly of one table: its name is then not joined and hashed again. */
function tableName(schema: string, table: string): string {
  if (recent.table !== table || recent.schema !== schema) recent = { schema, table, name: `${schema}.${table}` };
  return recent.name;
}

const NO_PLACE: Place = { position: { major: 0n, minor: 0n }, transaction: undefined };

/** The schema is slow: it is asked only where a quick look finds fault, and has the last word then. */
function validated(json: unknown): Envelope {
  if (isEnvelope(json)) return json;
  const parsed = envelope.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new ContractError(
    'HYBRIDGE_CONTRACT_CHANGE_MALFORMED',
    `Not a Debezium change event: ${z.prettifyError(parsed.error)}`,
  );
}

/** Says yes to nothing that the schema refuses. */
function isEnvelope(json: unknown): json is Envelope {
  if (!isRow(json)) return false;
  const { op, before, after, source: from } = json;
  return isOperation(op) && (before == null || isRow(before)) && (after == null || isRow(after)) && isSource(from);
}

const isOperation = (op: unknown): boolean => op === 'c' || op === 'u' || op === 'd' || op === 'r' || op === 't';

function isSource(from: unknown): boolean {
  if (!isRow(from)) return false;
  const texts =
    typeof from['connector'] === 'string' && typeof from['db'] === 'string' && typeof from['table'] === 'string';
  return (
    texts &&
    isTextOrNone(from['schema']) &&
    isTextOrNone(from['sequence']) &&
    isTextOrNone(from['snapshot']) &&
    isTextOrNone(from['file']) &&
    isTextOrNone(from['gtid']) &&
    hasIntegers(from)
  );
}

const isTextOrNone = (value: unknown): boolean => value == null || typeof value === 'string';

const hasIntegers = ({ ts_ms, txId, lsn, pos }: JsonRow): boolean =>
  isInteger(ts_ms) &&
  (txId == null || isInteger(txId)) &&
  (lsn == null || isInteger(lsn)) &&
  (pos == null || isInteger(pos));

function parseOrThrow(text: string): JsonValue {
  try {
    return parseJsonValue(text, ownTimesOf);
  } catch (cause) {
    throw new ContractError('HYBRIDGE_CONTRACT_CHANGE_MALFORMED', 'A change event is not valid JSON.', { cause });
  }
}

/** `ts_us` and `ts_ns`, which Debezium writes with 16 and 19 digits, and nobody reads. */
function ownTimesOf(json: unknown): number {
  if (!isRow(json)) return 0;
  return longTimesOf(json) + (isRow(json['source']) ? longTimesOf(json['source']) : 0);
}

const longTimesOf = ({ ts_us, ts_ns }: JsonRow): number => (isLong(ts_us) ? 1 : 0) + (isLong(ts_ns) ? 1 : 0);
const isLong = (value: unknown): boolean => typeof value === 'number' && value >= 1e15;
