import {
  type Item,
  type ItemKey,
  ItemState,
  Meta,
  type PendingChange,
  formatKey,
  keyOf,
  text,
} from '@hybridge/protocol';
import type { RowRead } from '@hybridge/reader-sql';
import { createMemoryItemStore, item, pending, testContext, versionAt } from '@hybridge/testkit';
import {
  type Row,
  UnstorableValueError,
  column,
  int8,
  notNull,
  nullable,
  table,
  text as textType,
  view,
} from '@hybridge/views';
import { isRepaired, repairItem } from './repair.ts';

const people = view('people', {
  table: table({
    source: 'test',
    name: 'public.people',
    primaryKey: ['id'],
    columns: { id: notNull(int8()), city: nullable(textType()) },
  }),
  key: { pk: ['p1', column('id')], sk: ['P'] },
  attributes: { id: 'id', city: 'city' },
});
const key: ItemKey = { pk: 'p1#1', sk: 'P' };
const keyRow: Row = { id: { N: '1' } };
const row = (city: string): Row => ({ ...keyRow, city: text(city) });
const transaction = { [Meta.transaction]: text('701') };
const live = (meta: Item = transaction, changes: readonly PendingChange[] = []): Item =>
  item({ key, columns: { id: { N: '1' }, city: text('Leiden'), typo: text('x') }, n: 4, meta, pending: changes });

async function run(given: { item?: Item; read?: Partial<RowRead>; primary?: boolean; overtaken?: boolean }) {
  const store = createMemoryItemStore(given.item === undefined ? [] : [given.item]);
  const proofs: (string | undefined)[] = [];
  const read: RowRead = { proven: true, row: row('Delft'), ...given.read };
  const rows = {
    read: async (_view: unknown, _keyRow: Row, proof?: string) => {
      proofs.push(proof);
      return proof === undefined ? { ...read, proven: true } : read;
    },
    scan: () => {
      throw new Error('a repair never scans');
    },
  };
  const writes = given.overtaken
    ? {
        ...store,
        write: async () => ({ ok: false as const, item: live({ ...transaction, [Meta.nonce]: text('again') }) }),
      }
    : store;
  const context = testContext({ limits: { leaseMs: 100 } });
  const isPrimary = async (): Promise<boolean> => given.primary ?? false;
  const repair = await repairItem({ store: writes, rows, context, isPrimary }, people, keyRow);
  return { repair, proofs, store, after: store.peek(key) };
}

describe('repairItem', () => {
  it('fills a live item anew, with the proof and the version it had, and without what no definition knows', async () => {
    const { repair, proofs, after, store } = await run({ item: live() });
    expect(repair).toMatchObject({
      key,
      outcome: 'filled',
      before: { city: text('Leiden') },
      after: { city: text('Delft') },
    });
    expect(isRepaired(repair)).toBe(true);
    expect(proofs).toEqual(['701']);
    expect(after).toMatchObject({
      [Meta.state]: text(ItemState.live),
      [Meta.version]: text(versionAt(4)),
      ...transaction,
    });
    expect(after).not.toHaveProperty('typo');
    expect(store.writes.map(({ write }) => write.expression)).toEqual(['invalidate', 'lease', 'fill']);
  });

  it('fills an absent item and a fence', async () => {
    expect((await run({})).repair.outcome).toBe('filled');
    const fence = item({ key, state: ItemState.fence, meta: transaction });
    expect((await run({ item: fence })).repair.outcome).toBe('filled');
  });

  it('says so where SQL has no such row', async () => {
    const { repair, after } = await run({ item: live(), read: { row: undefined } });
    expect([repair.outcome, isRepaired(repair)]).toEqual(['absent', true]);
    expect(after).toMatchObject({ [Meta.state]: text(ItemState.tombstone) });
    expect(after).not.toHaveProperty('city');
  });

  const answering = item({
    key,
    state: ItemState.tombstone,
    meta: { ...transaction, [Meta.negativeExpiry]: { N: '9999999999999' } },
  });

  it.each<[string, Parameters<typeof run>[0], string]>([
    ['an item with pending changes', { item: live(transaction, [pending()]) }, 'pending'],
    ['a quarantined item', { item: item({ key, state: ItemState.quarantined, meta: transaction }) }, 'quarantined'],
    ['a tombstone that answers', { item: answering }, 'tombstone'],
    ['a fence without proof on a replica', { item: item({ key, state: ItemState.fence }) }, 'needs-primary'],
    ['a live item without proof on a replica', { item: live({}) }, 'needs-primary'],
    ['an item that somebody else keeps writing', { item: live(), overtaken: true }, 'overtaken'],
  ])('leaves %s as it is', async (_, given, outcome) => {
    const { repair, after } = await run(given);
    expect(repair.outcome).toBe(outcome);
    expect(isRepaired(repair)).toBe(false);
    expect(after).toEqual(given.item);
    expect(formatKey(keyOf(repair.after as Item))).toBe(formatKey(key));
  });

  it('fills what has no proof from the primary', async () => {
    expect((await run({ item: live({}), primary: true })).repair.outcome).toBe('filled');
    expect((await run({ item: item({ key, state: ItemState.fence }), primary: true })).repair.outcome).toBe('filled');
  });

  it('counts a tombstone of a row that is gone as repaired', async () => {
    expect((await run({ item: answering, read: { row: undefined } })).repair.outcome).toBe('absent');
  });

  it.each<[string, Partial<RowRead>, string]>([
    ['whose transaction is not visible', { proven: false }, 'unproven'],
    ['whose row cannot be stored', { unstorable: new UnstorableValueError('NaN') }, 'quarantined'],
  ])('leaves a fence for an item %s', async (_, read, outcome) => {
    const { repair, after } = await run({ item: live(), read });
    expect(repair.outcome).toBe(outcome);
    expect(after).toMatchObject({
      [Meta.state]: text(ItemState.fence),
      [Meta.version]: text(versionAt(4)),
      ...transaction,
    });
  });
});
