import { type Relation, ReplicaIdentity, type SchemaColumn, relationName } from '@hybridge/reader-schema';
import { type AnyTable, type AnyView, Layout, columnsOfView } from '@hybridge/views';
import { sqlTable } from '../schema/sql-text.ts';
import { type Finding, error, warning, when } from './finding.ts';

/** A table of the definitions, with its views. */
export interface DefinedTable {
  readonly table: AnyTable;
  readonly views: readonly AnyView[];
  /** The projector skips updates of it that change nothing. */
  readonly skipsUnchanged: boolean;
}

export const sameColumns = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name) => b.includes(name));

/** What the log of PostgreSQL has of a table, of a row as it was, and of what an update left alone. */
export const checkIdentity = (defined: DefinedTable, relation: Relation): readonly Finding[] => [
  ...checkLogged(relation),
  ...checkOldRow(defined, relation),
];

function checkLogged(relation: Relation): readonly Finding[] {
  const name = relationName(relation);
  return [
    ...when(relation.unlogged, () =>
      error(name, ['table.unlogged', 'its changes are not in the log', `ALTER TABLE ${sqlTable(name)} SET LOGGED`]),
    ),
    ...when(relation.hasHeirs, () =>
      error(name, [
        'table.heirs',
        'other tables inherit from it: reads return their rows too, while the log names the heirs',
        'define the heirs instead, or partition the table',
      ]),
    ),
  ];
}

function checkOldRow({ table, views, skipsUnchanged }: DefinedTable, relation: Relation): readonly Finding[] {
  const name = relationName(relation);
  const { replicaIdentity, primaryKey } = relation;
  const set = (to: string): string => `ALTER TABLE ${sqlTable(name)} REPLICA IDENTITY ${to}`;
  if (replicaIdentity === ReplicaIdentity.nothing) {
    return [
      error(name, [
        'table.identity',
        'REPLICA IDENTITY NOTHING: updates and deletes fail in SQL as soon as they are published',
        set('DEFAULT'),
      ]),
    ];
  }
  if (replicaIdentity === ReplicaIdentity.index && primaryKey !== undefined) {
    return when(!sameColumns(relation.identityColumns ?? [], primaryKey.columns), () =>
      error(name, [
        'table.identity',
        `deletes are logged with (${(relation.identityColumns ?? []).join(', ')}) instead of the primary key`,
        set('DEFAULT'),
      ]),
    );
  }
  if (replicaIdentity === ReplicaIdentity.full) return [];
  const documents = views.filter(({ layout }) => layout === Layout.document);
  const large = relation.columns.filter((column) => column.outOfLine && isMapped(documents, column)).length;
  return [
    ...when(skipsUnchanged, () =>
      error(name, [
        'table.identity-full',
        'unchanged updates of it are to be skipped, but its log does not have the row as it was',
        set('FULL'),
      ]),
    ),
    ...when(large > 0, () =>
      warning(table.name, [
        'table.identity-toast',
        `an update that leaves one of ${large} large columns alone makes the projector ask SQL, as layout 'document' has no parts`,
        set('FULL'),
      ]),
    ),
  ];
}

const isMapped = (views: readonly AnyView[], { name }: SchemaColumn): boolean =>
  views.some((view) => columnsOfView(view).includes(name));
