import { InvalidTokenError } from './errors.ts';
import { fromOpaque, toOpaque } from './opaque.ts';
import { type Place, partsOf } from './place.ts';

/** One change of one document, as its token names it. Whoever holds a token may have made it up. */
export interface ChangeToken {
  readonly view: string;
  /** In the order of the document's key. */
  readonly key: readonly string[];
  readonly changeId: string;
  /** Nonce the item had right after the change; empty when it was not known. */
  readonly nonce: string;
  /** When the change was accepted, milliseconds since 1970. */
  readonly at: number;
}

/** First entry of every token: another layout gets another one. */
const LAYOUT = 'c1';

export const formatToken = (place: Place, change: Pick<ChangeToken, 'changeId' | 'nonce' | 'at'>): string =>
  toOpaque([LAYOUT, place.view.name, change.changeId, change.nonce, String(change.at), ...partsOf(place)]);

/** @throws InvalidTokenError */
export function parseToken(token: string): ChangeToken {
  const [layout, view = '', changeId = '', nonce = '', at = '', ...key] = fromOpaque(token) ?? [];
  if (layout === LAYOUT && /^\d{1,15}$/.test(at) && key.length > 0) {
    return { view, key, changeId, nonce, at: Number(at) };
  }
  throw new InvalidTokenError(`"${token.slice(0, 80)}" is not a token of a change.`, {
    view: '',
    fix: 'Give the token as `change` returned it.',
  });
}

/** The token, if it is one of a change of this very document. @throws InvalidTokenError */
export function parseTokenOf(place: Place, token: string): ChangeToken {
  const parsed = parseToken(token);
  const parts = partsOf(place);
  const same = parsed.key.length === parts.length && parsed.key.every((part, i) => part === parts[i]);
  if (same && parsed.view === place.view.name) return parsed;
  const message = `The token is of ${parsed.view} ${parsed.key.join(',')}, and not of ${place.facts.view} ${place.facts.key}.`;
  throw new InvalidTokenError(message, { ...place.facts, fix: 'Give the token of a change of the document you read.' });
}
