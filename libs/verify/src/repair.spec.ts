import {
  DEFAULT_LIMITS,
  type Item,
  type ItemKey,
  ItemState,
  Meta,
  type PendingChange,
  formatKey,
  keyOf,
  scalarOf,
  text,
} from '@hybridge/protocol';
import type { RowRead } from '@hybridge/reader-sql';
import { createMemoryItemStore, item, pending, testContext, versionAt } from '@hybridge/testkit';
import {
  type Row,
  UnstorableValueError,
  column,
  createCatalog,
  int8,
  notNull,
  nullable,
  source,
  table,
  text as textType,
  view,
} from '@hybridge/views';
import { repairItem } from './repair.ts';
import { isRepaired } from './repair-outcome.ts';

const people = view('people', {
  table: table({
    source: source('test', 'postgres'),
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

/** Nothing embeds these rows. */
const NOBODY = { query: () => Promise.reject(new Error('nobody to be told')) };

const LATER = { N: '9999999999999' };
const tombstone = (): Item =>
  item({ key, n: 4, state: ItemState.tombstone, meta: { ...transaction, [Meta.negativeExpiry]: LATER } });

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
  const repair = await repairItem(
    { store: writes, rows, context, isPrimary, partitions: NOBODY, catalog: createCatalog([people]) },
    people,
    keyRow,
  );
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

  it('fills an absent item', async () => {
    expect((await run({})).repair.outcome).toBe('filled');
  });

  it.each<[string, Item]>([
    ['a tombstone', { ...tombstone(), [Meta.outcomes]: { L: [] } }],
    [
      'a quarantined item',
      item({ key, n: 4, state: ItemState.quarantined, meta: { ...transaction, [Meta.quarantine]: text('39 digits') } }),
    ],
    ['a fence', item({ key, n: 4, state: ItemState.fence, meta: transaction })],
    [
      'a fence that somebody is filling',
      item({
        key,
        n: 4,
        state: ItemState.fence,
        meta: { ...transaction, [Meta.leaseToken]: text('other'), [Meta.leaseExpiry]: LATER },
      }),
    ],
  ])('fills %s with the row of SQL, with the proof and the version it had', async (_, before) => {
    const { repair, proofs, after, store } = await run({ item: before });
    expect([repair.outcome, proofs]).toEqual(['filled', ['701']]);
    expect(after).toMatchObject({
      city: text('Delft'),
      [Meta.state]: text(ItemState.live),
      [Meta.version]: text(versionAt(4)),
      ...transaction,
    });
    for (const left of [Meta.quarantine, Meta.negativeExpiry, Meta.expiry, Meta.leaseToken])
      expect(after).not.toHaveProperty(left);
    expect(store.writes.map(({ write }) => write.expression)).toEqual(['invalidate', 'lease', 'fill']);
  });

  it('leaves the tombstone of a row that is gone, which lives as long as before', async () => {
    const { repair, after } = await run({ item: tombstone(), read: { row: undefined } });
    expect([repair.outcome, isRepaired(repair)]).toEqual(['absent', true]);
    expect(after).toMatchObject({ [Meta.state]: text(ItemState.tombstone), [Meta.version]: text(versionAt(4)) });
    const life = Number(scalarOf(after?.[Meta.expiry])) * 1000 - testContext().now();
    expect(life).toBeGreaterThanOrEqual(DEFAULT_LIMITS.tombstoneTtlMs);
  });

  it('quarantines a row again that still cannot be stored', async () => {
    const before = item({
      key,
      n: 4,
      state: ItemState.quarantined,
      meta: { ...transaction, [Meta.quarantine]: text('old') },
    });
    const { repair, after } = await run({ item: before, read: { unstorable: new UnstorableValueError('NaN') } });
    expect([repair.outcome, isRepaired(repair)]).toEqual(['quarantined', false]);
    expect(after).toMatchObject({
      [Meta.state]: text(ItemState.quarantined),
      [Meta.quarantine]: text('NaN'),
      [Meta.version]: text(versionAt(4)),
      ...transaction,
    });
  });

  it('says so where SQL has no such row', async () => {
    const { repair, after } = await run({ item: live(), read: { row: undefined } });
    expect([repair.outcome, isRepaired(repair)]).toEqual(['absent', true]);
    expect(after).toMatchObject({ [Meta.state]: text(ItemState.tombstone) });
    expect(after).not.toHaveProperty('city');
  });

  it.each<[string, Parameters<typeof run>[0], string]>([
    ['an item with pending changes', { item: live(transaction, [pending()]) }, 'pending'],
    [
      'a quarantined item without proof on a replica',
      { item: item({ key, state: ItemState.quarantined }) },
      'needs-primary',
    ],
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

  it('leaves a fence for an item whose transaction is not visible', async () => {
    const { repair, after } = await run({ item: live(), read: { proven: false } });
    expect(repair.outcome).toBe('unproven');
    expect(after).toMatchObject({
      [Meta.state]: text(ItemState.fence),
      [Meta.version]: text(versionAt(4)),
      ...transaction,
    });
  });
});
