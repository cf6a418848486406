/** Records of rows whose items move, of which only the primary key can be read. */
import { type ItemKey, type ItemStore, placeNamed } from '@hybridge/protocol';
import { type AnyView, type Row, decodeTextRow, keyColumns, parseKey } from '@hybridge/views';
import type { ParkWork } from '../work.ts';

/**
 * The work for the item that the row had, which its anchor names: where it has one now, nobody can say. The next change of the
 * row that can be read finds it there. The work as it is for any other.
 */
export async function whereItIs(work: ParkWork, store: ItemStore): Promise<ParkWork> {
  if (!isNowhere(work)) return work;
  const key = placeNamed(await store.get(work.key));
  if (key === undefined) return work;
  const { move: _, change, ...rest } = work;
  const keyRow = { ...work.keyRow, ...keyRowOf(work.view, key) };
  return { ...rest, key, keyRow, change: change && { ...change, key } };
}

/** Nobody knows of an item: its key is that of the anchor. */
export const isNowhere = ({ move }: ParkWork): boolean => move !== undefined && move.place === undefined;

const keyRowOf = ({ key: template, table }: AnyView, key: ItemKey): Row =>
  decodeTextRow(table, keyColumns(template), parseKey(template, key) ?? {});
