import { type ChangeOperationCode, type JsonValue, formatJson, jsonNumber } from '@hybridge/contracts';

/** A cell of a row: bigints and numbers become JSON numbers with all their digits. */
export type Cell = null | boolean | number | bigint | string | readonly Cell[] | { readonly [name: string]: Cell };
export type CellRow = { readonly [column: string]: Cell };

export interface ChangeEventInput {
  /** Default `c` with only `after`, `d` with only `before`, else `u`. */
  readonly op?: ChangeOperationCode;
  /** Default `public.customers`. */
  readonly table?: string;
  readonly before?: CellRow | null;
  readonly after?: CellRow | null;
  /** LSN of the change; default 1000. */
  readonly lsn?: bigint | number;
  /** End LSN of the last commit before; null right after a fresh snapshot; default the LSN of the change less one. */
  readonly lastCommitLsn?: bigint | number | null;
  /** Default 700. */
  readonly transaction?: bigint | number;
  /** Commit time, milliseconds since 1970; default 1 700 000 000 000. */
  readonly committedAt?: number;
  readonly database?: string;
  /** Makes it an event of MariaDB or MySQL; `table` is then `database.table`. */
  readonly binlog?: BinlogPlace;
}

/** Where a change lies in a binlog. */
export interface BinlogPlace {
  /** Default `mariadb`. */
  readonly kind?: 'mariadb' | 'mysql';
  /** Default `binlog.000001`. */
  readonly file?: string;
  readonly pos: number;
  /** Default made of the position. */
  readonly gtid?: string;
}

/** The value of a Kafka record as Debezium's connectors write it (JSON without schemas). */
export function changeEvent(input: ChangeEventInput = {}): string {
  const op = input.op ?? operationOf(input);
  const committedAt = input.committedAt ?? 1_700_000_000_000;
  return formatJson(
    toJson({
      before: input.before ?? null,
      after: input.after ?? null,
      source: {
        version: '3.7.0.Final',
        name: 'shop',
        ts_ms: committedAt,
        snapshot: op === 'r' ? 'true' : 'false',
        ...(input.binlog === undefined ? placeInWal(input) : placeInBinlog(input, input.binlog)),
      },
      transaction: null,
      op,
      ts_ms: committedAt + 5,
    }),
  );
}

const placeNames = ({ table = 'public.customers' }: ChangeEventInput): readonly [string, string] => {
  const [schema = 'public', name = ''] = table.split('.');
  return [schema, name];
};

function placeInWal(input: ChangeEventInput): CellRow {
  const [schema, table] = placeNames(input);
  const lsn = BigInt(input.lsn ?? 1000);
  const last = input.lastCommitLsn === undefined ? lsn - 1n : input.lastCommitLsn;
  return {
    connector: 'postgresql',
    db: input.database ?? 'shop',
    sequence: JSON.stringify([last === null ? null : String(last), String(lsn)]),
    schema,
    table,
    txId: input.transaction ?? 700,
    lsn,
    xmin: null,
  };
}

function placeInBinlog(input: ChangeEventInput, { kind = 'mariadb', file, pos, gtid }: BinlogPlace): CellRow {
  const [db, table] = placeNames(input);
  return {
    connector: kind,
    db,
    sequence: null,
    table,
    server_id: 101,
    gtid: input.op === 'r' ? null : (gtid ?? `0-101-${pos}`),
    file: file ?? 'binlog.000001',
    pos,
    row: 0,
    thread: null,
    query: null,
  };
}

function operationOf({ before, after }: ChangeEventInput): ChangeOperationCode {
  if (after == null) return 'd';
  return before == null ? 'c' : 'u';
}

export interface InboxEventInput {
  readonly changeId: string;
  readonly view: string;
  readonly pk: string;
  readonly sk: string;
  readonly outcome: 'A' | 'R';
  readonly code?: string;
  readonly message?: string;
  /** The row the answer saw; `absent`: this change deleted it; default: nothing proven. */
  readonly image?: CellRow | 'absent';
  readonly at?: string;
  readonly signal?: number;
}

/** A captured row of `hybridge_inbox`: SQL's answer to a customer's change. */
export function inboxEvent(input: InboxEventInput, event: Omit<ChangeEventInput, 'table' | 'after'> = {}): string {
  return changeEvent({
    ...event,
    table: `${event.binlog === undefined ? 'public' : (event.database ?? 'shop')}.hybridge_inbox`,
    after: {
      change_id: input.changeId,
      view: input.view,
      pk: input.pk,
      sk: input.sk,
      outcome: input.outcome,
      code: input.code ?? null,
      message: input.message ?? null,
      image: imageText(input.image),
      signal: input.signal ?? 1,
      at: input.at ?? '2026-11-22T16:07:14.761360Z',
    },
  });
}

function imageText(image: InboxEventInput['image']): string | null {
  if (image === undefined) return null;
  return formatJson(toJson(image === 'absent' ? { e: 0 } : { e: 1, row: image }));
}

function toJson(cell: Cell): JsonValue {
  if (typeof cell === 'number' || typeof cell === 'bigint') return jsonNumber(String(cell));
  if (cell === null || typeof cell !== 'object') return cell;
  if (Array.isArray(cell)) return (cell as readonly Cell[]).map(toJson);
  return Object.fromEntries(Object.entries(cell).map(([name, value]) => [name, toJson(value)]));
}
