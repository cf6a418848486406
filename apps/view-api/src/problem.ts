import { isTransient } from '@hybridge/runtime';
import { HybridgeError, type HybridgeErrorCode } from '@hybridge/sdk';
import { ViewError } from '@hybridge/views';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiError, RefusedError } from './errors.ts';

/** RFC 9457, with a stable code, what it is about and what to do. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly fix?: string;
  readonly requestId: string;
  readonly [fact: string]: unknown;
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not authenticated',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'Too slow',
  409: 'Conflict',
  412: 'Precondition failed',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Value does not fit',
  429: 'Too many',
  431: 'Headers too large',
  500: 'Internal error',
  503: 'Try again',
};

const SDK_STATUS: Readonly<Record<HybridgeErrorCode, number>> = {
  HYBRIDGE_SDK_KEY_INVALID: 400,
  HYBRIDGE_SDK_VALUE_INVALID: 422,
  HYBRIDGE_SDK_NOT_ALLOWED: 403,
  HYBRIDGE_SDK_NOT_FOUND: 404,
  HYBRIDGE_SDK_ALREADY_EXISTS: 409,
  HYBRIDGE_SDK_PRECONDITION_FAILED: 412,
  HYBRIDGE_SDK_TOO_MANY_PENDING: 429,
  HYBRIDGE_SDK_CHANGE_ID_REUSED: 409,
  HYBRIDGE_SDK_UNCACHEABLE: 409,
  HYBRIDGE_SDK_UNSETTLED: 503,
  HYBRIDGE_SDK_VIEW_LOADING: 503,
  HYBRIDGE_SDK_SOURCE_UNAVAILABLE: 503,
  HYBRIDGE_SDK_CHANGE_LOST: 409,
  HYBRIDGE_SDK_TOKEN_INVALID: 400,
  HYBRIDGE_SDK_CURSOR_INVALID: 400,
  HYBRIDGE_SDK_QUERY_IMPOSSIBLE: 400,
};

/** What Fastify itself refuses, by its error code. */
const FRAMEWORK: Readonly<Record<string, ApiError>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: new ApiError('HYBRIDGE_API_BODY_TOO_LARGE', 413, 'The body is too large.', {
    fix: 'Send at most 256 KiB.',
  }),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: new ApiError('HYBRIDGE_API_MEDIA_TYPE', 415, 'Only JSON bodies are read.', {
    fix: 'Send content-type: application/json.',
  }),
  FST_ERR_BAD_URL: new ApiError('HYBRIDGE_API_REQUEST_INVALID', 400, 'The address is not valid.', {
    fix: 'Percent-encode each part of the key.',
  }),
};

/** Retry-After where nothing says better, seconds. */
const RETRY_AFTER_SECONDS = 1;

/** Answers an error. Who was refused for who it is, and why, goes to the log; the token never does. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error, request.id);
  if (problem.status >= 500) request.log.error({ err: error, code: problem.code }, 'request failed');
  if (error instanceof RefusedError) {
    reply.headers(error.headers);
    const { method, url, ip, caller } = request;
    const { reason, code } = error;
    request.log.warn({ audit: 'refused', subject: caller?.subject, ip, method, url, code, reason }, 'refused');
  }
  if ((problem.status === 503 || problem.status === 429) && !reply.hasHeader('retry-after')) {
    reply.header('retry-after', String(retryAfterSeconds(error)));
  }
  return reply.code(problem.status).type('application/problem+json').send(problem);
}

function retryAfterSeconds(error: unknown): number {
  const { retryAfterMs, facts } = (error ?? {}) as { retryAfterMs?: unknown; facts?: { retryAfterMs?: unknown } };
  const ms = facts?.retryAfterMs ?? retryAfterMs;
  return typeof ms === 'number' && ms > 0 ? Math.ceil(ms / 1000) : RETRY_AFTER_SECONDS;
}

/** Everything a client learns of an error; stack traces and causes stay here. */
export function problemOf(error: unknown, requestId: string): Problem {
  if (error instanceof ApiError) return problem(error.status, error.code, error.message, { ...error.facts, requestId });
  if (error instanceof HybridgeError) {
    const { cause: _, ...facts } = error.facts;
    return problem(SDK_STATUS[error.code], error.code, error.message, { ...facts, requestId });
  }
  if (error instanceof ViewError && error.code === 'HYBRIDGE_VIEW_UNKNOWN') {
    return problem(404, error.code, error.message, { fix: 'GET /views lists the views there are.', requestId });
  }
  return ofOthers(error, requestId);
}

function ofOthers(error: unknown, requestId: string): Problem {
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown };
  const known = typeof code === 'string' ? FRAMEWORK[code] : undefined;
  if (known !== undefined) return problemOf(known, requestId);
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return problem(statusCode, 'HYBRIDGE_API_REQUEST_INVALID', (error as Error).message, { requestId });
  }
  if (code === 'HYBRIDGE_SINK_ITEM_TOO_LARGE') {
    const detail = 'With this change the item would be larger than DynamoDB allows.';
    return problem(422, code, detail, { fix: 'Send smaller values.', requestId });
  }
  if (isTransient(error)) {
    const detail = 'A database did not answer in time.';
    return problem(503, 'HYBRIDGE_API_UNAVAILABLE', detail, { fix: 'Try again.', requestId });
  }
  const detail = 'Something went wrong here. The log has the details under the request id.';
  return problem(500, 'HYBRIDGE_API_INTERNAL', detail, { requestId });
}

const problem = (
  status: number,
  code: string,
  detail: string,
  facts: Readonly<Record<string, unknown>> & { readonly requestId: string },
): Problem => ({
  type: `urn:hybridge:problem:${code.toLowerCase().replaceAll('_', '-')}`,
  title: TITLES[status] ?? 'Error',
  status,
  code,
  detail,
  ...facts,
});
