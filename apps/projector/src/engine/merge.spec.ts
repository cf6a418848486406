import { catalog } from '@hybridge/definitions';
import { type ItemStore, ViewMode, carryOut, decideRowChange, text } from '@hybridge/protocol';
import {
  COLUMN_NAMES,
  KEY,
  createMemoryItemStore,
  rowChange,
  settleSignal,
  testContext,
  versionAt,
} from '@hybridge/testkit';
import fc from 'fast-check';
import type { RowWork, Work } from '../work.ts';
import { mergeWork } from './merge.ts';

const view = catalog.byName('customers');
const SNAPSHOT_VERSION = versionAt(0);
const common = { view, key: KEY, keyRow: {} };

const row = (n: number, overrides: Parameters<typeof rowChange>[0] = {}): RowWork => ({
  ...common,
  kind: 'row',
  change: rowChange({ n, ...overrides }),
  links: {},
  guess: 'same',
  snapshot: false,
});
const inParts = (n: number, columns: RowWork['change']['columns']): RowWork => row(n, { kind: 'partial', columns });
const settled: Work = { ...common, kind: 'settle', signal: settleSignal(), links: {} };
const parked: Work = { ...common, kind: 'park', reason: 'malformed', change: undefined };

describe('joining the work of one item', () => {
  it('takes the newest full image', () => {
    const next = row(2);
    expect(mergeWork(row(1), next)).toMatchObject({ change: next.change });
    const deleted = row(3, { kind: 'delete', columns: {} });
    expect(mergeWork(next, deleted)).toMatchObject({ change: deleted.change });
  });

  it('lays a partial update over what is before it', () => {
    const over = mergeWork(row(1), inParts(2, { city: text('Delft') }));
    expect(over).toMatchObject({ change: { kind: 'upsert', columns: { city: text('Delft'), name: text('name 1') } } });
    const both = mergeWork(inParts(1, { name: text('Ada') }), inParts(2, { city: text('Delft') }));
    expect(both).toMatchObject({ change: { kind: 'partial', columns: { city: text('Delft'), name: text('Ada') } } });
    expect(both).toMatchObject({ change: { version: inParts(2, {}).change.version } });
  });

  it('drops what a replay repeats', () => {
    const before = row(5);
    expect(mergeWork(before, row(3))).toEqual({ ...before, covers: true });
    expect(mergeWork(before, row(5))).toEqual({ ...before, covers: true });
  });

  it.each([
    ['a delete', row(1, { kind: 'delete', columns: {} })],
    ['a row that cannot be stored', row(1, { kind: 'unstorable', columns: {} })],
    ['a snapshot row, which the item may refuse', row(0, { version: SNAPSHOT_VERSION })],
  ])('lays no partial update over %s', (_, before) => {
    expect(mergeWork(before, inParts(2, { city: text('Delft') }))).toBeUndefined();
  });

  it('covers what it joins, and points where the newest says that tells', () => {
    const links = (parent: string) => ({ links: { customer: parent } });
    const before = { ...row(1), ...links('A#1'), guess: 'other' } as const;
    expect(mergeWork(before, { ...row(2), ...links('A#2') })).toMatchObject({
      ...links('A#2'),
      guess: 'other',
      covers: true,
    });
    const untouched = { ...inParts(2, { city: text('Delft') }), links: undefined };
    expect(mergeWork(before, untouched)).toMatchObject({ ...links('A#1'), guess: 'other', covers: true });
    expect(mergeWork(row(1), row(2))).toMatchObject({ guess: 'same', covers: true });
  });

  it('joins no changes between which the row moves', () => {
    const elsewhere = row(2, { key: { ...KEY, pk: 'elsewhere' } });
    expect(mergeWork(row(1), elsewhere)).toBeUndefined();
    expect(mergeWork(elsewhere, row(3, { key: elsewhere.change.key }))).toMatchObject({ change: { kind: 'upsert' } });
  });

  it('leaves answers, parked work and other views as they are', () => {
    const other: Work = { ...row(2), view: catalog.byName('addresses') };
    for (const each of [settled, parked, other]) {
      expect(mergeWork(row(1), each)).toBeUndefined();
      expect(mergeWork(each, row(3))).toBeUndefined();
    }
  });

  it('ends with the same item as one after the other, wherever it joins and whatever comes again', async () => {
    const kinds = fc.constantFrom('upsert', 'partial city', 'partial name', 'delete', 'unstorable', 'snapshot');
    const log = fc.array(kinds, { minLength: 2, maxLength: 8 });
    const replays = fc.array(fc.nat({ max: 7 }), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(log, replays, fc.array(fc.boolean(), { maxLength: 20 }), async (plan, again, joins) => {
        const changes = plan.map((kind, i) => workOf(kind, i + 1));
        // A connector that crashed sends a suffix anew.
        const delivered = again.reduce((all, from) => [...all, ...changes.slice(from)], changes);
        const [single, joined] = [createMemoryItemStore(), createMemoryItemStore()];
        for (const work of delivered) await apply(single, work);
        for (const work of joinedBy(delivered, joins)) await apply(joined, work);
        expect(shownBy(await joined.get(KEY))).toEqual(shownBy(await single.get(KEY)));
      }),
      { numRuns: 300 },
    );
  });
});

/** A log of one row: what an update leaves out is as it was before. */
function workOf(kind: string, n: number): RowWork {
  if (kind === 'partial city') return inParts(n, { city: text(`city ${n}`) });
  if (kind === 'partial name') return inParts(n, { name: text(`name ${n}`) });
  if (kind === 'delete' || kind === 'unstorable') return row(n, { kind, columns: {} });
  return kind === 'snapshot' ? row(n, { version: SNAPSHOT_VERSION }) : row(n);
}

/** The work as the engine joins it, where a change waits for the one before it. */
function joinedBy(delivered: readonly RowWork[], joins: readonly boolean[]): readonly Work[] {
  const waiting: Work[] = [];
  delivered.forEach((work, i) => {
    const before = waiting.at(-1);
    const merged = before !== undefined && joins[i] === true ? mergeWork(before, work) : undefined;
    if (merged === undefined) waiting.push(work);
    else waiting[waiting.length - 1] = merged;
  });
  return waiting;
}

const context = testContext();

async function apply(store: ItemStore, work: Work): Promise<void> {
  if (work.kind !== 'row') throw new Error(`unexpected ${work.kind}`);
  await carryOut(store, work.key, (seen) => decideRowChange(work.change, ViewMode.eager, context, seen));
}

/** What a reader gets without a look at SQL: a fence or quarantine sends him there. */
function shownBy(item: Awaited<ReturnType<ItemStore['get']>>) {
  const state = item?.['_st'];
  const columns = Object.fromEntries(COLUMN_NAMES.map((name) => [name, item?.[name]]));
  return { state, version: item?.['_v'], columns };
}
