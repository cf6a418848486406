import { type SchemaForeignKey, relationName } from '@hybridge/reader-schema';
import { camelCase, isReservedAttribute, wordsOf } from './names.ts';
import type { PlannedTable } from './plan.ts';
import { withoutId } from './plan-indexes.ts';
import type { NamedTable, PlannedKey } from './plan-keys.ts';

export interface Naming {
  readonly keys: ReadonlyMap<string, PlannedKey>;
  readonly child: NamedTable;
  /** Names its documents have already, in lower case. */
  readonly taken: Set<string>;
}

/**
 * `customer`; by the column where that says more: for one of several references to a table, a row of the own table, or a
 * row in some role, such as the `captain` of a `captain_id`.
 */
export function nameOf(
  { keys, child: { table }, taken }: Naming,
  { foreignKey, parent }: { readonly foreignKey: SchemaForeignKey; readonly parent: string },
): string {
  const target = relationOf(foreignKey);
  const alike = distinct(table.relation.foreignKeys).filter((one) => relationOf(one) === target);
  const entity = wordsOf((keys.get(parent) as PlannedKey).entity);
  const role = roleOf(table, foreignKey);
  const isByColumn = alike.length > 1 || target === relationName(table.relation) || isRole(role, entity);
  const words = isByColumn && role.words.length > 0 ? role.words : entity;
  const candidates = [words, [...words, ...(words === entity ? ['details'] : entity)]].map((one) =>
    camelCase(one.join(' '), 'row'),
  );
  const isFree = (name: string): boolean => !taken.has(name.toLowerCase()) && !isReservedAttribute(name);
  return candidates.find(isFree) ?? camelCase([...words, 'row'].join(' '), 'row');
}

interface Role {
  readonly words: readonly string[];
  /** Of one column that is a `…_id`. */
  readonly isNamed: boolean;
}

/** What the columns of a reference say of it, those apart that the own row has in its key: `prior` of `prior_day, prior_no`. */
function roleOf({ primaryKey }: PlannedTable, { columns }: SchemaForeignKey): Role {
  const own = columns.filter((name) => !primaryKey.includes(name));
  const [first = '', ...others] = own.length === 0 ? columns : own;
  const words = others.length === 0 ? withoutId(first) : wordsOf(first);
  const end = words.findIndex((word, i) => others.some((other) => wordsOf(other)[i] !== word));
  return {
    words: end === -1 ? words : words.slice(0, end),
    isNamed: others.length === 0 && words.length < wordsOf(first).length,
  };
}

/** `cust_id` is a customer in no role. */
function isRole({ words, isNamed }: Role, entity: readonly string[]): boolean {
  const last = words.at(-1);
  return isNamed && last !== undefined && !entity.some((word) => word.startsWith(last) || last.startsWith(word));
}

const relationOf = ({ references: { schema, table } }: SchemaForeignKey): string => `${schema}.${table}`;

/** A database may have one foreign key twice, by two names. */
export function distinct(foreignKeys: readonly SchemaForeignKey[]): SchemaForeignKey[] {
  const seen = new Set<string>();
  return foreignKeys.filter(({ columns, references }) => {
    const key = JSON.stringify([columns, references]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
