import type { Attributes } from './attribute.ts';

/** What the protocol has to know of a view's items. */
export interface ItemShape {
  /** Every attribute that tells of the row, derived ones included: what is removed when there is no row to tell of. */
  readonly names: readonly string[];
  /**
   * How long a live item stays that nobody filled or changed meanwhile, milliseconds; only of lazy views, and longer than
   * a fence. Left out: for good.
   */
  readonly idleMs?: number;
  /** Left out: items hold the columns of their row and nothing else. */
  readonly derived?: Derivation;
}

/** Attributes that follow from other ones. No customer and no row ever sets them. */
export interface Derivation {
  readonly names: readonly string[];
  /**
   * What a write of own columns makes of an item.
   * @param columns all own columns of a visible row, or those that a partial update has
   */
  of(columns: Attributes): DerivedColumns;
}

export interface DerivedColumns {
  /** The columns given, the derived ones anew, and attributes of indexes. */
  readonly set: Attributes;
  /** Attributes that a row of these columns does not have. */
  readonly remove: readonly string[];
}

/** Of a view of which nothing is derived. */
export const plainShape = (names: readonly string[]): ItemShape => ({ names });

/** What to hand to `buildWrite` where own columns are set. */
export function derivedColumns({ derived }: ItemShape, columns: Attributes): ColumnsToWrite {
  if (derived === undefined) return { columns };
  const { set, remove } = derived.of(columns);
  return { columns: set, remove };
}

export interface ColumnsToWrite {
  readonly columns: Attributes;
  /** Removed by the same write. */
  readonly remove?: readonly string[];
}
