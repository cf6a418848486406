import { z } from 'zod';
import { defineContract } from '../../message.ts';

export const PriceChangedData = z.object({
  productId: z.string(),
  /** ISO 4217. */
  currency: z.string(),
  /** Decimal string, with the discount of the day taken off. */
  toPay: z.string(),
  /** Undefined when the view did not hold the price before. */
  previouslyToPay: z.string().optional(),
});
export type PriceChangedData = z.infer<typeof PriceChangedData>;

export const PriceChanged = defineContract<PriceChangedData>({
  source: 'hybridge.stockroom',
  detailType: 'PriceChanged',
  version: 1,
  description: 'What a product costs in one currency changed.',
  schema: PriceChangedData,
  example: { productId: '7', currency: 'EUR', toPay: '12.5', previouslyToPay: '11.9' },
});
