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
import { type Attempt, type FirstRead, fillLeased } from './fill-leased.ts';
import {
  type FillDependencies,
  type FillEntry,
  type FillResult,
  UncachedReason,
  judged,
  readUncached,
} from './fill-result.ts';
import { pausesUpTo } from './pauses.ts';
import { reserveRead } from './reserve-read.ts';
import type { ReadPlace, RowReader } from './row-reader.ts';

/**
 * Answers a miss: takes a place in line for SQL, so that a key that cannot be read now does not look taken; takes the
 * lease (condition 5), reads SQL with the proof the lease asks for, stores the answer (condition 6). Whoever does not get
 * the lease gives up the place and follows the one who has it. A lease whose read failed is given back.
 *
 * @param keyRow key columns of the row, which `itemKey` was made from
 * @throws SqlReadError, ViewError, and whatever the store throws
 */
export async function fillItem(
  dependencies: FillDependencies,
  view: AnyView,
  itemKey: ItemKey,
  keyRow: Row,
): Promise<FillResult> {
  return fillEntry(dependencies, { view, itemKey, keyRow }, firstRead(reserveRead(dependencies.rows, view), view));
}

const firstRead = (place: ReadPlace, view: AnyView): FirstRead => ({
  read: (keyRow, proof) => place.read(view, keyRow, proof),
  leave: () => place.release(),
});

/**
 * As `fillItem`, with a place in line.
 * @param first used if this fill gets the lease at once, and left in any case
 */
export async function fillEntry(
  dependencies: FillDependencies,
  entry: FillEntry,
  first: FirstRead,
): Promise<FillResult> {
  const attempt = await tryFill(dependencies, entry, first);
  return attempt.filled ?? follow(dependencies, entry, attempt.item);
}

async function tryFill(dependencies: FillDependencies, entry: FillEntry, first: FirstRead): Promise<Attempt> {
  const { store, context } = dependencies;
  const { itemKey } = entry;
  const token = context.nonce();
  try {
    const { ok, item } = await store.write(leaseWrite(itemKey, token, context));
    if (!ok) return { why: 'refused', item };
    const leased = { lease: leaseOf(itemKey, token, item ?? {}), item: item ?? {} };
    return await fillLeased(dependencies, entry, leased, first.read);
  } finally {
    first.leave();
  }
}

/** Leases a follower waits for: more than one, so that one follower takes over what nobody uses and the others get it. */
const LEASES_FOLLOWED = 1.5;

/** The item is there, cannot be cached, somebody else is filling it, or its fill was ended and begins again. */
async function follow(dependencies: FillDependencies, entry: FillEntry, seen: Item | undefined): Promise<FillResult> {
  const { store, rows, context } = dependencies;
  let item = seen;
  for (const pauseMs of pausesUpTo(dependencies.followMs ?? context.limits.leaseMs * LEASES_FOLLOWED)) {
    const answer = judged(item, context);
    if (answer !== undefined) return answer;
    if (isUncacheable(item)) break;
    const place = isLeased(item, context) ? undefined : placeToRead(rows, entry.view);
    if (place !== undefined) {
      const attempt = await tryFill(dependencies, entry, firstRead(place, entry.view));
      if (attempt.filled !== undefined) return attempt.filled;
      item = attempt.item;
      if (attempt.why === 'ended') await pause(pauseMs);
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
 * Undefined while the budget has no room: then a follower goes on following, which costs SQL nothing.
 * @throws SqlReadError when SQL does not answer: then nobody will fill the item soon
 */
function placeToRead(rows: RowReader, view: AnyView): ReadPlace | undefined {
  const refused = rows.refusal?.(view);
  if (refused?.code === 'HYBRIDGE_READER_SQL_UNAVAILABLE') throw refused;
  return refused === undefined ? reserveRead(rows, view) : undefined;
}
