import { type Item, text } from '@hybridge/protocol';
import { item } from '@hybridge/testkit';
import { type Row, attribute, column, int8, notNull, source, table, text as textType, view } from '@hybridge/views';
import { classify } from './classify.ts';
import { compareView } from './compare.ts';
import type { CompareDependencies } from './comparison.ts';
import { renderReport } from './report.ts';

const people = view('people', {
  table: table({
    source: source('test', 'postgres'),
    name: 'public.people',
    primaryKey: ['id'],
    columns: { id: notNull(int8()), city: notNull(textType()) },
  }),
  key: { pk: ['p1', column('id')], sk: ['P'] },
  attributes: { id: 'id', city: 'city' },
  indexes: { byCity: { pk: ['CITY', attribute('city')], sk: ['P'], where: ({ city }) => city !== '' } },
});

const row = (city: string): Row => ({ id: { N: '1' }, city: text(city) });
const stored = (city: string, keys: Item = {}): Item => ({
  ...item({ key: { pk: 'p1#1', sk: 'P' }, columns: row(city) }),
  ...keys,
});
const keys = (city: string): Item => ({ _byCity_pk: text(`CITY#${city}`), _byCity_sk: text('P') });

describe('an item of a view with an index', () => {
  it.each([
    ['listed where it belongs', 'Leiden', keys('Leiden'), 'matched'],
    ['listed elsewhere', 'Leiden', keys('Delft'), 'stale'],
    ['written before there was the index', 'Leiden', {}, 'stale'],
    ['left out, as the index wants', '', {}, 'matched'],
    ['listed though the index does not want it', '', keys(''), 'stale'],
  ])('that is %s', (_, city, given, expected) => {
    expect(classify(people, { row: row(city) }, stored(city, given), 0)).toBe(expected);
  });

  it('is reported with the keys that differ', async () => {
    const deps: CompareDependencies = {
      rows: {
        scan: async function* () {
          yield [{ row: row('Leiden') }];
        },
        readMany: async () => [{ row: row('Leiden') }],
        isWithin: async () => true,
      } as unknown as CompareDependencies['rows'],
      items: {
        batchGet: async () => [stored('Leiden', keys('Delft'))],
        scan: async function* () {},
      } as unknown as CompareDependencies['items'],
    };
    const comparison = await compareView(people, deps, { recheckPauseMs: 0 });
    expect(renderReport([comparison], { values: true })).toContain(
      '_byCity_pk: SQL {"S":"CITY#Leiden"}, item {"S":"CITY#Delft"}',
    );
  });
});
