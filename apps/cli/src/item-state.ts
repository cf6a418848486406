import { type Item, ItemState, stateOf } from '@hybridge/protocol';

const NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(ItemState).map(([name, letter]) => [letter, name]),
);

/** The state of an item as a word; a raw writer may have left one of its own. */
export const stateName = (item: Item): string => nameOfState(stateOf(item));

export const nameOfState = (state: ItemState): string => NAMES[state] ?? 'unknown';
