import { type RowChange, ViewMode, formatKey } from '@hybridge/protocol';
import type { Logger } from '@hybridge/observability';
import { DynamoDbSinkError } from '@hybridge/sink-dynamodb';
import { type ApplyDeps, applyRow, applySettle, fill, storeChange, unstorable } from '../apply.ts';
import { TooManyParkedError } from '../errors.ts';
import { fenceItem } from '../fence-item.ts';
import type { ParkWork, RecordPlace, RowWork, Work } from '../work.ts';
import type { TruncateEvent } from '../truncate/sweeper.ts';
import { isNowhere, whereItIs } from './moved-row.ts';
import type { ParkingLot } from './parking-lot.ts';

export interface ParkingDeps extends ApplyDeps {
  readonly lot: ParkingLot;
  /** Sweeps the items of a truncated table, and leaves a mark for the last sweep. */
  readonly truncated: (event: TruncateEvent) => Promise<void>;
  /** Keys parked at a time before a partition halts instead: so many are no poison, but a change of the schema. */
  readonly maxParked: number;
  readonly logger: Logger;
}

/**
 * Carries one piece of work to its end. A change that can never be applied parks its key: the item is quarantined, so
 * that readers get the row from SQL, and the key's later changes only raise its version until somebody releases it.
 * @throws transient errors to be tried again, permanent ones that halt the partition
 */
export async function applyWork(work: Work, place: () => RecordPlace, deps: ParkingDeps): Promise<void> {
  switch (work.kind) {
    case 'truncate':
      return deps.truncated(work.event);
    case 'settle':
      return applySettle(work, deps);
    case 'park':
      return park(work, place(), deps);
    case 'row':
      return applyOrPark(work, place, deps);
  }
}

async function applyOrPark(work: RowWork, place: () => RecordPlace, deps: ParkingDeps): Promise<void> {
  if (deps.lot.mayBeParked(work.key) && (await deps.lot.isParked(work.key))) return waitBehind(work, deps);
  try {
    await applyRow(work, deps);
  } catch (error) {
    if (!isPoison(error)) throw error;
    const reason = error.message;
    await park({ ...work, kind: 'park', reason, change: unstorable(work.change, reason) }, place(), deps);
  }
}

/** DynamoDB refuses this item and no other: trying again, or waiting, cannot help. */
const isPoison = (error: unknown): error is DynamoDbSinkError =>
  error instanceof DynamoDbSinkError && error.code === 'HYBRIDGE_SINK_ITEM_INVALID';

async function park(given: ParkWork, place: RecordPlace, deps: ParkingDeps): Promise<void> {
  const work = await whereItIs(given, deps.store);
  const isNew = !deps.lot.mayBeParked(work.key); // a record that comes again parks nothing more
  if (isNew && deps.lot.size >= deps.maxParked) throw new TooManyParkedError(place, work, deps.maxParked);
  await deps.lot.park({
    view: work.view.name,
    key: work.key,
    ...place,
    offset: String(place.offset),
    reason: work.reason,
    at: deps.context.now(),
  });
  deps.metrics.parked.set(deps.lot.size);
  deps.logger.error(
    { key: formatKey(work.key), view: work.view.name, ...place, offset: String(place.offset), reason: work.reason },
    'a change cannot be applied; its key is parked, readers get the row from SQL',
  );
  if (isNowhere(work)) return;
  await (work.change === undefined ? fenceItem(work.view, work.key, deps) : quarantine(work, deps));
  if (!(await deps.lot.isParked(work.key))) await reopen(work, deps);
}

/** A key under which DynamoDB stores nothing has no item that could mislead anybody; where items move, the one before does. */
async function quarantine(work: ParkWork, deps: ParkingDeps): Promise<void> {
  const { view, change, move } = work;
  if (change === undefined) return;
  const linked = { change, links: undefined, guess: 'other', ...(move && { move }) } as const;
  try {
    await storeChange(linked, view, deps);
  } catch (error) {
    if (!isPoison(error)) throw error;
    if (move?.place === undefined) return;
    const gone: RowChange = { ...change, key: move.anchor, kind: 'delete' };
    await storeChange({ ...linked, change: gone, move: { ...move, place: undefined } }, view, deps);
  }
}

/** The key was released while it was being parked: nobody else would bring the item back. */
async function reopen(work: ParkWork, deps: ParkingDeps): Promise<void> {
  const outcome = await fenceItem(work.view, work.key, deps);
  if (outcome === 'fenced' && work.view.mode === ViewMode.eager) await fill(work, deps);
  if (work.view.isBase) await deps.tellOthers(work.key);
}

/**
 * The key may be released while the change is put aside, or before its record comes again: then the change itself brings
 * the item back that it had quarantined.
 */
async function waitBehind(work: RowWork, deps: ParkingDeps): Promise<void> {
  await quarantine({ ...work, kind: 'park', reason: BEHIND, change: unstorable(work.change, BEHIND) }, deps);
  if (!(await deps.lot.isParked(work.key))) return applyRow(work, deps);
  deps.metrics.changes.inc({ view: work.view.name, outcome: 'parked' });
}

const BEHIND = 'an earlier change of this key is parked; see hybridge parked';
