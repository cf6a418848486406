import type { Accepted, ChangeRequest, ChangeStatus, Hybridge } from '@hybridge/sdk';
import type { Catalog, Document } from '@hybridge/views';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { visibleTo } from './auth/authorise.ts';
import { type Caller, authorOf } from './auth/caller.ts';
import { changeAsCaller } from './change-as-caller.ts';
import { ApiError } from './errors.ts';
import { type Place, placeOf } from './place.ts';
import { changeIdOf, etagOf, versionToMatch, waitSeconds } from './request.ts';

export interface ChangeDependencies {
  readonly hybridge: Hybridge;
  readonly catalog: Catalog;
  readonly closing: AbortSignal;
}

interface Answering {
  readonly hybridge: Hybridge;
  readonly place: Place;
  readonly caller: Caller | undefined;
  readonly reply: FastifyReply;
}

/**
 * Accepts a change: 202 with the document as visible now, and where to ask for the outcome. A client that prefers to
 * wait gets 200 once SQL has applied it, 409 once SQL has rejected it, 202 when neither came in time.
 */
export async function answerChange(
  { hybridge, catalog, closing }: ChangeDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  change: ChangeRequest<Document>,
): Promise<FastifyReply> {
  const place = placeOf(catalog, request);
  const { caller } = request;
  const answering = { hybridge, place, caller, reply };
  const by = authorOf(caller);
  const accepted = await changeAsCaller(hybridge, place, change, {
    caller,
    by,
    ifMatch: versionToMatch(request),
    id: changeIdOf(request, place, by),
  });
  reply.header('location', `${place.path}/changes/${encodeURIComponent(accepted.changeId)}`);
  const seconds = waitSeconds(request);
  // A change sent again may have been answered already, so it is looked at even without waiting.
  if (seconds === undefined && !accepted.repeated) return sendPending(answering, accepted);
  const options = { timeoutMs: (seconds ?? 0) * 1000, signal: closing };
  const status = await hybridge.waitFor(place.view.name, place.key, accepted.changeId, options);
  if (seconds !== undefined) reply.header('preference-applied', `wait=${seconds}`);
  return sendOutcome(answering, accepted, status);
}

function sendPending(answering: Answering, { changeId, document, version }: Accepted<Document>): FastifyReply {
  const { reply } = answering;
  if (version !== undefined) reply.header('etag', etagOf(version));
  return reply.code(202).send({ changeId, status: 'pending', document: shown(answering, document) });
}

async function sendOutcome(
  answering: Answering,
  accepted: Accepted<Document>,
  status: ChangeStatus,
): Promise<FastifyReply> {
  const { hybridge, place, reply } = answering;
  if (status.status === 'rejected') throw rejected(place, accepted.changeId, status);
  if (status.status !== 'applied') return sendPending(answering, accepted);
  const now = await hybridge.get(place.view.name, place.key, { consistent: true });
  if (now?.version !== undefined) reply.header('etag', etagOf(now.version));
  return reply.code(200).send({ changeId: accepted.changeId, ...status, document: shown(answering, now?.document) });
}

const shown = ({ place, caller }: Answering, document: Document | undefined): Document | null =>
  (document === undefined ? undefined : visibleTo(place, document, caller)) ?? null;

const rejected = (
  { view, key }: Place,
  changeId: string,
  { code, message }: ChangeStatus & { readonly status: 'rejected' },
): ApiError =>
  new ApiError('HYBRIDGE_API_CHANGE_REJECTED', 409, `SQL rejected the change: ${message || code}`, {
    view: view.name,
    key: key.join(','),
    changeId,
    reason: code,
    message,
  });
