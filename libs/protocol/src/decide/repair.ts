import { text } from '../attribute.ts';
import { type Item, type ItemKey, hasPending, nonceOf, rowAttributesOf } from '../item.ts';
import type { ProtocolContext } from '../ports.ts';
import { type Write, buildWrite } from '../write.ts';
import { type Decision, type Seen, done } from './decision.ts';
import { tombstoneExpiry } from './expiry.ts';

/**
 * fenced: the key waits for an ordinary fill, which an eager view does at once · absent: so it does without an item ·
 * pending: not touched, SQL still owes an answer to a customer's change.
 */
export type RepairDecision = 'fenced' | 'absent' | 'pending';

/** Condition 10': makes one item ready to be filled anew, whatever it says now. */
export function decideRepair(key: ItemKey, context: ProtocolContext, seen: Seen): Decision<RepairDecision> {
  if (seen === undefined) return { do: 'read' };
  const { item } = seen;
  if (item === undefined) return done('absent');
  if (hasPending(item)) return done('pending');
  // Whatever the item carries of a row, also what no definition knows.
  return { do: 'write', write: invalidateWrite(item, rowAttributesOf(item), key, context), outcome: 'fenced' };
}

/**
 * Condition 10': turns a settled item into a fence that keeps its version and proof. A tombstone's version holds off
 * older writes for the life of a tombstone, so this fence lives as long, and the lease that follows takes nothing away.
 */
export function invalidateWrite(
  item: Item,
  columnNames: readonly string[],
  key: ItemKey,
  context: ProtocolContext,
): Write {
  return buildWrite('invalidate', {
    key,
    columns: columnNames,
    values: { x: tombstoneExpiry(context), w: text(context.nonce()), w0: text(nonceOf(item)) },
  });
}
