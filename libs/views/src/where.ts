/** Which rows of a table belong to a view. One that does not is to the view what a deleted one is. */
import type { PlainJson } from '@hybridge/contracts';
import type { AttributeValue } from '@hybridge/protocol';
import { UnstorableValueError } from './errors.ts';
import type { Column, Columns } from './table.ts';
import type { AnyView } from './view.ts';

type PlainOfColumn<C> =
  C extends Column<infer Plain, infer Nullable> ? (Nullable extends false ? Plain : Plain | null) : never;

/** `{ from: ['discontinued'], keep: ({ discontinued }) => !discontinued }` */
export interface WhereDefinition<C extends Columns, W extends readonly (keyof C & string)[]> {
  /** Columns it looks at: no others are handed to `keep`. */
  readonly from: W;
  /** Pure. A row for which it throws is not stored; readers get it from SQL. */
  readonly keep: (row: { readonly [Name in W[number]]: PlainOfColumn<C[Name]> }) => boolean;
}

/** As the machinery works with it. */
export interface Where {
  readonly from: readonly string[];
  readonly keep: (row: { readonly [column: string]: PlainJson }) => boolean;
}

/** What is wrong with the filter of a view; undefined: nothing. */
export function whereProblem({ where, table, primary, changes, mode, events }: AnyView): string | undefined {
  if (where === undefined) return undefined;
  if (where.from.length === 0) return 'where looks at no column; name its columns in from.';
  const unknown = where.from.find((name) => !Object.hasOwn(table.columns, name));
  if (unknown !== undefined) return `where looks at column "${unknown}", which ${table.name} does not have.`;
  if (primary === 'dynamodb') return `primary 'dynamodb' shows every row of its table; remove where.`;
  if (mode === 'lazy' && events.some(({ on }) => on === 'deleted')) {
    return `a lazy view cannot tell a row that leaves it from one that never was there; remove the events on deleted, or where.`;
  }
  return changes.upsert
    ? `changes.upsert would insert rows that SQL has and where leaves out; remove one of them.`
    : undefined;
}

/**
 * Whether a row belongs to the view: the one place that decides it.
 * @param valueOf the value of one of the columns that `where` looks at
 * @throws UnstorableValueError when the definition fails on the row
 */
export function belongs(view: AnyView, valueOf: (column: string) => AttributeValue): boolean {
  const where: Where | undefined = view.where;
  if (where === undefined) return true;
  try {
    return where.keep(Object.fromEntries(where.from.map((name) => [name, plainOf(view, name, valueOf(name))])));
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new UnstorableValueError(`Whether the row belongs to ${view.name} cannot be told: ${problem}`);
  }
}

function plainOf({ table }: AnyView, name: string, value: AttributeValue): PlainJson {
  const { codec } = (table.columns as Columns)[name] as Column;
  return 'NULL' in value ? null : codec.toPlain(value);
}
