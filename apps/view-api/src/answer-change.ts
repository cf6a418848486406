import type { Accepted, ChangeRequest, ChangeStatus, Hybridge } from '@hybridge/sdk';
import type { Document } from '@hybridge/views';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from './errors.ts';
import { type Target, changeIdOf, customerOf, etagOf, targetOf, versionToMatch, waitSeconds } from './request.ts';

export interface ChangeDependencies {
  readonly hybridge: Hybridge;
  readonly closing: AbortSignal;
}

/**
 * Accepts a change: 202 with the document as visible now, and where to ask for the outcome. A client that prefers to
 * wait gets 200 once SQL has applied it, 409 once SQL has rejected it, 202 when neither came in time.
 */
export async function answerChange(
  { hybridge, closing }: ChangeDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  change: ChangeRequest<Document>,
): Promise<FastifyReply> {
  const target = targetOf(request);
  const accepted = await hybridge.change(target.view, target.key, change, {
    by: customerOf(request),
    ifMatch: versionToMatch(request),
    id: changeIdOf(request, target),
  });
  reply.header('location', `${target.path}/changes/${encodeURIComponent(accepted.changeId)}`);
  const seconds = waitSeconds(request);
  // A change sent again may have been answered already, so it is looked at even without waiting.
  if (seconds === undefined && !accepted.repeated) return sendPending(reply, accepted);
  const options = { timeoutMs: (seconds ?? 0) * 1000, signal: closing };
  const status = await hybridge.waitFor(target.view, target.key, accepted.changeId, options);
  if (seconds !== undefined) reply.header('preference-applied', `wait=${seconds}`);
  return sendOutcome({ hybridge, target, reply }, accepted, status);
}

function sendPending(reply: FastifyReply, { changeId, document, version }: Accepted<Document>): FastifyReply {
  if (version !== undefined) reply.header('etag', etagOf(version));
  return reply.code(202).send({ changeId, status: 'pending', document: document ?? null });
}

async function sendOutcome(
  { hybridge, target, reply }: { hybridge: Hybridge; target: Target; reply: FastifyReply },
  accepted: Accepted<Document>,
  status: ChangeStatus,
): Promise<FastifyReply> {
  if (status.status === 'rejected') throw rejected(target, accepted.changeId, status);
  if (status.status !== 'applied') return sendPending(reply, accepted);
  const now = await hybridge.get(target.view, target.key, { consistent: true });
  if (now?.version !== undefined) reply.header('etag', etagOf(now.version));
  return reply.code(200).send({ changeId: accepted.changeId, ...status, document: now?.document ?? null });
}

const rejected = (
  { view, key }: Target,
  changeId: string,
  { code, message }: ChangeStatus & { readonly status: 'rejected' },
): ApiError =>
  new ApiError('HYBRIDGE_API_CHANGE_REJECTED', 409, `SQL rejected the change: ${message || code}`, {
    view,
    key: key.join(','),
    changeId,
    reason: code,
    message,
  });
