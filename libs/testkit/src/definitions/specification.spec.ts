import { ProductRepriced, ProductWithdrawn } from '@hybridge/contracts';
import {
  attribute,
  bool,
  bytea,
  column,
  date,
  float8,
  int4,
  int8,
  jsonb,
  mariadb,
  notNull,
  nullable,
  numeric,
  source,
  table,
  text,
  timestamp,
  timestamptz,
  uuid,
  view,
} from '@hybridge/views';
import { changed, deleted, inserted, row } from './rows.ts';
import { specification } from './specification.ts';

const products = table({
  source: source('shop', 'postgres'),
  name: 'public.products',
  primaryKey: ['id'],
  columns: {
    id: notNull(int4()),
    sku: notNull(text()),
    price: notNull(numeric()),
    about: nullable(text()),
    on: notNull(bool()),
  },
});
const shown = view('shown', {
  table: products,
  key: { pk: ['p1', column('id')], sk: ['P'] },
  attributes: { id: 'id', sku: 'sku', price: 'price', about: 'about' },
  computed: { label: { from: ['sku', 'about'], type: text(), value: ({ sku, about }) => `${sku} ${about ?? '-'}` } },
  where: { from: ['on'], keep: ({ on }) => on },
  indexes: { byPrice: { pk: ['PRICES'], sk: [attribute('price')], where: ({ price }) => price !== '0' } },
  events: (on) => [
    on.created(ProductRepriced, ({ after }) => ({ productId: String(after.id), sku: after.sku, price: after.price })),
    on.changed(ProductRepriced, ['price'], ({ after }) => ({
      productId: String(after.id),
      sku: after.sku,
      price: after.price,
    })),
    on.deleted(ProductWithdrawn, ({ key }) => ({ productId: key['id'] ?? '' })),
  ],
});
const read = view('read', {
  table: products,
  key: { pk: ['r1', column('id')], sk: ['P'] },
  attributes: { price: 'price' },
  mode: 'lazy',
});
const pen = row(products, { id: 1, sku: 'PEN', price: '2.50', on: true });
const cup = row(products, { id: 2, sku: 'CUP', price: '7', on: true });
const { given } = specification(shown);

describe('an example of definitions', () => {
  it('shows what readers get and what the world hears of', () =>
    given(pen, cup)
      .when(
        changed(pen, { price: '3' }),
        deleted(cup),
        inserted(row(products, { id: 3, sku: 'MUG', price: '9', on: true })),
      )
      .repeated()
      .shuffled({ runs: 100 })
      .then({ shown: [{ id: 1, price: '3', label: 'PEN -' }, { id: 3 }] }, [
        [ProductRepriced, { productId: '1', sku: 'PEN', price: '3' }],
        [ProductWithdrawn, { productId: '2' }],
        [ProductRepriced, { productId: '3', sku: 'MUG', price: '9' }],
      ]));

  it('lets rows come and go as they belong', () =>
    given(pen)
      .when(changed(pen, { on: false }), changed(pen, { price: '4' }), changed(pen, { on: true }))
      .repeated(3)
      .shuffled()
      .then({ shown: [{ price: '4' }] }, [
        [ProductWithdrawn, { productId: '1' }],
        [ProductRepriced, { productId: '1', sku: 'PEN', price: '4' }],
      ]));

  it('shows keys of indexes, also where they must not be', () =>
    given(pen, cup)
      .when(changed(pen, { price: '0' }))
      .then({ shown: [{ _byPrice_pk: undefined }, { _byPrice_pk: 'PRICES' }] }, [
        [ProductRepriced, { productId: '1', sku: 'PEN', price: '0' }],
      ]));

  it('fills what an event leaves out', () => {
    const told = row(products, { id: 1, sku: 'PEN', price: '2', about: 'long', on: true });
    return given(told)
      .when(changed(told, { sku: 'PIN' }, { unavailable: ['about'] }))
      .then({ shown: [{ label: 'PIN long' }] }); // no event: the projector could only fence the row
  });

  it('reads lazy views', () =>
    specification(read, shown)
      .given(pen)
      .when(inserted(cup), changed(pen, { price: '1' }))
      .shuffled()
      .then({ read: [{ price: '1' }, { price: '7' }], shown: [{ id: 1 }, { id: 2 }] }, [
        [ProductRepriced, { productId: '2', sku: 'CUP', price: '7' }],
        [ProductRepriced, { productId: '1', sku: 'PEN', price: '1' }],
      ]));

  it('is as good with tables of MariaDB', async () => {
    const stock = table({
      source: source('warehouse', 'mariadb'),
      name: 'warehouse.stock',
      primaryKey: ['sku'],
      columns: {
        sku: notNull(mariadb.varchar()),
        amount: notNull(mariadb.int()),
        price: notNull(mariadb.decimal()),
        counted: notNull(mariadb.datetime()),
        seen: notNull(mariadb.timestamp()),
        since: notNull(mariadb.date()),
        closed: notNull(mariadb.boolean()),
        more: notNull(mariadb.json()),
        code: notNull(mariadb.blob()),
        number: notNull(mariadb.bigint()),
      },
    });
    const stocks = view('stocks', {
      table: stock,
      key: { pk: ['s1', column('sku')], sk: ['S'] },
      attributes: {
        amount: 'amount',
        price: 'price',
        counted: 'counted',
        seen: 'seen',
        since: 'since',
        closed: 'closed',
        more: 'more',
        code: 'code',
        number: 'number',
      },
      events: (on) => [on.deleted(ProductWithdrawn, ({ key }) => ({ productId: key['sku'] ?? '' }))],
    });
    const values = {
      amount: 3,
      price: '2.5',
      counted: '2026-01-02T03:04:05.678',
      seen: '2026-01-02T03:04:05Z',
      since: '2024-02-29',
      closed: false,
      more: { list: [1] },
      code: 'AAEC',
      number: '9007199254740993',
    };
    const [pens, cups] = [row(stock, { ...values, sku: 'PEN' }), row(stock, { ...values, sku: 'CUP' })];
    await specification(stocks)
      .given(pens, cups)
      .when(changed(pens, { amount: 2 }), deleted(cups))
      .shuffled()
      .then({ stocks: [{ ...values, amount: 2 }] }, [[ProductWithdrawn, { productId: 'CUP' }]]);
  });

  it.each([
    ['another value', { shown: [{ price: '9' }] }, []],
    ['an item too few', {}, []],
    ['an item too many', { shown: [{ price: '3' }, {}] }, []],
    ['no event', { shown: [{ price: '3' }] }, []],
    ['another event', { shown: [{ price: '3' }] }, [[ProductWithdrawn, { productId: '1' }]]],
    [
      'an attribute that is not there',
      { shown: [{ title: 'x' }] },
      [[ProductRepriced, { productId: '1', sku: 'PEN', price: '3' }]],
    ],
  ] as const)('fails on %s', async (_, items, events) => {
    await expect(
      given(pen)
        .when(changed(pen, { price: '3' }))
        .then(items, events),
    ).rejects.toThrow('Delivered in order');
  });

  it('fails on a view that is not there, and where nothing is expected', async () => {
    await expect(given(pen).when().then({ products: [] })).rejects.toThrow('There is no view "products"');
    await expect(Promise.resolve(given(pen).when() as never)).rejects.toThrow('Say what is expected');
  });

  it('fails on events that depend on the order, naming the seed', async () => {
    let calls = 0;
    const unstable = view('unstable', {
      table: products,
      key: { pk: ['u1', column('id')], sk: ['P'] },
      attributes: { id: 'id' },
      events: (on) => [on.created(ProductWithdrawn, () => ({ productId: String(++calls) }))],
    });
    await expect(
      specification(unstable)
        .given()
        .when(inserted(pen))
        .shuffled({ seed: 7 })
        .then({ unstable: [{}] }, [[ProductWithdrawn, { productId: '1' }]]),
    ).rejects.toThrow('Delivered shuffled with seed 7');
  });
});

