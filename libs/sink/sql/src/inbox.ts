import { type Attributes, type ItemKey, type PendingChange, pendingToWire } from '@hybridge/protocol';
import { type AnyView, type Row, policyName } from '@hybridge/views';
import pg from 'pg';
import type { Note } from './refusal.ts';
import { type Statement, rowImage } from './statements.ts';

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
const MOST_EARLIER = 20;

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

/** @param schema schema of `hybridge_inbox` */
export function createInbox(schema: string): Inbox {
  const inbox = `${pg.escapeIdentifier(schema)}.hybridge_inbox`;
  return {
    find: (changeIds) => ({
      text:
        `SELECT change_id, outcome, code, message, (extract(epoch FROM at) * 1000)::bigint AS at_ms ` +
        `FROM ${inbox} WHERE change_id = ANY($1::text[])`,
      values: [arrayLiteral(changeIds)],
    }),

    earlier: ({ pk, sk }) => ({
      text:
        `SELECT outcome, base, wanted FROM ${inbox} WHERE pk = $1 AND sk = $2 ` +
        `ORDER BY at DESC LIMIT ${MOST_EARLIER}`,
      values: [pk, sk],
    }),

    record(target, change, { outcome, note, proof, counted = {} }) {
      const values = [
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
      const image = imageOf(target, proof, values.length);
      return {
        text:
          `INSERT INTO ${inbox} (change_id, view, pk, sk, outcome, code, message, policy, base, wanted, image) ` +
          `VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, ${image.text})`,
        values: [...values, ...image.values],
      };
    },

    signalAgain(target, changeId, proof) {
      const image = imageOf(target, proof, 1);
      return {
        text: `UPDATE ${inbox} SET signal = signal + 1, image = ${image.text} WHERE change_id = $1`,
        values: [changeId, ...image.values],
      };
    },
  };
}

function imageOf(target: ChangeTarget, proof: Proof, parametersBefore: number): Statement {
  if (proof === 'nothing') return { text: 'NULL', values: [] };
  const image = rowImage(target.view, target.keyRow, parametersBefore);
  return proof === 'row' ? image : { ...image, text: `COALESCE(${image.text}, '{"e": 0}'::jsonb)` };
}

/** What the customer saw and wanted, for people: attribute values as JSON, so that numbers keep their digits. */
function auditOf(change: PendingChange): [base: string, wanted: string] {
  const [wire] = pendingToWire([change]);
  return [storableJson(wire?.base), storableJson(wire?.set)];
}

/** A NUL or half a surrogate pair, which PostgreSQL's jsonb does not take. JSON writes both as escapes. */
const UNSTORABLE_ESCAPE = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g;

const storableJson = (value: unknown): string => JSON.stringify(value).replace(UNSTORABLE_ESCAPE, '$1\\ufffd');

/** A PostgreSQL array of texts. */
const arrayLiteral = (values: readonly string[]): string =>
  `{${values.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
