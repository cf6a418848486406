import type { Attributes, ItemKey } from '@hybridge/protocol';
import type { ItemReader } from '@hybridge/reader-dynamodb';
import type { KeyRange, SqlReadError, TableReader } from '@hybridge/reader-sql';
import type { AnyView, Row } from '@hybridge/views';
import type { ComparisonClass, DifferenceClass } from './classify.ts';

export interface Difference {
  readonly class: DifferenceClass;
  readonly key: ItemKey;
  /** The primary key as texts, in its order; of an item found where its row does not lie, the parts of that address. */
  readonly keyParts: readonly string[];
  /** Attributes the item should have, or what else should be as it is not; undefined: SQL has no such row. */
  readonly expected: Attributes | undefined;
  /** The same as it is: attributes of the truth in the item; undefined: it holds none. */
  readonly actual: Attributes | undefined;
}

export type Counts = Readonly<Record<ComparisonClass, number>>;

/** One view held against SQL. */
export interface Comparison {
  readonly view: string;
  /** Keys looked at: every SQL row, and every item without one. */
  readonly compared: number;
  readonly counts: Counts;
  /** The first of them; `counts` knows all. */
  readonly differences: readonly Difference[];
}

/** How far a comparison has come: plain JSON, to go on from after an interruption. */
export interface Progress {
  readonly views: Readonly<Record<string, ViewProgress>>;
  /** Set while the items are walked: the last one looked at. */
  readonly itemsAfter?: ItemKey | undefined;
  /** The range compared, as key parts. */
  readonly from?: readonly string[] | undefined;
  readonly to?: readonly string[] | undefined;
}

export interface ViewProgress {
  readonly rowsDone: boolean;
  /** Key parts of the last row compared. */
  readonly after?: readonly string[] | undefined;
  /** Without the suspects. */
  readonly counts: Counts;
  /** Key parts of differences still to be confirmed, or to be shown at the end. */
  readonly suspects: readonly (readonly string[])[];
}

export interface CompareDependencies {
  readonly rows: Pick<TableReader, 'scan' | 'readMany' | 'isWithin'>;
  readonly items: Pick<ItemReader, 'batchGet' | 'scan'>;
}

export interface CompareOptions {
  /** Of the catalog; default all. What they embed is compared with them, unless there is a range. */
  readonly views?: readonly AnyView[];
  /** Rows read from SQL at once; default 500. */
  readonly batchSize?: number;
  /** Rows, and then items, looked at per second; default as many as can be read. */
  readonly ratePerSecond?: number | undefined;
  /** Only keys inside, in SQL's order; for one view, without the rows that it embeds. */
  readonly range?: KeyRange;
  /** Pause before a difference is looked at again, milliseconds; default 500. */
  readonly recheckPauseMs?: number;
  /** Times a difference must be found again before it counts; default 3, at least 1. */
  readonly rechecks?: number;
  /** Differences kept with their attributes; default 100. */
  readonly maxDifferences?: number;
  readonly signal?: AbortSignal;
  /** Milliseconds since 1970; default the clock. */
  readonly now?: () => number;
  /** Goes on from here. */
  readonly resume?: Progress | undefined;
  /**
   * Told once of a view whose database does not answer: the others are compared nevertheless, and it is left out of the
   * outcome. Default: it ends the comparison of all.
   */
  readonly onUnavailable?: ((view: AnyView, error: SqlReadError) => void) | undefined;
  /** Told of every confirmed difference, also of those that are not kept, up to 100 at once; the comparison waits. */
  readonly onDifference?: ((view: AnyView, keyRow: Row, found: DifferenceClass) => Promise<void>) | undefined;
  /** Told after every page what an interrupted comparison could go on from. */
  readonly onProgress?: ((progress: Progress) => Promise<void>) | undefined;
}

export interface CompareSettings extends CompareOptions {
  readonly batchSize: number;
  readonly recheckPauseMs: number;
  readonly rechecks: number;
  readonly maxDifferences: number;
  readonly now: () => number;
}

const DEFAULTS = { batchSize: 500, recheckPauseMs: 500, rechecks: 3, maxDifferences: 100, now: Date.now } as const;

/** A page never holds more than a second's worth of rows, so that a low rate is an even one. */
export function settingsOf(options: CompareOptions): CompareSettings {
  const settings = { ...DEFAULTS, ...options };
  const most = Math.max(1, Math.floor(options.ratePerSecond ?? settings.batchSize));
  return { ...settings, batchSize: Math.min(settings.batchSize, most) };
}
