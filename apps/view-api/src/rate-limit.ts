import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError, RefusedError } from './errors.ts';
import type { Limits } from './limits.ts';

/**
 * Limits requests by caller, or by address where there is no valid token; counted in this process. Routes added after it
 * has loaded obey it, and so does what is not found.
 */
export const registerRateLimit = (
  app: FastifyInstance,
  { callerPerMinute, addressPerMinute }: Pick<Limits, 'callerPerMinute' | 'addressPerMinute'>,
) =>
  app.register(rateLimit, {
    timeWindow: 60_000,
    max: (request: FastifyRequest) => (request.caller === undefined ? addressPerMinute : callerPerMinute),
    keyGenerator: (request: FastifyRequest) => keyOf(request),
    errorResponseBuilder: (_, { max }) =>
      new RefusedError(
        new ApiError('HYBRIDGE_API_RATE_LIMITED', 429, `More than ${max} requests a minute.`, { fix: 'Slow down.' }),
        { reason: 'rate limit' },
      ),
  });

/** Whose requests, and open streams, are counted together. */
export const keyOf = ({ caller, ip }: FastifyRequest): string =>
  caller === undefined ? `address ${rateLimit.normalizeIP(ip)}` : `subject ${caller.subject}`;
