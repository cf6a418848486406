import type { RowOperation, Workload } from './workload.ts';

/** What SQL says of a row when all is done. */
export interface ExpectedRow {
  readonly exists: boolean;
  /** The last change of the row. */
  readonly change: number;
  readonly padding: number;
}

/** By row; rows that nothing ever wrote are not in it. */
export type ExpectedState = ReadonlyMap<number, ExpectedRow>;

export function expectedState({ preloaded, operations }: Pick<Workload, 'preloaded' | 'operations'>): ExpectedState {
  const state = new Map<number, ExpectedRow>();
  for (let row = 0; row < preloaded; row++) state.set(row, { exists: true, change: 0, padding: 0 });
  for (const operation of operations) state.set(operation.row, expectedAfter(operation));
  return state;
}

const expectedAfter = ({ op, change, padding }: RowOperation): ExpectedRow => ({ exists: op !== 'd', change, padding });
