import type { PlannedEmbed, PlannedTable } from './plan.ts';
import { isLikeLookup, isSmall } from './plan-indexes.ts';

/** Of more rows than these, each with an item that nobody reads, people should decide. */
const MAX_EMBEDDED_ROWS = 100_000;
/** Rows that follow one other row: so many that it is worth a word. */
const LARGE_FAN_OUT = 1_000;
/** References to one row lie in one partition up to here; a load of more would wait for it. */
const ROWS_OF_SHARD = 100_000;
const MAX_SHARDS = 100;

/** Why a parent is more than its children should carry about; undefined: it is small beside them, or a list of names. */
export function sizeProblem(child: PlannedTable, parent: PlannedTable): string | undefined {
  const [own = 0, others = 0] = [child.relation.rows, parent.relation.rows];
  if (others > MAX_EMBEDDED_ROWS) return `not embedded: each of its ${others} rows would have a hidden item`;
  if (child === parent || isLink(child)) return undefined;
  if (isSmall(parent) || isLikeLookup(parent) || (others > 0 && others * 2 <= own)) return undefined;
  return others === 0
    ? 'not embedded: it was empty, which does not tell whether it is small'
    : `not embedded: ${others} rows are not few beside ${own}`;
}

/** Whether a table only says which rows of others belong together: its key is made of references. */
function isLink({ primaryKey, relation }: PlannedTable): boolean {
  const linking = new Set(relation.foreignKeys.flatMap(({ columns }) => columns));
  return primaryKey.length > 1 && primaryKey.every((name) => linking.has(name));
}

/** How many rows follow one, by the average of those there are, where they are many. */
export function fanOutOf(leaf: PlannedTable, parent: PlannedTable): Pick<PlannedEmbed, 'rowsOfOne' | 'shards'> {
  const [own = 0, others = 0] = [leaf.relation.rows, parent.relation.rows];
  const rowsOfOne = others === 0 ? 0 : Math.round(own / others);
  const shards = Math.min(MAX_SHARDS, Math.ceil(rowsOfOne / ROWS_OF_SHARD));
  return { ...(rowsOfOne >= LARGE_FAN_OUT ? { rowsOfOne } : {}), ...(shards > 1 ? { shards } : {}) };
}
