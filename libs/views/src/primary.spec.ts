import { int4, int8 } from './codecs/numbers.ts';
import { text } from './codecs/text.ts';
import { comparedOf, policyName } from './change-rules.ts';
import { column } from './key-template.ts';
import { source } from './source.ts';
import { notNull, nullable, table } from './table.ts';
import { view } from './view.ts';

const wishes = table({
  source: source('shop', 'postgres'),
  name: 'public.wishes',
  primaryKey: ['customer', 'product'],
  columns: {
    customer: notNull(int8()),
    product: notNull(int8()),
    quantity: notNull(int4()),
    note: nullable(text()),
  },
});

const viewOf = (more: object) =>
  view('wishes', {
    table: wishes,
    key: { pk: ['w1', column('customer')], sk: [column('product')] },
    attributes: { customerId: 'customer', productId: 'product', quantity: 'quantity', note: 'note' },
    ...more,
  });
const firstOf = (changes?: object, more: object = {}) => viewOf({ primary: 'dynamodb', changes, ...more });

describe('a view whose entities live in DynamoDB first', () => {
  it('lets customers change everything but the key, and win', () => {
    expect(firstOf()).toMatchObject({
      primary: 'dynamodb',
      mode: 'eager',
      changes: { allow: ['quantity', 'note'], insert: true, delete: true, upsert: true, policy: 'customer-wins' },
    });
    expect(policyName(firstOf().changes)).toBe('customer-wins');
  });

  it('says of a changed row all that it was, as SQL may have to make it', () => {
    expect(comparedOf(firstOf())).toEqual(['customerId', 'productId', 'quantity', 'note']);
  });

  it('may keep attributes and deletions from customers', () => {
    const { changes } = firstOf({ allow: ['quantity'], delete: false });
    expect(changes).toMatchObject({ allow: ['quantity'], insert: true, delete: false, upsert: true });
  });

  it('may have nothing but a key', () => {
    const attributes = { customerId: 'customer', productId: 'product' };
    expect(firstOf(undefined, { attributes }).changes).toMatchObject({ allow: [], insert: true, delete: true });
  });

  it.each<[string, object, object, RegExp]>([
    ['a lazy view', {}, { mode: 'lazy' }, /remove mode: 'lazy'/],
    ['a document view', {}, { layout: 'document' }, /layout 'flat'/],
    ['a policy by which SQL wins', { policy: 'sql-wins' }, {}, /remove policy 'sql-wins' from changes/],
    ['a field in which SQL wins', { fields: { note: 'sql-wins' } }, {}, /remove policy 'sql-wins'/],
    ['no inserts', { insert: false }, {}, /remove insert: false/],
    ['updates that need a row in SQL', { upsert: false }, {}, /remove upsert: false/],
    ['a comparison of rows', { scope: 'row' }, {}, /remove scope 'row'/],
    ['what is left out', { partial: true }, {}, /remove partial/],
    ['a version and a rule', { version: 'quantity', decide: () => ({ apply: {} }) }, {}, /remove version, decide/],
    ['rows that nobody could insert', { allow: ['note'] }, {}, /"quantity" must not be null; add it/],
    ['another database', {}, { primary: 'mongodb' }, /primary must be one of sql, dynamodb/],
  ])('refuses %s', (_, changes, more, message) => {
    expect(() => firstOf(changes, more)).toThrow(
      expect.objectContaining({ code: 'HYBRIDGE_VIEW_DEFINITION_INVALID', message: expect.stringMatching(message) }),
    );
  });
});

it('lives in SQL first where nothing is said, and may not be changed', () => {
  expect(viewOf({})).toMatchObject({ primary: 'sql', changes: { allow: [], insert: false, upsert: false } });
});
