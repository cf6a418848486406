/** Whether SQL has what it says it has applied. */
import type { AcceptedChange } from '@hybridge/load';
import type { Catalog } from '@hybridge/views';
import { groupBy } from '../group-by.ts';
import type { FaultLab } from './open-fault-lab.ts';
import type { SqlAnswer, SqlWrite } from './sql-ledger.ts';

/** One column that a change sets, in SQL's words. */
export interface WantedValue {
  readonly changeId: string;
  readonly rowKey: string;
  readonly column: string;
  readonly value: string;
}

export interface WrittenEvidence {
  readonly answers: readonly SqlAnswer[];
  /** UPDATEs of the table, in the order in which they were made. */
  readonly writes: readonly SqlWrite[];
  /** The column as it is in the end; undefined: the row is gone. */
  readonly now: (wanted: WantedValue) => string | null | undefined;
}

/**
 * What was answered as applied and not written: neither by the transaction of the answer, nor was it there already.
 * @returns one sentence each
 */
export function judgeWritten(wanted: readonly WantedValue[], evidence: WrittenEvidence): readonly string[] {
  const answers = new Map(evidence.answers.map((answer) => [answer.changeId, answer]));
  const ofCell = groupBy(evidence.writes, ({ rowKey, field }) => cellOf(rowKey, field));
  return wanted.flatMap((one) => {
    const answer = answers.get(one.changeId);
    if (answer?.outcome !== 'A') return [];
    const found = valueAt(answer, one, ofCell.get(cellOf(one.rowKey, one.column)) ?? [], evidence);
    if (found === one.value || found === undefined) return [];
    return [
      `change ${one.changeId} was applied, but SQL did not write ${JSON.stringify(one.value)} to ${one.column} of ${one.rowKey}: it held ${JSON.stringify(found)}`,
    ];
  });
}

const cellOf = (rowKey: string, column: string): string => JSON.stringify([rowKey, column]);

/** What the column held when the transaction of the answer had been committed. */
function valueAt(
  { transaction, seq }: SqlAnswer,
  wanted: WantedValue,
  writes: readonly SqlWrite[],
  { now }: WrittenEvidence,
): string | null | undefined {
  const own = writes.findLast((write) => write.transaction === transaction);
  if (own !== undefined) return own.new;
  // The answer's place is that of the row: its transaction holds the row's lock from before it to its end.
  const before = writes.findLast((write) => write.seq < seq);
  if (before !== undefined) return before.new;
  const after = writes.find((write) => write.seq > seq);
  return after === undefined ? now(wanted) : after.old;
}

/** Every accepted change against the ledger and the rows. @param since of the ledger, before the first of them */
export async function checkWritten(
  { ground, ledger, sql }: Pick<FaultLab, 'ground' | 'ledger' | 'sql'>,
  accepted: readonly AcceptedChange[],
  since: number,
): Promise<readonly string[]> {
  const answers = await ledger.answersSince(since);
  const problems: string[] = [];
  for (const [name, changes] of groupBy(accepted, ({ view }) => view)) {
    const { table } = ground.catalog.byName(name);
    const key = table.primaryKey.map((column) => `${column}::text`).join(` || ',' || `);
    const { rows } = await sql.query<{ key: string; row: Readonly<Record<string, unknown>> }>(
      `SELECT ${key} AS key, to_jsonb(t) AS row FROM ${table.name} AS t WHERE ${key} = ANY($1)`,
      [changes.map(({ id }) => id)],
    );
    const found = new Map(rows.map((row) => [row.key, row.row]));
    problems.push(
      ...judgeWritten(wantedBy(ground.catalog, changes), {
        answers,
        writes: await ledger.writesSince(since, table.table),
        now: ({ rowKey, column }) => textOf(found.get(rowKey)?.[column]),
      }),
    );
  }
  return problems;
}

const textOf = (value: unknown): string | null | undefined =>
  value === undefined || value === null ? value : String(value);

const wantedBy = ({ byName }: Catalog, changes: readonly AcceptedChange[]): readonly WantedValue[] =>
  changes.flatMap(({ changeId, view: name, id, set }) =>
    Object.entries(set).flatMap(([attribute, value]) => {
      const column: string | undefined = byName(name).attributes[attribute];
      return column === undefined ? [] : [{ changeId, rowKey: id, column, value }];
    }),
  );
