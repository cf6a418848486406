import type { SourceKind } from '@hybridge/views';

/** What stands in the catalog of a database under a table's name. */
export const RelationKind = {
  table: 'table',
  /** The root of a partitioned table. */
  partitioned: 'partitioned',
  /** One partition; its rows are those of its root. */
  partition: 'partition',
  view: 'view',
  materializedView: 'materialized view',
  foreignTable: 'foreign table',
} as const;
export type RelationKind = (typeof RelationKind)[keyof typeof RelationKind];

/** How a column's type is built. */
export const TypeShape = {
  base: 'base',
  enum: 'enum',
  array: 'array',
  composite: 'composite',
  range: 'range',
} as const;
export type TypeShape = (typeof TypeShape)[keyof typeof TypeShape];

export interface SchemaColumn {
  readonly name: string;
  /** The type without length and precision, domains resolved, in the server's words: `character varying`, `int unsigned`. */
  readonly type: string;
  readonly shape: TypeShape;
  /** The type as it was declared: `character varying(40)`, `public.email`. */
  readonly declared: string;
  readonly nullable: boolean;
  /** `stored` or `virtual`: computed by the database from other columns. */
  readonly generated?: 'stored' | 'virtual';
  /** Counted up by the database. */
  readonly identity: boolean;
  /** SQL of the default. */
  readonly default?: string;
  readonly comment?: string;
  /** How texts are compared and ordered: `utf8mb4_general_ci`. Of PostgreSQL only one that calls different texts equal. */
  readonly collation?: string;
  /** Its values may be stored out of line, and are then left out of an update that does not touch them (TOAST). */
  readonly outOfLine: boolean;
}

/** A primary key, or a unique index that can stand for one: whole columns, no condition, checked at once. */
export interface SchemaKey {
  readonly name: string;
  readonly columns: readonly string[];
}

export interface SchemaForeignKey {
  readonly name: string;
  readonly columns: readonly string[];
  readonly references: { readonly schema: string; readonly table: string; readonly columns: readonly string[] };
  /** `ON DELETE CASCADE`: what it does to rows by itself. MariaDB and MySQL only, whose log does not tell of it. */
  readonly cascades?: readonly string[];
}

/** What the log carries of the row as it was. PostgreSQL only. */
export const ReplicaIdentity = { default: 'default', nothing: 'nothing', full: 'full', index: 'index' } as const;
export type ReplicaIdentity = (typeof ReplicaIdentity)[keyof typeof ReplicaIdentity];

/** A table, or what looks like one. */
export interface Relation {
  /** Of MariaDB and MySQL: the database. */
  readonly schema: string;
  readonly name: string;
  readonly kind: RelationKind;
  readonly comment?: string;
  /** The server's estimate, or a count where it has none and they are few; undefined: nobody knows. */
  readonly rows?: number;
  readonly columns: readonly SchemaColumn[];
  readonly primaryKey?: SchemaKey;
  /** In order of name, the primary key not among them. */
  readonly uniqueKeys: readonly SchemaKey[];
  readonly foreignKeys: readonly SchemaForeignKey[];
  readonly replicaIdentity?: ReplicaIdentity;
  /** Columns of the index of `REPLICA IDENTITY USING INDEX`. */
  readonly identityColumns?: readonly string[];
  /** What keeps its rows: `InnoDB`. MariaDB and MySQL only. */
  readonly engine?: string;
  /** Not in the log: unlogged, in memory. */
  readonly unlogged: boolean;
  /** Other tables inherit from it, so that a SELECT also returns their rows. */
  readonly hasHeirs: boolean;
  /** Who may empty it besides its owner. */
  readonly truncaters: readonly string[];
}

/** Which relations to read; nothing: all but the server's own. */
export interface Selection {
  readonly schemas?: readonly string[];
  /** `table` or `schema.table`. */
  readonly tables?: readonly string[];
}

export const relationName = ({ schema, name }: Pick<Relation, 'schema' | 'name'>): string => `${schema}.${name}`;

/** Reads what a database says of itself. */
export interface SchemaReader extends AsyncDisposable {
  readonly kind: SourceKind;
  /** In order of schema and name. @throws SchemaReadError */
  relations(selection?: Selection): Promise<readonly Relation[]>;
}
