import { randomUUID } from 'node:crypto';
import type { Logger } from '@hybridge/observability';
import type { Hybridge } from '@hybridge/sdk';
import type { Catalog } from '@hybridge/views';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { ApiError } from './errors.ts';
import type { Instruments } from './instruments.ts';
import { problemOf } from './problem.ts';
import { MAX_BODY_BYTES, readBody } from './read-body.ts';
import { MAX_WAIT_SECONDS } from './request.ts';
import { addRoutes } from './routes.ts';

export interface ServerDependencies {
  readonly hybridge: Hybridge;
  readonly catalog: Catalog;
  readonly instruments: Instruments;
  readonly logger: Logger;
}

/** Longest key in an address, characters: DynamoDB's sort key has 1024 bytes, three characters each when encoded. */
const MAX_KEY_LENGTH = 3_072;

/** What browsers and caches must not do with the answers. */
const SECURITY_HEADERS = {
  'cache-control': 'private, no-cache',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** The HTTP server, not listening yet. Closing it ends waiting requests and lets the others finish. */
export function createServer({ hybridge, catalog, instruments, logger }: ServerDependencies): FastifyInstance {
  const closing = new AbortController();
  const sendProblem = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const problem = problemOf(error, request.id);
    if (problem.status >= 500) request.log.error({ err: error, code: problem.code }, 'request failed');
    if (problem.status === 503 || problem.status === 429) reply.header('retry-after', '1');
    return reply.headers(SECURITY_HEADERS).code(problem.status).type('application/problem+json').send(problem);
  };
  const app = Fastify({
    loggerInstance: logger,
    disableRequestLogging: true,
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: 'idle',
    genReqId: () => randomUUID(),
    requestTimeout: (MAX_WAIT_SECONDS + 30) * 1000,
    routerOptions: { maxParamLength: MAX_KEY_LENGTH },
    frameworkErrors: (error, request, reply) => void sendProblem(error, request, reply),
  }) as unknown as FastifyInstance;

  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, async (_: FastifyRequest, text: string) =>
    text === '' ? undefined : readBody(text),
  );
  app.setErrorHandler(sendProblem);
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      new ApiError('HYBRIDGE_API_NOT_FOUND', 404, `There is no ${request.method} ${request.url.slice(0, 200)}.`, {
        fix: 'GET /views lists what there is.',
      }),
      request,
      reply,
    ),
  );
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(SECURITY_HEADERS).header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = `${request.method} ${request.routeOptions.url ?? 'none'}`;
    instruments.answered(route, reply.statusCode, reply.elapsedTime / 1000);
    // One line for whatever changes something or goes wrong; the many reads that go well only when asked for.
    const level = request.method === 'GET' && reply.statusCode < 400 ? 'debug' : 'info';
    const facts = {
      method: request.method,
      url: request.url,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    };
    request.log[level](facts, 'answered');
  });
  app.addHook('preClose', async () => closing.abort());
  addRoutes(app, { hybridge, catalog, instruments, closing: closing.signal });
  return app;
}
