import type { Hybridge } from '@hybridge/sdk';
import { AccessOperation, type Catalog } from '@hybridge/views';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { authorise, notOwner, visibleTo } from '../auth/authorise.ts';
import type { Caller } from '../auth/caller.ts';
import { type Place, notFound, placeOf } from '../place.ts';
import { keyOf } from '../rate-limit.ts';
import { type EventStream, createEventStream } from './event-stream.ts';
import type { ItemWatch, Sighting } from './item-watch.ts';
import type { StreamSeats } from './stream-seats.ts';

export interface EventDependencies {
  readonly hybridge: Hybridge;
  readonly catalog: Catalog;
  readonly watch: ItemWatch;
  readonly seats: StreamSeats;
  readonly streams: { readonly heartbeatMs: number; readonly maxAgeMs: number };
  /** Fires when the server stops, and ends waiting. */
  readonly closing: AbortSignal;
}

/**
 * A stream of what becomes of a document: `item` with the document as it stands and after each change, `outcome` for each
 * change answered meanwhile, `gone`, and `end` before it is closed, at the latest when the token expires.
 */
export async function answerEvents(
  { hybridge, catalog, watch, seats, streams, closing }: EventDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const place = placeOf(catalog, request);
  const { caller } = request;
  authorise(place, AccessOperation.read, caller);
  const found = await hybridge.get(place.view.name, place.key);
  if (found === undefined) throw notFound(place);
  if (visibleTo(place, found.document, caller) === undefined) throw notOwner(place);

  const leave = seats.take(keyOf(request));
  const onClosing = (): void => stream.end('the server stops');
  const expiry = setTimeout(() => stream.end('connect again'), lifetimeMs(caller, streams.maxAgeMs));
  const stream = createEventStream({
    heartbeatMs: streams.heartbeatMs,
    onClose: () => {
      leave();
      unwatch();
      clearTimeout(expiry);
      closing.removeEventListener('abort', onClosing);
    },
  });
  closing.addEventListener('abort', onClosing);
  const tell = teller(stream, place, caller, lastEventId(request));
  const unwatch = watch.watch(place, tell);
  reply.type('text/event-stream; charset=utf-8').header('x-accel-buffering', 'no');
  return reply.send(stream.body);
}

const lifetimeMs = (caller: Caller | undefined, maxAgeMs: number): number =>
  Math.max(0, Math.min(maxAgeMs, (caller?.expiresAtMs ?? Number.POSITIVE_INFINITY) - Date.now()));

const lastEventId = (request: FastifyRequest): string | undefined => {
  const value = request.headers['last-event-id'];
  return typeof value === 'string' ? value : undefined;
};

/** Sends what its caller may see of each sighting, and ends when that is nothing any more. */
function teller(stream: EventStream, place: Place, caller: Caller | undefined, lastId: string | undefined) {
  let known = lastId;
  return ({ found, outcomes }: Sighting): void => {
    if (found === undefined) return stream.send({ event: 'gone', data: {} });
    const document = visibleTo(place, found.document, caller);
    if (document === undefined) return stream.end('no longer yours');
    for (const { changeId, status } of outcomes) stream.send({ event: 'outcome', data: { changeId, ...status } });
    if (found.version !== undefined && found.version === known) return;
    known = found.version;
    stream.send({ event: 'item', id: found.version, data: { document, pending: found.pending } });
  };
}
