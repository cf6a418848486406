import { z } from 'zod';
import { defineContract } from '../../message.ts';

export const StockChangedData = z.object({
  productId: z.string(),
  /** In the stock room's own words: `available`, `low`, `sold out`, `discontinued`. */
  status: z.string(),
  /** Units that nobody has reserved. */
  available: z.number().int(),
});
export type StockChangedData = z.infer<typeof StockChangedData>;

export const StockChanged = defineContract<StockChangedData>({
  source: 'hybridge.stockroom',
  detailType: 'StockChanged',
  version: 1,
  description: 'What the stock room can sell of a product changed.',
  schema: StockChangedData,
  example: { productId: '7', status: 'low', available: 12 },
});
