import type { GetCollectionOptions, Hybridge } from '@hybridge/sdk';
import { AccessOperation, type AnyView, type Catalog, shownView } from '@hybridge/views';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { assertMayEver, authorise, notOwner, permits, visibleTo } from '../auth/authorise.ts';
import type { Caller } from '../auth/caller.ts';
import { ApiError } from '../errors.ts';
import type { Instruments } from '../instruments.ts';
import { listedDocument } from '../listed-document.ts';
import { collectionsOf } from '../operations.ts';
import { badParameter, limitIn, orderIn } from '../page-parameters.ts';
import { type Place, notFound, placeOf } from '../place.ts';
import { isConsistent } from '../request.ts';

export const COLLECTION = '/views/:view/:key/collection';

export interface CollectionRequest {
  Params: { view: string; key: string };
}

type Answering = { readonly hybridge: Hybridge; readonly catalog: Catalog; readonly instruments: Instruments };

/** What collects nothing that anybody may read has no such address; the rest is refused before the parameters are read. */
export const admitToCollection =
  (catalog: Catalog) =>
  async (request: FastifyRequest<CollectionRequest>): Promise<void> => {
    const view = shownView(catalog, request.params.view);
    if (collectionsOf(view).length > 0) return assertMayEver(view, AccessOperation.read, request.caller);
    throw new ApiError('HYBRIDGE_API_NOT_FOUND', 404, `${view.name} has no collections.`, {
      view: view.name,
      fix: 'GET /views lists the collections there are.',
    });
  };

/**
 * A document and a page of what its view collects, each as the rules of its own view show it. Collections that the caller
 * may read no document of are left out, as attributes are that it may not see.
 */
export async function answerCollection(
  { hybridge, catalog, instruments }: Answering,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const place = placeOf(catalog, request);
  const { caller } = request;
  const options = optionsOf(request);
  authorise(place, AccessOperation.read, caller);
  const views = collectionsOf(place.view).filter(([, view]) => permits(view.access.read ?? [], caller, true, true));
  const { found, items, cursor } = await gathered(hybridge, place, views, options);
  instruments.read(found);
  if (found === undefined) throw notFound(place);
  const document = visibleTo(place, found.document, caller);
  if (document === undefined) throw notOwner(place);
  const shown = views.map(([name, view]) => {
    for (const one of items[name] ?? []) instruments.read(one);
    return [name, shownOf(view, items[name] ?? [], caller)] as const;
  });
  return reply.send({
    ...listedDocument(place.view, found, place.key, document),
    collections: Object.fromEntries(shown),
    ...(cursor === undefined ? {} : { cursor }),
  });
}

type Collection = Awaited<ReturnType<typeof getCollection>>;

const getCollection = (hybridge: Hybridge, { view, key }: Place, options: GetCollectionOptions) =>
  hybridge.getCollection(String(view.name), key, options);

async function gathered(
  hybridge: Hybridge,
  place: Place,
  views: ReturnType<typeof collectionsOf>,
  options: GetCollectionOptions,
): Promise<Collection> {
  const collections = views.map(([name]) => name);
  if (collections.length > 0) return getCollection(hybridge, place, { ...options, collections });
  const found = await hybridge.get(place.view.name, place.key, { consistent: options.consistent ?? false });
  return { found, items: {}, cursor: undefined };
}

const shownOf = (view: AnyView, found: NonNullable<Collection['items'][string]>, caller: Caller | undefined) =>
  found.flatMap((one) => {
    const document = visibleTo({ view }, one.document, caller, true);
    return document === undefined ? [] : [listedDocument(view, one, one.key, document)];
  });

const PARAMETERS: readonly string[] = ['limit', 'order', 'cursor', 'consistent'];

function optionsOf(request: FastifyRequest): GetCollectionOptions {
  const given = Object.entries(request.query as object) as [string, unknown][];
  for (const [name, value] of given) {
    if (!PARAMETERS.includes(name)) {
      throw badParameter(name, 'is no parameter of a collection', `Give ${PARAMETERS.join(', ')}.`);
    }
    if (typeof value !== 'string') throw badParameter(name, 'is given more than once', 'Give it once.');
  }
  const { limit, order, cursor } = Object.fromEntries(given) as Record<string, string | undefined>;
  return { limit: limitIn(limit), order: orderIn(order), cursor, consistent: isConsistent(request) };
}
