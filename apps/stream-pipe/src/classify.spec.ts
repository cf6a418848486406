import {
  type Message,
  type Metadata,
  ApplyCustomerChange,
  CustomerChangeApplied,
  CustomerChangeRejected,
  parseMessage,
} from '@hybridge/contracts';
import { catalog, orders, products } from '@hybridge/definitions';
import {
  type Attributes,
  type CustomerChange,
  type Item,
  type ItemKey,
  type RowChange,
  type SettleSignal,
  Meta,
  NULL,
  carryOut,
  decideCustomerChange,
  decideRowChange,
  decideSettle,
  encodeVersion,
  fillWrite,
  formatKey,
  invalidateWrite,
  leaseOf,
  leaseWrite,
  number,
  text,
} from '@hybridge/protocol';
import type { StreamRecord } from '@hybridge/source-dynamodb-stream';
import { createMemoryItemStore, testContext, versionAt } from '@hybridge/testkit';
import { createCatalog, view, shapeOf } from '@hybridge/views';
import { classify } from './classify.ts';
import type { OutgoingMessage } from './message.ts';

const CUSTOMER: ItemKey = { pk: 'c1#CUSTOMER#42', sk: 'CUSTOMER' };
const PRODUCT: ItemKey = { pk: 'p1#PRODUCT#7', sk: 'PRODUCT' };
const ORDER: ItemKey = { pk: 'o1#ORDER#9007199254740993', sk: 'ORDER' };

const viewOf = (key: ItemKey) => catalog.byKey(key)?.view ?? customerView;
const customerView = catalog.byName('customers');

const customer = (changes: Attributes = {}): Attributes => ({
  id: number(42),
  email: text('ada@example.org'),
  name: text('Ada'),
  phone: NULL,
  street: text('Rapenburg 1'),
  postalCode: text('2311'),
  city: text('Leiden'),
  country: text('NL'),
  creditLimit: number('1000.5'),
  bornOn: NULL,
  preferences: { M: { news: { BOOL: true } } },
  remarks: NULL,
  createdAt: text('2020-01-01T00:00:00Z'),
  ...changes,
});

const product = (changes: Attributes = {}): Attributes => ({
  id: number(7),
  sku: text('SKU-00007'),
  name: text('Lamp'),
  description: text('It shines'),
  price: number('11.9'),
  weightKg: NULL,
  inStock: number(3),
  discontinued: { BOOL: false },
  attributes: { M: {} },
  thumbnail: { B: new Uint8Array([1, 2]) },
  updatedAt: text('2020-01-01T00:00:00Z'),
  ...changes,
});

const order = (changes: Attributes = {}): Attributes => ({
  id: number('9007199254740993'),
  reference: text('7f8f7c0e-6d1c-4c1e-9a8e-0d7d3a9b1c11'),
  customerId: number(42),
  status: text('new'),
  total: number('99.95'),
  note: NULL,
  placedAt: text('2026-11-22T16:00:00Z'),
  shippedAt: NULL,
  ...changes,
});

/** The table with its stream: every write goes through the protocol's own conditions and leaves its record. */
function tableWithStream() {
  const store = createMemoryItemStore();
  const context = testContext();
  const records: StreamRecord[] = [];
  let sequence = 100;
  const recorded = {
    get: store.get,
    write: async (write: Parameters<typeof store.write>[0]) => {
      const before = store.peek(write.key);
      const result = await store.write(write);
      if (result.ok) record(write.key, before, store.peek(write.key));
      return result;
    },
  };
  const record = (key: ItemKey, before: Item | undefined, after: Item | undefined, byTtl = false): void => {
    records.push({
      key,
      ...(before === undefined ? {} : { oldImage: before }),
      ...(after === undefined ? {} : { newImage: after }),
      sequence: String(sequence++),
      at: context.now(),
      byTtl,
    });
  };
  const shape = (key: ItemKey) => shapeOf(viewOf(key));
  return {
    store,
    records,
    /** The records since the last look. */
    news: () => records.splice(0),
    row: (n: number, key: ItemKey, columns: Attributes | 'deleted', extra: Partial<RowChange> = {}) => {
      const change: RowChange = {
        key,
        kind: columns === 'deleted' ? 'delete' : 'upsert',
        columns: columns === 'deleted' ? {} : columns,
        shape: shape(key),
        version: versionAt(n),
        transaction: String(n),
        committedAt: Date.UTC(2026, 10, 22, 16, 0, n),
        ...extra,
      };
      return carryOut(recorded, key, (seen) => decideRowChange(change, viewOf(key).mode, context, seen));
    },
    customer: (change: Partial<CustomerChange> & { id: string; key: ItemKey }) => {
      const whole: CustomerChange = {
        op: 'u',
        set: {},
        shape: shape(change.key),
        by: 'customer:42',
        ...change,
      };
      return carryOut(recorded, change.key, (seen) => decideCustomerChange(whole, context, seen));
    },
    settle: (n: number, key: ItemKey, id: string, answer: Partial<SettleSignal> = {}) => {
      const signal: SettleSignal = {
        key,
        shape: shape(key),
        outcome: { id, out: 'A', at: Date.UTC(2026, 10, 22, 17) },
        image: undefined,
        version: versionAt(n),
        transaction: String(n),
        committedAt: Date.UTC(2026, 10, 22, 16, 0, n),
        ...answer,
      };
      return carryOut(recorded, key, (seen) => decideSettle(signal, context, seen));
    },
    async fill(key: ItemKey, columns: Attributes | undefined) {
      const { item = {} } = await recorded.write(leaseWrite(key, 'token', context));
      return () => recorded.write(fillWrite(leaseOf(key, 'token', item), shape(key), columns, context));
    },
    invalidate: (key: ItemKey) =>
      recorded.write(invalidateWrite(store.peek(key) ?? {}, shape(key).names, key, context)),
    remove(key: ItemKey, byTtl: boolean) {
      record(key, store.peek(key), undefined, byTtl);
      store.expire(key);
    },
  };
}

