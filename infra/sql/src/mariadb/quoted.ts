import { escapeId } from 'mysql2';

/** `` `name` `` */
export const quotedName = (name: string): string => escapeId(name, true);

/** `` `database`.`table` `` from `database.table`. */
export const quotedTable = (table: string): string => {
  const dot = table.indexOf('.');
  return `${quotedName(table.slice(0, dot))}.${quotedName(table.slice(dot + 1))}`;
};
