import { type RowChange, type Version } from '@hybridge/protocol';
import { KEY, rowChange, versionAt } from '@hybridge/testkit';
import { mergeWork } from '../engine/merge.ts';
import type { AnyView } from '@hybridge/views';
import type { RowWork, Work } from '../work.ts';
import { rowWork, viewNamed } from '../testing.features.ts';
import { isPuttable } from './first-load.ts';
import { createNewestMarker } from './newest.ts';

const eager = viewNamed('v');
const lazy = viewNamed('v', 'lazy');

const work = (change: Partial<RowChange> & { n?: number } = {}, view = eager): RowWork =>
  rowWork(view, rowChange(change));

const place = (partition = 0, topic = 't') => ({ topic, partition, offset: 0n });

/** Whether each of the versions of one partition is newest. */
function marks(versions: readonly Version[], partition = 0): readonly boolean[] {
  const mark = createNewestMarker();
  return versions.map((version) => {
    const [one] = mark(place(partition), [work({ version })]);
    return one?.kind === 'row' && one.isNewest === true;
  });
}

describe('the newest changes of a partition', () => {
  it('are those above all before them', () => {
    expect(marks([1, 2, 5, 3, 5, 6].map((n) => versionAt(n)))).toEqual([true, true, true, false, false, true]);
  });

  it('are no rows of an incremental snapshot, and no replayed stretch', () => {
    const versions = [1, 2, 3, 4].map((n) => versionAt(n));
    expect(marks([...versions, versionAt(0), ...versions.slice(1)])).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it('are told for each partition of each topic', () => {
    const mark = createNewestMarker();
    for (const at of [place(0), place(1), place(0, 'u')]) {
      expect(mark(at, [work({ n: 3 })])[0]).toMatchObject({ isNewest: true });
    }
    expect(mark(place(1), [work({ n: 2 })])[0]).not.toHaveProperty('isNewest');
  });

  it('count deletes and parked records, and mark all views of a record', () => {
    const mark = createNewestMarker();
    expect(mark(place(), [work({ n: 2 }), work({ n: 2 })]).every((one) => 'isNewest' in one)).toBe(true);
    mark(place(), [work({ n: 4, kind: 'delete' })]);
    expect(mark(place(), [work({ n: 3 })])[0]).not.toHaveProperty('isNewest');
    const parked: Work = { kind: 'park', view: eager, key: KEY, keyRow: {}, reason: '', change: rowChange({ n: 8 }) };
    mark(place(), [parked]);
    expect(mark(place(), [work({ n: 7 })])[0]).not.toHaveProperty('isNewest');
  });
});

describe('what may be put', () => {
  const newest = (change: Parameters<typeof work>[0] = {}, view = eager): RowWork => ({
    ...work(change, view),
    isNewest: true,
  });

  it('is a whole row, newest in its partition, of an eager view', () => {
    expect(isPuttable(newest())).toBe(true);
    expect(isPuttable(work())).toBe(false);
    expect(isPuttable(newest({}, lazy))).toBe(false);
    for (const kind of ['partial', 'touched', 'delete', 'unstorable'] as const) {
      expect(isPuttable(newest({ kind }))).toBe(false);
    }
    expect(isPuttable(newest({ aged: true }))).toBe(false);
  });

  it('is no row that embeds others, is embedded, or moves: a put asks nobody', () => {
    const which = [{ relations: [{}] }, { isBase: true }, { moves: true }].map(
      (more) => ({ ...eager, ...more }) as AnyView,
    );
    for (const one of which) expect(isPuttable(newest({}, one))).toBe(false);
  });

  it('is of two joined changes only what is newest in both', () => {
    const puttable = (before: RowWork, next: RowWork): boolean => isPuttable(mergeWork(before, next) as RowWork);
    expect(puttable(newest({ n: 1 }), newest({ n: 2 }))).toBe(true);
    expect(puttable(newest({ n: 1 }), newest({ n: 2, kind: 'partial' }))).toBe(true);
    expect(puttable(work({ n: 1 }), newest({ n: 2, kind: 'partial' }))).toBe(false);
    expect(puttable(newest({ n: 1 }), work({ n: 2 }))).toBe(false);
    // A replayed change adds nothing to the one that waits.
    expect(puttable(newest({ n: 2 }), work({ n: 1 }))).toBe(true);
    expect(puttable(newest({ n: 1 }), newest({ n: 2, kind: 'delete' }))).toBe(false);
    expect(puttable(newest({ n: 1, kind: 'delete' }), newest({ n: 2 }))).toBe(true);
  });
});