const options = { catalog, fits: () => true };
const messagesOf = (records: readonly StreamRecord[]): readonly OutgoingMessage[] =>
  records.flatMap((record) => {
    const classified = classify(record, options);
    expect(classified.failures).toEqual([]);
    return classified.messages;
  });
const typesOf = (records: readonly StreamRecord[]): readonly string[] =>
  messagesOf(records).map((message) => message.detailType);
const dataOf = (records: readonly StreamRecord[]): readonly unknown[] =>
  messagesOf(records).map((message) => message.detail.data);

describe('classify: domain events', () => {
  it('tells of a created row that came from the log', async () => {
    const table = tableWithStream();
    await table.row(1, ORDER, order());
    const [message, ...rest] = messagesOf(table.news());
    expect(rest).toEqual([]);
    expect(message).toMatchObject({
      kind: 'event',
      source: 'hybridge.shop',
      detailType: 'OrderPlaced',
      itemKey: ORDER,
      time: new Date('2026-11-22T16:00:01Z'),
    });
    const contract = orders.events[0]?.contract;
    expect(parseMessage(contract ?? ApplyCustomerChange, message?.detail)).toEqual({
      metadata: {
        id: `${formatKey(ORDER)}@${versionAt(1)}:0:OrderPlaced`,
        version: 1,
        view: 'orders',
        key: ORDER,
        itemVersion: versionAt(1),
        occurredAt: '2026-11-22T16:00:01.000Z',
      },
      data: { orderId: '9007199254740993', customerId: '42', total: '99.95' },
    });
  });

  it('tells of a changed attribute with the value before, and only of the attributes an event names', async () => {
    const table = tableWithStream();
    await table.row(1, PRODUCT, product());
    table.news();
    await table.row(2, PRODUCT, product({ price: number('12.5') }));
    expect(dataOf(table.news())).toEqual([{ productId: '7', sku: 'SKU-00007', price: '12.5', previousPrice: '11.9' }]);
    await table.row(3, PRODUCT, product({ price: number('12.50'), name: text('Lantern') }));
    expect(typesOf(table.news())).toEqual([]);
  });

  it('tells of two events of one write with different ids', async () => {
    const table = tableWithStream();
    await table.row(1, PRODUCT, product());
    table.news();
    await table.row(2, PRODUCT, product({ price: number(12), inStock: number(9) }));
    const messages = messagesOf(table.news());
    expect(messages.map((each) => each.detailType)).toEqual(['ProductRepriced', 'ProductStockChanged']);
    expect(new Set(messages.map((each) => each.detail.metadata.id)).size).toBe(2);
    for (const [i, message] of messages.entries()) {
      expect(() => parseMessage(products.events[i]?.contract ?? ApplyCustomerChange, message.detail)).not.toThrow();
    }
  });

  it('tells of a deleted row, and of one that comes back', async () => {
    const table = tableWithStream();
    await table.row(1, PRODUCT, product());
    table.news();
    await table.row(2, PRODUCT, 'deleted');
    expect(dataOf(table.news())).toEqual([{ productId: '7' }]);
    await table.row(3, ORDER, order());
    await table.row(4, ORDER, 'deleted');
    table.news();
    await table.row(5, ORDER, order());
    expect(typesOf(table.news())).toEqual(['OrderPlaced']);
  });

  it('does not take a snapshot for news, but what the log says afterwards', async () => {
    const table = tableWithStream();
    const version = encodeVersion({ epoch: 0, major: 0n, minor: 0n, offset: 9n });
    await table.row(0, ORDER, order(), { version, transaction: undefined });
    expect(typesOf(table.news())).toEqual([]);
    await table.row(1, ORDER, order({ status: text('packed') }));
    expect(dataOf(table.news())).toEqual([{ orderId: '9007199254740993', status: 'packed', previousStatus: 'new' }]);
  });

  it('does not take a lease, a fill or a repair for news', async () => {
    const table = tableWithStream();
    const fill = await table.fill(PRODUCT, product());
    await fill();
    expect(typesOf(table.news())).toEqual([]);
    await table.row(1, PRODUCT, product({ price: number(1) }));
    table.news();
    await table.invalidate(PRODUCT);
    await (
      await table.fill(PRODUCT, product({ price: number(2) }))
    )();
    expect(typesOf(table.news())).toEqual([]);
    await (
      await table.fill(ORDER, undefined)
    )();
    expect(typesOf(table.news())).toEqual([]);
    await table.row(2, ORDER, order());
    expect(typesOf(table.news())).toEqual(['OrderPlaced']);
  });

  it('tells of a new row although a reader asked for it before the log did', async () => {
    const table = tableWithStream();
    const fill = await table.fill(ORDER, order());
    await table.row(1, ORDER, order());
    await fill();
    expect(typesOf(table.news())).toEqual(['OrderPlaced']);
  });

  it('says "changed" without a value before when the row was not known', async () => {
    const table = tableWithStream();
    await table.row(1, PRODUCT, product());
    await table.invalidate(PRODUCT);
    table.news();
    await table.row(2, PRODUCT, product({ price: number(3) }));
    expect(dataOf(table.news())).toEqual([
      { productId: '7', sku: 'SKU-00007', price: '3' },
      { productId: '7', sku: 'SKU-00007', inStock: 3 },
    ]);
  });

  it('says "changed" of a key without item in a lazy view, and never "created"', () => {
    const lazy = createCatalog([
      view('orders', { ...orders, mode: 'lazy', indexes: {}, events: () => orders.events as never }),
    ]);
    const newImage = {
      ...order(),
      pk: text(ORDER.pk),
      sk: text(ORDER.sk),
      _st: text('L'),
      _v: text(versionAt(3)),
      _w: text('w'),
    };
    const record: StreamRecord = { key: ORDER, newImage, sequence: '1', at: 0, byTtl: false };
    expect(classify(record, { ...options, catalog: lazy }).messages.map((each) => each.detailType)).toEqual([
      'OrderStatusChanged',
    ]);
  });

  it('tells of the truth under pending changes, not of what the customer sees', async () => {
    const table = tableWithStream();
    await table.row(1, CUSTOMER, customer());
    await table.customer({ id: 'c-1', key: CUSTOMER, set: { city: text('Utrecht') } });
    table.news();
    await table.row(2, CUSTOMER, customer({ phone: text('071') }));
    expect(dataOf(table.news())).toEqual([{ customerId: '42', changed: ['phone'] }]);
  });

  it('gives the same ids when a record is read again', async () => {
    const table = tableWithStream();
    await table.row(1, PRODUCT, product());
    await table.row(2, PRODUCT, product({ price: number(3) }));
    const records = table.news();
    expect(messagesOf(records)).toEqual(messagesOf(records));
  });
});

