import { z } from 'zod';
import { defineContract } from '../../message.ts';

export const ProductStockChangedData = z.object({ productId: z.string(), sku: z.string(), inStock: z.number().int() });
export type ProductStockChangedData = z.infer<typeof ProductStockChangedData>;

export const ProductStockChanged = defineContract<ProductStockChangedData>({
  source: 'hybridge.shop',
  detailType: 'ProductStockChanged',
  version: 1,
  description: 'The number of units in stock changed.',
  schema: ProductStockChangedData,
  example: { productId: '7', sku: 'SKU-00007', inStock: 12 },
});
