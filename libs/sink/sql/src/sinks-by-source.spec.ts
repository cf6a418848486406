import { type AnyView, column, int8, keyOfRow, notNull, source, table, view } from '@hybridge/views';
import type { ChangeSink } from './change-sink.ts';
import { sinksBySource } from './sinks-by-source.ts';

const viewOf = (name: string): AnyView =>
  view(name, {
    table: table({
      source: source(name, 'postgres'),
      name: 'public.things',
      primaryKey: ['id'],
      columns: { id: notNull(int8()) },
    }),
    key: { pk: [name, column('id')], sk: ['THING'] },
    attributes: { id: 'id' },
  });
const targetIn = (of: AnyView) => {
  const keyRow = { id: { N: '7' } };
  return { view: of, keyRow, itemKey: keyOfRow(of, keyRow) };
};
const change = { id: 'c1', n: 1, op: 'd', set: {}, base: {}, baseVersion: '', at: 0, by: 'customer:1' } as const;

/** Answers with a code of its own. */
const sinkOf = (code: string): ChangeSink => ({
  answered: async () => new Map([[code, { outcome: 'A', already: true, at: 0 }]]),
  apply: async () => ({ outcome: 'A', code, already: false }),
  refuse: async () => ({ outcome: 'R', code, already: false }),
});

describe('sinksBySource', () => {
  const sink = sinksBySource(
    new Map([
      ['shop', sinkOf('of-shop')],
      ['stock', sinkOf('of-stock')],
    ]),
  );

  it.each(['shop', 'stock'])('brings changes of %s to its own sink', async (name) => {
    const target = targetIn(viewOf(name));
    expect([...(await sink.answered(target.view, ['c1'])).keys()]).toEqual([`of-${name}`]);
    expect(await sink.apply(target, change)).toMatchObject({ code: `of-${name}` });
    expect(await sink.refuse(target, change, { code: 'X', message: '' })).toMatchObject({ code: `of-${name}` });
  });

  it('names a source that is not connected', () => {
    expect(() => sink.apply(targetIn(viewOf('crm')), change)).toThrow(
      /View crm is of source crm, but only shop, stock/,
    );
  });
});
