import { MAX_EXPRESSION_BYTES, SourceKind, longestExpression } from '@hybridge/views';
import { unique, viewName } from './names.ts';
import type { FoundSource, InitPlan, PlannedIndex, PlannedSource, PlannedTable, PlannedView } from './plan.ts';
import { planCollections } from './plan-collections.ts';
import { type EmbedPlanner, chooseEmbeds } from './plan-embeds.ts';
import { planIndexes } from './plan-indexes.ts';
import { type NamedTable, type PlannedKey, planKeys } from './plan-keys.ts';
import { planTables } from './plan-tables.ts';
import { referenceNotes } from './reference-notes.ts';

/** What the definitions of these databases should be. Pure, and the same for the same databases. */
export function planDefinitions(sources: readonly FoundSource[]): InitPlan {
  const planned = sources.map(planTables);
  const tables = named(planned.flatMap((one) => one.tables));
  const keys = planKeys(tables);
  const indexes = planIndexes(tables, keys);
  const refused = planned.flatMap((one) => one.refused);
  const refusal = (source: string, relation: string): string | undefined =>
    refused.find((one) => one.source === source && one.relation === relation)?.reason;
  return {
    sources: sources.map((source) => planSource(source, tables)),
    views: tables.map((one) => planView(one, { planner: { tables, keys, refusal }, index: indexes.get(one.name) })),
    refused,
  };
}

/** MariaDB and MySQL have no schema that everybody knows: the inbox is with the tables, where these are in one database. */
function planSource({ name, kind, database }: FoundSource, tables: readonly NamedTable[]): PlannedSource {
  const own = tables.filter(({ table }) => table.source === name).map(({ table }) => table.relation.schema);
  const [first, ...others] = [...new Set(own)];
  if (kind === SourceKind.postgres || first === undefined) return { name, kind };
  const inboxSchema = database ?? first;
  return { name, kind, ...(others.length > 0 || first !== inboxSchema ? { inboxSchema } : {}) };
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
  readonly planner: EmbedPlanner;
  readonly index: PlannedIndex | undefined;
}

function planView(named: NamedTable, { planner, index }: Surroundings): PlannedView {
  const { name, table } = named;
  const planned = planner.keys.get(name) as PlannedKey;
  const { key, entity, parent } = planned;
  const attributes = [...planned.attributes].map(([column, attribute]) => [attribute, column] as const);
  const taken = new Set(attributes.map(([attribute]) => attribute.toLowerCase()));
  const choices = chooseEmbeds(planner, named, taken);
  const embeds = choices.flatMap((choice) => ('embed' in choice ? [choice.embed] : []));
  return {
    name,
    table,
    key,
    entity,
    ...(parent === undefined ? {} : { parent: parent.name }),
    ...(index === undefined ? {} : { index }),
    attributes,
    embeds,
    collections: planCollections(planner.tables, planner.keys, { name, taken }),
    isDocument: longestExpression(columnsOf(attributes.length, embeds.length, index)).bytes > MAX_EXPRESSION_BYTES,
    notes: choices.flatMap((choice) => referenceNotes(planner.tables, named, { key: planned, choice, index })),
  };
}

/** What an expression names: each embedded row and the index are more than one column. */
const columnsOf = (attributes: number, embeds: number, index: PlannedIndex | undefined): number =>
  attributes + embeds * 8 + (index === undefined ? 0 : 2);
