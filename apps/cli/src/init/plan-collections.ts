import pluralize from 'pluralize';
import { looseCollation } from './link-problem.ts';
import { camelCase, entityOf, isReservedAttribute, unique, wordsOf } from './names.ts';
import type { PlannedCollection } from './plan.ts';
import type { NamedTable, PlannedKey } from './plan-keys.ts';

/**
 * Views in the item collections of a view that has such of its own: its children, and theirs. In one query they are read
 * with it. Empty for a view that is in the collections of another one, where the query would find its neighbours too.
 * @param taken attributes of the view; the names of the collections are added
 */
export function planCollections(
  tables: readonly NamedTable[],
  keys: ReadonlyMap<string, PlannedKey>,
  { name, taken }: { readonly name: string; readonly taken: Set<string> },
): readonly PlannedCollection[] {
  return tables
    .filter((one) => one.name !== name && rootOf(keys, one.name) === name)
    .map((child) => ({
      name: collectionName(name, child.name, taken),
      view: child.name,
      ...noteOf(tables, keys, child),
    }));
}

function rootOf(keys: ReadonlyMap<string, PlannedKey>, name: string): string {
  const parent = keys.get(name)?.parent;
  return parent === undefined ? name : rootOf(keys, parent.name);
}

/** `details` for the `orderDetails` of `orders`. */
function collectionName(parent: string, child: string, taken: Set<string>): string {
  const [own, words] = [wordsOf(entityOf(parent)), wordsOf(child)];
  const isPrefixed = words.length > own.length && own.every((word, i) => word === words[i]);
  const short = isPrefixed ? camelCase(pluralize.plural(words.slice(own.length).join(' ')), 'rows') : child;
  return unique(taken.has(short.toLowerCase()) || isReservedAttribute(short) ? child : short, taken);
}

function noteOf(
  tables: readonly NamedTable[],
  keys: ReadonlyMap<string, PlannedKey>,
  child: NamedTable,
): Pick<PlannedCollection, 'note'> {
  const { parent } = keys.get(child.name) as PlannedKey;
  const of = tables.find(({ name }) => name === parent?.name);
  if (parent === undefined || of === undefined) return {};
  const loose = looseCollation(child.table, of.table, parent.foreignKey);
  if (loose === undefined) return {};
  return {
    note: `Without ${child.name} whose ${loose.column} is in other letters than that of ${parent.name}: to ${loose.collation} they may be equal, to keys not.`,
  };
}
