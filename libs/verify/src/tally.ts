import { truthOf } from '@hybridge/protocol';
import { pause } from '@hybridge/runtime';
import { type AnyView, type Row, indexAttributes, projectRow, unpackColumns } from '@hybridge/views';
import { ComparisonClass, type DifferenceClass, isDifference } from './classify.ts';
import type {
  CompareDependencies,
  CompareSettings,
  Comparison,
  Counts,
  Difference,
  ViewProgress,
} from './comparison.ts';
import { indexKeysIn } from './index-keys.ts';
import { keyPartsOf, keyRowFrom } from './key-parts.ts';
import type { Look } from './look.ts';
import { lookAt } from './look-at.ts';

/** What a comparison has found of one view so far. Holds a bounded number of keys. */
export interface Tally {
  readonly view: AnyView;
  /** @param keyRow the key of a row alone, or the address of an item: where it is looked at again */
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

type Confirmed = Look & { readonly class: DifferenceClass };

export function createTally(
  view: AnyView,
  dependencies: CompareDependencies,
  settings: CompareSettings,
  resumed?: ViewProgress,
): Tally {
  const counts: Record<ComparisonClass, number> = { ...ZERO, ...resumed?.counts };
  const differences: Difference[] = [];
  let suspects: Row[] = (resumed?.suspects ?? []).map((parts) => keyRowFrom(view, parts));

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
      for (const look of await lookAgain(view, keyRows.slice(start, start + LOOK_SIZE), dependencies, settings)) {
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
      if (isDifference(found)) suspects.push(keyRow);
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

const ZERO = Object.fromEntries(Object.values(ComparisonClass).map((name) => [name, 0])) as Counts;

function without(counts: Counts, differences: readonly Difference[]): Counts {
  const rest = { ...counts };
  for (const difference of differences) rest[difference.class]--;
  return rest;
}

async function lookAgain(
  view: AnyView,
  keyRows: readonly Row[],
  dependencies: CompareDependencies,
  { now }: CompareSettings,
): Promise<readonly Look[]> {
  const rows = await dependencies.rows.readMany(view, keyRows);
  return lookAt(
    view,
    keyRows.map((keyRow, i) => ({ keyRow, row: rows[i] })),
    dependencies,
    now(),
  );
}

function describe(view: AnyView, look: Confirmed): Difference {
  const named = { class: look.class, key: look.key, keyParts: keyPartsOf(view, look.keyRow) };
  return { ...named, ...(look.evidence ?? columnsOf(view, look)) };
}

function columnsOf(view: AnyView, look: Confirmed): Pick<Difference, 'expected' | 'actual'> {
  const truth = look.item === undefined ? undefined : truthOf(look.item);
  const expected = look.row === undefined ? undefined : projectRow(view, look.row.row);
  const actual = truth?.exists === true ? truth.columns : undefined;
  return {
    expected: expected && { ...unpackColumns(view, expected), ...indexAttributes(view, expected) },
    actual: actual && { ...unpackColumns(view, actual), ...indexKeysIn(view, look.item ?? {}) },
  };
}
