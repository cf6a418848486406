import { expectedState } from './expected-state.ts';
import type { RowOperation } from './workload.ts';

const operation = (op: RowOperation['op'], row: number, change: number, padding = 0): RowOperation => ({
  op,
  row,
  change,
  position: 0,
  padding,
});

describe('expectedState', () => {
  it('is the last operation of each row, over what was there before', () => {
    const operations = [
      operation('u', 0, 1),
      operation('c', 2, 1),
      operation('u', 0, 2, 5),
      operation('d', 2, 2),
      operation('d', 3, 1),
      operation('c', 3, 2),
    ];
    expect([...expectedState({ preloaded: 2, operations })]).toEqual([
      [0, { exists: true, change: 2, padding: 5 }],
      [1, { exists: true, change: 0, padding: 0 }],
      [2, { exists: false, change: 2, padding: 0 }],
      [3, { exists: true, change: 2, padding: 0 }],
    ]);
  });
});