describe('rows', () => {
  const everything = table({
    source: source('shop', 'postgres'),
    name: 'public.everything',
    primaryKey: ['id'],
    columns: {
      id: notNull(int8()),
      on: notNull(bool()),
      day: notNull(date()),
      at: notNull(timestamptz()),
      local: notNull(timestamp()),
      ratio: notNull(float8()),
      data: notNull(jsonb()),
      bytes: notNull(bytea()),
      ref: notNull(uuid()),
      none: nullable(text()),
    },
  });
  const values = {
    id: '9007199254740993',
    on: false,
    day: '2024-02-29',
    at: '2026-01-02T03:04:05.678Z',
    local: '2026-01-02T03:04:05',
    ratio: 0.1,
    data: { list: [1, 'x', null] },
    bytes: 'AAEC',
    ref: '00000000-0000-4000-8000-000000000001',
  };
  const all = view('all', {
    table: everything,
    key: { pk: ['e1', column('id')], sk: ['E'] },
    attributes: {
      id: 'id',
      on: 'on',
      day: 'day',
      at: 'at',
      local: 'local',
      ratio: 'ratio',
      data: 'data',
      bytes: 'bytes',
      ref: 'ref',
      none: 'none',
    },
  });

  it('of every type reach readers as they were given', async () => {
    const one = row(everything, values);
    await specification(all)
      .given(one)
      .when(changed(one, { on: true }))
      .then({ all: [{ ...values, on: true, none: null }] });
  });

  it('refuse what their tables do not hold', () => {
    expect(() => row(products, { id: 1, sku: 'PEN', price: '2' } as never)).toThrow(
      'public.products.on must have a value',
    );
    expect(() => row(products, { id: 1, sku: 'PEN', price: 'much', on: true })).toThrow('much');
    expect(() => changed(pen, { id: 2 })).toThrow('part of the key');
    expect(() => changed(pen, { title: 'x' } as never)).toThrow('has no column title');
  });
});

// @ts-expect-error a column that is not there
export const wrongRow = () => row(products, { id: 1, sku: 'PEN', price: '2', on: true, title: 'x' });
// @ts-expect-error a column without its value
export const lackingRow = () => row(products, { id: 1, sku: 'PEN', price: '2' });
