import { isOwnColumn, ViewMode } from '@hybridge/protocol';
import { type DomainEvent, type EventBuilder, eventBuilder } from './domain-event.ts';
import { ViewError } from './errors.ts';
import { type KeyTemplate, keyColumns } from './key-template.ts';
import type { Column, Columns, Table } from './table.ts';

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
  const result: View<C, A> = {
    name,
    table: definition.table,
    key: definition.key,
    attributes: definition.attributes,
    attributeNames: Object.keys(definition.attributes),
    mode: definition.mode ?? ViewMode.eager,
    changes: {
      allow: changes.allow ?? [],
      policy: changes.policy ?? 'sql-wins',
      insert: changes.insert ?? false,
      delete: changes.delete ?? false,
    },
    events: (definition.events?.(eventBuilder()) ?? []) as unknown as readonly DomainEvent[],
  };
  assertValid(result);
  return result;
}

function assertValid(view: AnyView): void {
  const fail = (problem: string): never => {
    throw new ViewError('HYBRIDGE_VIEW_DEFINITION_INVALID', `View ${view.name}: ${problem}`);
  };
  const primaryKey: readonly string[] = view.table.primaryKey;
  const inKey = keyColumns(view.key);
  const missing = primaryKey.filter((name) => !inKey.includes(name));
  if (missing.length > 0) fail(`its key must contain the primary key; add column("${missing.join('"), column("')}").`);
  const foreign = inKey.filter((name) => !primaryKey.includes(name));
  if (foreign.length > 0)
    fail(`key column ${foreign.join(', ')} is not part of the primary key of ${view.table.name}.`);
  if (typeof view.key.pk[0] !== 'string') fail('its partition key must begin with a fixed prefix, such as "c1".');
  for (const attribute of view.attributeNames) {
    if (!isOwnColumn(attribute))
      fail(`attribute "${attribute}" is reserved; names must not be pk, sk or begin with "_".`);
    if (view.table.columns[view.attributes[attribute]] === undefined) {
      fail(
        `attribute "${attribute}" names column "${view.attributes[attribute]}", which ${view.table.name} does not have.`,
      );
    }
  }
  for (const attribute of view.changes.allow as readonly string[]) {
    if (primaryKey.includes(view.attributes[attribute])) fail(`"${attribute}" is a key column and cannot be changed.`);
  }
}
