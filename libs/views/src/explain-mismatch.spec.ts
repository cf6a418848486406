import { type JsonRow, parseJson } from '@hybridge/contracts';
import { int4, numeric } from './codecs/numbers.ts';
import { text } from './codecs/text.ts';
import { explainMismatch, unknownColumnsOf } from './explain-mismatch.ts';
import { column } from './key-template.ts';
import { UNAVAILABLE } from './row.ts';
import { source } from './source.ts';
import { notNull, nullable, table } from './table.ts';
import { view } from './view.ts';

const products = table({
  source: source('test', 'postgres'),
  name: 'public.products',
  primaryKey: ['id'],
  columns: { id: notNull(int4()), name: notNull(text()), price: nullable(numeric()), secret: nullable(text()) },
});
const viewOf = (name: string, attributes: Record<string, 'name' | 'price'>) =>
  view(name, { table: products, key: { pk: [name, column('id')], sk: ['P'] }, attributes });
const views = [
  viewOf('names', { name: 'name' }),
  viewOf('prices', { price: 'price' }),
  viewOf('all', { a: 'name', b: 'price' }),
];
const row = (json: object) => parseJson(JSON.stringify(json)) as JsonRow;

describe('explainMismatch', () => {
  it('has nothing to say of a row that fits, whatever else is in it', () => {
    const fits = [
      { id: 1, name: 'n', price: '1.5' },
      { id: 1, name: UNAVAILABLE, price: null, added: 1 },
      { id: 1, name: 'n', price: '1'.repeat(39) }, // quarantined, which is no fault of the definition
    ];
    expect(fits.map((json) => explainMismatch(views, row(json)))).toEqual([undefined, undefined, undefined]);
  });

  it('names every view that needs a missing column, and what may be its new name', () => {
    expect(explainMismatch(views, row({ id: 1, name: 'n', list_price: '1' }))).toBe(
      'public.products is not as defined: column price is missing (needed by prices, all). Columns without a definition: ' +
        'list_price. Put the column back, or change the definition of public.products and these views.',
    );
  });

  it('names every column at fault, with the value', () => {
    expect(explainMismatch(views, row({ id: 'one', price: '5 euros' }))).toMatch(
      /id has another type: "one" .*integer \(needed by names, prices, all\); column name is missing \(needed by names, all\); column price .*"5 euros"/,
    );
  });
});

it('finds the columns that nobody reads', () => {
  expect(unknownColumnsOf(products, row({ id: 1, secret: 's', added: 1, toString: 2 }))).toEqual(['added', 'toString']);
});
