import { isSameKey, mergeRowChanges } from '@hybridge/protocol';
import type { RowWork, Work } from '../work.ts';

/**
 * Joins two row changes of one item, so that a hot row costs one write. The one that is left covers the other: that one
 * may have been written before a crash, and nobody have been told.
 * @returns undefined when they must be written one after the other: also where the row moves between them
 */
export function mergeWork(before: Work, next: Work): Work | undefined {
  if (before.kind !== 'row' || next.kind !== 'row' || before.view !== next.view) return undefined;
  if (!isSameKey(before.change.key, next.change.key)) return undefined;
  const change = mergeRowChanges(before.change, next.change);
  if (change === undefined) return undefined;
  if (change === before.change) return { ...before, covers: true };
  const { isNewest: _, ...joined } = next;
  const isNewest = before.isNewest === true && next.isNewest === true;
  return {
    ...joined,
    change,
    links: next.links ?? before.links,
    guess: guessOf(before, next),
    covers: true,
    ...(isNewest && { isNewest }),
  };
}

/** The item points, or lies, where it did before both of them. */
const guessOf = (before: RowWork, next: RowWork): RowWork['guess'] =>
  before.guess === 'other' || next.guess === 'other' ? 'other' : 'same';
