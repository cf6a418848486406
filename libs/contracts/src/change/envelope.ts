import { z } from 'zod';
import { ContractError } from '../errors.ts';
import { type JsonValue, isJsonNumber, parseJson } from '../json.ts';

/**
 * Debezium's change event as this installation configures it: JSON without schemas, decimals and times as strings.
 * Only what the projector needs is read; whatever else the envelope carries is ignored.
 */
export const ChangeOperationCode = { create: 'c', update: 'u', delete: 'd', read: 'r', truncate: 't' } as const;
export type ChangeOperationCode = (typeof ChangeOperationCode)[keyof typeof ChangeOperationCode];

const integer = z
  .custom<JsonValue>((value) => isJsonNumber(value) && /^-?\d+$/.test(String(value)), 'expected a whole number')
  .transform((value) => BigInt(String(value)));
const row = z.custom<{ readonly [column: string]: JsonValue }>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value) && !isJsonNumber(value),
  'expected a row object',
);

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
  /** `schema.table` as the source names it. */
  readonly table: string;
  /** The row before; trusted for nothing but the key of a deleted row. */
  readonly before: { readonly [column: string]: JsonValue } | undefined;
  readonly after: { readonly [column: string]: JsonValue } | undefined;
  /** End LSN of the last commit before this transaction, and LSN of the change. Zero for snapshot rows. */
  readonly position: { readonly major: bigint; readonly minor: bigint };
  /** Transaction id as the source counts it; undefined for snapshot rows. */
  readonly transaction: string | undefined;
  /** Commit time of the transaction, milliseconds since 1970. */
  readonly committedAt: number;
}

/** @throws ContractError `HYBRIDGE_CONTRACT_CHANGE_MALFORMED` */
export function parseChangeEvent(text: string): ChangeEvent {
  const parsed = envelope.safeParse(parseOrThrow(text));
  if (!parsed.success) {
    throw new ContractError(
      'HYBRIDGE_CONTRACT_CHANGE_MALFORMED',
      `Not a Debezium change event: ${z.prettifyError(parsed.error)}`,
    );
  }
  const { op, before, after, source: from } = parsed.data;
  const snapshot = op === ChangeOperationCode.read;
  return {
    op,
    table: from.schema == null ? `${from.db}.${from.table}` : `${from.schema}.${from.table}`,
    before: before ?? undefined,
    after: after ?? undefined,
    position: snapshot ? { major: 0n, minor: 0n } : positionOf(from.sequence),
    transaction: snapshot || from.txId == null ? undefined : String(from.txId),
    committedAt: Number(from.ts_ms),
  };
}

function parseOrThrow(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch (cause) {
    throw new ContractError('HYBRIDGE_CONTRACT_CHANGE_MALFORMED', 'A change event is not valid JSON.', { cause });
  }
}

const SEQUENCE = /^\[(?:null|"(\d+)"),"(\d+)"\]$/;

/** `source.sequence` is a JSON array of two decimal strings; the first is null until a commit was seen. */
function positionOf(sequence: string | null | undefined): { major: bigint; minor: bigint } {
  const match = SEQUENCE.exec(sequence ?? '');
  if (match === null) {
    throw new ContractError(
      'HYBRIDGE_CONTRACT_CHANGE_MALFORMED',
      `A streamed change event needs source.sequence with two LSNs, but it is ${sequence ?? 'missing'}.`,
    );
  }
  return { major: BigInt(match[1] ?? '0'), minor: BigInt(match[2] as string) };
}
