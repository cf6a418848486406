import { ViewMode } from '@hybridge/protocol';
import { type DomainEvent, type EventBuilder, eventBuilder } from './domain-event.ts';
import { Layout, itemColumnsOf } from './layout.ts';
import type { KeyTemplate } from './key-template.ts';
import type { Column, Columns, Table } from './table.ts';
import { assertValidView } from './valid-view.ts';

export type ConflictPolicy = 'sql-wins' | 'customer-wins';

/** What a reader of the item sees, by attribute name. */
export type DocumentOf<C extends Columns, A extends { readonly [attribute: string]: keyof C & string }> = {
  readonly [Name in keyof A]: C[A[Name]] extends Column<infer Plain, infer Nullable>
    ? Nullable extends false
      ? Plain
      : Plain | null
    : never;
};

/** Rows of one table as items of the view table. */
export interface View<
  C extends Columns = Columns,
  A extends { readonly [attribute: string]: keyof C & string } = { readonly [attribute: string]: keyof C & string },
> {
  readonly name: string;
  readonly table: Table<C>;
  readonly key: KeyTemplate<keyof C & string>;
  /** Attribute name → column name. */
  readonly attributes: A;
  readonly attributeNames: readonly string[];
  readonly layout: Layout;
  /** Names of the item's own columns: the attributes, or in a document view the one that holds them all. */
  readonly itemColumns: readonly string[];
  readonly mode: ViewMode;
  readonly changes: {
    /** Attributes customers may set; key columns never. */
    readonly allow: readonly (keyof A & string)[];
    readonly policy: ConflictPolicy;
    readonly insert: boolean;
    readonly delete: boolean;
  };
  readonly events: readonly DomainEvent[];
}

/** A view of any shape: what the machinery works with. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- views are invariant in their column types
export type AnyView = View<any, any>;

export interface ViewDefinition<C extends Columns, A extends { readonly [attribute: string]: keyof C & string }> {
  readonly table: Table<C>;
  readonly key: KeyTemplate<keyof C & string>;
  readonly attributes: A;
  /** Default `eager`: every row has an item. `lazy`: only rows somebody has read. */
  readonly mode?: ViewMode;
  /**
   * Default `flat`: an attribute for each column. `document`: all of them in one map, for rows of so many columns that
   * no expression has room for them (about 260). A document view cannot be changed by customers.
   */
  readonly layout?: Layout;
  /** What customers may change; default nothing. */
  readonly changes?: {
    readonly allow?: readonly (keyof A & string)[];
    readonly policy?: ConflictPolicy;
    readonly insert?: boolean;
    readonly delete?: boolean;
  };
  /** What the world hears of: `(on) => [on.changed(ProductRepriced, ['price'], ({ after }) => …)]`. */
  readonly events?: (on: EventBuilder<DocumentOf<C, A>>) => readonly DomainEvent<DocumentOf<C, A>>[];
}

/**
 * Defines a view.
 * @throws ViewError `HYBRIDGE_VIEW_DEFINITION_INVALID` naming the view and what to mend
 */
export function view<const C extends Columns, const A extends { readonly [attribute: string]: keyof C & string }>(
  name: string,
  definition: ViewDefinition<C, A>,
): View<C, A> {
  const changes = definition.changes ?? {};
  const layout = definition.layout ?? Layout.flat;
  const attributeNames = Object.keys(definition.attributes);
  const result: View<C, A> = {
    name,
    table: definition.table,
    key: definition.key,
    attributes: definition.attributes,
    attributeNames,
    layout,
    itemColumns: itemColumnsOf(layout, attributeNames),
    mode: definition.mode ?? ViewMode.eager,
    changes: {
      allow: changes.allow ?? [],
      policy: changes.policy ?? 'sql-wins',
      insert: changes.insert ?? false,
      delete: changes.delete ?? false,
    },
    events: (definition.events?.(eventBuilder()) ?? []) as unknown as readonly DomainEvent[],
  };
  assertValidView(result);
  return result;
}
