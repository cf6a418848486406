/**
 * N:1: columns of another table's row in the item of a row that points to it. A copy, which follows its row: see
 * docs/protocol.md, "Joins".
 */
import { type Links, type Relation, isOwnColumn } from '@hybridge/protocol';
import { type KeyTemplate, renderPartition } from './key-template.ts';
import type { Row } from './row.ts';
import { type AnyTable, type Column, type Columns, type Table, columnOf } from './table.ts';
import type { AnyView } from './view.ts';

/** What is embedded of one other row. @typeParam On columns of the view that hold its primary key */
export interface Embed<
  C extends Columns = Columns,
  A extends { readonly [attribute: string]: keyof C & string } = { readonly [attribute: string]: keyof C & string },
  E extends Embeds = Embeds,
  On extends string = string,
> {
  readonly table: Table<C>;
  readonly on: readonly On[];
  /** Attribute name → column of that table. */
  readonly attributes: A;
  /** What that row embeds itself. */
  readonly embed: E;
  readonly shards: number;
}

/** By the attribute that holds it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tables are invariant in their column types
export type Embeds<On extends string = string> = { readonly [attribute: string]: Embed<any, any, any, On> };

/** The embedded values: null where the row points to none, or nothing is known of that one yet. */
export type EmbeddedIn<E> = {
  readonly [Name in keyof E]: E[Name] extends Embed<infer C, infer A, infer Nested>
    ? Embedded<C, A, Nested> | null
    : never;
};

type Embedded<C extends Columns, A extends { readonly [attribute: string]: keyof C & string }, E> = {
  readonly [Name in keyof A | keyof E]: Name extends keyof A
    ? C[A[Name]] extends Column<infer Plain, infer Nullable>
      ? Nullable extends false
        ? Plain
        : Plain | null
      : never
    : Name extends keyof E
      ? EmbeddedIn<E>[Name]
      : never;
};

interface EmbedDefinition<
  C extends Columns,
  P extends readonly string[],
  A extends { readonly [attribute: string]: keyof C & string },
  E extends Embeds<keyof C & string>,
  On extends { readonly [Index in keyof P]: string },
> {
  /** Columns of the view's table that hold the primary key of the other one, in its order. */
  readonly on: On;
  readonly attributes: A;
  /** What that row embeds itself: up to three rows in a line. */
  readonly embed?: E;
  /**
   * Partitions over which the rows that point to one row are spread; default 1, for 1,000 new ones a second. Part of the
   * build: another number needs another first word in the view's partition key.
   */
  readonly shards?: number;
}

/**
 * `embed: { customer: embed(customers, { on: ['customer_id'], attributes: { name: 'full_name' } }) }`
 * @param table that is embedded; of any source
 */
export const embed = <
  const C extends Columns,
  const P extends readonly (keyof C & string)[],
  const A extends { readonly [attribute: string]: keyof C & string },
  const On extends { readonly [Index in keyof P]: string },
  const E extends Embeds<keyof C & string> = Record<never, never>,
>(
  table: Table<C, P>,
  { on, attributes, embed: nested = {} as E, shards = 1 }: EmbedDefinition<C, P, A, E, On>,
): Embed<C, A, NoInfer<E>, On[number]> => ({
  table: table as unknown as Table<C>,
  on: on as readonly string[] as readonly On[number][],
  attributes,
  embed: nested,
  shards,
});

/** A relation as the machinery works with it. */
export interface ViewRelation {
  /** The attribute that holds what is embedded. */
  readonly name: string;
  /** Columns that hold the primary key of the parent. */
  readonly on: readonly string[];
  /** The hidden view of the parents. */
  readonly base: AnyView;
  /** What the protocol has to know of it. */
  readonly relation: Relation;
}

/** Rows in a line, beside the one that embeds them. */
export const MAX_EMBED_DEPTH = 3;

