import { type ChangeTarget, INBOX_COLUMNS, type Inbox, MOST_EARLIER, type Proof, inboxValues } from '../inbox.ts';
import type { Statement } from '../statement.ts';
import { join, quoted, rowImage } from './statements.ts';

/** @param schema database of `hybridge_inbox`; undefined: that of the connection */
export function createMariadbInbox(schema: string | undefined): Inbox {
  const inbox = `${schema === undefined ? '' : `${quoted(schema)}.`}hybridge_inbox`;
  return {
    find: (changeIds) => ({
      text:
        `SELECT change_id, outcome, code, message, CAST(UNIX_TIMESTAMP(at) * 1000 AS UNSIGNED) AS at_ms ` +
        `FROM ${inbox} WHERE change_id IN (${changeIds.length === 0 ? 'NULL' : changeIds.map(() => '?').join(', ')})`,
      values: changeIds,
    }),

    earlier: ({ pk, sk }) => ({
      text:
        `SELECT outcome, base, wanted FROM ${inbox} WHERE pk = ? AND sk = ? ` +
        `ORDER BY at DESC LIMIT ${MOST_EARLIER}`,
      values: [pk, sk],
    }),

    record(target, change, ending) {
      const values = inboxValues(target, change, ending).map((value): Statement => ({ text: '?', values: [value] }));
      const image = imageOf(target, ending.proof);
      return join(`INSERT INTO ${inbox} (${INBOX_COLUMNS}, image) VALUES (`, [...values, image], ', ', ')');
    },

    signalAgain(target, changeId, proof) {
      const image = imageOf(target, proof);
      return {
        text: `UPDATE ${inbox} SET \`signal\` = \`signal\` + 1, image = ${image.text} WHERE change_id = ?`,
        values: [...image.values, changeId],
      };
    },
  };
}

function imageOf(target: ChangeTarget, proof: Proof): Statement {
  if (proof === 'nothing') return { text: 'NULL', values: [] };
  const image = rowImage(target.view, target.keyRow);
  return proof === 'row' ? image : { ...image, text: `COALESCE(${image.text}, '{"e": 0}')` };
}
