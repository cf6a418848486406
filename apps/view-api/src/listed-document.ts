import type { Found } from '@hybridge/sdk';
import type { AnyView, Document } from '@hybridge/views';
import { operationsOf } from './operations.ts';

/**
 * A document as one of several. Without `path` where its view answers at no address of its own, without `version` where
 * SQL answered and its answer was not stored.
 */
export const listedDocument = (
  view: AnyView,
  { version, pending }: Found<Document>,
  key: readonly string[],
  document: Document,
) => ({
  ...(operationsOf(view).includes('read') ? { path: pathOf(view, key) } : {}),
  key,
  ...(version === undefined ? {} : { version }),
  pending,
  document,
});

const pathOf = ({ name }: AnyView, key: readonly string[]): string =>
  `/views/${encodeURIComponent(name)}/${key.map(encodeURIComponent).join(',')}`;
