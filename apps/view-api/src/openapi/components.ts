import { IDEMPOTENCY_KEY, IF_MATCH, MAX_WAIT_SECONDS } from '../request.ts';
import { JSON_SCHEMA, type Schema } from './value-schema.ts';

const text: Schema = { type: 'string' };
const instant: Schema = { type: 'string', format: 'date-time' };

/** RFC 9457. */
const problem: Schema = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail', 'requestId'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: text,
    status: { type: 'integer', minimum: 400, maximum: 599 },
    code: { type: 'string', pattern: '^HYBRIDGE_[A-Z_]+$', description: 'Stable; decide by it.' },
    detail: text,
    fix: { type: 'string', description: 'What to do about it.' },
    requestId: { type: 'string', description: 'Names the request in the log.' },
  },
};

const outcome: Schema = {
  type: 'object',
  required: ['changeId', 'status'],
  properties: {
    changeId: text,
    status: { enum: ['pending', 'applied', 'rejected'] },
    since: instant,
    at: instant,
    code: { type: 'string', description: 'Why SQL rejected it.' },
    message: text,
  },
};

const serverSentEvent: Schema = {
  type: 'object',
  properties: {
    event: { enum: ['item', 'outcome', 'gone', 'end'] },
    id: { type: 'string', description: 'Of item: its version.' },
    data: {
      type: 'string',
      contentMediaType: 'application/json',
      description: 'item: {document, pending}. outcome: Outcome. gone: {}. end: {reason}.',
    },
    retry: { type: 'integer' },
  },
};

export const schemas: Readonly<Record<string, Schema>> = {
  Json: JSON_SCHEMA,
  Problem: problem,
  Outcome: outcome,
  ServerSentEvent: serverSentEvent,
};

const header = (description: string, schema: Schema = text) => ({ description, schema });

export const headers = {
  ETag: header('Version of the document: another one after every change of it, and of what is embedded in it.'),
  Location: header('Where the outcome of the change is.'),
  'Retry-After': header('Seconds until trying again may help.', { type: 'string', pattern: '^\\d+$' }),
  'WWW-Authenticate': header('RFC 6750.'),
  'x-hybridge-source': header('What answered.', { enum: ['item', 'fill', 'sql'] }),
  'x-hybridge-pending': header('Changes in the document that SQL has not answered, joined with ",".'),
} as const;

export const headerRefs = (...names: readonly (keyof typeof headers)[]) =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

export const parameters = {
  consistent: {
    name: 'consistent',
    in: 'query',
    description: 'See every change accepted before, for twice the read cost.',
    schema: { type: 'boolean' },
  },
  'if-none-match': {
    name: 'If-None-Match',
    in: 'header',
    description: 'ETags the client has: 304 when the document still is one of them.',
    schema: text,
  },
  'if-match': {
    name: 'If-Match',
    in: 'header',
    description: 'The ETag read: 412 when the row of the document is another one now. Embedded rows may be others.',
    schema: { type: 'string', pattern: IF_MATCH.source },
    example: '"w1"',
  },
  'idempotency-key': {
    name: 'Idempotency-Key',
    in: 'header',
    description: 'The same request sent again is one change.',
    schema: { type: 'string', pattern: IDEMPOTENCY_KEY.source },
  },
  prefer: {
    name: 'Prefer',
    in: 'header',
    description: `wait=N: for SQL, at most ${MAX_WAIT_SECONDS} seconds: 200 applied, 409 rejected, 202 not yet.`,
    schema: text,
    example: 'wait=5',
  },
  'last-event-id': {
    name: 'Last-Event-ID',
    in: 'header',
    description: 'The last event received: the document is sent again only if it changed since.',
    schema: text,
  },
} as const;

export const parameterRefs = (...names: readonly (keyof typeof parameters)[]) =>
  names.map((name) => ({ $ref: `#/components/parameters/${name}` }));

const PROBLEMS = {
  400: 'The address, a header or the body is malformed.',
  401: 'No token, or not a valid one.',
  403: 'The token does not allow this, or the attribute cannot be changed.',
  404: 'There is no such document, or it is not yours.',
  405: 'The address does not have this method.',
  408: 'The request did not arrive in time.',
  409: 'It exists already, or SQL rejected the change.',
  412: 'The document is no longer at that version.',
  413: 'The body is too large.',
  415: 'Only JSON is read.',
  422: 'A value does not fit.',
  429: 'Too many requests, streams or unanswered changes.',
  431: 'The headers are too large.',
  500: 'Something went wrong here.',
  503: 'A database does not answer, or is not to be asked just now.',
} as const;
export type ProblemStatus = keyof typeof PROBLEMS;

const problemHeaders: Readonly<Partial<Record<ProblemStatus, Schema>>> = {
  401: headerRefs('WWW-Authenticate'),
  429: headerRefs('Retry-After'),
  503: headerRefs('Retry-After'),
};

export const responses = Object.fromEntries(
  Object.entries(PROBLEMS).map(([status, description]) => [
    `Problem${status}`,
    {
      description,
      headers: problemHeaders[Number(status) as ProblemStatus] ?? {},
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  ]),
);

/** Every operation may answer these. */
const EVERYWHERE: readonly ProblemStatus[] = [400, 401, 405, 408, 429, 431, 500, 503];

export const problems = (...more: readonly ProblemStatus[]) =>
  Object.fromEntries(
    [...EVERYWHERE, ...more].map((status) => [status, { $ref: `#/components/responses/Problem${status}` }]),
  );
