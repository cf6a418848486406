import { ProductRepriced, ProductWithdrawn } from '@hybridge/contracts';
import { column, embed, int4, int8, notNull, nullable, source, table, text, view } from '@hybridge/views';
import { changed, deleted, inserted, row } from './rows.ts';
import { specification } from './specification.ts';

const shop = source('shop', 'postgres');
const countries = table({
  source: shop,
  name: 'public.countries',
  primaryKey: ['code'],
  columns: { code: notNull(text()), title: notNull(text()), about: nullable(text()) },
});
const customers = table({
  source: shop,
  name: 'public.customers',
  primaryKey: ['id'],
  columns: { id: notNull(int4()), full_name: notNull(text()), city: nullable(text()), country: nullable(text()) },
});
const orders = table({
  source: shop,
  name: 'public.orders',
  primaryKey: ['id'],
  columns: { id: notNull(int8()), status: notNull(text()), customer_id: nullable(int4()), payer_id: nullable(int4()) },
});
const lines = table({
  source: shop,
  name: 'public.lines',
  primaryKey: ['id'],
  columns: { id: notNull(int4()), order_id: nullable(int8()), sku: notNull(text()), origin: nullable(text()) },
});

const country = embed(countries, { on: ['country'], attributes: { title: 'title' } });
const customer = embed(customers, { on: ['customer_id'], attributes: { name: 'full_name' }, embed: { country } });
const orderLines = view('order-lines', {
  table: lines,
  key: { pk: ['o1', 'ORDER', column('order_id')], sk: ['LINE', column('id')] },
  attributes: { id: 'id', sku: 'sku' },
  embed: { origin: embed(countries, { on: ['origin'], attributes: { title: 'title' } }) },
});
const orderPage = view('order-page', {
  table: orders,
  key: { pk: ['o1', 'ORDER', column('id')], sk: ['ORDER'] },
  attributes: { id: 'id', status: 'status' },
  embed: { customer, payer: embed(customers, { on: ['payer_id'], attributes: { name: 'full_name' } }) },
  collect: { lines: orderLines },
  events: (on) => [
    on.changed(ProductRepriced, ['status'], ({ after }) => ({ productId: after.id, sku: after.status, price: '1' })),
    on.deleted(ProductWithdrawn, ({ key }) => ({ productId: key['id'] ?? '' })),
  ],
});
const lazyOrders = view('lazy-orders', {
  table: orders,
  key: { pk: ['z1', 'ORDER', column('id')], sk: ['ORDER'] },
  attributes: { id: 'id' },
  embed: { customer },
  mode: 'lazy',
});
const lazyLines = view('lazy-lines', {
  table: lines,
  key: { pk: ['z1', 'LINES', column('order_id')], sk: ['LINE', column('id')] },
  attributes: { id: 'id', sku: 'sku' },
  mode: 'lazy',
});

const nl = row(countries, { code: 'NL', title: 'Netherlands' });
const de = row(countries, { code: 'DE', title: 'Germany' });
const ada = row(customers, { id: 1, full_name: 'Ada', country: 'NL' });
const alan = row(customers, { id: 2, full_name: 'Alan' });
const first = row(orders, { id: '1', status: 'placed', customer_id: 1, payer_id: 2 });
const second = row(orders, { id: '2', status: 'placed', customer_id: 1 });
const pen = row(lines, { id: 7, order_id: '1', sku: 'PEN', origin: 'DE' });

describe.each([
  ['an eager view', orderPage, 'order-page'],
  ['a lazy view', lazyOrders, 'lazy-orders'],
] as const)('%s that embeds', (_, of, name) => {
  const { given } = specification(of);
  const runs = { runs: 60 };
  const ofAda = { name: 'Ada', country: { title: 'Netherlands' } };

  it('shows changes of the row that it embeds', () =>
    given(nl, ada, alan, first, second)
      .when(changed(ada, { full_name: 'Grace' }), changed(ada, { city: 'Leiden' }), changed(ada, { full_name: 'Eva' }))
      .repeated()
      .shuffled(runs)
      .then({
        [name]: [{ customer: { name: 'Eva' } }, { customer: { name: 'Eva', country: { title: 'Netherlands' } } }],
      }));

  it('shows changes two rows away, and of where the row between points', () =>
    given(nl, de, ada, first)
      .when(changed(nl, { title: 'Nederland' }), changed(ada, { country: 'DE' }), changed(de, { title: 'Deutschland' }))
      .repeated()
      .shuffled(runs)
      .then({ [name]: [{ customer: { name: 'Ada', country: { title: 'Deutschland' } } }] }));

  it('follows a row to another parent, to none, and back', () =>
    given(nl, ada, alan, first, second)
      .when(
        changed(first, { customer_id: 2 }),
        changed(alan, { full_name: 'Alan T.' }),
        changed(second, { customer_id: null }),
        changed(ada, { full_name: 'Ada L.' }),
        changed(first, { customer_id: 1 }),
        changed(first, { customer_id: 2, payer_id: null }),
      )
      .repeated()
      .shuffled(runs)
      .then({ [name]: [{ customer: { name: 'Alan T.', country: null } }, { customer: null }] }));

  it('shows null for a row that is gone, and what it is when it is back', () =>
    given(nl, ada, first, second)
      .when(
        deleted(ada),
        changed(second, { customer_id: null }),
        inserted(row(customers, { id: 1, full_name: 'Ada again', country: 'NL' })),
        deleted(nl),
      )
      .repeated()
      .shuffled(runs)
      .then({ [name]: [{ customer: { name: 'Ada again', country: null } }, { customer: null }] }));

  it('meets rows that come after those that point to them', () =>
    given(first)
      .when(inserted(second), inserted(ada), inserted(nl))
      .repeated(3)
      .shuffled(runs)
      .then({ [name]: [{ customer: ofAda }, { customer: ofAda }] }));

  it('is as good where events leave large columns out', () =>
    given(row(countries, { code: 'NL', title: 'Netherlands', about: 'long' }), ada, first)
      .when(
        changed(nl, { title: 'Nederland' }, { unavailable: ['about'] }),
        changed(ada, { city: 'Leiden' }, { unavailable: ['full_name'] }),
      )
      .repeated()
      .shuffled(runs)
      .then({ [name]: [{ customer: { name: 'Ada', country: { title: 'Nederland' } } }] }));

  it('has nothing of a row that is gone', () =>
    given(nl, ada, first)
      .when(deleted(first), changed(ada, { full_name: 'Eva' }))
      .repeated()
      .shuffled(runs)
      .then({}, of === orderPage ? [[ProductWithdrawn, { productId: '1' }]] : []));
});

