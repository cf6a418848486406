/** Rows of every column type on the three ways to an item: change event, SQL driver, image in the inbox. */
import { isDeepStrictEqual } from 'node:util';
import { connectChangeSink } from '@hybridge/sink-sql';
import { change, targetOf } from '../../sink-sql/test-database.ts';
import { type RowLiterals, forSnapshot, rowsOf } from './cell.ts';
import { type EncoderLab, type EncoderSource, startEncoderLab } from './encoder-lab.ts';
import { LONG_COLUMNS } from './postgres-cells.ts';
import { insertsOf, updatesOf } from './statements.ts';
import { type Way, readByChanges, readByImages, readBySql } from './ways.ts';

/** Half of them are there before the connector. */
const ROWS = 200;
const OLD = ROWS / 2;
const ids = Array.from({ length: ROWS }, (_, id) => id);
const SEED = 6;
/** An update that changes nothing is none in a binlog: the edges of a column are in the same rows both times. */
const SHIFT = 7;

/** Where a way and SQL do not agree, with the literals that were written. */
const differences = (of: EncoderSource, truth: Way, way: Way, rows: readonly RowLiterals[]): readonly unknown[] =>
  Object.keys(of.cells).flatMap((name) =>
    rows.flatMap((row, id) => {
      const [sql, got] = [truth(name, id), way(name, id)];
      return sql !== undefined && isDeepStrictEqual(sql, got) ? [] : [{ name, written: row[name], sql, got }];
    }),
  );

/** A way that may leave some columns to SQL; what it left is counted. */
function leaving(way: Way, truth: Way, may: { readonly [column: string]: 'left out' | 'to be asked' }) {
  const left = new Set<string>();
  const covered: Way = (name, id) => {
    const outcome = way(name, id);
    if (typeof outcome !== 'string' || outcome !== may[name]) return outcome;
    left.add(name);
    return truth(name, id);
  };
  return { left, covered };
}

const MAY_LEAVE = {
  mariadb: { uid: 'to be asked' },
  postgres: Object.fromEntries(LONG_COLUMNS.map((name) => [name, 'left out' as const])),
} as const;

describe('every column type', () => {
  let lab: EncoderLab;

  beforeAll(async () => {
    lab = await startEncoderLab();
  }, 120_000);
  afterAll(() => lab?.[Symbol.asyncDispose]());

  describe.each(['mariadb', 'postgres'] as const)('of %s gives one attribute', (kind) => {
    let source: EncoderSource;
    const written = (): { first: readonly RowLiterals[]; second: readonly RowLiterals[] } => {
      const old = rowsOf(source.cells, OLD, SEED);
      const fresh = rowsOf(source.cells, ROWS - OLD, SEED + 1);
      return {
        first: [...forSnapshot(source.cells, old), ...fresh],
        second: [...fresh.slice(SHIFT), ...old, ...fresh.slice(0, SHIFT)],
      };
    };

    beforeAll(() => {
      source = lab.sources[kind];
    });

    it('from rows of the snapshot and from inserts', async () => {
      const { first } = written();
      await source.run(insertsOf(source, first.slice(0, OLD), 0));
      await source.capture();
      await source.until('the snapshot', ({ changes }) => changes.length === OLD);
      await source.run(insertsOf(source, first.slice(OLD), OLD));
      await source.until('the inserts', ({ changes }) => changes.length === ROWS);
      const { changes } = source.captured;
      expect(changes.map(({ op }) => op).join('')).toBe('r'.repeat(OLD) + 'c'.repeat(ROWS - OLD));
      const truth = await readBySql(source);
      const { covered } = leaving(readByChanges(source, changes), truth, kind === 'mariadb' ? MAY_LEAVE.mariadb : {});
      expect(differences(source, truth, covered, first)).toEqual([]);
    });

    it('from updates', async () => {
      const { second } = written();
      await source.run(updatesOf(source, second));
      await source.until('the updates', ({ changes }) => changes.length === 2 * ROWS);
      const truth = await readBySql(source);
      const updates = readByChanges(source, source.captured.changes.slice(ROWS));
      const { covered } = leaving(updates, truth, MAY_LEAVE[kind]);
      expect(differences(source, truth, covered, second)).toEqual([]);
    });

    it('from images in the inbox, and from updates that touch another column', async () => {
      const { second } = written();
      await using sink = connectChangeSink({ ...source.access, source: source.everything.table.source });
      for (const id of ids) {
        const answer = await sink.apply(targetOf(source.everything, id), change('u', { touched: { N: '1' } }));
        expect(answer).toEqual({ outcome: 'A', already: false });
      }
      await source.until('the answers', ({ answers }) => answers.length === ROWS);
      await source.until('the updates', ({ changes }) => changes.length === 3 * ROWS);
      const truth = await readBySql(source);
      expect(differences(source, truth, readByImages(source), second)).toEqual([]);
      const touches = readByChanges(source, source.captured.changes.slice(2 * ROWS));
      const { covered, left } = leaving(touches, truth, MAY_LEAVE[kind]);
      expect(differences(source, truth, covered, second)).toEqual([]);
      expect([...left].sort()).toEqual(Object.keys(MAY_LEAVE[kind]).sort());
    });
  });
});
