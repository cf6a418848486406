import { z } from 'zod';
import { defineContract } from '../../message.ts';

export const ProductWithdrawnData = z.object({ productId: z.string() });
export type ProductWithdrawnData = z.infer<typeof ProductWithdrawnData>;

export const ProductWithdrawn = defineContract<ProductWithdrawnData>({
  source: 'hybridge.shop',
  detailType: 'ProductWithdrawn',
  version: 1,
  description: 'A product was deleted in SQL.',
  schema: ProductWithdrawnData,
  example: { productId: '7' },
});
