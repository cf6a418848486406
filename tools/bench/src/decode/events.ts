import type { ChangeRecord } from '@hybridge/source-kafka';

/** Change events of the demo's tables, byte for byte as Debezium's JSON converter writes them without schemas. */
export interface Workload {
  readonly name: string;
  readonly records: readonly ChangeRecord[];
}

const FIRST_LSN = 26_967_192_000n;
const COMMITTED_AT = 1_795_363_634_765;
const CHANGES_PER_TRANSACTION = 100;

/** @param count records of each workload, every one with its own key, position and offset */
export const workloads = (count: number): readonly Workload[] => [
  workload('customer, upsert', count, (i) => ({ table: 'customers', op: 'c', after: customer(i) })),
  workload('customer, full identity', count, (i) => ({
    table: 'customers',
    op: 'u',
    before: customer(i),
    after: customer(i, 'Dam 1'),
  })),
  workload('customer, unchanged', count, (i) => ({
    table: 'customers',
    op: 'u',
    before: customer(i),
    after: customer(i),
  })),
  workload('customer, id above 2^53', count, (i) => ({
    table: 'customers',
    op: 'c',
    after: customer(i, 'Dam 1', '9007'),
  })),
  workload('order, update', count, (i) => ({ table: 'orders', op: 'u', after: order(i) })),
  workload('order, delete', count, (i) => ({ table: 'orders', op: 'd', before: `{"id":${i}}` })),
];

interface Event {
  readonly table: string;
  readonly op: string;
  /** JSON of a row. */
  readonly before?: string;
  readonly after?: string;
}

function workload(name: string, count: number, eventOf: (index: number) => Event): Workload {
  const records = Array.from({ length: count }, (_, index): ChangeRecord => {
    const event = eventOf(index + 1);
    return {
      topic: `shop.public.${event.table}`,
      partition: 0,
      offset: BigInt(index),
      key: `{"id":${index + 1}}`,
      // Through a buffer, as from Kafka: a string joined from parts would still have to be flattened.
      value: Buffer.from(envelope(event, index)).toString(),
      epoch: 0,
      timestamp: COMMITTED_AT,
    };
  });
  return { name, records };
}

function envelope({ table, op, before = 'null', after = 'null' }: Event, index: number): string {
  const lsn = FIRST_LSN + BigInt(index) * 216n;
  const transaction = Math.floor(index / CHANGES_PER_TRANSACTION);
  const committed = FIRST_LSN + BigInt(transaction * CHANGES_PER_TRANSACTION) * 216n - 8n;
  return (
    `{"before":${before},"after":${after},"source":{"version":"3.7.0.Final","connector":"postgresql","name":"shop",` +
    `"ts_ms":${COMMITTED_AT + index},"snapshot":"false","db":"shop","sequence":"[\\"${committed}\\",\\"${lsn}\\"]",` +
    `"ts_us":${COMMITTED_AT + index}758,"ts_ns":${COMMITTED_AT + index}758000,"schema":"public","table":"${table}",` +
    `"txId":${204_667 + transaction},"lsn":${lsn},"xmin":null,"origin":null,"origin_lsn":null},"transaction":null,` +
    `"op":"${op}","ts_ms":${COMMITTED_AT + 26 + index},"ts_us":${COMMITTED_AT + 26 + index}854,` +
    `"ts_ns":${COMMITTED_AT + 26 + index}854800}`
  );
}

const customer = (index: number, street = 'Oudegracht 158-II', idPrefix = ''): string =>
  `{"id":${idPrefix}${idPrefix === '' ? index : String(index).padStart(12, '0')},"email":"customer.${index}@example.test",` +
  `"full_name":"Catharina van den Berg","phone":"+31 6 1234 ${index % 10_000}","street":"${street}",` +
  `"postal_code":"3511 AB","city":"Utrecht","country":"NL","credit_limit":"${1_000 + (index % 5_000)}.50",` +
  `"born_on":"1987-0${1 + (index % 9)}-14Z","preferences":"{\\"newsletter\\": true, \\"language\\": \\"nl\\", \\"page_size\\": 25}",` +
  `"remarks":null,"created_at":"2026-11-22T16:07:14.${100_000 + (index % 800_000)}Z"}`;

const order = (index: number): string =>
  `{"id":${index},"reference":"6f1d0a1e-4c1b-4d3a-8e5f-${String(index).padStart(12, '0')}","customer_id":${1 + (index % 977)},` +
  `"status":"shipped","total":"${100 + (index % 900)}.95","note":null,` +
  `"placed_at":"2026-11-21T09:30:00.${100_000 + (index % 800_000)}Z","shipped_at":"2026-11-22T16:07:14Z"}`;
