import type { AnyView } from '@hybridge/views';
import { quotedTable, quotedName } from './quoted.ts';

/** The roles that Hybridge works as. */
export const SqlRole = { capture: 'hybridge_capture', app: 'hybridge_app' } as const;
export type SqlRole = (typeof SqlRole)[keyof typeof SqlRole];

/**
 * The statements that leave the roles with exactly what the views of a table need: both read it; the app changes only what
 * some view lets customers change.
 */
export function grantsFor(table: string, views: readonly AnyView[]): readonly string[] {
  const name = quotedTable(table);
  const updatable = columnList(views.flatMap(changeableColumns));
  const insertable = columnList(views.filter(({ changes }) => changes.insert).flatMap(mappedColumns));
  return [
    `GRANT USAGE ON SCHEMA ${quotedName(table.split('.')[0] as string)} TO ${SqlRole.capture}, ${SqlRole.app}`,
    `REVOKE ALL ON ${name} FROM ${SqlRole.capture}, ${SqlRole.app}`,
    `GRANT SELECT ON ${name} TO ${SqlRole.capture}, ${SqlRole.app}`,
    ...(updatable === '' ? [] : [`GRANT UPDATE (${updatable}) ON ${name} TO ${SqlRole.app}`]),
    ...(insertable === '' ? [] : [`GRANT INSERT (${insertable}) ON ${name} TO ${SqlRole.app}`]),
    ...(views.some(({ changes }) => changes.delete) ? [`GRANT DELETE ON ${name} TO ${SqlRole.app}`] : []),
  ];
}

const columnList = (columns: readonly string[]): string => [...new Set(columns)].map(quotedName).join(', ');

/** A row that customers may only delete is locked before, which SQL allows with the right to update some column of it. */
const changeableColumns = ({ attributes, changes, table }: AnyView): readonly string[] => {
  const columns = changes.allow.map((attribute) => attributes[attribute] as string);
  const isLocked = changes.insert || changes.delete;
  return columns.length === 0 && isLocked ? (table.primaryKey as readonly string[]).slice(0, 1) : columns;
};

/** What an inserted row may set: the key and every attribute of the view. */
const mappedColumns = (view: AnyView): readonly string[] => [
  ...(view.table.primaryKey as readonly string[]),
  ...Object.values<string>(view.attributes),
];
