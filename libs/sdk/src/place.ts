import type { ItemKey } from '@hybridge/protocol';
import {
  type Catalog,
  type Row,
  ViewError,
  addressColumns,
  isStorableKey,
  keyFromParts,
  keyOfRow,
  toSqlText,
} from '@hybridge/views';
import { InvalidKeyError } from './errors.ts';
import { viewOf } from './reference.ts';
import type { KeyParts, ViewLike, ViewReference } from './types.ts';

/** One row of a view: where its item is, and the columns that say so. */
export interface Place {
  readonly view: ViewLike;
  readonly keyRow: Row;
  readonly itemKey: ItemKey;
  /** For messages. */
  readonly facts: { readonly view: string; readonly key: string };
}

/** @throws ViewError `HYBRIDGE_VIEW_UNKNOWN`, InvalidKeyError */
export function placeOf(catalog: Catalog, reference: ViewReference, parts: KeyParts): Place {
  const view = viewOf(catalog, reference);
  const texts = parts.map(String);
  const facts = { view: view.name, key: texts.join(',') };
  try {
    const keyRow = keyFromParts(view, texts);
    const itemKey = keyOfRow(view, keyRow);
    if (!isStorableKey(itemKey)) throw new ViewError('HYBRIDGE_VIEW_KEY_INVALID', 'it is longer than DynamoDB takes.');
    return { view, keyRow, itemKey, facts };
  } catch (error) {
    if (!(error instanceof ViewError)) throw error;
    const fix = `Give ${addressColumns(view).join(', ')} in this order.`;
    throw new InvalidKeyError(`"${facts.key}" is not a key of ${view.name}: ${error.message}`, {
      ...facts,
      fix,
      cause: error,
    });
  }
}

/** Key parts as every spelling of the same key gives them, in their order. */
export const partsOf = ({ view, keyRow }: Place): readonly string[] =>
  addressColumns(view).map((name) => {
    const value = keyRow[name];
    return value === undefined ? '' : (toSqlText(view.table, name, value) ?? '');
  });
