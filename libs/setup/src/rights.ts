import type { AnyView, ChangeRules, SideTarget } from '@hybridge/views';

/** The roles that Hybridge works as; in MariaDB and MySQL they are users. */
export const SqlRole = { capture: 'hybridge_capture', app: 'hybridge_app' } as const;
export type SqlRole = (typeof SqlRole)[keyof typeof SqlRole];

/** What the views of a table need, in column names. */
export interface TableRights {
  /** Both roles read every column. */
  readonly captured: boolean;
  /** Columns the app reads of a table that is not captured. */
  readonly read: readonly string[];
  readonly update: readonly string[];
  readonly insert: readonly string[];
  readonly delete: boolean;
}

/**
 * Both roles read the table; the app changes only what some view lets customers change, and what their changes write besides.
 * A table of no view is not captured, and the app needs only its keys: updates and deletes find their row by them.
 * @param targets what changes of other rows write in this table
 */
export function rightsOf(views: readonly AnyView[], targets: readonly SideTarget[] = []): TableRights {
  const captured = views.length > 0;
  return {
    captured,
    read: captured ? [] : unique(targets.filter(findsRows).flatMap(({ table }) => table.primaryKey)),
    update: unique([...views.flatMap(changeableColumns), ...targets.flatMap(({ rights }) => rights.update ?? [])]),
    insert: unique([
      ...views.filter(insertsRows).flatMap(mappedColumns),
      ...targets.flatMap(({ rights }) => rights.insert ?? []),
    ]),
    delete: views.some(({ changes }) => changes.delete) || targets.some(({ rights }) => rights.delete === true),
  };
}

const unique = (columns: readonly string[]): readonly string[] => [...new Set(columns)];

const findsRows = ({ rights }: SideTarget): boolean => rights.delete === true || (rights.update ?? []).length > 0;

/** A row that customers may only delete is locked before, which SQL allows with the right to update some column of it. */
const changeableColumns = ({ attributes, changes, table }: AnyView): readonly string[] => {
  const { allow, version, ...rules }: ChangeRules = changes;
  const columns = allow.map((attribute) => attributes[attribute] as string);
  const isLocked = rules.insert || rules.delete;
  if (columns.length === 0) return isLocked ? (table.primaryKey as readonly string[]).slice(0, 1) : [];
  return version === undefined ? columns : [...columns, attributes[version] as string];
};

const insertsRows = ({ changes }: AnyView): boolean => changes.insert || changes.upsert;

/** What an inserted row may set: the key and every attribute of the view. */
const mappedColumns = (view: AnyView): readonly string[] => [
  ...(view.table.primaryKey as readonly string[]),
  ...Object.values<string>(view.attributes),
];
