import { ProductRepriced, ProductStockChanged, ProductWithdrawn } from '@hybridge/contracts';
import { column, view } from '@hybridge/views';
import { products as table } from '../tables/shop.ts';
import { prices } from './prices.ts';
import { stock } from './stock.ts';

/** A product with price and stock, and the page that shows it with what the stock room knows. Only the shop changes it. */
export const products = view('products', {
  table,
  key: { pk: ['p1', 'PRODUCT', column('id')], sk: ['PRODUCT'] },
  attributes: {
    id: 'id',
    sku: 'sku',
    name: 'name',
    description: 'description',
    price: 'list_price',
    weightKg: 'weight_kg',
    inStock: 'in_stock',
    discontinued: 'discontinued',
    attributes: 'attributes',
    thumbnail: 'thumbnail',
    updatedAt: 'updated_at',
  },
  collect: { stock, prices },
  access: { read: ['public'] },
  events: (on) => [
    on.changed(ProductRepriced, ['price'], ({ before, after }) => ({
      productId: String(after.id),
      sku: after.sku,
      price: after.price,
      ...(before === undefined ? {} : { previousPrice: before.price }),
    })),
    on.changed(ProductStockChanged, ['inStock'], ({ after }) => ({
      productId: String(after.id),
      sku: after.sku,
      inStock: after.inStock,
    })),
    on.deleted(ProductWithdrawn, ({ key }) => ({ productId: key['id'] ?? '' })),
  ],
});
