/** Rows of every column type, on the ways a value goes into SQL and out of it. */
import { parseJson } from '@hybridge/contracts';
import type { Attributes } from '@hybridge/protocol';
import { connectRowReader } from '@hybridge/reader-sql';
import { connectChangeSink } from '@hybridge/sink-sql';
import { type AnyView, columnsOfView, decodeImageRow, fromPlain } from '@hybridge/views';
import fc from 'fast-check';
import { type EncodedDatabase, startMariadbTypes, startPostgresTypes } from './every-type.ts';
import { change, targetOf } from './test-database.ts';

const ROWS = 300;

describe.each([
  ['MariaDB', startMariadbTypes],
  ['PostgreSQL', startPostgresTypes],
])('every column type of %s', (_, start) => {
  let database: EncodedDatabase;
  let view: AnyView;

  beforeAll(async () => {
    database = await start();
    ({ view } = database);
  });
  afterAll(() => database?.[Symbol.asyncDispose]());

  it('gives one attribute on every way', async () => {
    await using rows = connectRowReader({ ...database.access, source: view.table.source });
    await using sink = connectChangeSink({ ...database.access, source: view.table.source });
    const samples = fc.sample(fc.record(database.values, { noNullPrototype: true }), ROWS);
    for (const [n, plain] of samples.entries()) {
      const attributes: Attributes = Object.fromEntries(
        Object.entries(plain).map(([name, value]) => [name, fromPlain(view, name, value)]),
      );
      const target = targetOf(view, n);
      const insert = change('i', { ...attributes, id: { N: String(n) } });
      const told = { plain, answer: await sink.apply(target, insert) };
      expect(told).toEqual({ plain, answer: { outcome: 'A', already: false } });
      const { row } = await rows.read(view, target.keyRow);
      const image = parseJson((await database.imageOf(insert.id)) ?? '{}') as { row: never };
      const expected = { id: { N: String(n) }, ...attributes };
      expect({ plain, row }).toEqual({ plain, row: expected });
      expect(decodeImageRow(view.table, columnsOfView(view), image.row)).toEqual(row);
    }
  });
});
