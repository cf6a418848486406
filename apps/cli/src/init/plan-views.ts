import { type SchemaForeignKey, relationName } from '@hybridge/reader-schema';
import { MAX_EXPRESSION_BYTES, SourceKind, longestExpression } from '@hybridge/views';
import { attributeName, camelCase, entityOf, unique, viewName } from './names.ts';
import type { FoundSource, InitPlan, PlannedSource, PlannedTable, PlannedView, Refusal } from './plan.ts';
import { type NamedTable, type PlannedKey, planKeys } from './plan-keys.ts';
import { planTables } from './plan-tables.ts';

/** What the definitions of these databases should be. Pure, and the same for the same databases. */
export function planDefinitions(sources: readonly FoundSource[]): InitPlan {
  const planned = sources.map(planTables);
  const tables = named(planned.flatMap((one) => one.tables));
  const keys = planKeys(tables);
  const refused = planned.flatMap((one) => one.refused);
  return {
    sources: sources.map((source) => planSource(source, tables)),
    views: tables.map((one) => planView(one, keys.get(one.name) as PlannedKey, { tables, refused })),
    refused,
  };
}

/** MariaDB and MySQL have no schema that everybody knows: the inbox is with the tables, where these are in one database. */
function planSource({ name, kind }: FoundSource, tables: readonly NamedTable[]): PlannedSource {
  const own = tables.filter(({ table }) => table.source === name).map(({ table }) => table.relation.schema);
  const [first, ...others] = [...new Set(own)];
  const isChosen = kind !== SourceKind.postgres && first !== undefined && others.length > 0;
  return { name, kind, ...(isChosen ? { inboxSchema: first } : {}) };
}

/** Tables of one name are told apart by their schema, and where that is the same by their source. */
function named(tables: readonly PlannedTable[]): readonly NamedTable[] {
  const taken = new Set<string>();
  return tables.map((table) => {
    const { schema, name } = table.relation;
    const others = tables.filter(
      ({ relation, source }) =>
        viewName(relation.name) === viewName(name) && (relation.schema !== schema || source !== table.source),
    );
    const isInSchema = others.some(({ relation }) => relation.schema === schema);
    const whole = others.length === 0 ? name : `${isInSchema ? table.source : schema}_${name}`;
    return { table, name: unique(viewName(whole), taken) };
  });
}

interface Surroundings {
  readonly tables: readonly NamedTable[];
  readonly refused: readonly Refusal[];
}

function planView({ name, table }: NamedTable, { key, parent }: PlannedKey, around: Surroundings): PlannedView {
  const taken = new Set<string>();
  const attributes = table.columns.map((one) => [unique(attributeName(one.name), taken), one.name] as const);
  return {
    name,
    table,
    key,
    ...(parent === undefined ? {} : { parent: parent.name }),
    attributes,
    isDocument: longestExpression(attributes.length).bytes > MAX_EXPRESSION_BYTES,
    notes: table.relation.foreignKeys
      .filter((foreignKey) => foreignKey !== parent?.foreignKey)
      .map((foreignKey) => referenceNote(table, foreignKey, around)),
  };
}

/** As many rows as nobody minds to have in every item that refers to them. */
const MAX_LOOKUP_ROWS = 1_000;

/** What a reference could become in the view, and why it is nothing yet. */
function referenceNote(table: PlannedTable, foreignKey: SchemaForeignKey, around: Surroundings): string {
  const { columns, references } = foreignKey;
  const target = `${references.schema}.${references.table}`;
  const by = columns.join(', ');
  if (target === relationName(table.relation)) return `${by} → ${target} itself: a tree, read level by level.`;
  const found = around.tables.find(
    (one) => one.table.source === table.source && relationName(one.table.relation) === target,
  );
  if (found === undefined) return `${by} → ${target}, which is no view.`;
  const { rows } = found.table.relation;
  return rows !== undefined && rows <= MAX_LOOKUP_ROWS
    ? `${by} → ${found.name}, ${rows} rows when this was written: few enough to embed, once views join tables.`
    : `${by} → ${found.name}: its primary key does not begin with it, so no collection of theirs holds it. ` +
        `To list by it: ${indexText(table, foreignKey, found.name)}`;
}

/** The index that a person would add: the items of one parent, in order of their own key. */
function indexText({ primaryKey }: PlannedTable, { columns }: SchemaForeignKey, parent: string): string {
  const parts = (names: readonly string[]): readonly string[] =>
    names.map((name) => `attribute('${attributeName(name)}')`);
  const entity = entityOf(parent);
  const name = camelCase(`by_${entity}`, 'by');
  return `indexes: { ${name}: { pk: [${[`'${entity}'`, ...parts(columns)].join(', ')}], sk: [${parts(primaryKey).join(', ')}] } }`;
}
