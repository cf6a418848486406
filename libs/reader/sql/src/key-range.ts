import type { Row } from '@hybridge/views';

/** Rows between two keys, both included, in SQL's own order; an end left out is open. */
export interface KeyRange {
  readonly from?: Row | undefined;
  readonly to?: Row | undefined;
}

/** A range of which the first row may be left out. */
export interface Bounds extends KeyRange {
  readonly after?: Row;
}

/** One end of a range, as a comparison of the key with it. */
export interface Bound {
  readonly operator: '>' | '>=' | '<=';
  readonly row: Row;
}

export const isEmpty = ({ from, to }: KeyRange): boolean => from === undefined && to === undefined;

/** A page begins behind the last row seen, or else with the first one wanted. */
export const firstOf = (after: Row | undefined, from: Row | undefined): Bounds =>
  after === undefined ? { from } : { after };

export const boundsOf = ({ after, from, to }: Bounds): readonly Bound[] =>
  (
    [
      { operator: '>', row: after },
      { operator: '>=', row: from },
      { operator: '<=', row: to },
    ] as const
  ).flatMap(({ operator, row }) => (row === undefined ? [] : [{ operator, row }]));
