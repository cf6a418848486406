import type { ChangeRecord } from '@hybridge/source-kafka';
import { changeEnvelope } from '../projector/change-events.ts';
import type { RowOperation } from '../projector/workload.ts';

export interface CustomerRow {
  readonly id: number;
  readonly name: string;
  readonly city: string;
  readonly note: string | null;
}

export interface OrderRow {
  readonly id: number;
  readonly customer_id: number | null;
  readonly status: string;
  readonly total: string;
  readonly note: string | null;
}

export const customerRow = (id: number): CustomerRow => ({
  id,
  name: `Customer ${id}`,
  city: 'Utrecht',
  note: null,
});

export const orderRow = (id: number, customer: number): OrderRow => ({
  id,
  customer_id: customer,
  status: 'placed',
  total: `${(id % 900) + 10}.95`,
  note: `order ${id} of customer ${customer}, as it came in`,
});

/** The tables as SQL has them, as far as they are changed; every change is a record of Kafka. */
export interface World {
  customer(id: number): CustomerRow;
  /** The record of a row that is there from the beginning; it is not kept. */
  seedCustomer(id: number): ChangeRecord;
  seedOrder(id: number, customer: number): ChangeRecord;
  /** Keeps an order that was there from the beginning, so that it may be changed. */
  adopt(id: number, customer: number): void;
  insertOrder(id: number, customer: number): ChangeRecord;
  /** @throws Error for an order that is not kept */
  updateOrder(id: number, to: Partial<OrderRow>): ChangeRecord;
  deleteOrder(id: number): ChangeRecord;
  updateCustomer(id: number, to: Partial<CustomerRow>): ChangeRecord;
  /** Orders that were kept, inserted or deleted (undefined). */
  readonly orders: ReadonlyMap<number, OrderRow | undefined>;
}

export function createWorld(): World {
  const customers = new Map<number, CustomerRow>();
  const orders = new Map<number, OrderRow | undefined>();
  let position = 0;

  const record = (
    table: 'customers' | 'orders',
    op: RowOperation['op'],
    id: number,
    after: object | null,
  ): ChangeRecord => {
    position += 1;
    // Under the default replica identity an update says nothing of the row before, and a delete only its key.
    const images = { table, op, before: op === 'd' ? { id } : null, after, position };
    return {
      topic: `shop.public.${table}`,
      partition: 0,
      offset: BigInt(position),
      key: JSON.stringify({ id }),
      value: JSON.stringify(changeEnvelope(images)),
      epoch: 0,
      timestamp: Date.now(),
    };
  };

  const orderAt = (id: number): OrderRow => {
    const row = orders.get(id);
    if (row === undefined) throw new Error(`Order ${id} is not there; adopt it first.`);
    return row;
  };
  const customer = (id: number): CustomerRow => customers.get(id) ?? customerRow(id);

  return {
    orders,
    customer,
    seedCustomer: (id) => record('customers', 'c', id, customer(id)),
    seedOrder: (id, of) => record('orders', 'c', id, orders.get(id) ?? orderRow(id, of)),
    adopt(id, of) {
      if (!orders.has(id)) orders.set(id, orderRow(id, of));
    },
    insertOrder(id, of) {
      orders.set(id, orderRow(id, of));
      return record('orders', 'c', id, orderAt(id));
    },
    updateOrder(id, to) {
      orders.set(id, { ...orderAt(id), ...to });
      return record('orders', 'u', id, orderAt(id));
    },
    deleteOrder(id) {
      orders.set(id, undefined);
      return record('orders', 'd', id, null);
    },
    updateCustomer(id, to) {
      customers.set(id, { ...customer(id), ...to });
      return record('customers', 'u', id, customer(id));
    },
  };
}
