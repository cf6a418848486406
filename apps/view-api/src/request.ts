import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { ApiError } from './errors.ts';

/** Longest a request may wait for SQL's answer, seconds. */
export const MAX_WAIT_SECONDS = 30;

/** Longest value of a header that is stored or hashed. */
const MAX_HEADER_LENGTH = 200;

/** Which document a request is about. */
export interface Target {
  readonly view: string;
  /** Key parts, decoded. */
  readonly key: readonly string[];
  /** The address of the document, as the client wrote it. */
  readonly path: string;
}

/**
 * Reads `/views/{view}/{key}`. The key is split before it is decoded, so that a part may contain `,` and `/`.
 * @throws ApiError when a part is not percent-encoded UTF-8
 */
export function targetOf(request: FastifyRequest): Target {
  const path = (request.raw.url ?? '').split('?', 1)[0] as string;
  const [, , view = '', key = ''] = path.split('/');
  try {
    return {
      view: decodeURIComponent(view),
      key: key.split(',').map(decodeURIComponent),
      path: `/views/${view}/${key}`,
    };
  } catch {
    throw new ApiError('HYBRIDGE_API_REQUEST_INVALID', 400, `"${key}" is not percent-encoded UTF-8.`, {
      fix: 'Percent-encode each part of the key and join the parts with ",".',
    });
  }
}

export const etagOf = (version: string): string => `"${version}"`;

/** The versions `If-Match` or `If-None-Match` name; `*` stands for any. Weak tags compare like strong ones. */
export function versionsIn(header: string | undefined): readonly string[] {
  if (header === undefined) return [];
  return header.split(',').map((tag) =>
    tag
      .trim()
      .replace(/^W\//, '')
      .replace(/^"(.*)"$/, '$1'),
  );
}

/** The one version `If-Match` names; undefined when any will do. @throws ApiError when it names several */
export function versionToMatch(request: FastifyRequest): string | undefined {
  const versions = versionsIn(request.headers['if-match']);
  if (versions.length > 1) throw badHeader('If-Match', request.headers['if-match'], 'Give the one ETag you read.');
  return versions[0] === '*' ? undefined : versions[0];
}

/** Seconds in `Prefer: wait=N`; undefined when the client does not wait. */
export function waitSeconds(request: FastifyRequest): number | undefined {
  const match = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,6})"?/i.exec(String(request.headers['prefer'] ?? ''));
  return match === null ? undefined : Math.min(Number(match[1]), MAX_WAIT_SECONDS);
}

/** Who asks. Taken on trust until authentication stands in front of this. */
export const customerOf = (request: FastifyRequest): string => textHeader(request, 'x-customer') ?? 'anonymous';

/**
 * The id of the change a request asks for, when it brings an `Idempotency-Key`. The key only has to be unique for its
 * customer and document: SQL remembers ids over everything, so they are made from all three.
 */
export function changeIdOf(request: FastifyRequest, target: Target): string | undefined {
  const given = textHeader(request, 'idempotency-key');
  if (given === undefined) return undefined;
  const all = JSON.stringify([target.view, target.key, customerOf(request), given]);
  return `idem-${createHash('sha256').update(all).digest('base64url').slice(0, 32)}`;
}

function textHeader(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string' && value.length <= MAX_HEADER_LENGTH) return value;
  throw badHeader(name, value, `Send it once, with at most ${MAX_HEADER_LENGTH} characters.`);
}

const badHeader = (name: string, value: unknown, fix: string): ApiError =>
  new ApiError('HYBRIDGE_API_HEADER_INVALID', 400, `Header ${name}: "${String(value).slice(0, 80)}" does not fit.`, {
    fix,
  });
