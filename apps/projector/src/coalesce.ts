import { type RowChange, formatKey } from '@hybridge/protocol';
import type { RowWork, Work } from './work.ts';

/**
 * Joins the row changes of one item inside a batch, so that a hot row costs one write: the newest full image wins,
 * a partial update is laid over the image before it. Answers to customers' changes are kept one by one.
 */
export function coalesce(work: readonly Work[]): readonly Work[] {
  const result: Work[] = [];
  const latest = new Map<string, number>();
  for (const next of work) {
    if (next.kind === 'settle') {
      result.push(next);
      continue;
    }
    const name = formatKey(next.key);
    const index = latest.get(name);
    const merged = index === undefined ? undefined : merge(result[index] as RowWork, next);
    if (merged === undefined) {
      latest.set(name, result.length);
      result.push(next);
    } else {
      result[index as number] = merged;
    }
  }
  return result;
}

/** Undefined when the two must be written one after the other. */
function merge(before: RowWork, next: RowWork): RowWork | undefined {
  const offsets = { first: before.offsets.first, last: next.offsets.last };
  // A replayed suffix steps back; what it repeats is contained in what we hold.
  if (next.change.version <= before.change.version) return { ...before, offsets };
  if (next.change.kind !== 'partial') return { ...next, offsets };
  const merged = mergePartial(before.change, next.change);
  return merged === undefined ? undefined : { ...next, change: merged, offsets };
}

function mergePartial(before: RowChange, next: RowChange): RowChange | undefined {
  if (before.kind !== 'upsert' && before.kind !== 'partial') return undefined;
  return { ...next, kind: before.kind, columns: { ...before.columns, ...next.columns } };
}
