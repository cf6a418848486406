import { jsonNumber, type JsonValue } from '@hybridge/contracts';
import { orders } from '@hybridge/definitions';
import { type Attributes, type RowChange, encodeVersion } from '@hybridge/protocol';
import { columnsOfView, decodeChangeRow, keyOfRow, projectRow, shapeOf } from '@hybridge/views';
import type { RowOperation } from './workload.ts';

/** Above 2^31, where a careless sink changes the type of a number. */
const FIRST_ID = 3_000_000_000;
const COMMITTED_AT = 1_795_363_634_763;
const FIRST_LSN = 1_066_391_264;
const LSN_STEP = 256;
const FIRST_TRANSACTION = 204_666;

const STATUSES = ['placed', 'paid', 'shipped', 'delivered'] as const;

/** A row of `public.orders` as Debezium writes it. `note` starts with the row's change counter. */
export interface OrderRow {
  readonly id: number;
  readonly reference: string;
  readonly customer_id: number;
  readonly status: string;
  readonly total: string;
  readonly note: string;
  readonly placed_at: string;
  readonly shipped_at: null;
}

type RowContent = Pick<RowOperation, 'row' | 'change' | 'padding'>;

export const idOf = (row: number): number => FIRST_ID + row;

export const orderRow = ({ row, change, padding }: RowContent): OrderRow => ({
  id: idOf(row),
  reference: `6a1f0c9e-0000-4000-8000-${String(row).padStart(12, '0')}`,
  customer_id: FIRST_ID + (row % 1000),
  status: STATUSES[change % STATUSES.length] as string,
  total: `${(row % 900) + 10}.95`,
  note: padding === 0 ? `change ${change}` : `change ${change} ${'x'.repeat(padding)}`,
  placed_at: '2026-11-22T16:07:14.761360Z',
  shipped_at: null,
});

/** The change counter in a `note`; undefined for a text that is none of ours. */
export function changeOfNote(note: string | undefined): number | undefined {
  const match = /^change (\d+)( |$)/.exec(note?.slice(0, 32) ?? '');
  return match === null ? undefined : Number(match[1]);
}

/** Where an operation stands in the log of SQL: each is a transaction of its own. */
export const logPosition = ({ position }: Pick<RowOperation, 'position'>) => ({
  lastCommitLsn: FIRST_LSN + position * LSN_STEP - LSN_STEP / 2,
  lsn: FIRST_LSN + position * LSN_STEP,
  transaction: FIRST_TRANSACTION + position,
  committedAt: COMMITTED_AT + Math.floor(position / 10),
});

/** The columns of the item that this content makes, by the view's own projection. */
export function orderColumns(content: RowContent): Attributes {
  return projectRow(orders, decoded(orderRow(content))) ?? {};
}

/** What the projector would decode from the operation's event, lying at Kafka offset `position`. */
export function toRowChange(operation: RowOperation): RowChange {
  const { lastCommitLsn, lsn, transaction, committedAt } = logPosition(operation);
  const snapshot = operation.op === 'r';
  const deleted = operation.op === 'd';
  const row = decoded(orderRow(deleted ? { ...operation, padding: 0 } : operation));
  return {
    key: keyOfRow(orders, row),
    kind: deleted ? 'delete' : 'upsert',
    columns: deleted ? {} : (projectRow(orders, row) ?? {}),
    shape: shapeOf(orders),
    version: encodeVersion({
      epoch: 0,
      major: BigInt(snapshot ? 0 : lastCommitLsn),
      minor: BigInt(snapshot ? 0 : lsn),
      offset: BigInt(operation.position),
    }),
    transaction: snapshot ? undefined : String(transaction),
    committedAt,
  };
}

/** The first image of a row, older than every operation. */
export const preloadedChange = (row: number): RowChange => ({
  ...toRowChange({ op: 'c', row, change: 0, position: 0, padding: 0 }),
  version: encodeVersion({ epoch: 0, major: 1n, minor: 1n, offset: BigInt(row) }),
});

const decoded = (row: OrderRow): Attributes => {
  const json: { readonly [column: string]: JsonValue } = {
    ...row,
    id: jsonNumber(String(row.id)),
    customer_id: jsonNumber(String(row.customer_id)),
  };
  return decodeChangeRow(orders.table, columnsOfView(orders), json).row;
};
