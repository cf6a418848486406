import { catalog } from '@hybridge/definitions';
import { decodeVersion } from '@hybridge/protocol';
import { type CellRow, changeEvent, inboxEvent } from '@hybridge/testkit';
import { UNAVAILABLE, column, createCatalog, view } from '@hybridge/views';
import { type DecodeOptions, decodeRecord } from './decode-record.ts';
import { addressRow, recordOf } from './testing.features.ts';
import type { RowWork, SettleWork, TruncateWork } from './work.ts';

const options: DecodeOptions = { catalog, agedAfterMs: 1_000, nowMs: 10_000 };
const table = 'public.addresses';

/** Of the one view that people see; what others embed of the row is apart. */
const rowWork = (value: string, overrides = {}): RowWork => {
  const all = decodeRecord(recordOf(value, overrides), options);
  const [work, ...more] = all.filter((one) => one.kind === 'truncate' || !one.view.isBase);
  expect(more).toEqual([]);
  return work as RowWork;
};

describe('decodeRecord', () => {
  it('projects a full image onto the item of its composite key', () => {
    const work = rowWork(changeEvent({ table, after: addressRow(), lsn: 500, lastCommitLsn: 400 }), { offset: 7n });
    expect(work.key).toEqual({ pk: 'c1#CUSTOMER#9007199254740993', sk: 'ADDRESS#home' });
    expect(work.change.kind).toBe('upsert');
    expect(work.change.columns).toMatchObject({ customerId: { N: '9007199254740993' }, instructions: { NULL: true } });
    expect(decodeVersion(work.change.version)).toEqual({ epoch: 0, major: 400n, minor: 500n, offset: 7n });
  });

  it('takes the epoch from the header', () => {
    const work = rowWork(changeEvent({ table, after: addressRow() }), { epoch: 3 });
    expect(decodeVersion(work.change.version).epoch).toBe(3);
  });

  it('gives snapshot rows no position and no transaction', () => {
    const work = rowWork(changeEvent({ op: 'r', table, after: addressRow(), lsn: 500 }), { offset: 7n });
    expect(decodeVersion(work.change.version)).toEqual({ epoch: 0, major: 0n, minor: 0n, offset: 7n });
    expect(work.change.transaction).toBeUndefined();
    expect(work.snapshot).toBe(true);
  });

  it('marks old snapshot rows, which may not create an item', () => {
    const event = changeEvent({ op: 'r', table, after: addressRow() });
    expect(rowWork(event, { timestamp: 8_999 }).change.aged).toBe(true);
    expect(rowWork(event, { timestamp: 9_000 }).change.aged).toBe(false);
  });

  it('reads the key of a deleted row from the record key', () => {
    const key = '{"customer_id":9007199254740993,"label":"home"}';
    const work = rowWork(changeEvent({ table, before: { customer_id: 0, label: '' } }), { key });
    expect(work.change).toMatchObject({ kind: 'delete', columns: {} });
    expect(work.key.pk).toBe('c1#CUSTOMER#9007199254740993');
  });

  it('leaves out columns the update did not touch', () => {
    const work = rowWork(changeEvent({ op: 'u', table, after: { ...addressRow(), instructions: UNAVAILABLE } }));
    expect(work.change.kind).toBe('partial');
    expect(Object.keys(work.change.columns)).not.toContain('instructions');
  });

  it('marks a row that DynamoDB cannot hold', () => {
    const products = changeEvent({
      table: 'public.products',
      after: {
        id: 1,
        sku: 's',
        name: 'n',
        description: 'd',
        list_price: '1'.repeat(39),
        weight_kg: null,
        in_stock: 0,
        discontinued: false,
        attributes: '{}',
        thumbnail: null,
        updated_at: '2026-11-22T16:07:14Z',
      },
    });
    expect(rowWork(products).change).toMatchObject({ kind: 'unstorable', columns: {} });
  });

  it('passes over the Kafka tombstone and tables of no view', () => {
    expect(decodeRecord({ ...recordOf(''), value: undefined }, options)).toEqual([]);
    expect(decodeRecord(recordOf(changeEvent({ table: 'public.order_lines', after: { id: 1 } })), options)).toEqual([]);
  });

  it('reads an answer of SQL with the image of the row', () => {
    const event = inboxEvent({
      changeId: 'C1',
      view: 'addresses',
      pk: 'c1#CUSTOMER#1',
      sk: 'ADDRESS#home',
      outcome: 'R',
      code: 'CHECK',
      image: addressRow(),
    });
    const [work] = decodeRecord(recordOf(event), options) as [SettleWork];
    expect(work.signal.outcome).toMatchObject({ id: 'C1', out: 'R', code: 'CHECK' });
    expect(work.signal.image).toMatchObject({ exists: true, columns: { label: { S: 'home' } } });
  });

  it('takes image and change event of one row for the same attributes', () => {
    const event = rowWork(changeEvent({ table, after: addressRow() }));
    const answer = inboxEvent({ changeId: 'C1', view: 'addresses', ...event.key, outcome: 'A', image: addressRow() });
    const [settle] = decodeRecord(recordOf(answer), options) as [SettleWork];
    expect(settle.signal.image).toEqual({ exists: true, columns: event.change.columns });
  });

  it.each([
    ['malformed JSON', '{'],
    ['another shape', '{"hello":1}'],
    ['a dropped column', changeEvent({ table, after: { customer_id: 1, label: 'home' } })],
    ['a key of another type', changeEvent({ table, after: { ...addressRow(), customer_id: 'one' } })],
  ])('names topic, partition and offset of a record with %s', (_, value) => {
    expect(() => decodeRecord(recordOf(value, { offset: 12n }), options)).toThrow(
      /shop\.public\.addresses\[0] offset 12: ./,
    );
  });

  describe('an update of columns no view has', () => {
    const full = addressRow({ instructions: 'ring twice', door: 1 });
    const decodeUpdate = (before: CellRow | null, after: CellRow, more: Partial<DecodeOptions> = {}) => {
      const unchanged: string[] = [];
      const event = changeEvent({ op: 'u', table, before, after });
      const work = decodeRecord(recordOf(event), {
        ...options,
        skipUnchanged: new Set([`shop.${table}`]),
        onUnchanged: ({ name }) => unchanged.push(name),
        ...more,
      });
      return { work: work.length, unchanged };
    };

    it('is no work, and told', () => {
      expect(decodeUpdate(full, { ...full, door: 2 })).toEqual({ work: 0, unchanged: ['addresses'] });
      expect(decodeUpdate(full, full)).toEqual({ work: 0, unchanged: ['addresses'] });
    });

    it.each([
      ['changes a column of the view', full, { ...full, city: 'Leiden' }],
      ['changes another digit than a double has', full, { ...full, customer_id: 9007199254740992n }],
      ['comes without the row before', null, full],
      ['leaves out a large value', { ...full, street: UNAVAILABLE }, { ...full, street: UNAVAILABLE }],
    ])('is work when it %s', (_, before, after) => {
      expect(decodeUpdate(before, after)).toEqual({ work: 1, unchanged: [] });
    });

    it('may have NULLs', () => {
      expect(decodeUpdate(addressRow(), addressRow())).toEqual({ work: 0, unchanged: ['addresses'] });
      expect(decodeUpdate(full, addressRow())).toEqual({ work: 1, unchanged: [] });
    });

    it('is work for a table that is not listed', () => {
      expect(decodeUpdate(full, full, { skipUnchanged: new Set() })).toEqual({ work: 1, unchanged: [] });
    });

    it.each(['c', 'r'] as const)('is not what an event of kind %s is', (op) => {
      const event = changeEvent({ op, table, before: full, after: full });
      expect(decodeRecord(recordOf(event), { ...options, skipUnchanged: new Set([`shop.${table}`]) })).toHaveLength(1);
    });

    it('is judged view by view', () => {
      const { primaryKey } = catalog.byName('addresses').table;
      const towns = view('towns', {
        table: catalog.byName('addresses').table,
        key: { pk: ['t1', ...primaryKey.map((name) => column(name))], sk: ['TOWN'] },
        attributes: { city: 'city' },
      });
      const both = createCatalog([...catalog.views, towns]);
      expect(decodeUpdate(full, { ...full, street: 'Dam 1' }, { catalog: both })).toEqual({
        work: 1,
        unchanged: ['towns'],
      });
      const told = jest.fn();
      const dropped = { ...full, street: undefined as never };
      expect(() => decodeUpdate(full, dropped, { catalog: both, onUnchanged: told })).toThrow(/no column street/);
      expect(told).not.toHaveBeenCalled();
    });

    it('never passes over an answer of SQL, which says something by being there', () => {
      const answer = {
        changeId: 'C1',
        view: 'addresses',
        pk: 'c1#CUSTOMER#1',
        sk: 'ADDRESS#home',
        outcome: 'A',
      } as const;
      const event = JSON.parse(inboxEvent(answer)) as { after: object };
      const again = JSON.stringify({ ...event, op: 'u', before: event.after });
      const skipUnchanged = new Set(['shop.public.hybridge_inbox']);
      expect(decodeRecord(recordOf(again), { ...options, skipUnchanged })).toHaveLength(1);
    });
  });

  it('asks SQL for a document view when the event is not the whole row', () => {
    const packed = view('packed', {
      table: catalog.byName('addresses').table,
      key: { pk: ['d1', column('customer_id')], sk: ['ADDRESS', column('label')] },
      attributes: { city: 'city', instructions: 'instructions' },
      layout: 'document',
    });
    const contentOf = (after: CellRow) => {
      const event = changeEvent({ op: 'u', table, after });
      return (decodeRecord(recordOf(event), { ...options, catalog: createCatalog([packed]) }) as [RowWork])[0].change;
    };
    expect(contentOf(addressRow())).toMatchObject({
      kind: 'upsert',
      shape: { names: ['d'] },
      columns: { d: { M: {} } },
    });
    expect(contentOf(addressRow({ instructions: UNAVAILABLE }))).toMatchObject({ kind: 'touched', columns: {} });
  });

  it('takes a row that does not belong for a deleted one, from its table and from the inbox', () => {
    const shown = view('addresses', {
      table: catalog.byName('addresses').table,
      key: catalog.byName('addresses').key,
      attributes: { street: 'street' },
      where: { from: ['city'], keep: ({ city }: { city: string }) => city === 'Leiden' },
    } as never);
    const of = { ...options, catalog: createCatalog([shown]) };
    const contentOf = (city: string) =>
      (decodeRecord(recordOf(changeEvent({ table, after: addressRow({ city }) })), of) as [RowWork])[0].change;
    expect([contentOf('Leiden').kind, contentOf('Delft').kind]).toEqual(['upsert', 'delete']);
    expect(contentOf('Delft').columns).toEqual({});

    const key = { pk: 'c1#CUSTOMER#42', sk: 'ADDRESS#home' };
    const imageOf = (city: string) => {
      const answer = { changeId: 'c', view: 'addresses', ...key, outcome: 'A', image: addressRow({ city }) } as const;
      const record = { topic: 'shop.public.hybridge_inbox' };
      return (decodeRecord(recordOf(inboxEvent(answer), record), of) as [SettleWork])[0].signal.image;
    };
    expect(imageOf('Delft')).toEqual({ exists: false });
    expect(imageOf('Leiden')).toMatchObject({ exists: true });
  });

  it('makes the same of a record however its numbers had to be parsed', () => {
    const events = [
      changeEvent({ table, after: addressRow({ customer_id: 42 }) }),
      changeEvent({ op: 'u', table, before: addressRow({ customer_id: 42 }), after: addressRow({ customer_id: 42 }) }),
      changeEvent({ op: 'r', table, after: addressRow({ customer_id: 42 }), lsn: 500 }),
      changeEvent({ table, before: addressRow({ customer_id: 42 }) }),
    ];
    for (const event of events) {
      const record = { key: '{"customer_id":42,"label":"home"}', offset: 9n };
      const lossless = event.replace(/}$/, ',"forced":1e0}');
      expect(decodeRecord(recordOf(event, record), options)).toStrictEqual(
        decodeRecord(recordOf(lossless, record), options),
      );
    }
  });

  it('hands on a TRUNCATE, with its place in commit order', () => {
    const [work] = decodeRecord(recordOf(changeEvent({ op: 't', table, lsn: 500, lastCommitLsn: 400 })), options);
    expect(work).toMatchObject({ kind: 'truncate', event: { table, transaction: '700' } });
    expect(decodeVersion((work as TruncateWork).event.version)).toMatchObject({ major: 400n, minor: 500n });
  });
});
