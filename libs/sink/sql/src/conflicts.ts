import { type Attributes, type PendingChange, sameValue } from '@hybridge/protocol';
import { type AnyView, type ChangeRules, ConflictPolicy, type Row, comparedOf, policyOf } from '@hybridge/views';
import { columnOfAttribute } from './view-columns.ts';

/** A change of the same item that SQL answered before. */
export interface EarlierChange {
  readonly outcome: 'A' | 'R';
  readonly base: Attributes;
  /** What the customer wanted; of an applied change with the version that it gave the row. */
  readonly wanted: Attributes;
}

/** A change and what it is held against. `row` lacks columns whose value cannot be an attribute value. */
export interface Comparison {
  readonly change: PendingChange;
  readonly view: AnyView;
  readonly row: Row;
  readonly earlier: readonly EarlierChange[];
}

/** Attributes in which the customer saw something else than SQL holds now, and in which the policy lets SQL win. */
export function conflictsOf(comparison: Comparison): readonly string[] {
  const { change, view } = comparison;
  const rules: ChangeRules = view.changes;
  const seen = Object.keys(change.op === 'd' ? change.base : change.set);
  const compared = rules.version === undefined || change.op === 'u' ? [...seen, ...comparedOf(view)] : comparedOf(view);
  return [...new Set(compared)].filter(
    (name) => policyOf(rules, name) === ConflictPolicy.sqlWins && differs(comparison, name),
  );
}

function differs(comparison: Comparison, attribute: string): boolean {
  const { change, view, row } = comparison;
  const column = columnOfAttribute(view, attribute);
  if (column === undefined) return false;
  if (row[column] !== undefined && sameValue(row[column], change.base[attribute])) return false;
  return attribute !== view.changes.version || !isOwnVersion(comparison, attribute, column);
}

/**
 * The customer saw a version, and changes of the same item counted it up since: they were laid over what the customer
 * saw, whose version only SQL counts.
 */
function isOwnVersion({ change, row, earlier }: Comparison, attribute: string, column: string): boolean {
  return earlier.some(
    ({ outcome, base, wanted }) =>
      outcome === 'A' &&
      sameValue(base[attribute], change.base[attribute]) &&
      sameValue(wanted[attribute], row[column]),
  );
}

/** Of these attributes, those in which the customer saw what a change of the same item wanted and SQL refused. */
export const standingOnRefused = (
  change: PendingChange,
  attributes: readonly string[],
  earlier: readonly EarlierChange[],
): readonly string[] =>
  attributes.filter((name) =>
    earlier.some(
      ({ outcome, wanted }) =>
        outcome === 'R' && wanted[name] !== undefined && sameValue(wanted[name], change.base[name]),
    ),
  );