/** What is wrong with what a view embeds; undefined: nothing. */
export function embedProblem(
  { documentNames, table }: Pick<AnyView, 'documentNames' | 'table'>,
  embeds: Embeds,
  depth = 1,
): string | undefined {
  for (const [name, one] of Object.entries(embeds)) {
    const problem =
      nameProblem(name, documentNames) ??
      columnsProblem(name, one, table) ??
      depthProblem(name, depth) ??
      embedProblem({ documentNames: Object.keys(one.attributes), table: one.table }, one.embed as Embeds, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function nameProblem(name: string, others: readonly string[]): string | undefined {
  if (name === '' || !isOwnColumn(name) || /[|#.]/.test(name) || /_[ps]k$/.test(name)) {
    return `it cannot embed a row as "${name}"; names must not be empty, pk or sk, begin with "_", hold "|", "#" or ".", or end in _pk or _sk.`;
  }
  return others.includes(name) ? `"${name}" is both an attribute and embedded; rename one.` : undefined;
}

function columnsProblem(
  name: string,
  { table: parent, on, attributes, shards }: Embed,
  table: AnyTable,
): string | undefined {
  const unknown = on.find((column) => !Object.hasOwn(table.columns, column));
  if (unknown !== undefined) return `"${name}" is embedded on "${unknown}", which is no column of ${table.name}.`;
  if (on.length !== parent.primaryKey.length) {
    return `"${name}" is embedded on ${on.length} column(s), and the primary key of ${parent.name} has ${parent.primaryKey.length} (${parent.primaryKey.join(', ')}); name one for each.`;
  }
  const foreign = Object.values(attributes).find((column) => !Object.hasOwn(parent.columns, column));
  if (foreign !== undefined) return `"${name}" embeds column "${foreign}", which ${parent.name} does not have.`;
  const keyed = on.find((column) => columnOf(table, column).codec.noKey !== undefined);
  if (keyed !== undefined) return `"${name}" cannot be embedded on ${keyed}: ${columnOf(table, keyed).codec.noKey}.`;
  return Number.isInteger(shards) && shards >= 1 && shards <= 1000
    ? undefined
    : `"${name}" has ${shards} shards; take a whole number from 1 to 1000.`;
}

const depthProblem = (name: string, depth: number): string | undefined =>
  depth > MAX_EMBED_DEPTH
    ? `"${name}" is embedded ${depth} rows deep, or embeds itself; at most ${MAX_EMBED_DEPTH} rows in a line.`
    : undefined;

/** Columns of the view's table that say which rows it embeds. */
export const linkColumns = ({ relations }: Pick<AnyView, 'relations'>): readonly string[] => [
  ...new Set((relations as readonly ViewRelation[]).flatMap(({ on }) => on)),
];

/**
 * Where a row points, by name of the relation: for `ChildOperation.links`.
 * @returns undefined where a column that says so is not in the row; empty for a view that embeds nothing
 */
export function linksOf(view: AnyView, row: Row): Links | undefined {
  const links: Record<string, string> = {};
  for (const { name, on, base } of view.relations as readonly ViewRelation[]) {
    const values = on.map((column) => row[column]);
    if (values.some((value) => value === undefined)) return undefined;
    const texts = new Map<string, string>();
    for (const [i, value] of values.entries()) {
      if (value === undefined || 'NULL' in value) continue;
      texts.set(base.table.primaryKey[i] as string, columnOf(view.table, on[i] as string).codec.toText(value));
    }
    links[name] = texts.size < on.length ? '' : renderPartition(base.key as KeyTemplate, (column) => texts.get(column));
  }
  return links;
}

/** The relations of a view, as the protocol wants them. */
export const protocolRelations = (view: AnyView): readonly Relation[] => {
  const known = relationLists.get(view);
  if (known !== undefined) return known;
  const relations = (view.relations as readonly ViewRelation[]).map(({ relation }) => relation);
  relationLists.set(view, relations);
  return relations;
};

const relationLists = new WeakMap<AnyView, readonly Relation[]>();
