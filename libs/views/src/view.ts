import { ViewMode } from '@hybridge/protocol';
import type { Access } from './access.ts';
import type { ChangeRules, ChangesDefinition } from './change-rules.ts';
import { type DomainEvent, type EventBuilder, eventBuilder } from './domain-event.ts';
import { Layout, itemColumnsOf } from './layout.ts';
import type { KeyTemplate } from './key-template.ts';
import { Primary, rulesOf } from './primary.ts';
import { RawWrites } from './raw-writes.ts';
import type { Column, Columns, Table } from './table.ts';
import { assertValidView } from './valid-view.ts';

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
  K extends KeyTemplate<keyof C & string> = KeyTemplate<keyof C & string>,
  P extends readonly (keyof C & string)[] = readonly (keyof C & string)[],
> {
  readonly name: string;
  readonly table: Table<C, P>;
  readonly key: K;
  /** Attribute name → column name. */
  readonly attributes: A;
  readonly attributeNames: readonly string[];
  readonly layout: Layout;
  /** Names of the item's own columns: the attributes, or in a document view the one that holds them all. */
  readonly itemColumns: readonly string[];
  readonly mode: ViewMode;
  readonly primary: Primary;
  readonly changes: ChangeRules<DocumentOf<C, A>>;
  readonly rawWrites: RawWrites;
  /** Who may read and change it through an API; nobody where nothing is said. */
  readonly access: Access<keyof A & string>;
  readonly events: readonly DomainEvent[];
}

/** A view of any shape: what the machinery works with. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- views are invariant in their column types
export type AnyView = View<any, any>;

export interface ViewDefinition<
  C extends Columns,
  A extends { readonly [attribute: string]: keyof C & string },
  K extends KeyTemplate<keyof C & string> = KeyTemplate<keyof C & string>,
  P extends readonly (keyof C & string)[] = readonly (keyof C & string)[],
> {
  readonly table: Table<C, P>;
  readonly key: K;
  readonly attributes: A;
  /** Default `eager`: every row has an item. `lazy`: only rows somebody has read. */
  readonly mode?: ViewMode;
  /**
   * Default `sql`. `dynamodb`: the item is the first copy and SQL follows, so that a read of what has no item, and every
   * change, needs no SQL. `changes` then defaults to everything but the key, by everybody whom `access` admits. Only for
   * views that are loaded: where a row has no item yet, there seems to be none.
   */
  readonly primary?: Primary;
  /**
   * Default `flat`: an attribute for each column. `document`: all of them in one map, for rows of so many columns that
   * no expression has room for them (about 260). A document view cannot be changed by customers.
   */
  readonly layout?: Layout;
  /** What customers may change; default nothing, with `primary: 'dynamodb'` everything. */
  readonly changes?: ChangesDefinition<NoInfer<DocumentOf<C, A>>>;
  /**
   * Default `forbid`: a write to an item that bypasses the SDK is undone. `capture`: it becomes a customer's change, by
   * `raw`, within `changes`; `access` does not hold for it, so that the table's own rights decide who may.
   */
  readonly rawWrites?: RawWrites;
  /** Who may read and change it through an API that knows its callers; default nobody. */
  readonly access?: Access<keyof A & string>;
  /** What the world hears of: `(on) => [on.changed(ProductRepriced, ['price'], ({ after }) => …)]`. */
  readonly events?: (on: EventBuilder<DocumentOf<C, A>>) => readonly DomainEvent<DocumentOf<C, A>>[];
}

/**
 * Defines a view.
 * @throws ViewError `HYBRIDGE_VIEW_DEFINITION_INVALID` naming the view and what to mend
 */
export function view<
  const C extends Columns,
  const A extends { readonly [attribute: string]: keyof C & string },
  const K extends KeyTemplate<keyof C & string>,
  const P extends readonly (keyof C & string)[],
>(name: string, definition: ViewDefinition<C, A, K, P>): View<C, A, K, P> {
  const layout = definition.layout ?? Layout.flat;
  const attributeNames = Object.keys(definition.attributes);
  const primary = definition.primary ?? Primary.sql;
  const isOfKey = (attribute: string): boolean =>
    (definition.table.primaryKey as readonly string[]).includes(definition.attributes[attribute] ?? '');
  const settable = attributeNames.filter((attribute) => !isOfKey(attribute));
  const result: View<C, A, K, P> = {
    name,
    table: definition.table,
    key: definition.key,
    attributes: definition.attributes,
    attributeNames,
    layout,
    itemColumns: itemColumnsOf(layout, attributeNames),
    mode: definition.mode ?? ViewMode.eager,
    primary,
    changes: rulesOf<DocumentOf<C, A>>(primary, definition.changes, settable as (keyof A & string)[]),
    rawWrites: definition.rawWrites ?? RawWrites.forbid,
    access: definition.access ?? {},
    events: (definition.events?.(eventBuilder()) ?? []) as unknown as readonly DomainEvent[],
  };
  assertValidView(result);
  return result;
}
