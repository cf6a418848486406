import {
  AccessOperation,
  type AnyView,
  SortKind,
  type ViewIndex,
  attributesIn,
  columnOfAttribute,
  indexesOf,
  kindOf,
} from '@hybridge/views';
import { operationsOf } from '../operations.ts';
import { problems } from './components.ts';
import { CURSOR, PAGE_PARAMETERS, listedSchema } from './page-schema.ts';
import { type Schema, keyPartSchema } from './value-schema.ts';

/** The addresses of a view's indexes, where somebody may read it. */
export function indexPathsOf(
  view: AnyView,
  title: string,
  security: readonly Schema[],
): Readonly<Record<string, Schema>> {
  if (!operationsOf(view).includes(AccessOperation.read)) return {};
  return Object.fromEntries(
    indexesOf(view).map((index) => [
      `/indexes/${view.name}/${index.name}`,
      {
        get: {
          operationId: `list${title}_${index.name}`,
          tags: [view.name],
          description:
            'A page of documents in the order of the index. The index follows the documents a moment later: what was ' +
            'just changed may not be listed, or still be. An owner lists only what names the owner.',
          security,
          parameters: [...parametersOf(view, index), ...PAGE_PARAMETERS],
          responses: {
            200: { description: 'The documents.', content: { 'application/json': { schema: pageOf(view, title) } } },
            ...problems(403, 404, 422),
          },
        },
      },
    ]),
  );
}

function parametersOf(view: AnyView, index: ViewIndex): readonly Schema[] {
  const inPartition = attributesIn(index.pk);
  const inOrder = attributesIn(index.sk).filter((name) => !inPartition.includes(name));
  const parameter = (word: string, name: string, description: string, required = false): Schema => ({
    name: `${word}.${name}`,
    in: 'query',
    required,
    description,
    schema: valueOf(view, name),
  });
  return [
    ...inPartition.map((name) => parameter('is', name, 'Which documents are listed together.', true)),
    ...inOrder.flatMap((name) => [
      parameter('is', name, 'Only documents of this value. Needs those before it in the order.'),
      parameter('from', name, 'Where to begin, included.'),
      parameter('to', name, 'Where to end, included.'),
      ...(kindOf(view, name) === SortKind.text
        ? [parameter('beginsWith', name, 'Only documents whose text begins so; not with from or to.')]
        : []),
    ]),
  ];
}

const valueOf = (view: AnyView, name: string): Schema => {
  const column = columnOfAttribute(view, name);
  return column.codec.sqlType === 'text' ? { type: 'string' } : keyPartSchema(column);
};

const pageOf = (view: AnyView, title: string): Schema => ({
  type: 'object',
  required: ['items'],
  properties: {
    items: { type: 'array', items: listedSchema(view, title, ['version']) },
    cursor: CURSOR,
  },
});
