import {
  type AccessOperation,
  type AnyView,
  type Audience,
  type Audiences,
  type Document,
  columnOf,
} from '@hybridge/views';
import { ApiError, RefusedError } from '../errors.ts';
import { type Place, notFound } from '../place.ts';
import type { Caller } from './caller.ts';

/** `if-owner`: allowed once the document shows that it is the caller's. */
export type Grant = 'granted' | 'if-owner';

/**
 * Whether a caller may do something with the document at a place, as far as its key tells.
 * A document of somebody else is answered like one that is not there, so that nobody learns which there are.
 * @throws RefusedError 401 without a token, 403 without the scope or role, 404 for somebody else's
 */
export function authorise(place: Place, operation: AccessOperation, caller: Caller | undefined): Grant {
  const audiences: Audiences = place.view.access[operation] ?? [];
  const owns = ownsByKey(place, caller);
  if (permits(audiences, caller, owns === true)) return 'granted';
  assertMayEver(place.view, operation, caller);
  if (owns === undefined) return 'if-owner';
  throw notOwner(place);
}

/**
 * Refuses whoever could not do this with any document, before anything else of the request is looked at.
 * @throws RefusedError 401, 403
 */
export function assertMayEver(view: AnyView, operation: AccessOperation, caller: Caller | undefined): void {
  if (permits(view.access[operation] ?? [], caller, true)) return;
  throw caller === undefined ? missingToken() : forbidden(view, operation);
}

/** @param withParent the document that collects it is the caller's to read, and read together with it */
export function permits(audiences: Audiences, caller: Caller | undefined, owns: boolean, withParent = false): boolean {
  const includes = (audience: Audience): boolean => {
    if (audience === 'public') return true;
    if (audience === 'parent') return withParent;
    if (caller === undefined) return false;
    if (audience === 'authenticated') return true;
    if (audience === 'owner') return owns;
    return 'scope' in audience ? caller.scopes.has(audience.scope) : caller.roles.has(audience.role);
  };
  return audiences.some(includes);
}

/** Undefined when the key does not say whose the document is. */
export function ownsByKey({ view, keyRow }: Place, caller: Caller | undefined): boolean | undefined {
  const { owner } = view.access;
  if (owner === undefined || caller === undefined) return false;
  const column: string = view.attributes[owner.attribute];
  const value = keyRow[column];
  return value === undefined ? undefined : columnOf(view.table, column).codec.toText(value) === claimOf(view, caller);
}

export function ownsDocument(view: AnyView, document: Document, caller: Caller | undefined): boolean {
  const { owner } = view.access;
  if (owner === undefined || caller === undefined) return false;
  const text = textOf(document[owner.attribute]);
  return text !== undefined && text === claimOf(view, caller);
}

/** Owners are named by texts and whole numbers; nothing else is anybody's name. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string' && value !== '') return value;
  return Number.isSafeInteger(value) ? String(value) : undefined;
}

/** What the owner attribute of the caller's documents says; undefined where the token lacks the claim. */
export const claimOf = ({ access }: AnyView, { claims }: Caller): string | undefined =>
  textOf(claims[access.owner?.claim ?? 'sub']);

/**
 * The attributes a caller may see; undefined when it is not to see the document at all.
 * @param withParent as for `permits`
 */
export function visibleTo(
  { view }: Pick<Place, 'view'>,
  document: Document,
  caller: Caller | undefined,
  withParent = false,
): Document | undefined {
  const owns = ownsDocument(view, document, caller);
  if (!permits(view.access.read ?? [], caller, owns, withParent)) return undefined;
  const fields: AnyView['access']['fields'] = view.access.fields ?? {};
  return Object.fromEntries(
    Object.entries(document).filter(([attribute]) => {
      const audiences: Audiences | undefined = fields[attribute]?.read;
      return audiences === undefined || permits(audiences, caller, owns, withParent);
    }),
  );
}

export const notOwner = (place: Place): RefusedError => new RefusedError(notFound(place), { reason: 'not the owner' });

const missingToken = (): RefusedError =>
  new RefusedError(
    new ApiError('HYBRIDGE_API_TOKEN_MISSING', 401, 'This needs a token.', { fix: 'Send Authorization: Bearer ….' }),
    { reason: 'no token', headers: { 'www-authenticate': 'Bearer' } },
  );

export const forbidden = (view: AnyView, what: string): RefusedError =>
  new RefusedError(
    new ApiError('HYBRIDGE_API_FORBIDDEN', 403, `${view.name}: this token does not allow to ${what}.`, {
      view: view.name,
    }),
    { reason: `no right to ${what}` },
  );
