import { AccessOperation, type Catalog, shownView } from '@hybridge/views';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { answerChange } from './answer-change.ts';
import { assertMayEver, authorise, notOwner, ownsDocument, visibleTo } from './auth/authorise.ts';
import {
  COLLECTION,
  type CollectionRequest,
  admitToCollection,
  answerCollection,
} from './collections/answer-collection.ts';
import { describeViews } from './describe-views.ts';
import { ApiError } from './errors.ts';
import { type EventDependencies, answerEvents } from './events/answer-events.ts';
import { INDEX, type IndexRequest, admitToIndex, answerIndex } from './indexes/answer-index.ts';
import type { Instruments } from './instruments.ts';
import { openApiOf } from './openapi/document.ts';
import { METHODS, methodsOf, operationsOf } from './operations.ts';
import { type Place, notFound, placeOf } from './place.ts';
import type { Body } from './read-body.ts';
import { etagOf, isConsistent, versionsIn } from './request.ts';

export interface RouteDependencies extends EventDependencies {
  readonly instruments: Instruments;
}

interface ViewParams {
  Params: { view: string };
}
interface WithBody {
  Body: Body | undefined;
}

const DOCUMENT = '/views/:view/:key';
const CHANGE = `${DOCUMENT}/changes/:changeId`;
const EVENTS = `${DOCUMENT}/events`;

export function addRoutes(app: FastifyInstance, dependencies: RouteDependencies): void {
  const { hybridge, catalog, closing } = dependencies;
  const change = { hybridge, catalog, closing };
  const views = describeViews(catalog);
  const openApi = openApiOf(catalog);
  const admit = (operation: AccessOperation) => ({ preParsing: admission(catalog, operation) });
  const read = admit(AccessOperation.read);

  app.get('/views', async () => views);

  app.get('/openapi.json', async () => openApi);

  app.get<ViewParams>(DOCUMENT, read, (request, reply) => answerRead(dependencies, request, reply));

  app.get<IndexRequest>(INDEX, { preParsing: admitToIndex(catalog) }, (request, reply) =>
    answerIndex(dependencies, request, reply),
  );

  app.get<CollectionRequest>(COLLECTION, { preParsing: admitToCollection(catalog) }, (request, reply) =>
    answerCollection(dependencies, request, reply),
  );

  app.patch<ViewParams & WithBody>(DOCUMENT, admit(AccessOperation.update), (request, reply) =>
    answerChange(change, request, reply, { op: 'update', set: bodyOf(request) }),
  );

  app.put<ViewParams & WithBody>(DOCUMENT, admit(AccessOperation.insert), (request, reply) =>
    answerChange(change, request, reply, { op: 'insert', values: bodyOf(request) }),
  );

  app.delete<ViewParams>(DOCUMENT, admit(AccessOperation.delete), (request, reply) =>
    answerChange(change, request, reply, { op: 'delete' }),
  );

  app.get<{ Params: { view: string; changeId: string } }>(CHANGE, read, (request) =>
    answerOutcome(dependencies, request, request.params.changeId),
  );

  app.get<ViewParams>(EVENTS, { ...read, exposeHeadRoute: false }, (request, reply) =>
    answerEvents(dependencies, request, reply),
  );
}

/** What a view offers to nobody is no part of the API; the rest is refused before key, headers and body are read. */
const admission =
  (catalog: Catalog, operation: AccessOperation) =>
  async (request: FastifyRequest<ViewParams>, reply: FastifyReply): Promise<void> => {
    const view = shownView(catalog, request.params.view);
    if (operationsOf(view).includes(operation)) return assertMayEver(view, operation, request.caller);
    const methods = methodsOf(view).join(', ');
    reply.header('allow', methods);
    throw new ApiError('HYBRIDGE_API_METHOD_NOT_ALLOWED', 405, `${view.name} has no ${METHODS[operation]}.`, {
      fix: `Use ${methods}.`,
    });
  };

async function answerRead(
  { hybridge, catalog, instruments }: RouteDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const place = placeOf(catalog, request);
  authorise(place, AccessOperation.read, request.caller);
  const found = await hybridge.get(place.view.name, place.key, { consistent: isConsistent(request) });
  instruments.read(found);
  if (found === undefined) throw notFound(place);
  const document = visibleTo(place, found.document, request.caller);
  if (document === undefined) throw notOwner(place);
  reply.header('x-hybridge-source', found.source).header('x-hybridge-pending', found.pending.join(','));
  if (found.version === undefined) return reply.send(document);
  reply.header('etag', etagOf(found.version));
  const known = versionsIn(request.headers['if-none-match']);
  return known.includes(found.version) || known.includes('*') ? reply.code(304).send() : reply.send(document);
}

async function answerOutcome(
  { hybridge, catalog }: RouteDependencies,
  request: FastifyRequest,
  changeId: string,
): Promise<object> {
  const place = placeOf(catalog, request);
  if (authorise(place, AccessOperation.read, request.caller) === 'if-owner') {
    const found = await hybridge.get(place.view.name, place.key);
    if (found === undefined) throw notFound(place);
    if (!ownsDocument(place.view, found.document, request.caller)) throw notOwner(place);
  }
  const status = await hybridge.statusOf(place.view.name, place.key, changeId);
  if (status.status !== 'unknown') return { changeId, ...status };
  throw unknownChange(place, changeId);
}

const unknownChange = ({ view, key }: Place, changeId: string): ApiError =>
  new ApiError('HYBRIDGE_API_CHANGE_UNKNOWN', 404, `${view.name} ${key.join(',')} does not know change ${changeId}.`, {
    fix: 'An item remembers its last outcomes only; ask sooner.',
  });

function bodyOf(request: { readonly body: Body | undefined }): Body {
  if (request.body !== undefined && request.body !== null) return request.body;
  throw new ApiError('HYBRIDGE_API_BODY_INVALID', 400, 'The request has no body.', {
    fix: 'Send a JSON object of attributes.',
  });
}
