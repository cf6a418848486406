import type { RowLiterals } from './cell.ts';
import type { EncoderSource } from './encoder-lab.ts';

const ROWS_PER_INSERT = 25;

/** Rows with the ids from `firstId` on. */
export const insertsOf = (
  { tableName }: EncoderSource,
  rows: readonly RowLiterals[],
  firstId: number,
): readonly string[] => {
  const names = Object.keys(rows[0] ?? {}).join(', ');
  const tuples = rows.map((row, n) => `(${firstId + n}, ${Object.values(row).join(', ')})`);
  return Array.from({ length: Math.ceil(rows.length / ROWS_PER_INSERT) }, (_, n) => {
    const some = tuples.slice(n * ROWS_PER_INSERT, (n + 1) * ROWS_PER_INSERT);
    return `INSERT INTO ${tableName} (id, ${names}) VALUES ${some.join(', ')}`;
  });
};

/** One statement a row, of the rows with the ids from 0 on. */
export const updatesOf = ({ tableName }: EncoderSource, rows: readonly RowLiterals[]): readonly string[] =>
  rows.map((row, id) => {
    const set = Object.entries(row).map(([name, literal]) => `${name} = ${literal}`);
    return `UPDATE ${tableName} SET ${set.join(', ')} WHERE id = ${id}`;
  });
