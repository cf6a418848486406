import {
  type Attributes,
  type Item,
  type ItemStore,
  NULL,
  baseKeyOf,
  columnsOf,
  fragmentOf,
  relationsOf,
  isSameKey,
} from '@hybridge/protocol';
import { type Row, ViewError, linksOf, placeOfRow, projectRow, protocolRelations } from '@hybridge/views';
import type { FillEntry } from './fill-result.ts';

/** Where a row is asked for. */
export type AskedPlace = Pick<FillEntry, 'view' | 'itemKey'>;

/** The row, if it lies where it was asked for. SQL is asked by primary key, and rows of some views move. */
export function rowAt({ view, itemKey }: AskedPlace, row: Row | undefined): Row | undefined {
  if (row === undefined || !view.moves) return row;
  const place = ifReadable(() => placeOfRow(view, row));
  return isSameKey(itemKey, place) ? row : undefined;
}

/** What a reader sees of a live item: own columns, and beside them what is embedded, as `toDocument` takes it. */
export function columnsOfItem(item: Item): Attributes {
  const columns: Record<string, Attributes[string]> = { ...columnsOf(item) };
  for (const name of relationsOf(item)) columns[name] = item[name] ?? NULL;
  return columns;
}

/**
 * The same of a row that SQL said and no item holds: its parents are read from their base items.
 * @param row as the row reader gave it; undefined: there is none
 * @returns undefined where the row does not belong to the view, or lies elsewhere
 * @throws whatever the store throws
 */
export async function columnsOfRow(
  store: Pick<ItemStore, 'get'>,
  asked: AskedPlace,
  row: Row | undefined,
): Promise<Attributes | undefined> {
  const { view } = asked;
  const here = rowAt(asked, row);
  const columns = here && projectRow(view, here);
  const links = columns && ifReadable(() => linksOf(view, here));
  if (columns === undefined || links === undefined) return columns;
  const embedded = protocolRelations(view).map(async (relation) => {
    const parent = links[relation.name];
    const base = parent === undefined || parent === '' ? undefined : await store.get(baseKeyOf(parent));
    return [relation.name, fragmentOf(base, relation).value] as const;
  });
  return { ...columns, ...Object.fromEntries(await Promise.all(embedded)) };
}

/** What DynamoDB cannot hold stands in a row as text, and so names no other row and no place. */
function ifReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ViewError) return undefined;
    throw error;
  }
}
