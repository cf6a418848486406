import type { Relation, SchemaForeignKey } from '@hybridge/reader-schema';
import type { IndexPart, KeyTemplate, SourceKind } from '@hybridge/views';
import type { ColumnCodec } from '../schema/codecs.ts';

/** A database as it was found. */
export interface FoundSource {
  readonly name: string;
  readonly kind: SourceKind;
  readonly relations: readonly Relation[];
  /** The database of the address; of MariaDB and MySQL the inbox is made there. */
  readonly database?: string | undefined;
}

/** What `init` writes, before it is text. */
export interface InitPlan {
  readonly sources: readonly PlannedSource[];
  readonly views: readonly PlannedView[];
  readonly refused: readonly Refusal[];
}

export interface PlannedSource {
  readonly name: string;
  readonly kind: SourceKind;
  /** Database of the inbox, where the tables are in several of one server. */
  readonly inboxSchema?: string;
}

/** A relation that becomes no view. */
export interface Refusal {
  readonly source: string;
  /** `schema.table` */
  readonly relation: string;
  readonly reason: string;
  /** What to do to have it as a view; absent where nothing needs to be done. */
  readonly fix?: string;
}

export interface PlannedTable {
  readonly source: string;
  readonly relation: Relation;
  readonly primaryKey: readonly string[];
  readonly columns: readonly PlannedColumn[];
  readonly leftOut: readonly LeftOut[];
  /** Choices made, and what they need. */
  readonly notes: readonly string[];
}

export interface PlannedColumn {
  readonly name: string;
  readonly codec: ColumnCodec;
  readonly nullable: boolean;
}

/** A column that the definitions do not have. */
export interface LeftOut {
  readonly name: string;
  readonly reason: string;
}

export interface PlannedView {
  /** The view's name, and that of its constant and of the table's. */
  readonly name: string;
  readonly table: PlannedTable;
  readonly key: KeyTemplate;
  /** What one of its rows is called: `ORDER_DETAIL`. */
  readonly entity: string;
  /** The view whose item collections its items are in. */
  readonly parent?: string;
  /** Attribute and column, in the order of the table. */
  readonly attributes: readonly (readonly [attribute: string, column: string])[];
  /** Lists its items by a parent that their own key does not begin with. */
  readonly index?: PlannedIndex;
  readonly embeds: readonly PlannedEmbed[];
  /** Views whose items lie under the partition keys of its own. */
  readonly collections: readonly PlannedCollection[];
  readonly isDocument: boolean;
  readonly notes: readonly string[];
}

export interface PlannedIndex {
  readonly name: string;
  readonly foreignKey: SchemaForeignKey;
  /** View of the parent. */
  readonly parent: string;
  /** Columns of the reference that are not of the primary key, so that they may change. */
  readonly moving: readonly string[];
  readonly pk: readonly IndexPart[];
  readonly sk: readonly IndexPart[];
}

/** Columns of a row that another one refers to. */
export interface PlannedEmbed {
  /** The attribute that holds them. */
  readonly name: string;
  /** View of the row's table. */
  readonly table: string;
  readonly on: readonly string[];
  readonly attributes: readonly (readonly [attribute: string, column: string])[];
  readonly embeds: readonly PlannedEmbed[];
  /** Rows that follow one of them, on average; absent where they are few. */
  readonly rowsOfOne?: number;
  readonly shards?: number;
}

export interface PlannedCollection {
  readonly name: string;
  readonly view: string;
  readonly note?: string;
}
