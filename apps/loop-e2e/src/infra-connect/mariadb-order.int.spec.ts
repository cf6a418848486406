import { numberText, parseInboxRow } from '@hybridge/contracts';
import type { JsonValue } from '@hybridge/contracts';
import { eventually } from '../loop/eventually.ts';
import { type CapturedChange, type MariadbLab, openMariadbLab } from './mariadb-lab.ts';

const SCHEMA = `
  CREATE TABLE rows_ (id int PRIMARY KEY, v varchar(20), n int);
  CREATE TABLE counter (id int PRIMARY KEY, n int NOT NULL);
  INSERT INTO rows_ VALUES (1, 'snapshot', 1);
  INSERT INTO counter VALUES (1, 0);
  CREATE PROCEDURE count_up(IN times int)
  BEGIN
    DECLARE i int DEFAULT 0;
    WHILE i < times DO UPDATE counter SET n = n + 1 WHERE id = 1; SET i = i + 1; END WHILE;
  END;
`;

const opsOf = (changes: readonly CapturedChange[]): string => changes.map(({ op }) => op).join('');
const digits = (value: JsonValue | undefined): number => Number(numberText(value as never));

/** In the order of binlog positions, which is what versions compare. */
const byPosition = (changes: readonly CapturedChange[]): readonly CapturedChange[] =>
  [...changes].sort(
    (a, b) =>
      Number(a.position.major - b.position.major) ||
      Number(a.position.minor - b.position.minor) ||
      digits(a.from['row']) - digits(b.from['row']),
  );

