import { type Attributes, type ItemKey, type PendingChange, pendingToWire } from '@hybridge/protocol';
import { type AnyView, type Row, policyName } from '@hybridge/views';
import type { Note } from './refusal.ts';
import type { Statement } from './statement.ts';

/** An item, its view and its key columns. */
export interface ChangeTarget {
  readonly view: AnyView;
  readonly keyRow: Row;
  readonly itemKey: ItemKey;
}

/**
 * What the answer may say of the row.
 * row: this transaction holds the row's lock, so the row as it stands is the truth until COMMIT ·
 * row-or-removed: the same, and if the row is gone it was this transaction that removed it ·
 * nothing: no lock is held (a missing row has none), so nothing is proven.
 */
export type Proof = 'row' | 'row-or-removed' | 'nothing';

/** How a change ends. */
export interface Ending {
  readonly outcome: 'A' | 'R';
  /** Why it was refused, or what of it was left out. */
  readonly note?: Note | undefined;
  readonly proof: Proof;
  /** What was written besides what the customer wanted, by attribute name: the row's new version. */
  readonly counted?: Attributes | undefined;
}

/** How many answers a change may stand on: an item holds no more pending changes. */
export const MOST_EARLIER = 20;

export interface Inbox {
  /** The answers to changes already known: rows `change_id, outcome, code, message, at_ms`. */
  find(changeIds: readonly string[]): Statement;
  /** The latest answers to changes of an item: rows `outcome, base, wanted`. */
  earlier(itemKey: ItemKey): Statement;
  /** The transaction's last statement. */
  record(target: ChangeTarget, change: PendingChange, ending: Ending): Statement;
  /** Says an answer again, with the row as it is now; the transaction's last statement. */
  signalAgain(target: ChangeTarget, changeId: string, proof: Proof): Statement;
}

/** What a change's row in the inbox says besides the image, in the order of `INBOX_COLUMNS`. */
export const INBOX_COLUMNS = 'change_id, view, pk, sk, outcome, code, message, policy, base, wanted' as const;

export const inboxValues = (
  target: ChangeTarget,
  change: PendingChange,
  { outcome, note, counted = {} }: Ending,
): readonly (string | null)[] => [
  change.id,
  target.view.name,
  target.itemKey.pk,
  target.itemKey.sk,
  outcome,
  note?.code ?? null,
  note?.message ?? null,
  policyName(target.view.changes),
  ...auditOf({ ...change, set: { ...change.set, ...counted } }),
];

/** What the customer saw and wanted, for people: attribute values as JSON, so that numbers keep their digits. */
function auditOf(change: PendingChange): [base: string, wanted: string] {
  const [wire] = pendingToWire([change]);
  return [storableJson(wire?.base), storableJson(wire?.set)];
}

/** A NUL or half a surrogate pair, which databases do not take in JSON. JSON writes both as escapes. */
const UNSTORABLE_ESCAPE = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g;

const storableJson = (value: unknown): string => JSON.stringify(value).replace(UNSTORABLE_ESCAPE, '$1\\ufffd');
