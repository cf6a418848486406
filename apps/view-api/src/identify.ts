import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Authenticate } from './auth/authenticate.ts';
import type { Caller } from './auth/caller.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined without a valid token. */
    caller: Caller | undefined;
    /** Why the token is not valid; thrown before the body is read, but after the request was counted. */
    callerProblem: unknown;
  }
}

/** Names the caller of every request. A bad token is refused everywhere, also where none is needed. */
export function identifyCallers(app: FastifyInstance, authenticate: Authenticate): void {
  app.decorateRequest('caller', undefined);
  app.decorateRequest('callerProblem', undefined);
  app.addHook('onRequest', async (request: FastifyRequest) => {
    try {
      request.caller = await authenticate(request.headers.authorization);
    } catch (error) {
      request.callerProblem = error;
    }
  });
  app.addHook('preParsing', async (request: FastifyRequest) => {
    if (request.callerProblem !== undefined) throw request.callerProblem;
  });
}
