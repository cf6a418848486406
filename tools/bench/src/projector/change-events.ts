import { EPOCH_HEADER } from '@hybridge/source-kafka';
import { type OrderRow, idOf, logPosition, orderRow } from './order-row.ts';
import type { RowOperation } from './workload.ts';

/** One Kafka record of the change topic, as Debezium's PostgreSQL connector produces it here. */
export interface ChangeMessage {
  readonly key: string;
  /** Null for the tombstone behind a delete. */
  readonly value: string | null;
  readonly headers: { readonly [name: string]: string };
}

/** The records of one operation: a delete makes two. */
export function changeMessages(operation: RowOperation): readonly ChangeMessage[] {
  const key = JSON.stringify({ id: idOf(operation.row) });
  const headers = { [EPOCH_HEADER]: '0' };
  const event = { key, value: JSON.stringify(changeEvent(operation)), headers };
  return operation.op === 'd' ? [event, { key, value: null, headers }] : [event];
}

const changeEvent = (operation: RowOperation) =>
  changeEnvelope({
    table: 'orders',
    op: operation.op,
    before: operation.op === 'd' ? deletedImage(operation) : null,
    after: operation.op === 'd' ? null : orderRow(operation),
    position: operation.position,
  });

/** A change of a row of `public`, as JSON would hold it. */
export interface RowImages {
  readonly table: string;
  readonly op: RowOperation['op'];
  readonly before: object | null;
  readonly after: object | null;
  /** Place in commit order, from 0. */
  readonly position: number;
}

/** The value of the Kafka record, before it is JSON. */
export function changeEnvelope({ table, op, before, after, position }: RowImages) {
  const { lastCommitLsn, lsn, transaction, committedAt } = logPosition({ position });
  const seenAt = committedAt + 27;
  return {
    before,
    after,
    source: {
      version: '3.7.0.Final',
      connector: 'postgresql',
      name: 'shop',
      ts_ms: committedAt,
      snapshot: op === 'r' ? 'true' : 'false',
      db: 'shop',
      sequence: JSON.stringify([op === 'r' ? null : String(lastCommitLsn), String(lsn)]),
      ts_us: committedAt * 1_000 + 369,
      ts_ns: (committedAt * 1_000 + 369) * 1_000,
      schema: 'public',
      table,
      txId: transaction,
      lsn,
      xmin: null,
      origin: null,
      origin_lsn: null,
    },
    transaction: null,
    op,
    ts_ms: seenAt,
    ts_us: seenAt * 1_000 + 425,
    ts_ns: (seenAt * 1_000 + 425) * 1_000,
  };
}

/** Under the default replica identity a delete carries its key; what is unknown reads like an empty value. */
const deletedImage = ({ row }: RowOperation): OrderRow => ({
  id: idOf(row),
  reference: '00000000-0000-0000-0000-000000000000',
  customer_id: 0,
  status: '',
  total: '0',
  note: '',
  placed_at: '1970-01-01T00:00:00.000000Z',
  shipped_at: null,
});
