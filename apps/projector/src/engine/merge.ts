import { mergeRowChanges } from '@hybridge/protocol';
import type { Work } from '../work.ts';

/**
 * Joins two row changes of one item, so that a hot row costs one write.
 * @returns undefined when they must be written one after the other
 */
export function mergeWork(before: Work, next: Work): Work | undefined {
  if (before.kind !== 'row' || next.kind !== 'row' || before.view !== next.view) return undefined;
  const change = mergeRowChanges(before.change, next.change);
  if (change === undefined) return undefined;
  if (change === before.change) return before;
  const { isNewest: _, ...joined } = next;
  return before.isNewest === true && next.isNewest === true ? { ...next, change } : { ...joined, change };
}
