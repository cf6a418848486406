import { type Item, ItemState, Meta, encodeOutcomes, encodeTruth, text } from '@hybridge/protocol';
import type { FoundRow } from '@hybridge/reader-sql';
import { createMemoryItemStore, item, pending, versionAt } from '@hybridge/testkit';
import {
  type Row,
  UnstorableValueError,
  column,
  int8,
  notNull,
  nullable,
  source,
  table,
  text as textType,
  view,
} from '@hybridge/views';
import { explainItem } from './explain.ts';

const NOW = 1_700_000_100_000;

const people = view('people', {
  table: table({
    source: source('test', 'postgres'),
    name: 'public.people',
    primaryKey: ['id'],
    columns: { id: notNull(int8()), town: nullable(textType()) },
  }),
  key: { pk: ['p1', column('id')], sk: ['P'] },
  attributes: { id: 'id', city: 'town' },
});
const key = { pk: 'p1#1', sk: 'P' };
const keyRow: Row = { id: { N: '1' } };
const rowOf = (town: string): FoundRow => ({ row: { ...keyRow, town: text(town) } });
const columns = (city: string) => ({ id: { N: '1' }, city: text(city) });

const explained = (given: Item | undefined, found: FoundRow | undefined) =>
  explainItem(
    {
      store: createMemoryItemStore(given === undefined ? [] : [given]),
      rows: { readMany: async () => [found] },
      now: () => NOW,
    },
    people,
    keyRow,
  );

describe('explainItem', () => {
  it('shows an item and its row in agreement, with version and place', async () => {
    const meta = { [Meta.transaction]: text('702'), [Meta.committedAt]: { N: '1700000000002' } };
    const found = await explained(item({ key, columns: columns('Leiden'), n: 2, meta }), rowOf('Leiden'));
    expect(found).toMatchObject({
      view: 'people',
      key,
      keyParts: ['1'],
      verdict: 'matched',
      item: { state: 'L', version: versionAt(2), transaction: '702', committedAt: 1_700_000_000_002, nonce: 'w0' },
      pending: [],
      outcomes: [],
      sql: { table: 'public.people', row: 'present' },
    });
    expect(found.attributes).toEqual([
      { name: 'id', column: 'id', visible: { N: '1' }, truth: { N: '1' }, sql: { N: '1' }, agrees: true },
      {
        name: 'city',
        column: 'town',
        visible: text('Leiden'),
        truth: text('Leiden'),
        sql: text('Leiden'),
        agrees: true,
      },
    ]);
  });

  it('names what differs, and what no definition knows', async () => {
    const found = await explained(item({ key, columns: { ...columns('Leiden'), typo: text('x') } }), rowOf('Delft'));
    expect(found.verdict).toBe('stale');
    expect(found.attributes.filter(({ agrees }) => !agrees).map(({ name, column }) => [name, column])).toEqual([
      ['city', 'town'],
      ['typo', undefined],
    ]);
  });

  it('keeps what a reader sees apart from the truth while changes are pending', async () => {
    const meta = {
      [Meta.truth]: encodeTruth({ exists: true, columns: columns('Leiden') }),
      [Meta.outcomes]: encodeOutcomes([{ id: 'change-0', out: 'R', code: 'CONFLICT', message: 'm', at: 5 }]),
    };
    const change = pending();
    const found = await explained(item({ key, columns: columns('Utrecht'), meta, pending: [change] }), rowOf('Leiden'));
    expect(found).toMatchObject({
      verdict: 'pending',
      pending: [change],
      outcomes: [{ id: 'change-0', code: 'CONFLICT' }],
    });
    expect(found.attributes[1]).toEqual({
      name: 'city',
      column: 'town',
      visible: text('Utrecht'),
      truth: text('Leiden'),
      sql: text('Leiden'),
      agrees: true,
    });
  });

  it('tells how long a fence is leased and a tombstone answers, and when each may go', async () => {
    const meta = { [Meta.leaseExpiry]: { N: '1700000105000' }, [Meta.expiry]: { N: '1700003600' } };
    const fence = await explained(item({ key, state: ItemState.fence, meta }), undefined);
    expect(fence).toMatchObject({
      verdict: 'matched',
      item: { state: 'F', leasedUntil: 1_700_000_105_000, expiresAt: 1_700_003_600_000, notFoundUntil: undefined },
      sql: { row: 'absent' },
    });
    const negative = { [Meta.negativeExpiry]: { N: '1700000200000' } };
    const tombstone = await explained(item({ key, state: ItemState.tombstone, meta: negative }), rowOf('Leiden'));
    expect(tombstone).toMatchObject({ verdict: 'missing', item: { notFoundUntil: 1_700_000_200_000 } });
  });

  it('says why no item can hold a row', async () => {
    const unstorable = new UnstorableValueError('too large a number');
    const found = await explained(undefined, { ...rowOf('x'), unstorable });
    expect(found).toMatchObject({
      verdict: 'quarantined',
      item: undefined,
      sql: { row: 'unstorable', reason: expect.stringContaining('too large a number') },
    });
  });
});