describe('classify: customer changes', () => {
  const changed = async () => {
    const table = tableWithStream();
    await table.row(1, CUSTOMER, customer());
    table.news();
    await table.customer({ id: 'c-1', key: CUSTOMER, set: { city: text('Utrecht') } });
    return table;
  };
  const sqlRow = customer({ city: text('Utrecht') });

  it('commands the writeback with the whole pending list', async () => {
    const table = await changed();
    const first = messagesOf(table.news());
    expect(first.map((each) => each.detail.metadata.id)).toEqual(['c-1:ApplyCustomerChange']);
    await table.customer({ id: 'c-2', key: CUSTOMER, set: { phone: text('030') } });
    const [command] = messagesOf(table.news());
    expect(command?.kind).toBe('command');
    const { metadata, data } = parseMessage(ApplyCustomerChange, command?.detail);
    expect(metadata).toMatchObject({
      id: 'c-2:ApplyCustomerChange',
      view: 'customers',
      key: CUSTOMER,
    } satisfies Partial<Metadata>);
    expect(metadata.itemVersion).toBeUndefined();
    expect(data.pending.map((each) => [each.id, each.n, each.op])).toEqual([
      ['c-1', 1, 'u'],
      ['c-2', 2, 'u'],
    ]);
    expect(data.pending[0]).toMatchObject({ set: { city: { S: 'Utrecht' } }, base: { city: { S: 'Leiden' } } });
  });

  it('sends binary values as base64', async () => {
    const table = tableWithStream();
    await table.row(1, PRODUCT, product());
    table.news();
    await table.customer({ id: 'c-1', key: PRODUCT, set: { thumbnail: { B: new Uint8Array([255, 0]) } } });
    const { data } = parseMessage(ApplyCustomerChange, messagesOf(table.news())[0]?.detail);
    expect(data.pending[0]?.set).toEqual({ thumbnail: { B: '/wA=' } });
    expect(data.pending[0]?.base).toEqual({ thumbnail: { B: 'AQI=' } });
  });

  it('sends the command without the list when the list does not fit', async () => {
    const table = await changed();
    const fits = (message: { detail: Message }) => JSON.stringify(message.detail).length < 300;
    const [record] = table.news();
    const [command] = classify(record as StreamRecord, { catalog, fits }).messages;
    expect(parseMessage(ApplyCustomerChange, command?.detail).data).toEqual({ truncated: true, pending: [] });
  });

  it('tells of an applied change once, with the row event before the answer', async () => {
    const table = await changed();
    table.news();
    await table.row(2, CUSTOMER, sqlRow);
    expect(typesOf(table.news())).toEqual(['CustomerChanged']);
    await table.settle(3, CUSTOMER, 'c-1', { image: { exists: true, columns: sqlRow } });
    const messages = messagesOf(table.news());
    expect(messages.map((each) => each.detailType)).toEqual(['CustomerChangeApplied']);
    expect(parseMessage(CustomerChangeApplied, messages[0]?.detail)).toMatchObject({
      metadata: { id: 'c-1:CustomerChangeApplied', occurredAt: '2026-11-22T17:00:00.000Z', itemVersion: versionAt(3) },
      data: { changeId: 'c-1', at: '2026-11-22T17:00:00.000Z' },
    });
  });

  it('tells of an applied change once, with the answer before the row event', async () => {
    const table = await changed();
    table.news();
    await table.settle(3, CUSTOMER, 'c-1', { image: { exists: true, columns: sqlRow } });
    expect(typesOf(table.news())).toEqual(['CustomerChangeApplied', 'CustomerChanged']);
    await table.row(2, CUSTOMER, sqlRow);
    expect(typesOf(table.news())).toEqual([]);
  });

  it('tells of a rejected change with its reason, and of nothing else', async () => {
    const table = await changed();
    table.news();
    await table.settle(3, CUSTOMER, 'c-1', {
      outcome: { id: 'c-1', out: 'R', code: 'CONFLICT', message: 'city is "Delft"', at: Date.UTC(2026, 10, 22, 17) },
      image: { exists: true, columns: customer() },
    });
    const [message, ...rest] = messagesOf(table.news());
    expect(rest).toEqual([]);
    expect(parseMessage(CustomerChangeRejected, message?.detail).data).toEqual({
      changeId: 'c-1',
      code: 'CONFLICT',
      message: 'city is "Delft"',
      at: '2026-11-22T17:00:00.000Z',
    });
  });

  it('never makes a command of what the projector or an answer writes', async () => {
    const table = await changed();
    await table.customer({ id: 'c-2', key: CUSTOMER, set: { phone: text('030') } });
    table.news();
    await table.row(2, CUSTOMER, customer({ name: text('Ada L') }));
    await table.settle(3, CUSTOMER, 'c-1', { image: { exists: true, columns: sqlRow } });
    await table.row(4, CUSTOMER, sqlRow);
    await table.row(5, CUSTOMER, 'deleted');
    await table.settle(6, CUSTOMER, 'c-2', { outcome: { id: 'c-2', out: 'R', at: 0 }, image: { exists: false } });
    await table.row(7, CUSTOMER, customer());
    const records = table.news();
    expect(records).toHaveLength(6);
    expect(typesOf(records)).not.toContain('ApplyCustomerChange');
    expect(
      typesOf(records)
        .filter((type) => type.startsWith('CustomerChange'))
        .sort(),
    ).toEqual(['CustomerChangeApplied', 'CustomerChangeRejected', 'CustomerChanged', 'CustomerChanged']);
  });

  it('sends nothing again for a change the item knows already', async () => {
    const table = await changed();
    table.news();
    await table.customer({ id: 'c-1', key: CUSTOMER, set: { city: text('Utrecht') } });
    expect(table.news()).toEqual([]);
  });
});

