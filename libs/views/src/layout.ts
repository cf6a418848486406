import { type Attributes, entriesOf, map } from '@hybridge/protocol';
import { ViewError } from './errors.ts';
import type { AnyView } from './view.ts';

/** How an item holds the columns of its row. */
export const Layout = {
  /** Each one as an attribute of its own: raw readers, indexes and PartiQL find them. */
  flat: 'flat',
  /** All of them as the members of one map: for rows with more columns than an expression has room for. */
  document: 'document',
} as const;
export type Layout = (typeof Layout)[keyof typeof Layout];

/** The attribute that holds the columns of a document view. */
export const DOCUMENT_ATTRIBUTE = 'd';

/** Names of the item's own columns, as the protocol's writes set and remove them. */
export const itemColumnsOf = (layout: Layout, documentNames: readonly string[]): readonly string[] =>
  layout === Layout.document ? [DOCUMENT_ATTRIBUTE] : documentNames;

/**
 * Values by attribute name → own columns of the item.
 * @throws ViewError `HYBRIDGE_VIEW_VALUE_INVALID` when a document lacks members: it is only ever replaced as a whole
 */
export function packColumns(view: AnyView, values: Attributes): Attributes {
  if (view.layout !== Layout.document) return values;
  const missing = view.attributeNames.filter((name) => values[name] === undefined);
  if (missing.length === 0) return { [DOCUMENT_ATTRIBUTE]: map(values) };
  throw new ViewError(
    'HYBRIDGE_VIEW_VALUE_INVALID',
    `View ${view.name} stores whole rows, but ${missing.length} of its attributes have no value: ${missing.slice(0, 5).join(', ')}.`,
  );
}

/** Own columns of the item → values by attribute name. */
export const unpackColumns = (view: AnyView, columns: Attributes): Attributes =>
  view.layout === Layout.document ? entriesOf(columns[DOCUMENT_ATTRIBUTE]) : columns;
