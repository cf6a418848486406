import { type AttributeValue, type Attributes, type PendingChange, sameValue } from '@hybridge/protocol';
import type { AnyView, Row } from '@hybridge/views';
import { type Refusal, RefusalCode } from './refusal.ts';

/** What is to be done to the row for one customer change; `set` is by column name. */
export type Ruling =
  | { readonly do: 'update'; readonly set: Row }
  | { readonly do: 'insert'; readonly set: Row }
  | { readonly do: 'delete' }
  | { readonly do: 'reject'; readonly refusal: Refusal };

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
 */
export function decideChange(change: PendingChange, row: Row | undefined, view: AnyView): Ruling {
  if (change.op === 'i') return row === undefined ? { do: 'insert', set: insertedColumns(change, view) } : rowExists();
  if (row === undefined) return reject(RefusalCode.missing, 'The row does not exist.');
  const lost = conflicts(change, row, view);
  if (lost.length > 0) return reject(RefusalCode.conflict, `Changed in SQL meanwhile: ${lost.join(', ')}.`);
  return change.op === 'd' ? { do: 'delete' } : { do: 'update', set: byColumn(view, change.set) };
}

export const rowExists = (): Ruling & { readonly do: 'reject' } =>
  reject(RefusalCode.conflict, 'The row exists already.');

/** Attributes in which the customer saw something else than SQL holds now; `customer-wins` never conflicts. */
function conflicts(change: PendingChange, row: Row, view: AnyView): readonly string[] {
  if (view.changes.policy === 'customer-wins') return [];
  const seen = change.op === 'd' ? Object.keys(change.base) : Object.keys(change.set);
  return seen.filter((attribute) => {
    const column = columnOfAttribute(view, attribute);
    return column !== undefined && !sameValue(row[column], change.base[attribute]);
  });
}

const insertedColumns = (change: PendingChange, view: AnyView): Row =>
  byColumn(
    view,
    Object.fromEntries(
      Object.entries(change.set).filter(([attribute]) => (view.changes.allow as readonly string[]).includes(attribute)),
    ),
  );

const byColumn = (view: AnyView, values: Attributes): Row =>
  Object.fromEntries(
    Object.entries(values).map(([attribute, value]) => [columnOfAttribute(view, attribute) as string, value]),
  );

const columnOfAttribute = (view: AnyView, attribute: string): string | undefined =>
  Object.hasOwn(view.attributes, attribute) ? (view.attributes[attribute] as string) : undefined;

const isKeyColumn = (view: AnyView, column: string): boolean =>
  (view.table.primaryKey as readonly string[]).includes(column);

const isNull = (value: AttributeValue | undefined): boolean => value !== undefined && 'NULL' in value;

const policy = (message: string): Ruling => reject(RefusalCode.policy, message);

const reject = (code: RefusalCode, message: string): Ruling & { readonly do: 'reject' } => ({
  do: 'reject',
  refusal: { code, message },
});
