import { type Relation, RelationKind, ReplicaIdentity, type SchemaColumn, relationName } from '@hybridge/reader-schema';
import { type AnyTable, type Column, SourceKind, columnsOfView } from '@hybridge/views';
import { engineProblem, modifyColumn, unreadableColumn } from '../schema/binlog-table.ts';
import { codecsOf } from '../schema/codecs.ts';
import { sqlIdentifier, sqlNames, sqlTable } from '../schema/sql-text.ts';
import { checkCascades } from './check-cascades.ts';
import { type DefinedTable, checkIdentity, sameColumns } from './check-identity.ts';
import { type Finding, error, warning, when } from './finding.ts';

export type { DefinedTable };

/** From this version on generated columns can be replicated, if the publication says so. */
const PUBLISHES_GENERATED = 180_000;

export interface Database {
  readonly kind: SourceKind;
  /** `server_version_num`; of others than PostgreSQL 0. */
  readonly version: number;
  readonly relations: readonly Relation[];
}

/** Whether the tables of the definitions are in the database, as they say. */
export const checkTables = (database: Database, tables: readonly DefinedTable[]): readonly Finding[] =>
  tables.flatMap((defined) => {
    const name: string = defined.table.name;
    const relation = database.relations.find((one) => relationName(one) === name);
    return relation === undefined ? [missingTable(name)] : checkTable(database, defined, relation);
  });

const missingTable = (name: string): Finding =>
  error(name, [
    'table.missing',
    'the database has no such table, or the role of --sql-url may not see it',
    'make it, correct its name in the definitions, or take its views out of the catalog',
  ]);

function checkTable(database: Database, defined: DefinedTable, relation: Relation): readonly Finding[] {
  const name = relationName(relation);
  if (relation.kind !== RelationKind.table && relation.kind !== RelationKind.partitioned) {
    return [
      error(name, [
        'table.kind',
        `it is a ${relation.kind}, whose changes are not in the log under its name`,
        'define the tables it is made of',
      ]),
    ];
  }
  return [
    ...checkKey(database.kind, defined.table, relation),
    ...columnsOf(defined.table).flatMap(([column, definition]) =>
      checkColumn(database, defined, {
        column,
        definition,
        relation,
        found: relation.columns.find((one) => one.name === column),
      }),
    ),
    ...(database.kind === SourceKind.postgres ? checkIdentity(defined, relation) : checkCapture(database, relation)),
    ...when(relation.truncaters.length > 0, () =>
      warning(name, [
        'table.truncate',
        `${relation.truncaters.join(', ')} may TRUNCATE it, upon which every item of its views is swept`,
        `REVOKE TRUNCATE ON ${sqlTable(name)} FROM ${relation.truncaters.map(grantee).join(', ')}`,
      ]),
    ),
  ];
}

const grantee = (role: string): string => (role === 'PUBLIC' ? role : sqlIdentifier(role));

const columnsOf = (table: AnyTable): readonly (readonly [string, Column])[] =>
  Object.entries(table.columns as Readonly<Record<string, Column>>);

/** What keeps a table of MariaDB or MySQL out of the log, or out of transactions. */
function checkCapture({ kind }: Database, relation: Relation): readonly Finding[] {
  const name = relationName(relation);
  const engine = engineProblem(relation);
  const unreadable = unreadableColumn(kind, relation);
  return [
    ...(engine === undefined ? [] : [error(name, ['table.engine', engine.reason, engine.fix])]),
    ...(unreadable === undefined ? [] : [error(name, ['table.unreadable', unreadable.reason, unreadable.fix])]),
    ...checkCascades(kind, relation),
  ];
}

