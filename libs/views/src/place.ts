/** Rows whose item's key has columns that may change: their items move. */
import { type ItemKey, anchorKey } from '@hybridge/protocol';
import { placeColumns } from './address.ts';
import { type KeyTemplate, renderPartition } from './key-template.ts';
import { type Row, keyOfRow } from './row.ts';
import { columnOf } from './table.ts';
import type { AnyView } from './view.ts';

/**
 * Where the item of a row belongs. Undefined for a row with a NULL in its key, which has no place.
 * @throws ViewError when a key column is not in the row
 */
export function placeOfRow(view: AnyView, row: Row): ItemKey | undefined {
  const isNowhere = placeColumns(view).some((name) => {
    const value = row[name];
    return value !== undefined && 'NULL' in value;
  });
  return isNowhere ? undefined : keyOfRow(view, row);
}

/** What names the place of a row of a view whose items move. @throws ViewError when a column of the primary key is not in the row */
export function anchorOfRow(view: AnyView, row: Row): ItemKey {
  const [build] = (view.key as KeyTemplate).pk;
  const names: readonly string[] = view.table.primaryKey;
  const id = renderPartition({ pk: names.map((name) => ({ column: name })), sk: [] }, (name) => {
    const value = row[name];
    return value === undefined || 'NULL' in value ? undefined : columnOf(view.table, name).codec.toText(value);
  });
  return anchorKey(`${String(build)}.${view.name as string}`, id);
}

/** What is wrong with a view whose items move; undefined: nothing. */
export function placeProblem(view: AnyView): string | undefined {
  if (!view.moves) return undefined;
  const { changes, primary, rawWrites, table } = view;
  const names = placeColumns(view);
  const unknown = names.find((name) => !Object.hasOwn(table.columns, name));
  if (unknown !== undefined) return `its key names column "${unknown}", which ${table.name} does not have.`;
  const lost = names.find((name) => columnOf(table, name).codec.noKey !== undefined);
  if (lost !== undefined) return `${lost} cannot be a column of the key: ${columnOf(table, lost).codec.noKey}.`;
  const why = `its items move when ${names.join(', ')} changes`;
  if (primary === 'dynamodb') return `${why}, which primary 'dynamodb' does not know; take it out of the key.`;
  if (rawWrites === 'capture') return `${why}, and a raw write may meet such a move; remove rawWrites.`;
  return changes.allow.length > 0 || changes.insert || changes.delete
    ? `${why}, and customers' changes do not follow; remove changes, or give the view a key of ${table.primaryKey.join(', ')} alone and list its items with an index.`
    : undefined;
}
