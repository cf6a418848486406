import { type CustomerChange, type Item, judgeRead, nonceOf } from '@hybridge/protocol';
import { type Document, comparedOf, shapeOf } from '@hybridge/views';
import { ulid } from 'ulid';
import { type ChangeDependencies, type ChangedItem, changeItem } from './change-item.ts';
import { formatToken } from './change-token.ts';
import { nonceIn, versionOf } from './document-version.ts';
import { foundItem } from './found.ts';
import { viewLoading } from './loading.ts';
import type { Place } from './place.ts';
import { readChangeRequest } from './read-change-request.ts';
import type { ServingGate } from './serving-gate.ts';
import { toSourceFailure } from './source-failure.ts';
import type { Accepted, ChangeOptions, ChangeRequest } from './types.ts';

export interface AcceptDependencies extends ChangeDependencies {
  readonly gate: ServingGate;
}

/** Reads a customer's request, lays it over the item, and says what is visible from now on. */
export async function acceptChange(
  dependencies: AcceptDependencies,
  at: Place,
  request: ChangeRequest<Document>,
  options: ChangeOptions,
): Promise<Accepted<Document>> {
  const change: CustomerChange = {
    ...readChangeRequest(at, request),
    id: options.id ?? ulid(),
    key: at.itemKey,
    shape: shapeOf(at.view),
    compared: comparedOf(at.view),
    by: options.by,
    ...(options.ifMatch === undefined ? {} : { ifNonce: nonceIn(options.ifMatch) }),
  };
  const { gate, context } = dependencies;
  if (!gate.isOpen && !(await gate.pass())) throw viewLoading(at);
  const { item, repeated } = await changed(dependencies, at, change);
  const visible = item !== undefined && judgeRead(item, context.now()) === 'hit' ? item : undefined;
  return {
    changeId: change.id,
    document: visible === undefined ? undefined : foundItem(at.view, visible).document,
    version: item === undefined ? undefined : versionOf(at.view, item),
    repeated,
    token: tokenOf(at, change.id, item, context.now()),
  };
}

async function changed(dependencies: ChangeDependencies, at: Place, change: CustomerChange): Promise<ChangedItem> {
  try {
    return await changeItem(dependencies, at, change);
  } catch (error) {
    throw toSourceFailure(at, error);
  }
}

const tokenOf = (at: Place, changeId: string, item: Item | undefined, now: number): string =>
  formatToken(at, { changeId, nonce: item === undefined ? '' : nonceOf(item), at: now });
