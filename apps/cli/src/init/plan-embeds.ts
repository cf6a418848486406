import type { SchemaForeignKey } from '@hybridge/reader-schema';
import { type KeyTemplate, MAX_EMBED_DEPTH } from '@hybridge/views';
import { describingColumns, ownWords } from './describing-columns.ts';
import { columnsOfKey, linkProblem } from './link-problem.ts';
import { type Naming, distinct, nameOf } from './embed-names.ts';
import { fanOutOf, sizeProblem } from './embed-size.ts';
import { attributeName, unique } from './names.ts';
import type { PlannedEmbed, PlannedTable } from './plan.ts';
import { isLikeLookup, referenced } from './plan-indexes.ts';
import type { NamedTable, PlannedKey } from './plan-keys.ts';

/** Every embedded row is a write more for every new row. */
const MAX_EMBEDS = 6;

/** What a view makes of one of its foreign keys. */
export type EmbedChoice =
  | { readonly foreignKey: SchemaForeignKey; readonly embed: PlannedEmbed }
  /** Why not; with what could be embedded where a person may decide so. */
  | { readonly foreignKey: SchemaForeignKey; readonly reason: string; readonly possible?: PlannedEmbed };

export interface EmbedPlanner {
  readonly tables: readonly NamedTable[];
  readonly keys: ReadonlyMap<string, PlannedKey>;
  /** Why a relation (`schema.table`) of the source has no view. */
  readonly refusal: (source: string, relation: string) => string | undefined;
}

/**
 * For each foreign key of a view, but those to rows that lie in its own item collection: the row it refers to, embedded
 * or not. In order of the table's columns.
 * @param taken attributes of the view; the names of what is embedded are added
 */
export function chooseEmbeds(planner: EmbedPlanner, child: NamedTable, taken: Set<string>): readonly EmbedChoice[] {
  const place = ({ columns: [first] }: SchemaForeignKey): number =>
    child.table.relation.columns.findIndex(({ name }) => name === first);
  const foreignKeys = distinct(child.table.relation.foreignKeys).sort((a, b) => place(a) - place(b));
  let count = 0;
  return foreignKeys
    .filter((foreignKey) => !isInCollection(planner, child, foreignKey))
    .map((foreignKey) => {
      const choice = choose(planner, { child, leaf: child, path: [] }, foreignKey);
      if ('reason' in choice && choice.possible === undefined) return choice;
      const isTooMany = 'embed' in choice && ++count > MAX_EMBEDS;
      return named(isTooMany ? tooMany(choice) : choice, { keys: planner.keys, child, taken });
    });
}

const tooMany = ({ foreignKey, embed }: { foreignKey: SchemaForeignKey; embed: PlannedEmbed }): EmbedChoice => ({
  foreignKey,
  reason: `not embedded: ${MAX_EMBEDS} rows already are, and each is a write more for every new row`,
  possible: embed,
});

/** Tables whose rows are on the way from the leaf, the one whose items are planned, to a row. */
interface Way {
  readonly leaf: NamedTable;
  readonly child: NamedTable;
  readonly path: readonly PlannedTable[];
}

function choose(planner: EmbedPlanner, way: Way, foreignKey: SchemaForeignKey): EmbedChoice {
  const { child } = way;
  const parent = referenced(planner.tables, child.table, foreignKey);
  if (parent === undefined) return { foreignKey, reason: missingReason(planner, child.table, foreignKey) };
  const problem = linkProblem(child.table, parent.table, foreignKey);
  if (problem !== undefined) return { foreignKey, reason: `not embedded: ${problem}` };
  const possible = embedOf(planner, { ...way, path: [...way.path, child.table] }, { parent, foreignKey });
  if (possible === undefined) return { foreignKey, reason: 'not embedded: no column of it says what a row is' };
  const size = sizeProblem(child.table, parent.table);
  return size === undefined ? { foreignKey, embed: possible } : { foreignKey, reason: size, possible };
}

function missingReason(planner: EmbedPlanner, { source }: PlannedTable, { references }: SchemaForeignKey): string {
  const refusal = planner.refusal(source, `${references.schema}.${references.table}`);
  return `which is no view: ${refusal ?? 'it was not among the tables to read'}`;
}

function embedOf(
  planner: EmbedPlanner,
  way: Way,
  { parent, foreignKey }: { readonly parent: NamedTable; readonly foreignKey: SchemaForeignKey },
): PlannedEmbed | undefined {
  const { entity } = planner.keys.get(parent.name) as PlannedKey;
  const taken = new Set<string>();
  const attributes = describingColumns(parent.table, entity, isLikeLookup(parent.table)).map((column) => {
    const short = attributeName(ownWords(column, entity).join(' '));
    return [unique(taken.has(short.toLowerCase()) ? attributeName(column) : short, taken), column] as const;
  });
  if (attributes.length === 0) return undefined;
  // A row of the own table has its names only: what it refers to, its reader has beside its own.
  const embeds = parent === way.child ? [] : nested(planner, { ...way, child: parent }, taken);
  return {
    name: '',
    table: parent.name,
    on: columnsOfKey(parent.table, foreignKey),
    attributes,
    embeds,
    ...fanOutOf(way.leaf.table, parent.table),
  };
}

/** What an embedded row embeds itself: names of a list only, and no row of a table that is on the way. */
function nested(planner: EmbedPlanner, way: Way, taken: Set<string>): readonly PlannedEmbed[] {
  if (way.path.length >= MAX_EMBED_DEPTH) return [];
  return distinct(way.child.table.relation.foreignKeys).flatMap((foreignKey) => {
    const parent = referenced(planner.tables, way.child.table, foreignKey);
    if (parent === undefined || !isLikeLookup(parent.table)) return [];
    if (parent.table === way.child.table || way.path.includes(parent.table)) return [];
    const choice = choose(planner, way, foreignKey);
    const chosen = 'embed' in choice ? named(choice, { keys: planner.keys, child: way.child, taken }) : choice;
    return 'embed' in chosen ? [chosen.embed] : [];
  });
}

function named(choice: EmbedChoice, naming: Naming): EmbedChoice {
  const withName = (embed: PlannedEmbed, taken: Set<string>): PlannedEmbed => ({
    ...embed,
    name: unique(nameOf({ ...naming, taken }, { foreignKey: choice.foreignKey, parent: embed.table }), taken),
  });
  if ('embed' in choice) return { ...choice, embed: withName(choice.embed, naming.taken) };
  // What stands in a comment takes no name.
  return choice.possible === undefined
    ? choice
    : { ...choice, possible: withName(choice.possible, new Set(naming.taken)) };
}

/** Whether the row it refers to lies under the partition key of the row that refers. */
function isInCollection({ tables, keys }: EmbedPlanner, child: NamedTable, foreignKey: SchemaForeignKey): boolean {
  const parent = referenced(tables, child.table, foreignKey);
  if (parent === undefined || parent.table === child.table) return false;
  const partitionOf = (name: string): KeyTemplate['pk'] => (keys.get(name) as PlannedKey).key.pk;
  const [own, other] = [partitionOf(child.name), partitionOf(parent.name)];
  const columnFor = (name: string): string | undefined =>
    foreignKey.columns[foreignKey.references.columns.indexOf(name)];
  return (
    other.length === own.length &&
    other.every((part, i) => {
      const at = own[i];
      return typeof part === 'string' || typeof at !== 'object' ? part === at : columnFor(part.column) === at.column;
    })
  );
}
