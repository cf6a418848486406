import { type Relation, relationName } from '@hybridge/reader-schema';
import type { SourceKind } from '@hybridge/views';
import { sqlNames } from '../schema/sql-text.ts';
import { type Finding, error } from './finding.ts';

/** Rows that a foreign key of MariaDB or MySQL changes by itself: InnoDB does so below the log. */
export function checkCascades(kind: SourceKind, relation: Relation): readonly Finding[] {
  const { identifier, table } = sqlNames(kind);
  const name = relationName(relation);
  const list = (columns: readonly string[]): string => columns.map(identifier).join(', ');
  return relation.foreignKeys.flatMap(({ name: key, columns, references, cascades = [] }) => {
    if (cascades.length === 0) return [];
    const to = `${table(relationName({ schema: references.schema, name: references.table }))} (${list(references.columns)})`;
    return [
      error(name, [
        'table.cascade',
        `${key} is ${cascades.join(' and ')}: the log does not tell of rows that it changes or deletes, and their items stay`,
        `ALTER TABLE ${table(name)} DROP FOREIGN KEY ${identifier(key)}; ALTER TABLE ${table(name)} ADD CONSTRAINT ${identifier(key)} ` +
          `FOREIGN KEY (${list(columns)}) REFERENCES ${to}; and let programs change these rows first`,
      ]),
    ];
  });
}
