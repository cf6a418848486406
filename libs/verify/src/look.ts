import {
  type AttributeValue,
  type Attributes,
  type Item,
  type ItemKey,
  NULL,
  map,
  text,
  truthOf,
  isSameKey,
} from '@hybridge/protocol';
import type { FoundRow } from '@hybridge/reader-sql';
import { type AnyView, type Row, ViewError, keyOfRow, placeOfRow } from '@hybridge/views';
import { ComparisonClass } from './classify.ts';
import { isAddress } from './key-parts.ts';

/** What is looked at: a row, with the item where it belongs; or an address, with the row that its item claims. */
export interface Subject {
  /** Key columns; those of an address where the item is what was found. */
  readonly keyRow: Row;
  /** Undefined: SQL has no such row. */
  readonly row: FoundRow | undefined;
}

export interface Look extends Subject {
  /** Of the item; of the anchor for a row that has no place. */
  readonly key: ItemKey;
  readonly item: Item | undefined;
  readonly class: ComparisonClass;
  /** What differs beside the columns of the row. */
  readonly evidence?: Evidence;
}

/** By what it is called in reports. */
export interface Evidence {
  readonly expected: Attributes;
  readonly actual: Attributes;
}

/** What DynamoDB cannot hold stands in a row as text, and names no place. */
export function placeIn(view: AnyView, { row, unstorable }: FoundRow): ItemKey | undefined {
  try {
    return placeOfRow(view, row);
  } catch (error) {
    if (unstorable !== undefined && error instanceof ViewError) return undefined;
    throw error;
  }
}

/** Whether an address is one where the row does not lie. */
export function liesElsewhere(view: AnyView, keyRow: Row, row: FoundRow): boolean {
  if (!isAddress(view, keyRow)) return false;
  return !isSameKey(keyOfRow(view, keyRow), placeIn(view, row));
}

/** A place as anchors name it. */
export const placeValue = (place: ItemKey | undefined): AttributeValue =>
  place === undefined ? NULL : map({ pk: text(place.pk), sk: text(place.sk) });

/** Whether an item says what SQL says of a row, so that what else it carries counts. */
export const isRightAndLive = ({ class: found, item }: Look): boolean =>
  found === ComparisonClass.matched && item !== undefined && truthOf(item).exists === true;
