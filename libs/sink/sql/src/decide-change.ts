import { type AttributeValue, type Attributes, type PendingChange, sameValue, scalarOf } from '@hybridge/protocol';
import { type AnyView, type ChangeRules, Primary, type Row, belongsTo } from '@hybridge/views';
import { type EarlierChange, conflictsOf, standingOnRefused } from './conflicts.ts';
import { decideByDefinition } from './decide-by-definition.ts';
import { type Note, RefusalCode } from './refusal.ts';
import type { Ruling } from './ruling.ts';
import { byColumn, columnOfAttribute, isKeyColumn } from './view-columns.ts';

type Rejection = Ruling & { readonly do: 'reject' };

/**
 * What the view's definition forbids, whatever SQL holds. Undefined: the change is allowed.
 *
 * @param keyRow the key columns of the item the change belongs to
 */
export function refuseByPolicy(change: PendingChange, view: AnyView, keyRow: Row): Ruling | undefined {
  if (change.op === 'd') return view.changes.delete ? undefined : policy(`${view.name} does not allow deletes.`);
  if (change.op === 'i' && !view.changes.insert) return policy(`${view.name} does not allow inserts.`);
  const foreign = Object.keys(change.set).filter((attribute) => !isAllowed(change, view, keyRow, attribute));
  return foreign.length === 0
    ? undefined
    : policy(`${view.name} does not allow customers to set ${foreign.map((name) => JSON.stringify(name)).join(', ')}.`);
}

/** An insert names all columns: its key must be the item's, and columns customers may not set are left to SQL. */
function isAllowed(change: PendingChange, view: AnyView, keyRow: Row, attribute: string): boolean {
  if ((view.changes.allow as readonly string[]).includes(attribute)) return true;
  if (change.op !== 'i') return false;
  const column = columnOfAttribute(view, attribute);
  if (column !== undefined && isKeyColumn(view, column)) return sameValue(keyRow[column], change.set[attribute]);
  return column !== undefined && isNull(change.set[attribute]);
}

/**
 * Decides an allowed change against the row as it stands under lock (undefined: there is none).
 * A column whose value cannot be an attribute value is missing from `row`, and so equals no base.
 *
 * @param earlier changes of the same item that SQL has answered, if this one may stand on some
 * @throws RefusedError when a decision of the view's definition cannot be carried out
 */
export function decideChange(
  change: PendingChange,
  row: Row | undefined,
  view: AnyView,
  earlier: readonly EarlierChange[] = [],
): Ruling {
  if (change.op === 'i') return decideInsert(change, row, view);
  // Customers change no row that their view does not show.
  if (row === undefined || !belongsTo(view, row)) return withoutRow(change, view, earlier);
  if (view.changes.decide !== undefined) return counted(decideByDefinition(change, row, view), row, view);
  const lost = conflictsOf({ change, view, row, earlier });
  if (lost.length > 0 && !leavesSome(change, lost, view)) return conflict(change, lost, earlier);
  if (change.op === 'd') return { do: 'delete' };
  return counted({ do: 'update', set: byColumn(view, without(change.set, lost)), ...noteOf(lost) }, row, view);
}

function decideInsert(change: PendingChange, row: Row | undefined, view: AnyView): Ruling {
  const set = insertedColumns(change, view);
  if (row === undefined) return { do: 'insert', set };
  return view.primary === Primary.dynamodb ? { do: 'update', set } : rowExists();
}

export const rowExists = (): Rejection => reject(RefusalCode.conflict, 'The row exists already.');

function withoutRow(change: PendingChange, view: AnyView, earlier: readonly EarlierChange[]): Ruling {
  if (view.primary === Primary.dynamodb) return change.op === 'd' ? { do: 'nothing' } : wholeRow(change, view);
  if (change.op === 'u' && view.changes.upsert) return { do: 'insert', set: byColumn(view, change.set) };
  return standingOnRefused(change, Object.keys(change.base), earlier).length > 0
    ? reject(RefusalCode.dependent, 'Made on a row that SQL refused to insert.')
    : reject(RefusalCode.missing, 'The row does not exist.');
}

/** The row as the customer saw it, with what the change sets. */
const wholeRow = (change: PendingChange, view: AnyView): Ruling => ({
  do: 'insert',
  set: insertedColumns({ set: { ...change.base, ...change.set } }, view),
});

function conflict(change: PendingChange, lost: readonly string[], earlier: readonly EarlierChange[]): Rejection {
  const dependent = standingOnRefused(change, lost, earlier);
  return dependent.length > 0
    ? reject(RefusalCode.dependent, `Made on another change that SQL refused: ${dependent.join(', ')}.`)
    : reject(RefusalCode.conflict, `Changed in SQL meanwhile: ${lost.join(', ')}.`);
}

/** Whether the view lets the attributes that did not lose be applied, and there are some. */
const leavesSome = (change: PendingChange, lost: readonly string[], view: AnyView): boolean =>
  view.changes.partial && Object.keys(change.set).some((name) => !lost.includes(name));

const noteOf = (lost: readonly string[]): { readonly note?: Note } =>
  lost.length === 0
    ? {}
    : { note: { code: 'PARTIAL', message: `Left out, as changed in SQL meanwhile: ${lost.join(', ')}.` } };

const without = (values: Attributes, names: readonly string[]): Attributes =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));

/** An update counts the row's version up. */
function counted(ruling: Ruling, row: Row, view: AnyView): Ruling {
  const { version }: ChangeRules = view.changes;
  if (ruling.do !== 'update' || version === undefined || Object.keys(ruling.set).length === 0) return ruling;
  const column = columnOfAttribute(view, version) as string;
  const next = BigInt(scalarOf(row[column]) ?? '0') + 1n;
  return { ...ruling, set: { ...ruling.set, [column]: { N: String(next) } } };
}

const insertedColumns = (change: Pick<PendingChange, 'set'>, view: AnyView): Row =>
  byColumn(
    view,
    Object.fromEntries(
      Object.entries(change.set).filter(([attribute]) => (view.changes.allow as readonly string[]).includes(attribute)),
    ),
  );

const isNull = (value: AttributeValue | undefined): boolean => value !== undefined && 'NULL' in value;

const policy = (message: string): Ruling => reject(RefusalCode.policy, message);

const reject = (code: RefusalCode, message: string): Rejection => ({ do: 'reject', refusal: { code, message } });
