import type { Hybridge } from '@hybridge/sdk';
import { type Catalog, shownView } from '@hybridge/views';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { assertMayEver, visibleTo } from '../auth/authorise.ts';
import { authoriseIndex } from '../auth/authorise-index.ts';
import { ApiError } from '../errors.ts';
import type { Instruments } from '../instruments.ts';
import { listedDocument } from '../listed-document.ts';
import { operationsOf } from '../operations.ts';
import { indexQuestionOf } from './index-question.ts';

export const INDEX = '/indexes/:view/:index';

export interface IndexRequest {
  Params: { view: string; index: string };
}

/** What a view offers to nobody is no part of the API; the rest is refused before the parameters are read. */
export const admitToIndex =
  (catalog: Catalog) =>
  async (request: FastifyRequest<IndexRequest>): Promise<void> => {
    const view = shownView(catalog, request.params.view);
    if (operationsOf(view).includes('read')) return assertMayEver(view, 'read', request.caller);
    throw new ApiError('HYBRIDGE_API_NOT_FOUND', 404, `${view.name} cannot be listed.`, { view: view.name });
  };

/** A page of documents, each as its own address would show it. */
export async function answerIndex(
  { hybridge, catalog, instruments }: { hybridge: Hybridge; catalog: Catalog; instruments: Instruments },
  request: FastifyRequest<IndexRequest>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const question = indexQuestionOf(catalog, request);
  authoriseIndex(question, request.caller);
  const { view, index, partition, options } = question;
  const { items, cursor } = await hybridge.queryIndex(view.name, index.name, partition, options);
  const shown = items.flatMap((found) => {
    instruments.read(found);
    const document = visibleTo({ view }, found.document, request.caller);
    return document === undefined ? [] : [listedDocument(view, found, found.key, document)];
  });
  return reply.send({ items: shown, ...(cursor === undefined ? {} : { cursor }) });
}