describe('classify: removals and what cannot be read', () => {
  const known = async () => {
    const table = tableWithStream();
    await table.row(1, PRODUCT, product());
    table.news();
    return table;
  };
  const one = (records: readonly StreamRecord[], with_ = options) => classify(records[0] as StreamRecord, with_);

  it('takes a removal by TTL for nothing', async () => {
    const table = await known();
    table.remove(PRODUCT, true);
    expect(one(table.news())).toEqual({ messages: [], failures: [] });
  });

  it('reports the removal of a live item by anybody else, without an event', async () => {
    const table = await known();
    table.remove(PRODUCT, false);
    const { raw, messages } = one(table.news());
    expect(raw).toEqual({ kind: 'delete', view: 'products', fields: [], captured: false });
    expect(messages.map((message) => message.kind)).toEqual(['command']);
    await table.row(2, ORDER, order());
    await table.row(3, ORDER, 'deleted');
    table.news();
    table.remove(ORDER, false);
    expect(one(table.news()).raw).toBeUndefined();
  });

  it('keeps commands and other events when one definition fails', async () => {
    const failing = {
      ...{ ...products, collect: {} },
      events: [
        {
          ...products.events[0],
          data: () => {
            throw new Error('no such field');
          },
        },
        products.events[1],
      ],
    };
    const table = await known();
    await table.row(2, PRODUCT, product({ price: number(1), inStock: number(1) }));
    const result = one(table.news(), { ...options, catalog: createCatalog([failing as never]) });
    expect(result.messages.map((each) => each.detailType)).toEqual(['ProductStockChanged']);
    expect(result.failures).toMatchObject([
      { code: 'HYBRIDGE_STREAM_PIPE_EVENT_FAILED', detailType: 'ProductRepriced' },
    ]);
  });

  it('skips an event that is too large for the bus and says so', async () => {
    const table = await known();
    await table.row(2, PRODUCT, product({ price: number(1) }));
    const result = one(table.news(), { catalog, fits: () => false });
    expect(result.messages).toEqual([]);
    expect(result.failures).toMatchObject([
      { detailType: 'ProductRepriced', message: expect.stringContaining('too large') },
    ]);
  });

  it('still sends the command of an item whose version is spoiled', async () => {
    const table = await known();
    await table.customer({ id: 'c-1', key: PRODUCT, set: { name: text('x') } });
    const [record] = table.news();
    const spoiled = { ...record, newImage: { ...record?.newImage, [Meta.version]: text('x') } } as StreamRecord;
    const result = classify(spoiled, options);
    expect(result.messages.map((each) => each.detailType)).toEqual(['ApplyCustomerChange']);
    expect(result.failures).toMatchObject([{ code: 'HYBRIDGE_STREAM_PIPE_RECORD_MALFORMED' }]);
  });

  it('reports a pending change that left the item without an outcome', async () => {
    const table = await known();
    await table.customer({ id: 'c-1', key: PRODUCT, set: { name: text('x') } });
    const [record] = table.news();
    const raw: StreamRecord = {
      ...(record as StreamRecord),
      oldImage: record?.newImage as Item,
      newImage: record?.oldImage as Item,
    };
    expect(classify(raw, options).failures).toMatchObject([{ code: 'HYBRIDGE_STREAM_PIPE_OUTCOME_MISSING' }]);
  });

  it('reports a key that no column can hold, and an item of no view that waits for SQL', async () => {
    const table = await known();
    await table.customer({ id: 'c-1', key: PRODUCT, set: { name: text('x') } });
    const [record] = table.news();
    const badKey = { ...(record as StreamRecord), key: { pk: 'p1#PRODUCT#seven', sk: 'PRODUCT' } };
    expect(classify(badKey, options).failures).toMatchObject([{ code: 'HYBRIDGE_STREAM_PIPE_RECORD_MALFORMED' }]);
    const noView = { ...(record as StreamRecord), key: { pk: 'z9#X', sk: 'X' } };
    expect(classify(noView, options).failures).toMatchObject([{ code: 'HYBRIDGE_STREAM_PIPE_VIEW_UNKNOWN' }]);
  });
});
