import type { AnyView, ChangeRules, SideTarget } from '@hybridge/views';
import { quotedTable, quotedName } from './quoted.ts';

/** The roles that Hybridge works as. */
export const SqlRole = { capture: 'hybridge_capture', app: 'hybridge_app' } as const;
export type SqlRole = (typeof SqlRole)[keyof typeof SqlRole];

/**
 * The statements that leave the roles with exactly what the views of a table need: both read it; the app changes only what
 * some view lets customers change, and what their changes write besides.
 * @param targets what changes of other rows write in this table
 */
export function grantsFor(
  table: string,
  views: readonly AnyView[],
  targets: readonly SideTarget[] = [],
): readonly string[] {
  const name = quotedTable(table);
  const updatable = columnList([...views.flatMap(changeableColumns), ...targets.flatMap(updatedColumns)]);
  const insertable = columnList([
    ...views.filter(insertsRows).flatMap(mappedColumns),
    ...targets.flatMap(({ rights }) => rights.insert ?? []),
  ]);
  const deletes = views.some(({ changes }) => changes.delete) || targets.some(({ rights }) => rights.delete === true);
  return [
    `GRANT USAGE ON SCHEMA ${quotedName(table.split('.')[0] as string)} TO ${SqlRole.capture}, ${SqlRole.app}`,
    `REVOKE ALL ON ${name} FROM ${SqlRole.capture}, ${SqlRole.app}`,
    ...readGrants(name, views, targets),
    ...(updatable === '' ? [] : [`GRANT UPDATE (${updatable}) ON ${name} TO ${SqlRole.app}`]),
    ...(insertable === '' ? [] : [`GRANT INSERT (${insertable}) ON ${name} TO ${SqlRole.app}`]),
    ...(deletes ? [`GRANT DELETE ON ${name} TO ${SqlRole.app}`] : []),
  ];
}

/** A table of no view is not captured, and the app needs only its keys: updates and deletes find their row by them. */
function readGrants(name: string, views: readonly AnyView[], targets: readonly SideTarget[]): readonly string[] {
  if (views.length > 0) return [`GRANT SELECT ON ${name} TO ${SqlRole.capture}, ${SqlRole.app}`];
  const keys = targets
    .filter(({ rights }) => rights.delete === true || (rights.update ?? []).length > 0)
    .flatMap(({ table }) => table.primaryKey as readonly string[]);
  return keys.length === 0 ? [] : [`GRANT SELECT (${columnList(keys)}) ON ${name} TO ${SqlRole.app}`];
}

const columnList = (columns: readonly string[]): string => [...new Set(columns)].map(quotedName).join(', ');

/** A row that customers may only delete is locked before, which SQL allows with the right to update some column of it. */
const changeableColumns = ({ attributes, changes, table }: AnyView): readonly string[] => {
  const { allow, version, ...rules }: ChangeRules = changes;
  const columns = allow.map((attribute) => attributes[attribute] as string);
  const isLocked = rules.insert || rules.delete;
  if (columns.length === 0) return isLocked ? (table.primaryKey as readonly string[]).slice(0, 1) : [];
  return version === undefined ? columns : [...columns, attributes[version] as string];
};

const updatedColumns = ({ rights }: SideTarget): readonly string[] => rights.update ?? [];

const insertsRows = ({ changes }: AnyView): boolean => changes.insert || changes.upsert;

/** What an inserted row may set: the key and every attribute of the view. */
const mappedColumns = (view: AnyView): readonly string[] => [
  ...(view.table.primaryKey as readonly string[]),
  ...Object.values<string>(view.attributes),
];
