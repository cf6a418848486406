import { type SchemaForeignKey, relationName } from '@hybridge/reader-schema';
import { type KeyPart, type KeyTemplate, column } from '@hybridge/views';
import { typeOf } from './link-problem.ts';
import { attributeName, entityOf, unique } from './names.ts';
import type { PlannedTable } from './plan.ts';
import { prefixesOf } from './prefixes.ts';

/** A table with the name of its view. */
export interface NamedTable {
  readonly name: string;
  readonly table: PlannedTable;
}

export interface PlannedKey {
  readonly key: KeyTemplate;
  /** What one of its rows is called; no other view has the word. */
  readonly entity: string;
  /** Attribute of each column, in the order of the table. */
  readonly attributes: ReadonlyMap<string, string>;
  /** Whose item collection it is, and by which foreign key. */
  readonly parent?: { readonly name: string; readonly foreignKey: SchemaForeignKey };
}

/**
 * The key of each view. A table whose primary key begins with the whole key of another one that it refers to has its
 * items in that one's collection; every other one has collections of its own.
 */
export function planKeys(tables: readonly NamedTable[]): ReadonlyMap<string, PlannedKey> {
  const parents = parentsOf(tables);
  const taken = new Set<string>();
  const entities = new Map(tables.map(({ name }) => [name, unique(entityOf(name), taken)]));
  const prefixes = prefixesOf(tables.filter(({ name }) => !parents.has(name)).map(({ name }) => name));
  const keys = new Map<string, PlannedKey>();
  const keyOf = ({ name, table }: NamedTable): PlannedKey => {
    const known = keys.get(name);
    if (known !== undefined) return known;
    const parent = parents.get(name);
    const entity = entities.get(name) as string;
    const shared = { entity, attributes: attributesOf(table) };
    const key =
      parent === undefined
        ? { ...shared, key: rootKey(prefixes.get(name) as string, entity, table) }
        : {
            ...shared,
            key: childKey(keyOf(parent.of).key, entity, table, parent.foreignKey),
            parent: { name: parent.of.name, foreignKey: parent.foreignKey },
          };
    keys.set(name, key);
    return key;
  };
  for (const table of tables) keyOf(table);
  return keys;
}

function attributesOf({ columns }: PlannedTable): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  return new Map(columns.map(({ name }) => [name, unique(attributeName(name), taken)]));
}

interface Parent {
  readonly of: NamedTable;
  readonly foreignKey: SchemaForeignKey;
}

function parentsOf(tables: readonly NamedTable[]): ReadonlyMap<string, Parent> {
  const byRelation = new Map(tables.map((one) => [placeOf(one.table), one]));
  const parents = new Map<string, Parent>();
  for (const { name, table } of tables) {
    for (const foreignKey of table.relation.foreignKeys) {
      const of = byRelation.get(`${table.source}/${foreignKey.references.schema}.${foreignKey.references.table}`);
      if (of === undefined || !beginsWithParent(table, of.table, foreignKey)) continue;
      if (isAncestor(parents, name, of.name)) continue;
      const known = parents.get(name);
      // The parent nearest to the child, of a chain of keys, is the one with the longest.
      if (known === undefined || known.foreignKey.columns.length < foreignKey.columns.length) {
        parents.set(name, { of, foreignKey });
      }
    }
  }
  return parents;
}

const placeOf = ({ source, relation }: PlannedTable): string => `${source}/${relationName(relation)}`;

/** Whether `candidate` is `name` or below it, so that it cannot be above. */
function isAncestor(parents: ReadonlyMap<string, Parent>, name: string, candidate: string): boolean {
  for (let at: string | undefined = candidate; at !== undefined; at = parents.get(at)?.of.name) {
    if (at === name) return true;
  }
  return false;
}

/** Texts of both must be equal, so the types must be; `char(2)` pads what `varchar(2)` does not. */
function beginsWithParent(child: PlannedTable, parent: PlannedTable, foreignKey: SchemaForeignKey): boolean {
  const { columns, references } = foreignKey;
  if (columns.length !== parent.primaryKey.length) return false;
  const beginning = child.primaryKey.slice(0, columns.length);
  return beginning.every((name, i) => {
    const referenced = references.columns[columns.indexOf(name)];
    return (
      columns.includes(name) &&
      referenced === parent.primaryKey[i] &&
      typeOf(child, name) === typeOf(parent, referenced as string)
    );
  });
}

const rootKey = (prefix: string, entity: string, { primaryKey }: PlannedTable): KeyTemplate => ({
  pk: [prefix, entity, ...primaryKey.map((one) => column(one))],
  sk: [entity],
});

function childKey(
  parent: KeyTemplate,
  entity: string,
  { primaryKey }: PlannedTable,
  { columns, references }: SchemaForeignKey,
): KeyTemplate {
  const renamed = (part: KeyPart): KeyPart =>
    typeof part === 'string' ? part : column(columns[references.columns.indexOf(part.column)] as string);
  // One word tells parents from their children; a parent that is a child itself has its own key in it.
  const above = parent.sk.length === 1 ? [] : parent.sk.map(renamed);
  const own = primaryKey.filter((one) => !columns.includes(one)).map((one) => column(one));
  return { pk: parent.pk.map(renamed), sk: [...above, entity, ...own] };
}
