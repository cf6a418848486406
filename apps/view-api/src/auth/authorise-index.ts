import { type AnyView, type Audiences, ViewError, attributesIn, columnOfAttribute } from '@hybridge/views';
import { ApiError, RefusedError } from '../errors.ts';
import type { IndexQuestion } from '../indexes/index-question.ts';
import { assertMayEver, claimOf, forbidden, permits } from './authorise.ts';
import type { Caller } from './caller.ts';

/**
 * Whether a caller may list a partition of an index. An owner may where the partition holds only what is the owner's:
 * where its key names the owner. What an index is made of shows in its order: nobody lists by what they may not see.
 * @throws RefusedError 401 without a token, 403
 */
export function authoriseIndex(question: IndexQuestion, caller: Caller | undefined): void {
  const { view, index } = question;
  const owns = ownsPartition(question, caller);
  if (!permits(view.access.read ?? [], caller, owns)) {
    assertMayEver(view, 'read', caller);
    throw notOwned(question);
  }
  const fields: AnyView['access']['fields'] = view.access.fields ?? {};
  const hidden = attributesIn([...index.pk, ...index.sk]).find((attribute) => {
    const audiences: Audiences | undefined = fields[attribute]?.read;
    return audiences !== undefined && !permits(audiences, caller, owns);
  });
  if (hidden !== undefined) throw forbidden(view, `list by ${hidden}`);
}

function ownsPartition({ view, index, partition }: IndexQuestion, caller: Caller | undefined): boolean {
  const { owner } = view.access;
  if (owner === undefined || caller === undefined || !attributesIn(index.pk).includes(owner.attribute)) return false;
  const { codec } = columnOfAttribute(view, owner.attribute);
  const claim = claimOf(view, caller);
  try {
    return claim !== undefined && codec.toText(codec.fromPlain(partition[owner.attribute])) === claim;
  } catch (error) {
    if (error instanceof ViewError) return false; // it is no value of the attribute, hence nobody's
    throw error;
  }
}

function notOwned({ view, index }: IndexQuestion): RefusedError {
  const owner: string = view.access.owner?.attribute ?? '';
  const isNamed = attributesIn(index.pk).includes(owner);
  const detail = `${view.name}: this token lists only documents of its owner.`;
  const fix = isNamed ? `Give your own ${owner}.` : `Use an index whose partition names ${owner}.`;
  return new RefusedError(new ApiError('HYBRIDGE_API_FORBIDDEN', 403, detail, { view: view.name, fix }), {
    reason: 'not the owner',
  });
}
