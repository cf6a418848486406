import { randomUUID } from 'node:crypto';
import type { Logger } from '@hybridge/observability';
import type { Hybridge } from '@hybridge/sdk';
import type { Catalog } from '@hybridge/views';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { unknownAddress } from './unknown-address.ts';
import type { Authenticate } from './auth/authenticate.ts';
import { answerClientError } from './client-error.ts';
import { createItemWatch } from './events/item-watch.ts';
import { createStreamSeats } from './events/stream-seats.ts';
import { identifyCallers } from './identify.ts';
import type { Instruments } from './instruments.ts';
import { DEFAULT_LIMITS, type Limits, MAX_KEY_LENGTH } from './limits.ts';
import { sendProblem } from './problem.ts';
import { registerRateLimit } from './rate-limit.ts';
import { readBody } from './read-body.ts';
import { addRoutes } from './routes.ts';

export interface ServerDependencies {
  readonly hybridge: Hybridge;
  readonly catalog: Catalog;
  readonly authenticate: Authenticate;
  readonly instruments: Instruments;
  readonly logger: Logger;
  /** Default `DEFAULT_LIMITS`. */
  readonly limits?: Partial<Limits>;
}

/** What browsers and caches must not do with the answers. */
const SECURITY_HEADERS = {
  'cache-control': 'private, no-cache',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  vary: 'authorization',
  'x-content-type-options': 'nosniff',
} as const;

/** The HTTP server, not listening yet. Closing it ends waiting requests and streams and lets the others finish. */
export function createServer(dependencies: ServerDependencies): FastifyInstance {
  const { hybridge, catalog, instruments, logger } = dependencies;
  const limits: Limits = { ...DEFAULT_LIMITS, ...dependencies.limits };
  const closing = new AbortController();
  const app = createApp(limits, logger);

  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, async (_: FastifyRequest, text: string) =>
    text === '' ? undefined : readBody(text),
  );
  app.setErrorHandler(sendProblem);
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(SECURITY_HEADERS).header('x-request-id', request.id);
  });
  identifyCallers(app, dependencies.authenticate);
  // Before a body is read: what is asked for does not exist.
  app.addHook('preParsing', async (request, reply) => {
    if (request.is404) throw unknownAddress(catalog, request, reply);
  });
  app.addHook('onResponse', (request, reply) => report(instruments, request, reply));
  app.addHook('preClose', async () => closing.abort());
  registerRateLimit(app, limits);

  const watch = createItemWatch(hybridge, {
    ...limits,
    onError: (err) => logger.warn({ err }, 'a watched document could not be read'),
  });
  const seats = createStreamSeats({ all: limits.streams, perCaller: limits.streamsPerCaller });
  const streams = { heartbeatMs: limits.heartbeatMs, maxAgeMs: limits.streamAgeMs };
  app.after(() => {
    addRoutes(app, { hybridge, catalog, instruments, watch, seats, streams, closing: closing.signal });
  });
  return app;
}

const createApp = (limits: Limits, logger: Logger): FastifyInstance =>
  Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: limits.bodyBytes,
    forceCloseConnections: 'idle',
    genReqId: () => randomUUID(),
    requestTimeout: limits.requestMs,
    trustProxy: (_, hop) => hop < limits.trustedProxies,
    http: {
      connectionsCheckingInterval: limits.checkMs,
      headersTimeout: limits.headersMs,
      maxHeaderSize: limits.headerBytes,
    },
    routerOptions: { maxParamLength: MAX_KEY_LENGTH },
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, request, reply) => {
      reply.headers(SECURITY_HEADERS);
      sendProblem(error, request, reply);
    },
  }) as unknown as FastifyInstance;

/** One line for whatever changes something or goes wrong; the many reads that go well only when asked for. */
async function report(instruments: Instruments, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const route = `${request.method} ${request.routeOptions.url ?? 'none'}`;
  instruments.answered(route, reply.statusCode, reply.elapsedTime / 1000);
  const level = request.method === 'GET' && reply.statusCode < 400 ? 'debug' : 'info';
  const facts = {
    method: request.method,
    url: request.url,
    subject: request.caller?.subject,
    status: reply.statusCode,
    ms: Math.round(reply.elapsedTime),
  };
  request.log[level](facts, 'answered');
}
