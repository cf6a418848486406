/** Introspection results as a reader gives them, for tests. */
import { type Relation, RelationKind, type SchemaColumn, TypeShape } from '@hybridge/reader-schema';

export const foundColumn = (name: string, more: Partial<SchemaColumn> = {}): SchemaColumn => ({
  name,
  type: 'integer',
  shape: TypeShape.base,
  declared: more.type ?? 'integer',
  nullable: false,
  identity: false,
  outOfLine: false,
  ...more,
});

/** A table of whole numbers whose first column is its key, unless told otherwise. */
export const foundTable = (
  name: string,
  columns: readonly (string | SchemaColumn)[],
  more: Partial<Relation> = {},
): Relation => {
  const all = columns.map((column) => (typeof column === 'string' ? foundColumn(column) : column));
  const [first] = all;
  return {
    schema: 'public',
    name,
    kind: RelationKind.table,
    columns: all,
    ...(first === undefined ? {} : { primaryKey: { name: `${name}_pkey`, columns: [first.name] } }),
    uniqueKeys: [],
    foreignKeys: [],
    replicaIdentity: 'default',
    unlogged: false,
    hasHeirs: false,
    truncaters: [],
    ...more,
  };
};

/** `references('orders', 'order_id')`: a foreign key to the column of the same name. */
export const references = (table: string, ...columns: readonly string[]) => ({
  name: `fk_${table}`,
  columns,
  references: { schema: 'public', table, columns },
});

export const keyOf = (...columns: readonly string[]) => ({ primaryKey: { name: 'pkey', columns } });
