import { type Attributes, number, scalarOf, text } from '../attribute.ts';
import { type Item, type ItemKey, ItemState, Meta, stateOf, transactionOf, versionOf } from '../item.ts';
import type { ProtocolContext } from '../ports.ts';
import { type ItemShape, derivedColumns } from '../shape.ts';
import { type Version, ZERO_VERSION } from '../version.ts';
import { type Write, buildWrite } from '../write.ts';
import { fenceExpiry, idleEnd } from './expiry.ts';

/** The right to fill one key, and what the SQL read must prove to have seen. */
export interface Lease {
  readonly key: ItemKey;
  readonly token: string;
  readonly version: Version;
  /** Transaction whose effects the read must include; undefined when nothing is to be proven. */
  readonly transaction: string | undefined;
}

/** Condition 5. */
export function leaseWrite(key: ItemKey, token: string, context: ProtocolContext): Write {
  const now = context.now();
  return buildWrite('lease', {
    key,
    returnNew: true,
    values: {
      now: number(now),
      tok: text(token),
      lx: number(now + context.limits.leaseMs),
      x: fenceExpiry(context),
      zero: text(ZERO_VERSION),
      w: text(context.nonce()),
    },
  });
}

/** Reads the lease off the item that `leaseWrite` returned. */
export function leaseOf(key: ItemKey, token: string, item: Item): Lease {
  return { key, token, version: versionOf(item) ?? ZERO_VERSION, transaction: transactionOf(item) };
}

/** Condition 6: stores what SQL said (undefined: no such row), unless a change event came in between. */
export function fillWrite(
  lease: Lease,
  shape: ItemShape,
  row: Attributes | undefined,
  context: ProtocolContext,
): Write {
  const values = { tok: text(lease.token), lv: text(lease.version), w: text(context.nonce()) };
  return row === undefined
    ? buildWrite('fillAbsent', {
        key: lease.key,
        values: { ...values, nx: number(context.now() + context.limits.negativeTtlMs) },
      })
    : buildWrite('fill', { key: lease.key, ...derivedColumns(shape, row), ends: idleEnd(shape, context), values });
}

/** Condition 6q: the row that SQL holds cannot be stored; readers get it from SQL from now on. */
export const fillUnstorableWrite = (lease: Lease, reason: string, context: ProtocolContext): Write =>
  buildWrite('fillUnstorable', {
    key: lease.key,
    values: { tok: text(lease.token), lv: text(lease.version), q: text(reason), w: text(context.nonce()) },
  });

/** hit: the visible columns are the answer · not-found: SQL has no such row · miss: ask SQL. */
export type ReadVerdict = 'hit' | 'not-found' | 'miss';

/** What a reader may conclude from an item alone. */
export function judgeRead(item: Item | undefined, nowMs: number): ReadVerdict {
  if (item === undefined) return 'miss';
  switch (stateOf(item)) {
    case ItemState.live:
      return 'hit';
    case ItemState.hidden:
      return 'not-found';
    case ItemState.tombstone:
      return Number(scalarOf(item[Meta.negativeExpiry]) ?? 0) >= nowMs ? 'not-found' : 'miss';
    default:
      return 'miss';
  }
}

/** True when readers of this item must go to SQL and leave the item alone. */
export const isUncacheable = (item: Item | undefined): boolean =>
  item !== undefined && stateOf(item) === ItemState.quarantined;
