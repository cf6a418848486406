import type { PlainJson } from '@hybridge/contracts';
import type { Codec } from './codecs/codec.ts';
import { ViewError } from './errors.ts';
import type { Source } from './source.ts';

/** One column: how its values travel, and whether SQL allows NULL. */
export interface Column<Plain extends PlainJson = PlainJson, Nullable extends boolean = boolean> {
  readonly codec: Codec<Plain>;
  readonly nullable: Nullable;
}

export type Columns = { readonly [column: string]: Column };

/** A table of one source, as its definition file describes it. */
export interface Table<
  C extends Columns = Columns,
  P extends readonly (keyof C & string)[] = readonly (keyof C & string)[],
> {
  readonly source: Source;
  /** `schema.table`, as change events name it; of MariaDB and MySQL `database.table`. */
  readonly name: string;
  readonly schema: string;
  readonly table: string;
  readonly columns: C;
  /** Key columns, in the order of the primary key. */
  readonly primaryKey: P;
}

/** A row of a table, by column name, with values as documents show them: `type ProductRow = RowOf<typeof products>`. */
export type RowOf<T> =
  T extends Table<infer C>
    ? {
        readonly [Name in keyof C]: C[Name] extends Column<infer Plain, infer Nullable>
          ? Nullable extends false
            ? Plain
            : Plain | null
          : never;
      }
    : never;

/** A table of any shape: what the machinery works with. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tables are invariant in their column types
export type AnyTable = Table<any>;

export const notNull = <Plain extends PlainJson>(codec: Codec<Plain>): Column<Plain, false> => ({
  codec: codec.whenNotNull ?? codec,
  nullable: false,
});
export const nullable = <Plain extends PlainJson>(codec: Codec<Plain>): Column<Plain, true> => ({
  codec,
  nullable: true,
});

/** @throws ViewError when the primary key is empty, may be NULL, or is of a type that no key can have */
export function table<const C extends Columns, const P extends readonly (keyof C & string)[]>(definition: {
  source: Source;
  /** `schema.table`; of MariaDB and MySQL `database.table`. */
  name: string;
  columns: C;
  primaryKey: P;
}): Table<C, P> {
  const [schema, tableName, ...rest] = definition.name.split('.');
  if (schema === undefined || tableName === undefined || rest.length > 0) {
    throw new ViewError('HYBRIDGE_VIEW_DEFINITION_INVALID', `Table "${definition.name}" must be named schema.table.`);
  }
  if (definition.primaryKey.length === 0) {
    throw new ViewError('HYBRIDGE_VIEW_DEFINITION_INVALID', `Table ${definition.name} needs a primary key.`);
  }
  for (const name of definition.primaryKey) {
    if (definition.columns[name]?.nullable !== false) {
      throw new ViewError(
        'HYBRIDGE_VIEW_DEFINITION_INVALID',
        `Key column ${definition.name}.${name} must be declared and notNull().`,
      );
    }
    const { noKey } = definition.columns[name].codec;
    if (noKey !== undefined) {
      throw new ViewError(
        'HYBRIDGE_VIEW_DEFINITION_INVALID',
        `${definition.name}.${name} cannot be a column of the key: ${noKey}.`,
      );
    }
  }
  return { ...definition, schema, table: tableName };
}

/** @throws ViewError `HYBRIDGE_VIEW_COLUMN_MISSING` */
export function columnOf(table: AnyTable, name: string): Column {
  const column = (table.columns as { readonly [column: string]: Column })[name];
  if (column === undefined) throw columnMissing(table, name);
  return column;
}

export const columnMissing = (table: AnyTable, name: string): ViewError =>
  new ViewError(
    'HYBRIDGE_VIEW_COLUMN_MISSING',
    `${table.name} has no column ${name} any more; change the definition of ${table.name} and its views.`,
  );
