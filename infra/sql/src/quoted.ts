import pg from 'pg';

/** `"name"` */
export const quotedName = (name: string): string => pg.escapeIdentifier(name);

/** `"schema"."table"` from `schema.table`. */
export const quotedTable = (table: string): string => table.split('.').map(quotedName).join('.');
