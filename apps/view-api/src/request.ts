import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { ApiError } from './errors.ts';
import type { Place } from './place.ts';

/** Longest a request may wait for SQL's answer, seconds. */
export const MAX_WAIT_SECONDS = 30;

/** One entity tag, or any: a list would leave open which one the client looked at. */
export const IF_MATCH = /^((W[/])?"[!#-~]{0,200}"|[*])$/;

export const IDEMPOTENCY_KEY = /^[!-~]{1,200}$/;

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

/** The one version `If-Match` names; undefined when any will do. @throws ApiError when it names none, or several */
export function versionToMatch(request: FastifyRequest): string | undefined {
  const header = request.headers['if-match'];
  if (header === undefined) return undefined;
  if (!IF_MATCH.test(header)) throw badHeader('If-Match', header, 'Give the one ETag you read, with its quotes, or *.');
  return header === '*' ? undefined : versionsIn(header)[0];
}

/** Seconds in `Prefer: wait=N`; undefined when the client does not wait. */
export function waitSeconds(request: FastifyRequest): number | undefined {
  const match = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,6})"?/i.exec(String(request.headers['prefer'] ?? ''));
  return match === null ? undefined : Math.min(Number(match[1]), MAX_WAIT_SECONDS);
}

/**
 * The id of the change a request asks for, when it brings an `Idempotency-Key`. The key only has to be unique for its
 * author and document: SQL remembers ids over everything, so they are made from all of them.
 */
export function changeIdOf(request: FastifyRequest, { view, key }: Place, author: string): string | undefined {
  const given = request.headers['idempotency-key'];
  if (given === undefined) return undefined;
  if (typeof given !== 'string' || !IDEMPOTENCY_KEY.test(given)) {
    throw badHeader('Idempotency-Key', given, 'Send it once, with 1 to 200 visible ASCII characters.');
  }
  const all = JSON.stringify([view.name, key, author, given]);
  return `idem-${createHash('sha256').update(all).digest('base64url').slice(0, 32)}`;
}

/** @throws ApiError for anything but true and false */
export function isConsistent(request: FastifyRequest): boolean {
  const { consistent } = request.query as { readonly consistent?: unknown };
  if (consistent === undefined || consistent === 'false') return false;
  if (consistent === 'true') return true;
  throw new ApiError('HYBRIDGE_API_REQUEST_INVALID', 400, `consistent is "${String(consistent).slice(0, 80)}".`, {
    fix: 'Give true or false.',
  });
}

const badHeader = (name: string, value: unknown, fix: string): ApiError =>
  new ApiError('HYBRIDGE_API_HEADER_INVALID', 400, `Header ${name}: "${String(value).slice(0, 80)}" does not fit.`, {
    fix,
  });
