/** What MariaDB and MySQL have that cannot be captured, whatever a definition says. */
import type { Relation, SchemaColumn } from '@hybridge/reader-schema';
import { relationName } from '@hybridge/reader-schema';
import { SourceKind } from '@hybridge/views';
import { sqlNames } from './sql-text.ts';

export interface TableProblem {
  readonly reason: string;
  readonly fix: string;
}

const { identifier, table } = sqlNames(SourceKind.mariadb);

/** What an unreadable type can become without losing a value. */
const STAND_INS: Readonly<Record<string, string>> = {
  ...{ inet4: 'varchar(15)', inet6: 'varchar(45)', xml: 'longtext', xmltype: 'longtext' },
};

/** As MariaDB writes it behind the type. */
const COMPRESSED = /\s*\/\*M?!\d+ COMPRESSED(?:=\w+)?\*\//;

/** Lists of names may hold any text. */
const isList = ({ type }: SchemaColumn): boolean => type === 'enum' || type === 'set';

/**
 * The first column that Debezium's parser cannot take: the connector of a captured table with one stops, so that leaving
 * the column out of the definition is not enough.
 */
export function unreadableColumn(kind: SourceKind, relation: Relation): TableProblem | undefined {
  if (kind === SourceKind.postgres) return undefined;
  for (const column of relation.columns) {
    const isCompressed = !isList(column) && COMPRESSED.test(column.declared);
    const readable = isCompressed ? column.declared.replace(COMPRESSED, '') : STAND_INS[column.type];
    if (readable === undefined) continue;
    const what = isCompressed ? 'is COMPRESSED' : `is of type ${column.type.toUpperCase()}`;
    return {
      reason: `column ${column.name} ${what}, which Debezium cannot read: it would stop the connector of the whole source`,
      fix: modifyColumn(relation, column, { type: readable, nullable: column.nullable }),
    };
  }
  return undefined;
}

/** A statement that gives a column another type or makes it NOT NULL. Its comment has to be given again. */
export function modifyColumn(
  relation: Relation,
  { name, default: value }: SchemaColumn,
  { type, nullable }: { readonly type: string; readonly nullable: boolean },
): string {
  const nullability = nullable ? '' : ' NOT NULL';
  const byDefault = value === undefined ? '' : ` DEFAULT ${value}`;
  return `ALTER TABLE ${table(relationName(relation))} MODIFY ${identifier(name)} ${type}${nullability}${byDefault}`;
}

const ENGINE = 'InnoDB';

/** Whether a table takes part in transactions as the writeback and the log need it. */
export const engineProblem = (relation: Relation): TableProblem | undefined =>
  relation.engine === undefined || relation.engine === ENGINE
    ? undefined
    : {
        reason: `its engine is ${relation.engine}: only ${ENGINE} rolls back what failed, and locks rows for changes`,
        fix: `ALTER TABLE ${table(relationName(relation))} ENGINE = ${ENGINE}`,
      };
