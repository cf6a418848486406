import {
  type FirstGuess,
  type ItemStore,
  type ProtocolContext,
  type RowChange,
  type RowChangeOutcome,
  type SettleSignal,
  ViewMode,
  carryOut,
  decideRawAnswer,
  decideRowChange,
  decideSettle,
  isRawChange,
} from '@hybridge/protocol';
import { type RowReader, UncachedReason, fillItem } from '@hybridge/reader-sql';
import { DynamoDbSinkError } from '@hybridge/sink-dynamodb';
import { FillPendingError } from './errors.ts';
import type { ProjectorMetrics } from './metrics.ts';
import { assertReadable } from './schema-change.ts';
import type { ItemTask, RowWork, SettleWork } from './work.ts';

export interface ApplyDeps {
  readonly store: ItemStore;
  readonly rows: RowReader;
  readonly context: ProtocolContext;
  /** Which write to try first in lazy views. */
  readonly guess: FirstGuess;
  readonly metrics: ProjectorMetrics;
  /** Puts the row of a table nobody is served from. @returns false: it is to be written conditionally */
  readonly put: (work: RowWork) => Promise<boolean>;
}

/** Stores a row change as far as it can be stored. @throws transient errors to be tried again, permanent ones */
export async function applyRow(work: RowWork, deps: ApplyDeps): Promise<void> {
  await assertReadable(work, deps.rows);
  const outcome = await storeOrQuarantine(work, deps);
  if (outcome === 'fenced' && work.view.mode === ViewMode.eager) await fill(work, deps);
  deps.metrics.changes.inc({ view: work.view.name, outcome });
  if (outcome !== 'stale' && !work.snapshot) {
    deps.metrics.commitToItem.observe(Math.max(0, deps.context.now() - work.change.committedAt) / 1000);
  }
}

async function storeOrQuarantine(work: RowWork, deps: ApplyDeps): Promise<RowChangeOutcome> {
  try {
    if (await deps.put(work)) return 'applied';
    return await storeChange(work.change, work, deps);
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    return storeChange(unstorable(work.change, error.message), work, deps);
  }
}

/** The change as one whose row cannot be stored: readers get it from SQL. */
export const unstorable = (change: RowChange, reason: string): RowChange => ({
  ...change,
  kind: 'unstorable',
  columns: {},
  reason,
});

export async function storeChange(change: RowChange, work: Pick<ItemTask, 'key' | 'view'>, deps: ApplyDeps) {
  const isLazy = work.view.mode === ViewMode.lazy;
  const ended = await carryOut(
    deps.store,
    work.key,
    (seen) => decideRowChange(change, work.view.mode, deps.context, seen),
    isLazy ? deps.guess.of(work.key) : undefined,
  );
  if (isLazy) deps.guess.note(change, ended);
  return ended.outcome;
}

/** Not done until the item is no fence any more: SQL filled it, somebody else did, or a newer change came. */
export async function fill(work: ItemTask, deps: ApplyDeps): Promise<void> {
  const result = await fillItem(deps, work.view, work.key, work.keyRow);
  if (result.outcome === 'uncached' && result.reason !== UncachedReason.unstorable) {
    throw new FillPendingError(work.key, result.reason);
  }
}

const isTooLarge = (error: unknown): error is DynamoDbSinkError =>
  error instanceof DynamoDbSinkError && error.code === 'HYBRIDGE_SINK_ITEM_TOO_LARGE';

/** Settles a customer's change. @throws as `applyRow` */
export async function applySettle(work: SettleWork, deps: ApplyDeps): Promise<void> {
  const outcome = await settleOrFence(work, deps);
  if (outcome !== 'settled' && isRawChange(work.signal.outcome.id)) return applyRawAnswer(work, deps);
  if (outcome === 'fenced' && work.view.mode === ViewMode.eager) await fill(work, deps);
  deps.metrics.settled.inc({ outcome: outcome === 'unknown' ? outcome : work.signal.outcome.out });
}

/** A row that became too large for an item is known to be there, and no more. */
async function settleOrFence(work: SettleWork, deps: ApplyDeps) {
  try {
    return await settle(work.signal, work, deps);
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    return settle({ ...work.signal, image: { exists: 'unknown' } }, work, deps);
  }
}

async function settle(signal: SettleSignal, work: SettleWork, deps: ApplyDeps) {
  const { outcome } = await carryOut(deps.store, work.key, (seen) => decideSettle(signal, deps.context, seen));
  return outcome;
}

/** Puts what SQL says in the place of what a writer behind the protocol left. @throws as `applyRow` */
async function applyRawAnswer(work: SettleWork, deps: ApplyDeps): Promise<void> {
  const outcome = await rawAnswer(work.signal, work, deps).catch((error: unknown) => {
    if (!isTooLarge(error)) throw error;
    return rawAnswer({ ...work.signal, image: undefined }, work, deps);
  });
  if (outcome === 'fenced' && work.view.mode === ViewMode.eager) await fill(work, deps);
  deps.metrics.settled.inc({ outcome: 'raw' });
}

async function rawAnswer(signal: SettleSignal, work: SettleWork, deps: ApplyDeps): Promise<RowChangeOutcome> {
  const ended = await carryOut(deps.store, work.key, (seen) =>
    decideRawAnswer(signal, work.view.mode, deps.context, seen),
  );
  return ended.outcome;
}
