import { ViewMode } from '@hybridge/protocol';
import type { Access } from './access.ts';
import { relationsIn } from './base-view.ts';
import type { ChangeRules, ChangesDefinition } from './change-rules.ts';
import type { Collected } from './collect.ts';
import {
  type Computed,
  type ComputedDefinitions,
  type ComputedIn,
  type ComputedPlain,
  type ComputedSources,
  type ComputedTypes,
  computedFields,
} from './computed.ts';
import { type DomainEvent, type EventBuilder, eventBuilder } from './domain-event.ts';
import { type EmbeddedIn, type Embeds, type ViewRelation } from './embed.ts';
import type { IndexDefinitions } from './indexes.ts';
import { Layout } from './layout.ts';
import type { KeyTemplate } from './key-template.ts';
import { placeColumns } from './address.ts';
import { Primary, rulesOf } from './primary.ts';
import { RawWrites } from './raw-writes.ts';
import type { Column, Columns, Table } from './table.ts';
import { assertValidEmbeds, assertValidView } from './valid-view.ts';
import type { WhereDefinition } from './where.ts';

/** What a reader of the item sees, by attribute name. */
export type DocumentOf<
  C extends Columns,
  A extends { readonly [attribute: string]: keyof C & string },
  X extends ComputedTypes = Record<never, never>,
> = {
  readonly [Name in keyof A | keyof X]: Name extends keyof A
    ? C[A[Name]] extends Column<infer Plain, infer Nullable>
      ? Nullable extends false
        ? Plain
        : Plain | null
      : never
    : Name extends keyof X
      ? ComputedPlain<X[Name]>
      : never;
};

/** What a reader of a view sees: its own attributes, computed ones, and what it embeds. */
export type DocumentIn<V> =
  V extends View<infer C, infer A>
    ? DocumentOf<C, A, ComputedIn<V>> & (V extends { readonly embed: infer E } ? EmbeddedIn<E> : unknown)
    : never;

/** Rows of one table as items of the view table. */
export interface View<
  C extends Columns = Columns,
  A extends { readonly [attribute: string]: keyof C & string } = { readonly [attribute: string]: keyof C & string },
  K extends KeyTemplate<keyof C & string> = KeyTemplate<keyof C & string>,
  P extends readonly (keyof C & string)[] = readonly (keyof C & string)[],
  I extends IndexDefinitions = IndexDefinitions,
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- by default of any types
  X extends ComputedTypes = any,
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- by default of any rows
  E extends Embeds = any,
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- by default of any views
  L extends Collected = any,
> {
  readonly name: string;
  readonly table: Table<C, P>;
  readonly key: K;
  /** Attribute name → column name. */
  readonly attributes: A;
  readonly attributeNames: readonly string[];
  /** Attributes that no column stands behind. */
  readonly computed: { readonly [Name in keyof X]: Computed<X[Name]> };
  /** See `ViewDefinition`; undefined: items stay. */
  readonly ttlSeconds: number | undefined;
  /** What its documents show: attributes, then computed ones. */
  readonly documentNames: readonly string[];
  /** Which rows belong to it; undefined: all. */
  readonly where: WhereDefinition<C, readonly (keyof C & string)[]> | undefined;
  readonly layout: Layout;
  readonly mode: ViewMode;
  readonly primary: Primary;
  readonly changes: ChangeRules<DocumentOf<C, A>>;
  readonly rawWrites: RawWrites;
  /** Who may read and change it through an API; nobody where nothing is said. */
  readonly access: Access<(keyof A | keyof NoInfer<X>) & string>;
  /** Further orders to list its items in, by name; see `indexesOf`. */
  readonly indexes: I;
  readonly events: readonly DomainEvent[];
  /** What of other rows is in its documents. */
  readonly embed: E;
  /** The same, as the machinery works with it. */
  readonly relations: readonly ViewRelation[];
  /** Views whose items lie under the partition keys of its own. */
  readonly collect: L;
  /** Hidden: rows that other views embed. */
  readonly isBase: boolean;
  /** Its key has columns beside those of the primary key: when they change, the item moves. */
  readonly moves: boolean;
}

