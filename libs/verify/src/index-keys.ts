import { type Attributes, type Item, sameAttributes } from '@hybridge/protocol';
import { type AnyView, indexAttributeNames, indexAttributes } from '@hybridge/views';

/** The keys of indexes that an item carries. */
export const indexKeysIn = (view: AnyView, item: Item): Attributes =>
  Object.fromEntries(
    indexAttributeNames(view).flatMap((name) => (item[name] === undefined ? [] : [[name, item[name]]])),
  );

/**
 * Whether the indexes list an item where its columns belong. An item that was written before its view had the index is
 * in none of its partitions.
 */
export const isListedRight = (view: AnyView, item: Item, columns: Attributes): boolean =>
  sameAttributes(indexAttributes(view, columns), indexKeysIn(view, item));