function checkKey(kind: SourceKind, table: AnyTable, relation: Relation): readonly Finding[] {
  const names = sqlNames(kind);
  const name = relationName(relation);
  const defined: readonly string[] = table.primaryKey;
  const { primaryKey } = relation;
  if (primaryKey !== undefined) {
    return when(!sameColumns(primaryKey.columns, defined), () =>
      error(name, [
        'table.key',
        `its primary key is (${primaryKey.columns.join(', ')}), but the definition says (${defined.join(', ')})`,
        `primaryKey: [${primaryKey.columns.map((one) => `'${one}'`).join(', ')}], a key template to match, and a new prefix`,
      ]),
    );
  }
  const unique = relation.uniqueKeys.find(({ columns }) => sameColumns(columns, defined));
  const identifies =
    relation.replicaIdentity === ReplicaIdentity.full || sameColumns(relation.identityColumns ?? [], defined);
  if (unique !== undefined && identifies) return [];
  return [
    error(name, [
      'table.no-key',
      'it has no primary key, so the log does not say which row an update or delete means',
      unique === undefined || kind !== SourceKind.postgres
        ? `ALTER TABLE ${names.table(name)} ADD PRIMARY KEY (${defined.map(names.identifier).join(', ')})`
        : `ALTER TABLE ${sqlTable(name)} REPLICA IDENTITY USING INDEX ${sqlIdentifier(unique.name)}`,
    ]),
  ];
}

interface CheckedColumn {
  readonly column: string;
  readonly definition: Column;
  readonly found: SchemaColumn | undefined;
  readonly relation: Relation;
}

function checkColumn(
  { kind, version }: Database,
  { views, table }: DefinedTable,
  { column, definition, found, relation }: CheckedColumn,
): readonly Finding[] {
  const subject = `${table.name}.${column}`;
  const needed = views.some((view) => columnsOfView(view).includes(column));
  if (found === undefined) {
    return [
      (needed ? error : warning)(subject, [
        'column.missing',
        'the table has no such column any more: it was dropped or renamed',
        'take it out of the definition and its views, or name the new column there',
      ]),
    ];
  }
  const codecs = codecsOf(kind, found);
  return [
    ...when(!codecs.some(({ sqlType }) => sqlType === definition.codec.sqlType), () =>
      error(subject, [
        'column.type',
        `it is ${found.declared}, but the definition reads it as ${definition.codec.sqlType}`,
        codecs[0] === undefined
          ? 'no codec fits the type: take the column out of the definition and its views'
          : `${column}: ${found.nullable ? 'nullable' : 'notNull'}(${codecs[0].call})`,
      ]),
    ),
    ...when(found.nullable && !definition.nullable, () =>
      warning(subject, [
        'column.nullable',
        'it may be NULL, but the definition says notNull',
        `nullable(…) in the definition, or ${
          kind === SourceKind.postgres
            ? `ALTER TABLE ${sqlTable(table.name)} ALTER COLUMN ${sqlIdentifier(column)} SET NOT NULL`
            : modifyColumn(relation, found, { type: found.declared, nullable: false })
        }`,
      ]),
    ),
    ...when(needed && found.generated !== undefined, () =>
      (kind === SourceKind.postgres && version < PUBLISHES_GENERATED ? error : warning)(subject, [
        'column.generated',
        'it is generated, and the log does not have it: change events fail for want of the column',
        'take it out of the view, and compute it there: computed: { … }',
      ]),
    ),
  ];
}

/** Hybridge's own table, in which SQL answers. */
export function checkInbox(database: Database, inbox: string): readonly Finding[] {
  const relation = database.relations.find((one) => relationName(one) === inbox);
  if (relation === undefined) {
    return [
      error(inbox, [
        'inbox.missing',
        'the inbox is not there: no change can be answered',
        'run infra/sql (INFRA_SQL_URL=…)',
      ]),
    ];
  }
  return when(database.kind === SourceKind.postgres && relation.replicaIdentity !== ReplicaIdentity.full, () =>
    error(inbox, [
      'inbox.identity',
      'an answer that is announced again would lack its image, and a purged one its key',
      `ALTER TABLE ${sqlTable(inbox)} REPLICA IDENTITY FULL`,
    ]),
  );
}
