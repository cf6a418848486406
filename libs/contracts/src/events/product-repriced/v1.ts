import { z } from 'zod';
import { defineContract } from '../../message.ts';

export const ProductRepricedData = z.object({
  productId: z.string(),
  sku: z.string(),
  /** Decimal string, in the shop's currency. */
  price: z.string(),
  /** Undefined when the view did not hold the product before. */
  previousPrice: z.string().optional(),
});
export type ProductRepricedData = z.infer<typeof ProductRepricedData>;

export const ProductRepriced = defineContract<ProductRepricedData>({
  source: 'hybridge.shop',
  detailType: 'ProductRepriced',
  version: 1,
  description: 'The list price of a product changed.',
  schema: ProductRepricedData,
  example: { productId: '7', sku: 'SKU-00007', price: '12.5', previousPrice: '11.9' },
});
