import type { Attributes } from '../../attribute.ts';
import type { ItemKey } from '../../item.ts';
import type { ProtocolContext } from '../../ports.ts';
import type { ItemShape } from '../../shape.ts';
import { ZERO_VERSION } from '../../version.ts';
import type { Decision, Seen } from '../decision.ts';
import { type Lease, fillWrite } from '../fill.ts';
import { decideRawAnswer } from '../raw-answer.ts';
import { type RepairDecision, decideRepair } from '../repair.ts';
import { type RowChange, type RowChangeOutcome, type ViewMode, decideRowChange } from '../row-change.ts';
import { type SettleOutcome, type SettleSignal, decideSettle } from '../settle.ts';
import { type BaseOutcome, decideBaseChange } from './base.ts';
import type { ChildOperation } from './child.ts';
import type { Links, Relation } from './relation.ts';

/** What a view with relations adds to a change. */
export interface Linked {
  readonly relations: readonly Relation[];
  /** Where the row points, of the event or the image; undefined: there is none, or the event does not say. */
  readonly links: Links | undefined;
  /** The change stands for earlier ones as well. */
  readonly covers?: boolean;
  /** Default `same`; `other` for an event that is known to bring a new row, or another parent. */
  readonly guess?: 'same' | 'other';
}

const linkedOperation = ({ relations, links, covers = false, guess = 'same' }: Linked) => ({
  relations,
  links,
  covers,
  guess,
  checks: true,
});

/** `decideRowChange` on the item of a view with relations. */
export const rowOperation = (
  change: RowChange,
  mode: ViewMode,
  linked: Linked,
  context: ProtocolContext,
): ChildOperation<RowChangeOutcome> => ({
  ...linkedOperation(linked),
  key: change.key,
  version: change.version,
  decide: (seen) => decideRowChange(change, mode, context, seen),
});

/** `decideBaseChange`; see `mustFanOut` for what comes next. */
export const baseOperation = (
  change: RowChange,
  linked: Linked,
  context: ProtocolContext,
): ChildOperation<BaseOutcome> => ({
  ...linkedOperation(linked),
  key: change.key,
  version: change.version,
  decide: (seen) => decideBaseChange(change, linked.links ?? {}, context, seen),
});

/** `decideSettle`; the links are the image's. */
export const settleOperation = (
  signal: SettleSignal,
  linked: Linked,
  context: ProtocolContext,
): ChildOperation<SettleOutcome> => ({
  ...linkedOperation(linked),
  key: signal.key,
  version: signal.version,
  decide: (seen) => decideSettle(signal, context, seen),
});

/** `decideRawAnswer`; the links are the image's. */
export const rawAnswerOperation = (
  signal: SettleSignal,
  mode: ViewMode,
  linked: Linked,
  context: ProtocolContext,
): ChildOperation<RowChangeOutcome> => ({
  ...linkedOperation(linked),
  key: signal.key,
  version: signal.version,
  decide: (seen) => decideRawAnswer(signal, mode, context, seen),
});

/** overtaken: refused; what a reader may conclude is in the item that the operation ended on */
export type FillOutcome = 'filled' | 'overtaken';

/** The row that SQL said under a lease, by its own columns; undefined: no such row. */
export interface FilledRow {
  readonly lease: Lease;
  readonly shape: ItemShape;
  readonly row: Attributes | undefined;
}

/** `fillWrite`, which puts references and reads parents before. The item is handed back. */
export const fillOperation = (
  { lease, shape, row }: FilledRow,
  linked: Linked,
  context: ProtocolContext,
): ChildOperation<FillOutcome> => ({
  ...linkedOperation({ ...linked, guess: 'other', covers: false }),
  key: lease.key,
  version: lease.version,
  checks: false,
  decide: (seen: Seen): Decision<FillOutcome> =>
    seen === undefined
      ? { do: 'write', write: { ...fillWrite(lease, shape, row, context), returnNew: true }, outcome: 'filled' }
      : { do: 'done', outcome: 'overtaken' },
});

/** `decideRepair`: the fragments go with the columns. */
export const repairOperation = (
  key: ItemKey,
  relations: readonly Relation[],
  context: ProtocolContext,
): ChildOperation<RepairDecision> => ({
  ...linkedOperation({ relations, links: undefined }),
  key,
  version: ZERO_VERSION,
  checks: false,
  decide: (seen) => decideRepair(key, context, seen),
});
