import type { ItemKey } from '../../item.ts';

/** A relation N:1 of a view's rows: an attribute of the item holds some columns of the parent row. */
export interface Relation {
  /** Unique in the whole catalog, without `|`: `orders.customer`. */
  readonly id: string;
  /** The attribute of the child that holds the fragment: unlike any own column, and not ending in `pk` or `sk`. */
  readonly name: string;
  /** Attributes of the parent's base item that the fragment holds; also such as are fragments themselves. */
  readonly attributes: readonly string[];
  /** Partitions over which the references of one parent are spread; default 1 (1,000 new children a second). */
  readonly shards?: number;
}

/** Where a row points, by name of the relation: partition key of the parent's base item, empty for none. */
export type Links = Readonly<Record<string, string>>;

/**
 * The base item of a parent: an item of a hidden eager view that holds the columns that others embed.
 * @param base name of the hidden view, with the build of the views that read it: builds never share base items
 * @param id the parent's primary key, escaped as a key template's parts are
 */
export const baseKey = (base: string, id: string): ItemKey => ({ pk: `A#${base}#${id}`, sk: BASE });

/** The base item by its partition key, as links and fragments name it. */
export const baseKeyOf = (pk: string): ItemKey => ({ pk, sk: BASE });

export const isBaseKey = ({ pk, sk }: ItemKey): boolean => pk.startsWith('A#') && sk === BASE;

const BASE = 'BASE';

/** Where the item of a row lies that may move: one anchor for each view and row. */
export const anchorKey = (view: string, id: string): ItemKey => ({ pk: `A#${view}#${id}`, sk: `PLACE#${view}` });
