import { createHash } from 'node:crypto';
import { type Item, heldOf, nonceOf } from '@hybridge/protocol';
import type { ViewRelation } from '@hybridge/views';
import type { ViewLike } from './types.ts';

/** In no nonce, which are made of letters, digits, `-` and `_`; and allowed in an ETag. */
const SEPARATOR = '.';
/** 48 bits: two states of one document that follow each other share them once in 10^14. */
const DIGEST_LENGTH = 8;

/**
 * `<nonce>` or, of a view that embeds rows, `<nonce>.<digest of what is embedded>`: another one after every change of the
 * document. The nonce alone does not change with an embedded row, so that its refresh refuses nobody's change.
 */
export function versionOf({ relations }: ViewLike, item: Item): string {
  const nonce = nonceOf(item);
  if (relations.length === 0) return nonce;
  const versions = (relations as readonly ViewRelation[]).map(({ name }) => heldOf(item, name)?.version ?? '');
  const digest = createHash('sha256').update(JSON.stringify(versions)).digest('base64url');
  return `${nonce}${SEPARATOR}${digest.slice(0, DIGEST_LENGTH)}`;
}

/** What of a version a change is compared with: the row itself, whatever becomes of the rows that it embeds. */
export const nonceIn = (version: string): string => version.split(SEPARATOR, 1)[0] as string;
