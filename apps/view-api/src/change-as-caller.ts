import {
  type Accepted,
  type ChangeOptions,
  type ChangeRequest,
  type Hybridge,
  PreconditionFailedError,
  UnsettledError,
} from '@hybridge/sdk';
import { AccessOperation, type AnyView, type Audiences, type Document } from '@hybridge/views';
import {
  type Grant,
  authorise,
  claimOf,
  forbidden,
  notOwner,
  ownsByKey,
  ownsDocument,
  permits,
  textOf,
} from './auth/authorise.ts';
import type { Caller } from './auth/caller.ts';
import { type Place, notFound } from './place.ts';

type Request = ChangeRequest<Document>;

/** How often a document may change between a look at its owner and the change. */
const MAX_LOOKS = 5;

/**
 * Changes a document if its caller may. Where only the document says whose it is, the change is accepted for exactly the
 * version that was looked at, so that it cannot change hands in between.
 * @throws RefusedError, and as `Hybridge.change`
 */
export async function changeAsCaller(
  hybridge: Hybridge,
  place: Place,
  request: Request,
  options: ChangeOptions & { readonly caller: Caller | undefined },
): Promise<Accepted<Document>> {
  const { caller, ...changeOptions } = options;
  const grant = authorise(place, OPERATIONS[request.op], caller);
  const allowed = asCaller(place, request, caller, grant);
  if (grant === 'granted' || request.op === 'insert') {
    return hybridge.change(place.view.name, place.key, allowed, changeOptions);
  }
  for (let looks = 0; looks < MAX_LOOKS; looks += 1) {
    const version = await versionOfOwner(hybridge, place, caller);
    const accepted = await changeVersion(hybridge, place, allowed, { ...changeOptions, version });
    if (accepted !== undefined) return accepted;
  }
  throw unsettled(place);
}

const OPERATIONS = {
  insert: AccessOperation.insert,
  update: AccessOperation.update,
  delete: AccessOperation.delete,
} as const;

/** The version of a document that is the caller's. @throws RefusedError when it is somebody else's */
async function versionOfOwner(hybridge: Hybridge, place: Place, caller: Caller | undefined): Promise<string> {
  const found = await hybridge.get(place.view.name, place.key, { consistent: true });
  if (found === undefined) throw notFound(place);
  if (!ownsDocument(place.view, found.document, caller)) throw notOwner(place);
  if (found.version === undefined) throw unsettled(place);
  return found.version;
}

/** Undefined when the document changed since that look at it. A version the client asked for goes before ours. */
async function changeVersion(
  hybridge: Hybridge,
  { view, key }: Place,
  request: Request,
  { version, ...options }: ChangeOptions & { readonly version: string },
): Promise<Accepted<Document> | undefined> {
  try {
    return await hybridge.change(view.name, key, request, { ...options, ifMatch: options.ifMatch ?? version });
  } catch (error) {
    if (error instanceof PreconditionFailedError && options.ifMatch === undefined) return undefined;
    throw error;
  }
}

/** The request with its owner filled in. @throws RefusedError for attributes the caller may not set */
function asCaller(place: Place, request: Request, caller: Caller | undefined, grant: Grant): Request {
  if (request.op === 'delete') return request;
  const owns = grant === 'if-owner' || ownsByKey(place, caller) === true;
  const given = request.op === 'update' ? request.set : request.values;
  assertFields(place.view, Object.keys(given), caller, owns);
  return grant === 'granted' ? request : ofOwner(place, request, caller);
}

/**
 * What the owner of a document may ask for where only the document says who that is: neither to give it away nor to
 * insert one for others.
 */
function ofOwner({ view }: Place, request: Request, caller: Caller | undefined): Request {
  const owner: string = view.access.owner?.attribute ?? '';
  if (request.op === 'update' && owner in request.set) throw forbidden(view, `change ${owner}`);
  if (request.op !== 'insert') return request;
  const claim = caller === undefined ? undefined : claimOf(view, caller);
  if (claim === undefined || textOf(request.values[owner] ?? claim) !== claim)
    throw forbidden(view, 'insert for others');
  return { op: 'insert', values: { ...request.values, [owner]: claim } };
}

function assertFields(view: AnyView, names: readonly string[], caller: Caller | undefined, owns: boolean): void {
  const fields: AnyView['access']['fields'] = view.access.fields ?? {};
  const refused = names.find((name) => {
    const audiences: Audiences | undefined = Object.hasOwn(fields, name) ? fields[name]?.change : undefined;
    return audiences !== undefined && !permits(audiences, caller, owns);
  });
  if (refused !== undefined) throw forbidden(view, `change ${refused}`);
}

const unsettled = ({ view, key }: Place): UnsettledError =>
  new UnsettledError(`${view.name} ${key.join(',')} is being changed by others all the time.`, {
    view: view.name,
    key: key.join(','),
    fix: 'Try again.',
  });
