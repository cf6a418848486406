import { ViewMode, carryOut, decideRepair, formatKey } from '@hybridge/protocol';
import type { Logger } from '@hybridge/observability';
import { DynamoDbSinkError } from '@hybridge/sink-dynamodb';
import { type ApplyDeps, applyRow, applySettle, fill, storeChange, unstorable } from '../apply.ts';
import { TooManyParkedError } from '../errors.ts';
import type { ParkWork, RecordPlace, RowWork, Work } from '../work.ts';
import type { TruncateEvent } from '../truncate/sweeper.ts';
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

async function park(work: ParkWork, place: RecordPlace, deps: ParkingDeps): Promise<void> {
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
  await (work.change === undefined ? invalidate(work, deps) : quarantine(work, deps));
  if (!(await deps.lot.isParked(work.key))) await reopen(work, deps);
}

/** A key under which DynamoDB stores nothing has no item that could mislead anybody. */
async function quarantine(work: ParkWork, deps: ParkingDeps): Promise<void> {
  try {
    if (work.change !== undefined) await storeChange(work.change, work, deps);
  } catch (error) {
    if (!isPoison(error)) throw error;
  }
}

/** The place of the change in commit order is not known: whatever the item says becomes a fence that keeps its version (10'). */
const invalidate = (work: ParkWork, { store, context }: ParkingDeps) =>
  carryOut(store, work.key, (seen) => decideRepair(work.key, context, seen));

/** The key was released while it was being parked: nobody else would bring the item back. */
async function reopen(work: ParkWork, deps: ParkingDeps): Promise<void> {
  const { outcome } = await invalidate(work, deps);
  if (outcome === 'fenced' && work.view.mode === ViewMode.eager) await fill(work, deps);
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
