import { StockChanged } from '@hybridge/contracts';
import { column, embed, mariadb, view } from '@hybridge/views';
import { STAFF } from '../access.ts';
import { products } from '../tables/shop.ts';
import { inventory as table } from '../tables/stockroom.ts';

/**
 * What the stock room has of a product, in the product's item collection, with the name the shop gives it. Where it lies and
 * when it is ordered is for the staff.
 */
export const stock = view('stock', {
  table,
  key: { pk: ['p1', 'PRODUCT', column('product_id')], sk: ['STOCK'] },
  attributes: {
    productId: 'product_id',
    bin: 'bin',
    status: 'status',
    onHand: 'on_hand',
    reserved: 'reserved',
    reorderLevel: 'reorder_level',
    unitsMoved: 'units_moved',
    lastCounted: 'last_counted',
    updatedAt: 'updated_at',
  },
  embed: { product: embed(products, { on: ['product_id'], attributes: { sku: 'sku', name: 'name' } }) },
  computed: {
    available: {
      from: ['onHand', 'reserved'],
      type: mariadb.int({ unsigned: true }),
      value: ({ onHand, reserved }) => onHand - reserved, // SQL lets nobody reserve more than there is
    },
  },
  access: {
    read: ['public'],
    fields: { bin: { read: [STAFF] }, reorderLevel: { read: [STAFF] }, unitsMoved: { read: [STAFF] } },
  },
  events: (on) => [
    on.changed(StockChanged, ['status', 'available'], ({ after }) => ({
      productId: String(after.productId),
      status: after.status,
      available: after.available,
    })),
  ],
});
