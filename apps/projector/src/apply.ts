import {
  type ItemStore,
  type ProtocolContext,
  type RowChange,
  ViewMode,
  carryOut,
  decideRowChange,
  decideSettle,
} from '@hybridge/protocol';
import { type RowReader, UncachedReason, fillItem } from '@hybridge/reader-sql';
import { DynamoDbSinkError } from '@hybridge/sink-dynamodb';
import { FillPendingError } from './errors.ts';
import type { ProjectorMetrics } from './metrics.ts';
import type { RowWork, SettleWork, Work } from './work.ts';

export interface ApplyDeps {
  readonly store: ItemStore;
  readonly rows: RowReader;
  readonly context: ProtocolContext;
  readonly metrics: ProjectorMetrics;
}

/** Carries one piece of work to its end. @throws transient errors to be tried again, permanent ones that halt */
export const applyWork = (work: Work, deps: ApplyDeps): Promise<void> =>
  work.kind === 'row' ? applyRow(work, deps) : applySettle(work, deps);

async function applyRow(work: RowWork, deps: ApplyDeps): Promise<void> {
  const outcome = await store(work.change, work, deps).catch((error: unknown) => {
    if (!isTooLarge(error)) throw error;
    return store({ ...work.change, kind: 'unstorable', columns: {}, reason: error.message }, work, deps);
  });
  if (outcome === 'fenced' && work.view.mode === ViewMode.eager) await fill(work, deps);
  deps.metrics.changes.inc({ view: work.view.name, outcome });
  if (outcome !== 'stale' && !work.snapshot) {
    deps.metrics.commitToItem.observe(Math.max(0, deps.context.now() - work.change.committedAt) / 1000);
  }
}

/** Not done until the item is no fence any more: SQL filled it, somebody else did, or a newer change came. */
async function fill(work: Work, deps: ApplyDeps): Promise<void> {
  const result = await fillItem(deps, work.view, work.key, work.keyRow);
  if (result.outcome === 'uncached' && result.reason !== UncachedReason.unstorable) {
    throw new FillPendingError(work.key, result.reason);
  }
}

async function store(change: RowChange, work: RowWork, deps: ApplyDeps) {
  const { outcome } = await carryOut(deps.store, work.key, (seen) =>
    decideRowChange(change, work.view.mode, deps.context, seen),
  );
  return outcome;
}

const isTooLarge = (error: unknown): error is DynamoDbSinkError =>
  error instanceof DynamoDbSinkError && error.code === 'HYBRIDGE_SINK_ITEM_TOO_LARGE';

async function applySettle(work: SettleWork, deps: ApplyDeps): Promise<void> {
  const { outcome } = await carryOut(deps.store, work.key, (seen) => decideSettle(work.signal, deps.context, seen));
  if (outcome === 'fenced' && work.view.mode === ViewMode.eager) await fill(work, deps);
  deps.metrics.settled.inc({ outcome: outcome === 'unknown' ? outcome : work.signal.outcome.out });
}
