import type { AnyView } from '@hybridge/views';
import { collectionsOf } from '../operations.ts';
import { parameterRefs, problems } from './components.ts';
import { CURSOR, PAGE_PARAMETERS, listedProperties, listedSchema } from './page-schema.ts';
import { type Schema, titleOf } from './value-schema.ts';

/** The address of a document with what its view collects, where somebody may read any of it. */
export function collectionPathsOf(
  view: AnyView,
  path: string,
  { parameters, security }: { readonly parameters: readonly Schema[]; readonly security: readonly Schema[] },
): Readonly<Record<string, Schema>> {
  if (collectionsOf(view).length === 0) return {};
  return {
    [`${path}/collection`]: {
      parameters,
      get: {
        operationId: `collect${titleOf(view)}`,
        tags: [view.name],
        description:
          'The document, and a page of the documents that it collects. The limit counts those; the document comes with ' +
          'every page. A collection that the token may read nothing of is left out.',
        security,
        parameters: [...parameterRefs('consistent'), ...PAGE_PARAMETERS],
        responses: {
          200: { description: 'The documents.', content: { 'application/json': { schema: collectionOf(view) } } },
          ...problems(403, 404),
        },
      },
    },
  };
}

const collectionOf = (view: AnyView): Schema => ({
  type: 'object',
  required: ['path', 'key', 'pending', 'document', 'collections'],
  properties: {
    ...listedProperties(view, titleOf(view)),
    collections: {
      type: 'object',
      properties: Object.fromEntries(
        collectionsOf(view).map(([name, child]) => [
          name,
          { type: 'array', items: listedSchema(child, titleOf(child)) },
        ]),
      ),
      additionalProperties: false,
    },
    cursor: CURSOR,
  },
});
