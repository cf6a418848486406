/** What the definitions of the shop do, by examples: change them together. */
import {
  CustomerChanged,
  OrderPlaced,
  OrderStatusChanged,
  PriceChanged,
  ProductRepriced,
  ProductStockChanged,
  ProductWithdrawn,
  StockChanged,
} from '@hybridge/contracts';
import { changed, deleted, inserted, row, specification } from '@hybridge/testkit';
import { customers as customersTable, orders as ordersTable, products as productsTable } from './tables/shop.ts';
import { inventory as inventoryTable, prices as pricesTable } from './tables/stockroom.ts';
import { customers } from './views/customers.ts';
import { orders } from './views/orders.ts';
import { prices } from './views/prices.ts';
import { products } from './views/products.ts';
import { stock } from './views/stock.ts';

const pen = row(productsTable, {
  id: 7,
  sku: 'PEN',
  name: 'Pen',
  description: 'Writes.',
  list_price: '2.50',
  in_stock: 3,
  discontinued: false,
  attributes: { colour: 'blue' },
  updated_at: '2026-11-22T16:07:14Z',
});

describe('orders', () => {
  const { given } = specification(orders);
  const order = row(ordersTable, {
    id: '1',
    reference: '00000000-0000-4000-8000-000000000001',
    customer_id: '42',
    status: 'placed',
    total: '99.95',
    placed_at: '2026-11-22T16:07:14Z',
  });

  it('are told of when they are placed, and at each step', () =>
    given()
      .when(inserted(order), changed(order, { status: 'paid' }), changed(order, { note: 'at the back' }))
      .repeated()
      .shuffled()
      .then({ orders: [{ id: '1', status: 'paid', note: 'at the back' }] }, [
        [OrderPlaced, { orderId: '1', customerId: '42', total: '99.95' }],
        [OrderStatusChanged, { orderId: '1', status: 'paid', previousStatus: 'placed' }],
      ]));

  it('are listed among those with a note as long as they have one', async () => {
    const noted = { _noted_pk: 'NOTEDORDERS#placed' };
    await given(order)
      .when(changed(order, { note: 'ring twice' }))
      .repeated()
      .then({ orders: [noted] });
    await given(order)
      .when(changed(order, { note: 'ring twice' }), changed(order, { note: null }))
      .then({ orders: [{ _noted_pk: undefined, _noted_sk: undefined, _byCustomer_pk: 'CUSTOMERORDERS#42' }] });
  });
});

describe('products', () => {
  it('tell of their price, their stock and their end', () =>
    specification(products)
      .given(pen)
      .when(changed(pen, { list_price: '3.00' }), changed(pen, { in_stock: 2, name: 'Pencil' }), deleted(pen))
      .repeated()
      .shuffled()
      .then({}, [
        [ProductRepriced, { productId: '7', sku: 'PEN', price: '3', previousPrice: '2.5' }],
        [ProductStockChanged, { productId: '7', sku: 'PEN', inStock: 2 }],
        [ProductWithdrawn, { productId: '7' }],
      ]));

  it('keep a description that an update left out', () =>
    specification(products)
      .given(pen)
      .when(changed(pen, { in_stock: 0 }, { unavailable: ['description'] }))
      .then({ products: [{ inStock: 0, description: 'Writes.', price: '2.5' }] }, [
        [ProductStockChanged, { productId: '7', sku: 'PEN', inStock: 0 }],
      ]));
});

describe('customers', () => {
  const ada = row(customersTable, {
    id: '42',
    email: 'ada@example.org',
    full_name: 'Ada',
    street: 'Rapenburg 1',
    postal_code: '2311 GJ',
    city: 'Leiden',
    country: 'NL',
    credit_limit: '10',
    preferences: {},
    created_at: '2026-11-22T16:07:14Z',
  });

  it('tell which details changed, and keep remarks and limits to themselves', () =>
    specification(customers)
      .given(ada)
      .when(
        changed(ada, { city: 'Delft', street: 'Markt 1' }),
        changed(ada, { credit_limit: '20', remarks: 'pays late' }),
      )
      .repeated()
      .shuffled()
      .then({ customers: [{ city: 'Delft', creditLimit: '20' }] }, [
        [CustomerChanged, { customerId: '42', changed: ['street', 'city'] }],
      ]));
});

describe('the stock of a product', () => {
  const shelf = row(inventoryTable, {
    product_id: 7,
    bin: 'A-01',
    status: 'low',
    on_hand: 4,
    reserved: 3,
    reorder_level: 10,
    units_moved: '18446744073709551614',
    last_counted: '2026-11-22',
    updated_at: '2026-11-22T16:07:14.000001Z',
  });

  it('tells what can be sold, and nothing of shelves', () =>
    specification(stock)
      .given(shelf)
      .when(
        changed(shelf, { on_hand: 104, status: 'available' }),
        changed(shelf, { bin: 'B-07', units_moved: '18446744073709551615' }),
        changed(shelf, { on_hand: 105, reserved: 4 }),
      )
      .repeated()
      .shuffled()
      .then({ stock: [{ onHand: 105, reserved: 4, available: 101, unitsMoved: '18446744073709551615' }] }, [
        [StockChanged, { productId: '7', status: 'available', available: 101 }],
      ]));

  it('has the name that the shop gives it, in another database', () =>
    specification(products)
      .given(shelf)
      .when(inserted(pen), changed(shelf, { bin: 'B-07' }), changed(pen, { name: 'Biro' }))
      .repeated()
      .shuffled()
      .then(
        {
          products: [{ name: 'Biro', stock: [{ bin: 'B-07', product: { sku: 'PEN', name: 'Biro' } }], prices: [] }],
          stock: [{ productId: 7 }],
        },
        [],
      ));
});

describe('prices', () => {
  const euros = row(pricesTable, { product_id: 7, currency: 'EUR', amount: '20', valid_from: '2026-11-22T00:00:00' });
  const pounds = row(pricesTable, { product_id: 7, currency: 'GBP', amount: '17', valid_from: '2026-11-22T00:00:00' });

  it('tell what is to be paid in their currency, and nothing of terms', () =>
    specification(prices)
      .given(euros, pounds)
      .when(
        changed(euros, { discount: '0.1250' }),
        changed(pounds, { terms: 'No returns.' }),
        // Both at once, and what is to be paid stays.
        changed(euros, { amount: '17.5', discount: null }),
      )
      .repeated()
      .shuffled()
      .then(
        {
          prices: [
            { currency: 'EUR', amount: '17.5', discount: null, toPay: '17.5' },
            { currency: 'GBP', toPay: '17', terms: 'No returns.' },
          ],
        },
        [[PriceChanged, { productId: '7', currency: 'EUR', toPay: '17.5', previouslyToPay: '20' }]],
      ));
});
