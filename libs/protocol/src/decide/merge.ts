import { isUnpositioned } from '../version.ts';
import type { RowChange } from './row-change.ts';

/**
 * Joins two changes of one row that follow each other in their topic, so that one write does for both: the newest full
 * image wins, a partial update is laid over the image before it.
 * @returns undefined when they must be written one after the other
 */
export function mergeRowChanges(before: RowChange, next: RowChange): RowChange | undefined {
  // A replayed suffix steps back; what it repeats is contained in what we hold.
  if (next.version <= before.version) return before;
  return next.kind === 'partial' ? mergePartial(before, next) : next;
}

function mergePartial(before: RowChange, next: RowChange): RowChange | undefined {
  if (before.kind !== 'upsert' && before.kind !== 'partial') return undefined;
  // A snapshot row may be older than the item, which would have refused it: together they must not get past that.
  if (isUnpositioned(before.version)) return undefined;
  return { ...next, kind: before.kind, columns: { ...before.columns, ...next.columns } };
}
