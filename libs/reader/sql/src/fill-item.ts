import {
  type Item,
  type ItemKey,
  ItemState,
  Meta,
  type ProtocolContext,
  isUncacheable,
  leaseOf,
  leaseWrite,
  scalarOf,
  stateOf,
} from '@hybridge/protocol';
import { pause } from '@hybridge/runtime';
import type { AnyView, Row } from '@hybridge/views';
import { type Leased, type ReadRow, fillLeased } from './fill-leased.ts';
import {
  type FillDependencies,
  type FillEntry,
  type FillResult,
  UncachedReason,
  judged,
  readUncached,
} from './fill-result.ts';
import { pausesUpTo } from './pauses.ts';
import type { RowReader } from './row-reader.ts';

/**
 * Answers a miss: takes the lease (condition 5), reads SQL with the proof the lease asks for, stores the answer
 * (condition 6). Whoever does not get the lease follows the one who has it. A lease whose read failed is given back.
 *
 * @param keyRow key columns of the row, which `itemKey` was made from
 * @throws SqlReadError, ViewError, and whatever the store throws
 */
export const fillItem = (
  dependencies: FillDependencies,
  view: AnyView,
  itemKey: ItemKey,
  keyRow: Row,
): Promise<FillResult> =>
  fillEntry(dependencies, { view, itemKey, keyRow }, (key, proof) => dependencies.rows.read(view, key, proof));

/**
 * As `fillItem`.
 * @param firstRead how whoever has the lease reads the row at first
 * @param onLost told when somebody else has the lease, so that `firstRead` is not called soon
 */
export async function fillEntry(
  dependencies: FillDependencies,
  entry: FillEntry,
  firstRead: ReadRow,
  onLost?: () => void,
): Promise<FillResult> {
  const refused = dependencies.rows.refusal?.();
  if (refused !== undefined) throw refused; // before the lease: a key that cannot be filled now must not look taken
  const attempt = await tryLease(dependencies, entry.itemKey);
  if (attempt.leased !== undefined) return fillLeased(dependencies, entry, attempt.leased, firstRead);
  onLost?.();
  return follow(dependencies, entry, attempt.item);
}

/** The item as it stands where the lease was refused. */
interface LeaseAttempt {
  readonly leased: Leased | undefined;
  readonly item: Item | undefined;
}

async function tryLease({ store, context }: FillDependencies, itemKey: ItemKey): Promise<LeaseAttempt> {
  const token = context.nonce();
  const { ok, item } = await store.write(leaseWrite(itemKey, token, context));
  return { item, leased: ok ? { lease: leaseOf(itemKey, token, item ?? {}), item: item ?? {} } : undefined };
}

/** Leases a follower waits for: more than one, so that one follower takes over what nobody uses and the others get it. */
const LEASES_FOLLOWED = 1.5;

/** The lease was refused: the item is there, cannot be cached, or somebody else is filling it. */
async function follow(dependencies: FillDependencies, entry: FillEntry, seen: Item | undefined): Promise<FillResult> {
  const { store, rows, context } = dependencies;
  let item = seen;
  for (const pauseMs of pausesUpTo(dependencies.followMs ?? context.limits.leaseMs * LEASES_FOLLOWED)) {
    const answer = judged(item, context);
    if (answer !== undefined) return answer;
    if (isUncacheable(item)) break;
    if (!isLeased(item, context) && mayRead(rows)) {
      const attempt = await tryLease(dependencies, entry.itemKey);
      if (attempt.leased !== undefined) {
        return fillLeased(dependencies, entry, attempt.leased, (key, proof) => rows.read(entry.view, key, proof));
      }
      item = attempt.item;
      continue;
    }
    await pause(pauseMs);
    item = await store.get(entry.itemKey);
  }
  const reason = isUncacheable(item) ? UncachedReason.unstorable : UncachedReason.busy;
  return judged(item, context) ?? readUncached(dependencies, entry, reason);
}

/** Of an item that is a miss. */
function isLeased(item: Item | undefined, context: ProtocolContext): boolean {
  if (item === undefined || stateOf(item) !== ItemState.fence || item[Meta.leaseToken] === undefined) return false;
  return Number(scalarOf(item[Meta.leaseExpiry]) ?? 0) >= context.now();
}

/**
 * Whether the budget has room. Without, a follower goes on following, which costs SQL nothing.
 * @throws SqlReadError when SQL does not answer: then nobody will fill the item soon
 */
function mayRead(rows: RowReader): boolean {
  const refused = rows.refusal?.();
  if (refused?.code === 'HYBRIDGE_READER_SQL_UNAVAILABLE') throw refused;
  return refused === undefined;
}