describe('rows that move', () => {
  it.each([
    ['eager', orderLines, 'order-lines'],
    ['lazy', lazyLines, 'lazy-lines'],
  ] as const)('are at one place of a view that is %s, wherever they were', (_, of, name) =>
    specification(of)
      .given(de, pen)
      .when(
        changed(pen, { order_id: '2' }),
        changed(pen, { sku: 'PIN' }),
        changed(pen, { order_id: '1' }),
        changed(pen, { order_id: '2' }),
      )
      .repeated()
      .shuffled({ runs: 100 })
      .then({ [name]: [{ id: 7, sku: 'PIN' }] }),
  );

  it.each([
    ['eager', orderLines, 'order-lines'],
    ['lazy', lazyLines, 'lazy-lines'],
  ] as const)('are nowhere in a view that is %s without a place, and when they are gone', (_, of, name) =>
    specification(of)
      .given(pen, row(lines, { id: 8, sku: 'CUP' }))
      .when(
        changed(pen, { order_id: null }),
        inserted(row(lines, { id: 9, order_id: '1', sku: 'MUG' })),
        changed(row(lines, { id: 8, sku: 'CUP' }), { order_id: '3' }),
        deleted(row(lines, { id: 9, order_id: '1', sku: 'MUG' })),
      )
      .repeated()
      .shuffled({ runs: 60 })
      .then({ [name]: [{ id: 8 }] }),
  );

  it('are at one place also where they were read there before their events came', () =>
    specification(lazyLines)
      .given(pen)
      .when(changed(pen, { order_id: '2' }), inserted(row(lines, { id: 8, order_id: '1', sku: 'CUP' })))
      .shuffled({ runs: 60 }) // once each: a repetition would mend it
      .then({ 'lazy-lines': [{ sku: 'PEN' }, { sku: 'CUP' }] }));

  it('take along what they embed', () =>
    specification(orderLines)
      .given(de, pen)
      .when(changed(pen, { order_id: '2' }), changed(de, { title: 'Deutschland' }), changed(pen, { order_id: '1' }))
      .repeated()
      .shuffled({ runs: 60 })
      .then({ 'order-lines': [{ sku: 'PEN', origin: { title: 'Deutschland' } }] }));
});

describe('collections', () => {
  it('hold the rows that point to theirs, with what these embed', () =>
    specification(orderPage)
      .given(first, second, de, pen, row(lines, { id: 3, order_id: '1', sku: 'CUP' }))
      .when(
        changed(pen, { order_id: '2' }),
        changed(first, { status: 'paid' }),
        changed(de, { title: 'Deutschland' }),
        inserted(row(lines, { id: 9, order_id: '1', sku: 'MUG' })),
      )
      .repeated()
      .shuffled({ runs: 60 })
      .then(
        {
          'order-page': [
            { id: '1', status: 'paid', lines: [{ sku: 'CUP', origin: null }, { sku: 'MUG' }] },
            { id: '2', lines: [{ sku: 'PEN', origin: { title: 'Deutschland' } }] },
          ],
          'order-lines': [{ sku: 'PEN' }, { sku: 'CUP' }, { sku: 'MUG' }],
        },
        [[ProductRepriced, { productId: '1', sku: 'paid', price: '1' }]],
      ));
});

describe('an example of joins', () => {
  const { given } = specification(orderPage);

  it.each([
    ['another value embedded', { customer: { name: 'Ada' } }],
    ['another value two rows away', { customer: { country: { title: 'Germany' } } }],
    ['no row embedded', { customer: null }],
    ['a row where there is none', { payer: { name: 'Alan' } }],
    ['a collection too many', { lines: [{}] }],
  ])('fails on %s', async (_, wanted) => {
    await expect(
      given(nl, ada, first)
        .when(changed(ada, { full_name: 'Eva' }))
        .then({ 'order-page': [wanted] }),
    ).rejects.toThrow('Delivered in order');
  });

  it('names no hidden view', async () => {
    await expect(
      given(ada)
        .when()
        .then({ 'order-page.customer': [{ name: 'Ada' }] }),
    ).rejects.toThrow('is hidden');
  });
});
