import { type Attributes, type Item, type ItemStore, Meta, pendingOf } from '@hybridge/protocol';
import { type AskedPlace, type FillResult, columnsOfRow } from '@hybridge/reader-sql';
import { type AnyView, type Document, type Row, toDocument } from '@hybridge/views';
import { versionOf } from './document-version.ts';
import { type Found, type Lookup, ReadSource } from './types.ts';

const NONE: readonly string[] = [];

/** The document of a live item. `toDocument` takes what the view names, so metadata may stay beside it. */
export const foundItem = (view: AnyView, item: Item): Found<Document> => ({
  document: toDocument(view, item),
  version: versionOf(view, item),
  source: ReadSource.item,
  pending: item[Meta.pending] === undefined ? NONE : pendingOf(item).map(({ id }) => id),
});

export const ofItem = (found: Found<Document> | undefined): Lookup<Document> => ({
  found,
  source: ReadSource.item,
  stale: false,
});

/**
 * What SQL said without the item knowing of it.
 * @param store where the rows that it embeds are read
 */
export const ofRow = async (
  store: Pick<ItemStore, 'get'>,
  at: AskedPlace,
  row: Row | undefined,
): Promise<Lookup<Document>> => ofColumns(at.view, await columnsOfRow(store, at, row));

const ofColumns = (view: AnyView, columns: Attributes | undefined): Lookup<Document> => ({
  found:
    columns === undefined
      ? undefined
      : { document: toDocument(view, columns), version: undefined, source: ReadSource.sql, pending: NONE },
  source: ReadSource.sql,
  stale: false,
});

export function ofFill(view: AnyView, result: FillResult): Lookup<Document> {
  switch (result.outcome) {
    case 'hit':
      return ofItem(foundItem(view, result.item));
    case 'not-found':
      return ofItem(undefined);
    case 'absent':
      return { found: undefined, source: ReadSource.fill, stale: false };
    case 'uncached':
      return ofColumns(view, result.columns);
    case 'filled': {
      if (result.item === undefined) return ofColumns(view, result.columns);
      const found = { ...foundItem(view, result.item), source: ReadSource.fill };
      return { found, source: ReadSource.fill, stale: false };
    }
  }
}
