import type { ChangeRecord } from './record.ts';

/** Records of one partition at these offsets. */
export const recordsAt = (...offsets: readonly number[]): ChangeRecord[] =>
  offsets.map((offset) => ({
    topic: 't',
    partition: 0,
    offset: BigInt(offset),
    key: undefined,
    value: String(offset),
    epoch: 0,
    timestamp: 0,
  }));
