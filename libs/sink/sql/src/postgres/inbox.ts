import pg from 'pg';
import { type ChangeTarget, INBOX_COLUMNS, type Inbox, MOST_EARLIER, type Proof, inboxValues } from '../inbox.ts';
import type { Statement } from '../statement.ts';
import { rowImage } from './statements.ts';

/** @param schema schema of `hybridge_inbox` */
export function createPostgresInbox(schema: string): Inbox {
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

    record(target, change, ending) {
      const values = inboxValues(target, change, ending);
      const image = imageOf(target, ending.proof, values.length);
      const parameters = values.map((_, i) => `$${i + 1}`).join(', ');
      return {
        text: `INSERT INTO ${inbox} (${INBOX_COLUMNS}, image) VALUES (${parameters}, ${image.text})`,
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

/** A PostgreSQL array of texts. */
const arrayLiteral = (values: readonly string[]): string =>
  `{${values.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
