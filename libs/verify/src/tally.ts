import { type Item, type ItemKey, truthOf } from '@hybridge/protocol';
import type { FoundRow } from '@hybridge/reader-sql';
import { pause } from '@hybridge/runtime';
import {
  type AnyView,
  type Row,
  indexAttributes,
  keyFromParts,
  keyOfRow,
  projectRow,
  toSqlText,
  unpackColumns,
} from '@hybridge/views';
import { ComparisonClass, type DifferenceClass, classify, isDifference } from './classify.ts';
import type {
  CompareDependencies,
  CompareSettings,
  Comparison,
  Counts,
  Difference,
  ViewProgress,
} from './comparison.ts';
import { indexKeysIn } from './index-keys.ts';

/** What a comparison has found of one view so far. Holds a bounded number of keys. */
export interface Tally {
  readonly view: AnyView;
  note(found: ComparisonClass, keyRow: Row): void;
  /** Looks again at the suspects when there are many of them, or when `all` are to be settled. */
  confirm(all?: boolean): Promise<void>;
  progress(): Pick<ViewProgress, 'counts' | 'suspects'>;
  /** After `confirm(true)`. */
  comparison(): Comparison;
}

/** Differences held back before they are looked at again. */
const MAX_SUSPECTS = 1_000;
/** Keys looked at together. */
const LOOK_SIZE = 100;

interface Look {
  readonly keyRow: Row;
  readonly key: ItemKey;
  readonly class: ComparisonClass;
  readonly row: FoundRow | undefined;
  readonly item: Item | undefined;
}

type Confirmed = Look & { readonly class: DifferenceClass };

export function createTally(
  view: AnyView,
  dependencies: CompareDependencies,
  settings: CompareSettings,
  resumed?: ViewProgress,
): Tally {
  const counts: Record<ComparisonClass, number> = { ...ZERO, ...resumed?.counts };
  const differences: Difference[] = [];
  let suspects: Row[] = (resumed?.suspects ?? []).map((parts) => keyFromParts(view, parts));

  const keep = async (confirmed: readonly Confirmed[]): Promise<void> => {
    const kept = confirmed.slice(0, Math.max(0, settings.maxDifferences - differences.length));
    differences.push(...kept.map((look) => describe(view, look)));
    await Promise.all(confirmed.map((look) => settings.onDifference?.(view, look.keyRow, look.class)));
  };
  /** One look at every suspect; those that are no difference any more are counted. */
  const sift = async (keyRows: readonly Row[], isLast: boolean): Promise<Row[]> => {
    const still: Row[] = [];
    for (let start = 0; start < keyRows.length; start += LOOK_SIZE) {
      const confirmed: Confirmed[] = [];
      for (const look of await lookAt(view, keyRows.slice(start, start + LOOK_SIZE), dependencies, settings)) {
        const found = look.class;
        if (isLast || !isDifference(found)) counts[found]++;
        if (!isDifference(found)) continue;
        still.push(look.keyRow);
        if (isLast) confirmed.push({ ...look, class: found });
      }
      await keep(confirmed);
    }
    return still;
  };

  return {
    view,
    note(found, keyRow) {
      if (isDifference(found)) suspects.push(keyOnly(view, keyRow));
      else counts[found]++;
    },
    async confirm(all = false) {
      if (suspects.length < (all ? 1 : MAX_SUSPECTS)) return;
      let rest: Row[] = suspects;
      suspects = [];
      for (let looks = Math.max(1, settings.rechecks); looks > 0 && rest.length > 0; looks--) {
        await pause(settings.recheckPauseMs, settings.signal);
        settings.signal?.throwIfAborted();
        rest = await sift(rest, looks === 1);
      }
    },
    progress: () => ({
      counts: without(counts, differences),
      suspects: [...differences.map(({ keyParts }) => keyParts), ...suspects.map((row) => keyPartsOf(view, row))],
    }),
    comparison: () => ({
      view: view.name,
      compared: Object.values(counts).reduce((sum, count) => sum + count, 0),
      counts: { ...counts },
      differences,
    }),
  };
}

/** The primary key of a row as texts, in its order. */
export const keyPartsOf = (view: AnyView, row: Row): readonly string[] =>
  primaryKey(view).map((name) => toSqlText(view.table, name, row[name] ?? { NULL: true }) ?? '');

const ZERO = Object.fromEntries(Object.values(ComparisonClass).map((name) => [name, 0])) as Counts;

const primaryKey = (view: AnyView): readonly string[] => view.table.primaryKey;

/** A suspect is remembered by its key alone. */
const keyOnly = (view: AnyView, row: Row): Row =>
  Object.fromEntries(primaryKey(view).flatMap((name) => (row[name] === undefined ? [] : [[name, row[name]]])));

function without(counts: Counts, differences: readonly Difference[]): Counts {
  const rest = { ...counts };
  for (const difference of differences) rest[difference.class]--;
  return rest;
}

async function lookAt(
  view: AnyView,
  keyRows: readonly Row[],
  { rows, items }: CompareDependencies,
  settings: CompareSettings,
): Promise<readonly Look[]> {
  const keys = keyRows.map((keyRow) => keyOfRow(view, keyRow));
  const [found, stored] = await Promise.all([rows.readMany(view, keyRows), items.batchGet(keys, { consistent: true })]);
  return keyRows.map((keyRow, i) => ({
    keyRow,
    key: keys[i] as ItemKey,
    class: classify(view, found[i], stored[i], settings.now()),
    row: found[i],
    item: stored[i],
  }));
}

function describe(view: AnyView, look: Confirmed): Difference {
  const truth = look.item === undefined ? undefined : truthOf(look.item);
  const expected = look.row === undefined ? undefined : projectRow(view, look.row.row);
  const actual = truth?.exists === true ? truth.columns : undefined;
  return {
    class: look.class,
    key: look.key,
    keyParts: keyPartsOf(view, look.keyRow),
    expected: expected && { ...unpackColumns(view, expected), ...indexAttributes(view, expected) },
    actual: actual && { ...unpackColumns(view, actual), ...indexKeysIn(view, look.item ?? {}) },
  };
}
