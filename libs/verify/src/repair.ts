import { type Item, type ItemKey, decideRepair, transactionOf } from '@hybridge/protocol';
import { type FillDependencies, UncachedReason, fillItem } from '@hybridge/reader-sql';
import { type AnyView, type Row, keyOfRow } from '@hybridge/views';

/** How a repair ended. */
export const RepairOutcome = {
  /** The item is SQL's row again. */
  filled: 'filled',
  /** SQL has no such row, and the item says so. */
  absent: 'absent',
  /** Not touched: SQL still owes an answer to a customer's change, and that answer brings the current row. */
  pending: 'pending',
  /** Quarantined, perhaps again: the row cannot be stored; readers go to SQL until a change event brings one that can. */
  quarantined: 'quarantined',
  /** Not touched: nothing proves which rows a replica has seen; ask the primary. */
  needsPrimary: 'needs-primary',
  /** A fence now: SQL did not show the fence's transaction in time. Readers go to SQL, and fill later. */
  unproven: 'unproven',
  /** A fence now: a change event or another reader came in between. Readers go to SQL; try again. */
  overtaken: 'overtaken',
} as const;
export type RepairOutcome = (typeof RepairOutcome)[keyof typeof RepairOutcome];

export interface Repair {
  readonly key: ItemKey;
  readonly outcome: RepairOutcome;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

export interface RepairDependencies extends FillDependencies {
  /** Whether the SQL server that is read is the primary. */
  readonly isPrimary: () => Promise<boolean>;
}

/** Writers that may come in between before a repair gives way to them. */
const MAX_ATTEMPTS = 10;

const HEALTHY: readonly RepairOutcome[] = [RepairOutcome.filled, RepairOutcome.absent];

/** Whether the item says what SQL says. */
export const isRepaired = ({ outcome }: Repair): boolean => HEALTHY.includes(outcome);

/**
 * Brings one item back to what SQL says, whatever it says now: it becomes a fence that keeps its version and proof
 * (condition 10'), then an ordinary fill stores what SQL has. Safe at any time, as a fill loses to any change event that
 * comes in between.
 *
 * @param keyRow key columns
 * @throws as `fillItem`
 */
export async function repairItem(dependencies: RepairDependencies, view: AnyView, keyRow: Row): Promise<Repair> {
  const { store } = dependencies;
  const key = keyOfRow(view, keyRow);
  const before = await store.get(key);
  const ended = (await opened(dependencies, key, before)) ?? (await filled(dependencies, view, keyRow));
  return { key, outcome: ended, before, after: await store.get(key) };
}

/** Makes the key ready to be filled. @returns why it must not be, or undefined */
async function opened(
  { store, context, isPrimary }: RepairDependencies,
  key: ItemKey,
  before: Item | undefined,
): Promise<RepairOutcome | undefined> {
  let item = before;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const decision = decideRepair(key, context, { item });
    if (decision.do !== 'write') return item === undefined ? undefined : RepairOutcome.pending;
    if (item !== undefined && transactionOf(item) === undefined && !(await isPrimary()))
      return RepairOutcome.needsPrimary;
    const result = await store.write(decision.write);
    if (result.ok) return undefined;
    item = result.item;
  }
  return RepairOutcome.overtaken;
}

async function filled(dependencies: RepairDependencies, view: AnyView, keyRow: Row): Promise<RepairOutcome> {
  const result = await fillItem(dependencies, view, keyOfRow(view, keyRow), keyRow);
  switch (result.outcome) {
    case 'filled':
    case 'hit':
      return RepairOutcome.filled;
    case 'absent':
    case 'not-found': // a reader or a change event was faster to learn that
      return RepairOutcome.absent;
    case 'uncached':
      return UNCACHED[result.reason];
  }
}

const UNCACHED: Readonly<Record<UncachedReason, RepairOutcome>> = {
  [UncachedReason.unproven]: RepairOutcome.unproven,
  [UncachedReason.overtaken]: RepairOutcome.overtaken,
  [UncachedReason.busy]: RepairOutcome.overtaken,
  [UncachedReason.unstorable]: RepairOutcome.quarantined,
};
