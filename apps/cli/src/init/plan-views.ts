import { type SchemaForeignKey, relationName } from '@hybridge/reader-schema';
import { MAX_EXPRESSION_BYTES, SourceKind, longestExpression } from '@hybridge/views';
import { unique, viewName } from './names.ts';
import type { FoundSource, InitPlan, PlannedIndex, PlannedSource, PlannedTable, PlannedView } from './plan.ts';
import { indexBy, isLookup, isSmall, planIndexes, referenced } from './plan-indexes.ts';
import { type NamedTable, type PlannedKey, planKeys } from './plan-keys.ts';
import { planTables } from './plan-tables.ts';
import { indexText } from './source-text.ts';

/** What the definitions of these databases should be. Pure, and the same for the same databases. */
export function planDefinitions(sources: readonly FoundSource[]): InitPlan {
  const planned = sources.map(planTables);
  const tables = named(planned.flatMap((one) => one.tables));
  const keys = planKeys(tables);
  const indexes = planIndexes(tables, keys);
  return {
    sources: sources.map((source) => planSource(source, tables)),
    views: tables.map((one) =>
      planView(one, keys.get(one.name) as PlannedKey, { tables, index: indexes.get(one.name) }),
    ),
    refused: planned.flatMap((one) => one.refused),
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
  readonly index: PlannedIndex | undefined;
}

function planView(named: NamedTable, planned: PlannedKey, { tables, index }: Surroundings): PlannedView {
  const { name, table } = named;
  const { key, parent } = planned;
  const attributes = [...planned.attributes].map(([column, attribute]) => [attribute, column] as const);
  return {
    name,
    table,
    key,
    ...(parent === undefined ? {} : { parent: parent.name }),
    ...(index === undefined ? {} : { index }),
    attributes,
    isDocument: longestExpression(attributes.length).bytes > MAX_EXPRESSION_BYTES,
    notes: table.relation.foreignKeys
      .filter((foreignKey) => foreignKey !== parent?.foreignKey && foreignKey !== index?.foreignKey)
      .map((foreignKey) => referenceNote(tables, named, { key: planned, foreignKey })),
  };
}

/** What a reference could become in the view, and why it is nothing yet. */
function referenceNote(
  tables: readonly NamedTable[],
  named: NamedTable,
  reference: { readonly key: PlannedKey; readonly foreignKey: SchemaForeignKey },
): string {
  const { table } = named;
  const { columns, references } = reference.foreignKey;
  const target = `${references.schema}.${references.table}`;
  const by = columns.join(', ');
  if (target === relationName(table.relation)) return `${by} → ${target} itself: a tree, read level by level.`;
  const found = referenced(tables, table, reference.foreignKey);
  if (found === undefined) return `${by} → ${target}, which is no view.`;
  if (isLookup(found.table)) {
    const { rows } = found.table.relation;
    return `${by} → ${found.name}, ${rows} rows when this was written: few enough to embed, once views join tables.`;
  }
  const index = indexBy(tables, named, reference);
  const why = isSmall(table) ? `few enough to list all of them` : `no collection and no index lists by it`;
  return index === undefined
    ? `${by} → ${found.name}: no index can list by it, as a part of its keys is of a type without order.`
    : `${by} → ${found.name}: ${why}. If you need one, add to indexes: ${indexText(index)}`;
}