describe('changes of a MariaDB', () => {
  let lab: MariadbLab;

  beforeAll(async () => {
    lab = await openMariadbLab(['rows_', 'counter'], SCHEMA);
    await lab.capture();
    await lab.until('the snapshot', 'rows_', (changes) => changes.length === 1);
  }, 120_000);
  afterAll(() => lab?.[Symbol.asyncDispose]());

  it('begin with the rows that are there, without a position', () => {
    expect(lab.changes('rows_')).toMatchObject([
      { op: 'r', position: { major: 0n, minor: 0n }, transaction: undefined, key: '{"id":1}' },
    ]);
  });

  it('carry the epoch of the source as plain text', () => {
    expect(new Set(lab.records.map(({ epoch }) => epoch))).toEqual(new Set(['3']));
  });

  it('come for every kind of statement, each with its GTID and a position', async () => {
    await lab.sql(`
      INSERT INTO rows_ VALUES (2, 'new', 2);
      UPDATE rows_ SET v = 'changed' WHERE id = 2;
      UPDATE rows_ SET id = 3 WHERE id = 2;
      DELETE FROM rows_ WHERE id = 3;
      TRUNCATE rows_`);
    await lab.until('the truncate', 'rows_', (changes) => changes.at(-1)?.op === 't');
    const changes = lab.changes('rows_').slice(1);
    expect(opsOf(changes)).toBe('cudcdt');
    expect(changes[1]).toMatchObject({ before: { v: 'new' }, after: { v: 'changed' } });
    expect(changes.slice(2, 5).map(({ key }) => key)).toEqual(['{"id":2}', '{"id":3}', '{"id":3}']);
    expect(changes[5]?.key).toBeUndefined();
    for (const { position, transaction } of changes.slice(0, 5)) {
      expect(position.major).toBe(1n);
      expect(position.minor).toBeGreaterThan(4n);
      expect(transaction).toMatch(/^0-1-\d+$/);
    }
    expect(new Set(changes.slice(0, 5).map(({ transaction }) => transaction)).size).toBe(4);
    const tombstones = lab.records.filter((one) => one.table === 'rows_' && one.value === undefined);
    expect(tombstones.map(({ key }) => key)).toEqual(['{"id":2}', '{"id":3}']);
  });

  it('of one transaction share its GTID and stand in the order in which they were made', async () => {
    const values = Array.from({ length: 3_000 }, (_, i) => `(${1000 + i}, 'many', ${i})`).join(',');
    await lab.sql(`BEGIN; INSERT INTO rows_ VALUES ${values}; UPDATE rows_ SET v = 'twice' WHERE id = 1000; COMMIT`);
    await lab.until('the last one', 'rows_', (changes) => changes.at(-1)?.after?.['v'] === 'twice');
    const many = lab.changes('rows_').slice(-3_001);
    expect(new Set(many.map(({ transaction }) => transaction)).size).toBe(1);
    expect(byPosition(many)).toEqual(many);
    expect(many.at(-1)?.position.minor).toBeGreaterThan(many[0]?.position.minor ?? 0n);
  });

  it('of one row in one statement may share a position; then they come in order', async () => {
    await lab.sql(`
      INSERT INTO rows_ VALUES (9000, 'a', 0), (9001, 'b', 0);
      INSERT INTO rows_ VALUES (9000, 'x', 0), (9000, 'y', 0), (9000, 'z', 0) ON DUPLICATE KEY UPDATE v = VALUES(v)`);
    const of9000 = (changes: readonly CapturedChange[]): readonly CapturedChange[] =>
      changes.filter(({ key }) => key === '{"id":9000}');
    await lab.until('the last one', 'rows_', (changes) => of9000(changes).at(-1)?.after?.['v'] === 'z');
    const changes = of9000(lab.changes('rows_'));
    expect(changes.map(({ after }) => after?.['v'])).toEqual(['a', 'x', 'y', 'z']);
    expect(byPosition(changes)).toEqual(changes);
  });

  it('have positions in commit order, across rotations and with several writers', async () => {
    const writers = [1, 2, 3].map(() => lab.sql('CALL count_up(200)'));
    for (let i = 0; i < 3; i++) await lab.sql('FLUSH BINARY LOGS; DO SLEEP(0.2)');
    await Promise.all(writers);
    await lab.sql('FLUSH BINARY LOGS; CALL count_up(1)');
    await lab.until('the last count', 'counter', (changes) => digits(changes.at(-1)?.after?.['n']) === 601);
    const counts = lab.changes('counter').slice(1);
    expect(byPosition(counts).map(({ after }) => digits(after?.['n']))).toEqual(
      Array.from({ length: 601 }, (_, i) => i + 1),
    );
    expect(new Set(counts.map(({ position }) => position.major)).size).toBeGreaterThan(2);
  });

  it('are answers where the inbox has one', async () => {
    await lab.sql(`
      INSERT INTO hybridge_inbox (change_id, view, pk, sk, outcome, image, at)
      VALUES ('c1', 'prices', 'p#1', 'PRICE ', 'A', '{"e":1,"row":{"id":"9007199254740993"}}', '2026-01-02 03:04:05.678901');
      UPDATE hybridge_inbox SET \`signal\` = \`signal\` + 1 WHERE change_id = 'c1'`);
    await lab.until('both', 'hybridge_inbox', (changes) => changes.length === 2);
    const [first, again] = lab.changes('hybridge_inbox');
    expect(first?.key).toBe('{"pk":"p#1","sk":"PRICE "}');
    expect(parseInboxRow(first?.after ?? {})).toEqual({
      changeId: 'c1',
      view: 'prices',
      key: { pk: 'p#1', sk: 'PRICE ' },
      outcome: 'A',
      code: undefined,
      message: undefined,
      image: { exists: true, row: { id: '9007199254740993' } },
      at: Date.parse('2026-01-02T03:04:05.678Z'),
    });
    expect(parseInboxRow(again?.after ?? {}).image).toEqual({ exists: true, row: { id: '9007199254740993' } });
  });

  it('are complete after the server was killed and came back while it was written to', async () => {
    let written = 0;
    const write = async (): Promise<void> => {
      for (let id = 20_000; id < 20_300; id++) {
        await eventually(`row ${id}`, () =>
          lab.sql(`INSERT IGNORE INTO rows_ VALUES (${id}, 'kept', ${id})`).then(
            () => true,
            () => false,
          ),
        );
        written++;
      }
    };
    const writing = write();
    await eventually('a few rows', async () => written > 30);
    await lab.stack.killComponent('mariadb');
    await lab.stack.startComponent('mariadb');
    await writing;
    const kept = (changes: readonly CapturedChange[]): Set<string | undefined> =>
      new Set(changes.filter(({ after }) => after?.['v'] === 'kept').map(({ key }) => key));
    await lab.until('every row', 'rows_', (changes) => kept(changes).size === 300);
    const after = lab.changes('rows_').filter((change) => change.after?.['v'] === 'kept');
    expect(byPosition(after).map(({ key }) => key)).toEqual(after.map(({ key }) => key));
  });
});
