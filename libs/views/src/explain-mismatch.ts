import type { JsonRow } from '@hybridge/contracts';
import { UnstorableValueError, ViewError } from './errors.ts';
import { type Row, UNAVAILABLE, columnsOfView } from './row.ts';
import { type AnyTable, columnOf } from './table.ts';
import type { AnyView } from './view.ts';

/**
 * Why a row of a change event does not fit the definition of its table, with every column at fault and every view that
 * needs it: for people, after decoding has failed. Slow.
 * @returns undefined when all views can read the row
 */
export function explainMismatch(views: readonly AnyView[], json: JsonRow): string | undefined {
  const table = views[0]?.table as AnyTable | undefined;
  const needed = [...new Set(views.flatMap(columnsOfView))];
  const faults = needed.flatMap((column) => {
    const fault = faultOf(table as AnyTable, column, json[column]);
    if (fault === undefined) return [];
    const affected = views.filter((view) => columnsOfView(view).includes(column)).map(({ name }) => name);
    return [`column ${column} ${fault} (needed by ${affected.join(', ')})`];
  });
  if (faults.length === 0) return undefined;
  const unknown = unknownColumnsOf(table as AnyTable, json);
  const renamed = unknown.length > 0 ? ` Columns without a definition: ${unknown.join(', ')}.` : '';
  return `${table?.name} is not as defined: ${faults.join('; ')}.${renamed} Put the column back, or change the definition of ${table?.name} and these views.`;
}

/** Columns of a row that the definition of its table does not name: nobody reads them. */
export const unknownColumnsOf = (table: AnyTable, row: JsonRow | Row): readonly string[] =>
  Object.keys(row).filter((column) => !Object.hasOwn(table.columns as object, column));

function faultOf(table: AnyTable, column: string, value: JsonRow[string] | undefined): string | undefined {
  if (value === undefined) return 'is missing';
  if (value === null || value === UNAVAILABLE) return undefined;
  try {
    columnOf(table, column).codec.fromChange(value);
    return undefined;
  } catch (error) {
    if (error instanceof UnstorableValueError || !(error instanceof ViewError)) return undefined;
    return `has another type: ${error.message.replace(/\.$/, '')}`;
  }
}
