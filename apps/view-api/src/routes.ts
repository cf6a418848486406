import type { Hybridge } from '@hybridge/sdk';
import type { Catalog } from '@hybridge/views';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { answerChange } from './answer-change.ts';
import { describeViews } from './describe-views.ts';
import { ApiError } from './errors.ts';
import type { Instruments } from './instruments.ts';
import type { Body } from './read-body.ts';
import { etagOf, targetOf, versionsIn } from './request.ts';

export interface RouteDependencies {
  readonly hybridge: Hybridge;
  readonly catalog: Catalog;
  readonly instruments: Instruments;
  /** Fires when the server stops, and ends waiting. */
  readonly closing: AbortSignal;
}

const DOCUMENT = '/views/:view/:key';

export function addRoutes(app: FastifyInstance, dependencies: RouteDependencies): void {
  const { hybridge, catalog, closing } = dependencies;
  const change = { hybridge, closing };

  app.get('/views', async () => describeViews(catalog));

  app.get(DOCUMENT, (request, reply) => answerRead(dependencies, request, reply));

  app.patch<{ Body: Body | undefined }>(DOCUMENT, (request, reply) =>
    answerChange(change, request, reply, { op: 'update', set: bodyOf(request) }),
  );

  app.put<{ Body: Body | undefined }>(DOCUMENT, (request, reply) =>
    answerChange(change, request, reply, { op: 'insert', values: bodyOf(request) }),
  );

  app.delete(DOCUMENT, (request, reply) => answerChange(change, request, reply, { op: 'delete' }));

  app.get<{ Params: { changeId: string } }>(`${DOCUMENT}/changes/:changeId`, async (request) => {
    const { view, key } = targetOf(request);
    const { changeId } = request.params;
    const status = await hybridge.statusOf(view, key, changeId);
    if (status.status !== 'unknown') return { changeId, ...status };
    throw new ApiError(
      'HYBRIDGE_API_CHANGE_UNKNOWN',
      404,
      `${view} ${key.join(',')} does not know change ${changeId}.`,
      {
        fix: 'An item remembers its last outcomes only; ask sooner.',
      },
    );
  });
}

async function answerRead(
  { hybridge, instruments }: RouteDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { view, key } = targetOf(request);
  const consistent = (request.query as { consistent?: string }).consistent === 'true';
  const found = await hybridge.get(view, key, { consistent });
  instruments.read(found);
  if (found === undefined) {
    throw new ApiError('HYBRIDGE_API_NOT_FOUND', 404, `${view} has no row ${key.join(',')}.`, {
      view,
      key: key.join(','),
    });
  }
  reply.header('x-hybridge-source', found.source).header('x-hybridge-pending', found.pending.join(','));
  if (found.version === undefined) return reply.send(found.document);
  reply.header('etag', etagOf(found.version));
  const known = versionsIn(request.headers['if-none-match']);
  return known.includes(found.version) || known.includes('*') ? reply.code(304).send() : reply.send(found.document);
}

function bodyOf(request: FastifyRequest<{ Body: Body | undefined }>): Body {
  if (request.body !== undefined && request.body !== null) return request.body;
  throw new ApiError('HYBRIDGE_API_BODY_INVALID', 400, 'The request has no body.', {
    fix: 'Send a JSON object of attributes.',
  });
}
