import type { Item, ItemKey, PartitionReader } from '@hybridge/protocol';
import type { FillDependencies } from '@hybridge/reader-sql';
import type { AnyView, Catalog } from '@hybridge/views';

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
  /** Items that embed this row and were brought in line with it; undefined: nobody embeds it. */
  readonly told?: number;
}

export interface RepairDependencies extends FillDependencies {
  /** Whether the SQL server that the rows of a view are read from is the primary. */
  readonly isPrimary: (view: AnyView) => Promise<boolean>;
  /** Who embeds a row is found by its references. */
  readonly partitions: PartitionReader;
  readonly catalog: Pick<Catalog, 'byKey' | 'relations'>;
}

const HEALTHY: readonly RepairOutcome[] = [RepairOutcome.filled, RepairOutcome.absent];

/** Whether the item says what SQL says. */
export const isRepaired = ({ outcome }: Repair): boolean => HEALTHY.includes(outcome);
