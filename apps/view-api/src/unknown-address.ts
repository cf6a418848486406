import type { AnyView, Catalog } from '@hybridge/views';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from './errors.ts';
import { collectionsOf, methodsOf } from './operations.ts';

/** 405 with `Allow` for a method an address does not have, 404 for an address there is not. */
export function unknownAddress({ views }: Catalog, request: FastifyRequest, reply: FastifyReply): ApiError {
  const methods = methodsAt(request.url.split('?', 1)[0] as string, views);
  if (methods.length === 0) {
    return new ApiError('HYBRIDGE_API_NOT_FOUND', 404, `There is no ${request.method} ${request.url.slice(0, 200)}.`, {
      fix: 'GET /views lists what there is.',
    });
  }
  reply.header('allow', methods.join(', '));
  return new ApiError('HYBRIDGE_API_METHOD_NOT_ALLOWED', 405, `This address has no ${request.method}.`, {
    fix: `Use ${methods.join(', ')}.`,
  });
}

const READ_ONLY = ['GET', 'HEAD'];

/** What answers on further addresses of a document, by the segments behind its key. */
const BEHIND_A_KEY: readonly (readonly [RegExp, (view: AnyView) => readonly string[]])[] = [
  [/^changes\/[^/]+$/, () => READ_ONLY],
  [/^events$/, () => ['GET']],
  [/^collection$/, (view) => (collectionsOf(view).length > 0 ? READ_ONLY : [])],
];

function methodsAt(path: string, views: readonly AnyView[]): readonly string[] {
  if (path === '/views' || path === '/openapi.json') return READ_ONLY;
  const [, listed, index] = /^\/indexes\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  if (index !== undefined) return hasIndex(views, listed, index) ? READ_ONLY : [];
  const [, name, behind] = /^\/views\/([^/]+)\/[^/]+(?:\/(.*))?$/.exec(path) ?? [];
  const view = views.find((candidate) => candidate.name === name);
  if (view === undefined) return [];
  if (behind === undefined) return withHead(methodsOf(view));
  return BEHIND_A_KEY.find(([shape]) => shape.test(behind))?.[1](view) ?? [];
}

const hasIndex = (views: readonly AnyView[], name: string | undefined, index: string): boolean =>
  views.some((view) => view.name === name && methodsOf(view).includes('GET') && Object.hasOwn(view.indexes, index));

const withHead = (methods: readonly string[]): readonly string[] =>
  methods.flatMap((method) => (method === 'GET' ? READ_ONLY : [method]));
