import type { Relation, SchemaForeignKey } from '@hybridge/reader-schema';
import type { IndexPart, KeyTemplate, SourceKind } from '@hybridge/views';
import type { ColumnCodec } from '../schema/codecs.ts';

/** A database as it was found. */
export interface FoundSource {
  readonly name: string;
  readonly kind: SourceKind;
  readonly relations: readonly Relation[];
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
  /** The view whose item collections its items are in. */
  readonly parent?: string;
  /** Attribute and column, in the order of the table. */
  readonly attributes: readonly (readonly [attribute: string, column: string])[];
  /** Lists its items by a parent that their own key does not begin with. */
  readonly index?: PlannedIndex;
  readonly isDocument: boolean;
  readonly notes: readonly string[];
}

export interface PlannedIndex {
  readonly name: string;
  readonly foreignKey: SchemaForeignKey;
  /** View of the parent. */
  readonly parent: string;
  readonly pk: readonly IndexPart[];
  readonly sk: readonly IndexPart[];
}
