import { PriceChanged } from '@hybridge/contracts';
import { column, mariadb, view } from '@hybridge/views';
import { discounted } from '../discounted.ts';
import { prices as table } from '../tables/stockroom.ts';

/** What a product costs in each currency, in the product's item collection. Nightly jobs of the stock room set it. */
export const prices = view('prices', {
  table,
  key: { pk: ['p1', 'PRODUCT', column('product_id')], sk: ['PRICE', column('currency')] },
  attributes: {
    productId: 'product_id',
    currency: 'currency',
    amount: 'amount',
    discount: 'discount',
    validFrom: 'valid_from',
    terms: 'terms',
  },
  computed: {
    toPay: {
      from: ['amount', 'discount'],
      type: mariadb.decimal(),
      value: ({ amount, discount }) => (discount === null ? amount : discounted(amount, discount)),
    },
  },
  access: { read: ['public'] },
  events: (on) => [
    on.changed(PriceChanged, ['toPay'], ({ before, after }) => ({
      productId: String(after.productId),
      currency: after.currency,
      toPay: after.toPay,
      ...(before === undefined ? {} : { previouslyToPay: before.toPay }),
    })),
  ],
});
