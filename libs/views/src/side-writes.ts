import { ViewError } from './errors.ts';
import type { AnyTable, Column, Columns, Table } from './table.ts';

/** The plain value of a column, as events and the API show it. */
type PlainOf<C> =
  C extends Column<infer Plain, infer Nullable> ? (Nullable extends false ? Plain : Plain | null) : never;

type ValuesOf<C extends Columns, Name extends keyof C & string> = { readonly [K in Name]?: PlainOf<C[K]> };

/** One further write of a customer's change. Values are plain, by column name. */
export interface SideWrite {
  readonly target: SideTarget;
  readonly op: 'insert' | 'update' | 'delete';
  /** The primary key; empty for an insert. */
  readonly key: { readonly [column: string]: unknown };
  /** What to set; empty for a delete. */
  readonly set: { readonly [column: string]: unknown };
}

/** What customers' changes may write in a table besides their own row: the same allow-list the rights in SQL are made from. */
export interface SideTarget {
  readonly table: AnyTable;
  readonly rights: SideRights;
}

export interface SideRights<Name extends string = string> {
  /** Columns an inserted row may set; key columns that SQL makes itself need not be among them. */
  readonly insert?: readonly Name[];
  /** Columns an update may set; key columns never. */
  readonly update?: readonly Name[];
  readonly delete?: boolean;
}

/** A table with the writes it takes, each made by a method. */
export interface TypedSideTarget<
  C extends Columns,
  I extends keyof C & string,
  U extends keyof C & string,
> extends SideTarget {
  /** @throws ViewError when the rights do not cover it, as types may have been cast away */
  insert(values: ValuesOf<C, I>): SideWrite;
  /** One row, by its whole primary key. That there is none refuses the whole change. */
  update(key: ValuesOf<C, keyof C & string>, set: ValuesOf<C, U>): SideWrite;
  /** One row, by its whole primary key. That there is none refuses the whole change. */
  delete(key: ValuesOf<C, keyof C & string>): SideWrite;
}

/**
 * Declares what customers' changes may write in a further table:
 * `const moves = writes(addressMoves, { insert: ['customer_id', 'city'] })`, then `moves.insert({ customer_id, city })`.
 * @throws ViewError `HYBRIDGE_VIEW_DEFINITION_INVALID` for columns that are not there, or an update of the key
 */
export function writes<
  const C extends Columns,
  const I extends keyof C & string = never,
  const U extends keyof C & string = never,
>(
  table: Table<C>,
  rights: { readonly insert?: readonly I[]; readonly update?: readonly U[]; readonly delete?: boolean },
): TypedSideTarget<C, I, U> {
  assertValidRights(table, rights);
  const target: SideTarget = { table, rights };
  const made = (op: SideWrite['op'], key: SideWrite['key'], set: SideWrite['set']): SideWrite => {
    const write = { target, op, key, set };
    const problem = sideWriteProblem(write);
    if (problem !== undefined) fail(problem);
    return write;
  };
  return Object.assign(target, {
    insert: (values: SideWrite['set']) => made('insert', {}, values),
    update: (key: SideWrite['key'], set: SideWrite['set']) => made('update', key, set),
    delete: (key: SideWrite['key']) => made('delete', key, {}),
  });
}

function assertValidRights(table: AnyTable, { insert = [], update = [] }: SideRights): void {
  const unknown = [...insert, ...update].find((name) => !Object.hasOwn(table.columns, name));
  if (unknown !== undefined) fail(`${table.name} has no column ${unknown} that changes could write.`);
  const ofKey = update.find((name) => table.primaryKey.includes(name));
  if (ofKey !== undefined) fail(`${table.name}.${ofKey} is a key column and cannot be updated; delete and insert.`);
}

/** What is wrong with a write that a definition asks for; undefined: nothing. */
export function sideWriteProblem({ target, op, key, set }: SideWrite): string | undefined {
  const { table, rights } = target;
  const allowed: readonly string[] = op === 'delete' ? [] : (rights[op] ?? []);
  if (op === 'delete' ? rights.delete !== true : allowed.length === 0) {
    return `${table.name} does not take the ${op} of a customer's change; declare it in writes().`;
  }
  const foreign = Object.keys(set).find((name) => !allowed.includes(name));
  if (foreign !== undefined) {
    return `${table.name}.${foreign} is not among the columns that writes() declares for ${op}.`;
  }
  const primaryKey: readonly string[] = op === 'insert' ? [] : table.primaryKey;
  const given = Object.keys(key);
  return primaryKey.length === given.length && primaryKey.every((name) => given.includes(name))
    ? undefined
    : `An ${op} in ${table.name} needs its whole primary key (${table.primaryKey.join(', ')}) and no other column.`;
}

function fail(message: string): never {
  throw new ViewError('HYBRIDGE_VIEW_DEFINITION_INVALID', message);
}
