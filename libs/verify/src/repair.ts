import { type Item, type ItemKey, decideRepair, transactionOf } from '@hybridge/protocol';
import { UncachedReason, fillItem } from '@hybridge/reader-sql';
import { type AnyView, type Row, keyOfRow } from '@hybridge/views';
import { alignChildren } from './align-children.ts';
import { repairMoving } from './repair-moving.ts';
import { type Repair, type RepairDependencies, RepairOutcome, isRepaired } from './repair-outcome.ts';

/** Writers that may come in between before a repair gives way to them. */
const MAX_ATTEMPTS = 10;

/**
 * Brings one item back to what SQL says, whatever it says now: it becomes a fence that keeps its version and proof
 * (condition 10'), then an ordinary fill stores what SQL has, puts its references and embeds what the base items say. Safe
 * at any time, as a fill loses to any change event that comes in between.
 *
 * A base item that is repaired tells nobody by its version: the items that embed the row are brought in line after it.
 * A row that moves is repaired wherever an item may claim it.
 *
 * @param keyRow key columns; of a row that moves its primary key, or the address of an item
 * @throws as `fillItem`; as the partition reader
 */
export async function repairItem(dependencies: RepairDependencies, view: AnyView, keyRow: Row): Promise<Repair> {
  if (view.moves)
    return repairMoving(dependencies, view, keyRow, (place) => repairAt(dependencies, view, place, keyRow));
  const repair = await repairAt(dependencies, view, keyOfRow(view, keyRow), keyRow);
  if (!view.isBase || !isRepaired(repair)) return repair;
  const told = await alignChildren(dependencies, repair.key.pk, (child, row) => repairItem(dependencies, child, row));
  return { ...repair, told };
}

async function repairAt(dependencies: RepairDependencies, view: AnyView, key: ItemKey, keyRow: Row): Promise<Repair> {
  const { store } = dependencies;
  const before = await store.get(key);
  const ended = (await opened(dependencies, view, key, before)) ?? (await filled(dependencies, view, key, keyRow));
  return { key, outcome: ended, before, after: await store.get(key) };
}

/** Makes the key ready to be filled. @returns why it must not be, or undefined */
async function opened(
  { store, context, isPrimary }: RepairDependencies,
  view: AnyView,
  key: ItemKey,
  before: Item | undefined,
): Promise<RepairOutcome | undefined> {
  let item = before;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const decision = decideRepair(key, context, { item });
    if (decision.do !== 'write') return item === undefined ? undefined : RepairOutcome.pending;
    if (item !== undefined && transactionOf(item) === undefined && !(await isPrimary(view)))
      return RepairOutcome.needsPrimary;
    const result = await store.write(decision.write);
    if (result.ok) return undefined;
    item = result.item;
  }
  return RepairOutcome.overtaken;
}

async function filled(
  dependencies: RepairDependencies,
  view: AnyView,
  key: ItemKey,
  keyRow: Row,
): Promise<RepairOutcome> {
  const result = await fillItem(dependencies, view, key, keyRow);
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