/** A view of any shape: what the machinery works with. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- views are invariant in their column types
export type AnyView = View<any, any>;

export interface ViewDefinition<
  C extends Columns,
  A extends { readonly [attribute: string]: keyof C & string },
  K extends KeyTemplate<keyof C & string> = KeyTemplate<keyof C & string>,
  P extends readonly (keyof C & string)[] = readonly (keyof C & string)[],
  I extends IndexDefinitions = Record<never, never>,
  F extends ComputedSources<DocumentOf<C, A>> = Record<never, never>,
  X extends ComputedTypes = Record<never, never>,
  W extends readonly (keyof C & string)[] = readonly (keyof C & string)[],
  E extends Embeds = Record<never, never>,
  L extends Collected = Record<never, never>,
> {
  readonly table: Table<C, P>;
  /**
   * Where its items lie. Contains the primary key. Another column in it, such as that of a parent, lets the item move
   * when it changes; customers cannot change such a view.
   */
  readonly key: K;
  readonly attributes: A;
  /**
   * Attributes computed from others, stored with them: `{ displayName: { from: ['name', 'city'], type: text(), value:
   * ({ name, city }) => … } }`. A pending change shows in them. Who may read their sources does not matter to them.
   */
  readonly computed?: ComputedDefinitions<NoInfer<DocumentOf<C, A>>, F, X>;
  /**
   * Rows that belong to the view; default all. One that does not, or no longer, is treated as a deleted one: its item
   * goes, and `deleted` is told.
   */
  readonly where?: WhereDefinition<C, W> | undefined;
  /**
   * Columns of rows that a row points to, in its documents: `{ customer: embed(customers, { on: ['customer_id'],
   * attributes: { name: 'full_name' } }) }`. They follow those rows, of whatever source. `null` where there is no such
   * row, or nothing is known of it yet. They raise no events, and no index, filter or computed attribute sees them.
   */
  readonly embed?: E & NoInfer<Embeds<keyof C & string>>;
  /** Views whose partition key is that of this one, to be read with it in one query: `{ lines: orderLines }`. */
  readonly collect?: L;
  /** Default `eager`: every row has an item. `lazy`: only rows somebody has read. */
  readonly mode?: ViewMode;
  /**
   * Of a lazy view: how long an item stays after it was filled or changed for the last time; reads do not count. DynamoDB
   * deletes it some time later, and the next reader fills it anew. At least an hour; default for ever.
   */
  readonly ttlSeconds?: number | undefined;
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
  readonly access?: Access<(keyof A | keyof NoInfer<X>) & string, keyof NoInfer<E> & string>;
  /**
   * Further orders to list its items in: `{ byStatus: { pk: ['ORDERSTATUS', attribute('status')], sk: [attribute('placedAt')] } }`.
   * Only of eager views. They follow the items a moment later.
   */
  readonly indexes?: I & NoInfer<IndexDefinitions<(keyof A | keyof X) & string, DocumentOf<C, A, X>>>;
  /** What the world hears of: `(on) => [on.changed(ProductRepriced, ['price'], ({ after }) => …)]`. */
  readonly events?: (
    on: EventBuilder<DocumentOf<C, A, NoInfer<X>>>,
  ) => readonly DomainEvent<DocumentOf<C, A, NoInfer<X>>>[];
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
  const F extends ComputedSources<DocumentOf<C, A>> = Record<never, never>,
  const X extends ComputedTypes = Record<never, never>,
  const I extends IndexDefinitions = Record<never, never>,
  const W extends readonly (keyof C & string)[] = readonly (keyof C & string)[],
  const E extends Embeds = Record<never, never>,
  const L extends Collected = Record<never, never>,
>(name: string, definition: ViewDefinition<C, A, K, P, I, F, X, W, E, L>): View<C, A, K, P, I, X, E, L> {
  const layout = definition.layout ?? Layout.flat;
  const attributeNames = Object.keys(definition.attributes);
  const primary = definition.primary ?? Primary.sql;
  const isOfKey = (attribute: string): boolean =>
    (definition.table.primaryKey as readonly string[]).includes(definition.attributes[attribute] ?? '');
  const settable = attributeNames.filter((attribute) => !isOfKey(attribute));
  const computed = computedFields((definition.computed ?? {}) as Parameters<typeof computedFields>[0]);
  const documentNames = [...attributeNames, ...Object.keys(computed)];
  const result: View<C, A, K, P, I, X, E, L> = {
    name,
    table: definition.table,
    key: definition.key,
    attributes: definition.attributes,
    attributeNames,
    computed: computed as unknown as View<C, A, K, P, I, X>['computed'],
    documentNames,
    where: definition.where as View<C, A, K, P, I, X>['where'],
    layout,
    mode: definition.mode ?? ViewMode.eager,
    ttlSeconds: definition.ttlSeconds,
    primary,
    changes: rulesOf<DocumentOf<C, A>>(primary, definition.changes, settable as (keyof A & string)[]),
    rawWrites: definition.rawWrites ?? RawWrites.forbid,
    access: definition.access ?? {},
    indexes: definition.indexes ?? ({} as I),
    events: (definition.events?.(eventBuilder()) ?? []) as unknown as readonly DomainEvent[],
    ...joinsOf(name, definition, documentNames),
    isBase: false,
    moves: placeColumns(definition).length > 0,
  };
  assertValidView(result);
  return result;
}

/** @throws as `view` */
function joinsOf<C extends Columns, E extends Embeds, L extends Collected>(
  name: string,
  {
    table,
    key,
    embed = {} as E,
    collect = {} as L,
  }: { readonly table: Table<C>; readonly key: KeyTemplate; readonly embed?: E; readonly collect?: L },
  documentNames: readonly string[],
) {
  assertValidEmbeds(name, { documentNames, table }, embed);
  return { embed, relations: relationsIn(String(key.pk[0]), name, embed), collect };
}
