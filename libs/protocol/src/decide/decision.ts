import { sameAttributes } from '../attribute.ts';
import { ProtocolError } from '../errors.ts';
import { type Item, formatKey } from '../item.ts';
import type { ItemStore } from '../ports.ts';
import type { Write } from '../write.ts';

/** What is known of an item while deciding: nothing yet, or the item as it stood (undefined: absent). */
export type Seen = { readonly item: Item | undefined } | undefined;

/** The next step of an operation on one item, given what was seen of it. */
export type Decision<Outcome> =
  | { readonly do: 'read' }
  /** Send the write; if it succeeds the operation ends with `outcome`, else decide again with the item returned. */
  | { readonly do: 'write'; readonly write: Write; readonly outcome: Outcome }
  | { readonly do: 'done'; readonly outcome: Outcome };

export const done = <Outcome>(outcome: Outcome): Decision<Outcome> => ({ do: 'done', outcome });

export interface Ended<Outcome> {
  readonly outcome: Outcome;
  /** The item after the last write, when that write asked for it; else the item the operation ended on, if seen. */
  readonly item: Item | undefined;
}

/**
 * Runs an operation to its end: decide, send, and on refusal decide again with what the table said.
 * Every refusal means that somebody else's write came first, so the loop ends when the contention does. An item that
 * refuses what was decided on it, and is still the same, is none of the protocol's.
 *
 * @param first what is known before the first call: a strongly consistent read that the caller made after its own last
 *   write to the item, or what `FirstGuess` says. Default: nothing.
 * @throws ProtocolError `HYBRIDGE_PROTOCOL_WRITE_REFUSED` for such an item; whatever the store throws
 */
export async function carryOut<Outcome>(
  store: ItemStore,
  key: Write['key'],
  decide: (seen: Seen) => Decision<Outcome>,
  first?: Seen,
): Promise<Ended<Outcome>> {
  let seen = first;
  for (;;) {
    const decision = decide(seen);
    if (decision.do === 'done') return { outcome: decision.outcome, item: seen?.item };
    if (decision.do === 'read') {
      seen = { item: await store.get(key) };
      continue;
    }
    const result = await store.write(decision.write);
    if (result.ok) return { outcome: decision.outcome, item: result.item };
    if (isSame(seen?.item, result.item)) throw refused(key, decision.write);
    seen = { item: result.item };
  }
}

export const isSame = (seen: Item | undefined, now: Item | undefined): boolean =>
  seen !== undefined && now !== undefined && sameAttributes(seen, now);

/** Of an item that refuses what was decided on it, and is still the same. */
export const refused = (key: Write['key'], { expression }: Write): ProtocolError =>
  new ProtocolError(
    'HYBRIDGE_PROTOCOL_WRITE_REFUSED',
    `Item ${formatKey(key)} refuses ${expression} and stays as it is: its metadata are not what the protocol writes. ` +
      'Somebody changed it past the SDK. Delete the item; the next reader or change makes it anew.',
  );
