import { InvalidKeyError } from '@hybridge/sdk';
import {
  type AnyView,
  type Catalog,
  type Row,
  ViewError,
  addressColumns,
  keyFromParts,
  shownView,
} from '@hybridge/views';
import type { FastifyRequest } from 'fastify';
import { ApiError } from './errors.ts';

/** Which document a request is about. */
export interface Place {
  readonly view: AnyView;
  /** Key parts, decoded. */
  readonly key: readonly string[];
  /** Key columns by name. */
  readonly keyRow: Row;
  /** The address of the document, as the client wrote it. */
  readonly path: string;
}

/**
 * Reads `/views/{view}/{key}`. The key is split before it is decoded, so that a part may contain `,` and `/`.
 * @throws ApiError when a part is not percent-encoded UTF-8, ViewError for an unknown view, InvalidKeyError
 */
export function placeOf(catalog: Catalog, request: FastifyRequest): Place {
  const path = (request.raw.url ?? '').split('?', 1)[0] as string;
  const [, , name = '', rawKey = ''] = path.split('/');
  const [viewName = '', ...key] = [name, ...rawKey.split(',')].map((part) => decoded(part));
  const view = shownView(catalog, viewName);
  return { view, key, keyRow: keyRowOf(view, key), path: `/views/${name}/${rawKey}` };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ApiError('HYBRIDGE_API_REQUEST_INVALID', 400, 'The address is not percent-encoded UTF-8.', {
      fix: 'Percent-encode each part of the key and join the parts with ",".',
    });
  }
}

function keyRowOf(view: AnyView, key: readonly string[]): Row {
  try {
    return keyFromParts(view, key);
  } catch (error) {
    if (!(error instanceof ViewError)) throw error;
    throw new InvalidKeyError(`"${key.join(',')}" is not a key of ${view.name}: ${error.message}`, {
      view: view.name,
      key: key.join(','),
      fix: `Give ${addressColumns(view).join(', ')} in this order.`,
      cause: error,
    });
  }
}

export const notFound = ({ view, key }: Place): ApiError =>
  new ApiError('HYBRIDGE_API_NOT_FOUND', 404, `${view.name} has no row ${key.join(',')}.`, {
    view: view.name,
    key: key.join(','),
  });
