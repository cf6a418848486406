import {
  type Ended,
  type FirstGuess,
  type ItemKey,
  type ItemStore,
  type ProtocolContext,
  type RowChange,
  type RowChangeOutcome,
  type SettleSignal,
  ViewMode,
  isRawChange,
} from '@hybridge/protocol';
import { type RowReader, UncachedReason, fillItem } from '@hybridge/reader-sql';
import { DynamoDbSinkError } from '@hybridge/sink-dynamodb';
import {
  type AnyView,
  type LinkedChange,
  type StoreOutcome,
  concernsOthers,
  mustBeFilled,
  storeAnswer,
  storeRawAnswer,
  storeRowChange,
} from '@hybridge/views';
import { FillPendingError } from './errors.ts';
import type { ProjectorMetrics } from './metrics.ts';
import { assertReadable } from './schema-change.ts';
import type { ItemTask, RowWork, SettleWork } from './work.ts';

/** What fills an item. */
export interface FillDeps {
  readonly store: ItemStore;
  readonly rows: RowReader;
  readonly context: ProtocolContext;
}

export interface ApplyDeps extends FillDeps {
  /** Which write to try first in lazy views. */
  readonly guess: FirstGuess;
  readonly metrics: ProjectorMetrics;
  /** Puts the row of a table nobody is served from. @returns false: it is to be written conditionally */
  readonly put: (work: RowWork) => Promise<boolean>;
  /** Tells the rows that embed the one of a base item, or leaves a job that does. */
  readonly tellOthers: (parent: ItemKey) => Promise<void>;
}

/** Stores a row change as far as it can be stored. @throws transient errors to be tried again, permanent ones */
export async function applyRow(work: RowWork, deps: ApplyDeps): Promise<void> {
  await assertReadable(work, deps.rows);
  const ended = await storeOrQuarantine(work, deps);
  const { outcome } = ended;
  await fillIfFenced(work, outcome, deps);
  // Not before SQL filled the item: a fence says nothing to others.
  if (concernsOthers(work.view, work, ended)) await deps.tellOthers(work.key);
  deps.metrics.changes.inc({ view: work.view.name, outcome });
  if (outcome !== 'stale' && !work.snapshot) {
    deps.metrics.commitToItem.observe(Math.max(0, deps.context.now() - work.change.committedAt) / 1000);
  }
}

async function storeOrQuarantine(work: RowWork, deps: ApplyDeps): Promise<Ended<StoreOutcome>> {
  try {
    if (await deps.put(work)) return { outcome: 'applied', item: undefined };
    return await storeChange(work, work.view, deps);
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    return storeChange({ ...work, change: unstorable(work.change, error.message) }, work.view, deps);
  }
}

/** The change as one whose row cannot be stored: readers get it from SQL. */
export const unstorable = (change: RowChange, reason: string): RowChange => ({
  ...change,
  kind: 'unstorable',
  columns: {},
  reason,
});

type StoreDeps = Pick<ApplyDeps, 'store' | 'context' | 'guess'>;

export async function storeChange(linked: LinkedChange, view: AnyView, deps: StoreDeps): Promise<Ended<StoreOutcome>> {
  const { change } = linked;
  if (view.mode !== ViewMode.lazy || view.moves) return storeRowChange(deps, view, linked);
  const first = mayGuess(view, change) ? deps.guess.of(change.key) : undefined;
  const ended = await storeRowChange(deps, view, linked, first);
  // An item that does not move, and no base item: nothing but these outcomes.
  deps.guess.note(change, ended as Ended<RowChangeOutcome>);
  return ended;
}

/** Where a row goes, the references of an item taken for absent would stay. */
const mayGuess = ({ relations }: AnyView, { kind }: RowChange): boolean =>
  relations.length === 0 || (kind !== 'delete' && kind !== 'unstorable');

async function fillIfFenced(work: ItemTask, outcome: Parameters<typeof mustBeFilled>[1], deps: FillDeps) {
  if (mustBeFilled(work.view, outcome)) await fill(work, deps);
}

/** Not done until the item is no fence any more: SQL filled it, somebody else did, or a newer change came. */
export async function fill({ view, key, keyRow }: Pick<ItemTask, 'view' | 'key' | 'keyRow'>, deps: FillDeps) {
  const result = await fillItem(deps, view, key, keyRow);
  if (result.outcome === 'uncached' && result.reason !== UncachedReason.unstorable) {
    throw new FillPendingError(key, result.reason);
  }
}

/** The item with the change, or with a parent's row in it, is more than DynamoDB holds. */
export const isTooLarge = (error: unknown): error is DynamoDbSinkError =>
  error instanceof DynamoDbSinkError && error.code === 'HYBRIDGE_SINK_ITEM_TOO_LARGE';

/** Settles a customer's change. @throws as `applyRow` */
export async function applySettle(work: SettleWork, deps: ApplyDeps): Promise<void> {
  const outcome = await settleOrFence(work, deps);
  if (outcome !== 'settled' && isRawChange(work.signal.outcome.id)) return applyRawAnswer(work, deps);
  await fillIfFenced(work, outcome, deps);
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

const settle = async (signal: SettleSignal, { view, links }: SettleWork, deps: ApplyDeps) =>
  (await storeAnswer(deps, view, signal, links)).outcome;

/** Puts what SQL says in the place of what a writer behind the protocol left. @throws as `applyRow` */
async function applyRawAnswer(work: SettleWork, deps: ApplyDeps): Promise<void> {
  const { view, links, signal } = work;
  const { outcome } = await storeRawAnswer(deps, view, signal, links).catch((error: unknown) => {
    if (!isTooLarge(error)) throw error;
    return storeRawAnswer(deps, view, { ...signal, image: undefined }, undefined);
  });
  await fillIfFenced(work, outcome, deps);
  if (view.isBase) await deps.tellOthers(work.key);
  deps.metrics.settled.inc({ outcome: 'raw' });
}
