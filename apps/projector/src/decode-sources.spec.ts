import { decodeVersion } from '@hybridge/protocol';
import { changeEvent, inboxEvent } from '@hybridge/testkit';
import { column, createCatalog, int4, notNull, source, table, text, view } from '@hybridge/views';
import { type DecodeOptions, decodeRecord } from './decode-record.ts';
import { recordOf } from './testing.features.ts';
import type { RowWork, SettleWork, TruncateWork } from './work.ts';

describe('records of several sources', () => {
  const stock = source('stock', 'mariadb');
  const columns = { id: notNull(int4()), name: notNull(text()) };
  const viewOf = (name: string, of: ReturnType<typeof source>) =>
    view(name, {
      table: table({ source: of, name: 'main.things', primaryKey: ['id'], columns }),
      key: { pk: [name, column('id')], sk: ['X'] },
      attributes: { id: 'id', name: 'name' },
    });
  const [ours, theirs] = [viewOf('ours', source('shop', 'postgres')), viewOf('theirs', stock)];
  const both: DecodeOptions = {
    catalog: createCatalog([ours, theirs]),
    topicPrefix: 'test-',
    agedAfterMs: 1_000,
    nowMs: 10_000,
  };
  const after = { id: 1, name: 'n' };
  const read = (topic: string, event: string) => decodeRecord(recordOf(event, { topic, offset: 5n }), both);

  it('take a record for the views of the source that its topic names', () => {
    const [work, ...more] = read('test-shop.main.things', changeEvent({ table: 'main.things', after })) as RowWork[];
    expect([work?.view, more]).toEqual([ours, []]);
  });

  it('order what MariaDB writes by binlog file and position, and prove it by GTID', () => {
    const event = changeEvent({
      table: 'main.things',
      after,
      binlog: { file: 'binlog.000012', pos: 345, gtid: '0-1-9' },
    });
    const [work] = read('test-stock.main.things', event) as [RowWork];
    expect([work.view, work.change.transaction]).toEqual([theirs, '0-1-9']);
    expect(decodeVersion(work.change.version)).toEqual({ epoch: 0, major: 12n, minor: 345n, offset: 5n });
    const [again] = read(
      'test-stock.main.things',
      changeEvent({ op: 'r', table: 'main.things', after, binlog: { pos: 9 } }),
    );
    expect((again as RowWork).change).toMatchObject({ transaction: undefined });
  });

  it('tell a TRUNCATE of one from that of another', () => {
    const event = changeEvent({ op: 't', table: 'main.things', binlog: { pos: 4 } });
    const [work] = read('test-stock.main.things', event) as [TruncateWork];
    expect(work).toMatchObject({
      key: { pk: 'C#truncate', sk: 'stock.main.things' },
      event: { source: 'stock', table: 'main.things', transaction: '0-101-4' },
    });
  });

  const answer = { changeId: 'C1', view: 'theirs', pk: 'theirs#1', sk: 'X', outcome: 'A', image: after } as const;

  it('answer in an inbox of their own', () => {
    const event = inboxEvent(answer, { database: 'main', binlog: { pos: 7 } });
    const [work] = read('test-stock.main.hybridge_inbox', event) as [SettleWork];
    expect(work).toMatchObject({ kind: 'settle', view: theirs, signal: { transaction: '0-101-7' } });
    expect(work.signal.image).toMatchObject({ exists: true, columns: { name: { S: 'n' } } });
  });

  it('do not answer for each other', () => {
    expect(() => read('test-shop.public.hybridge_inbox', inboxEvent(answer))).toThrow(
      'the inbox of source shop answers for theirs, which is of stock',
    );
  });

  it('must be known', () => {
    expect(() => read('test-crm.main.things', changeEvent({ table: 'main.things', after }))).toThrow(
      'There is no source "crm"; there are shop, stock.',
    );
  });
});
