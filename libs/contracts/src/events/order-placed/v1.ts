import { z } from 'zod';
import { defineContract } from '../../message.ts';

export const OrderPlacedData = z.object({ orderId: z.string(), customerId: z.string(), total: z.string() });
export type OrderPlacedData = z.infer<typeof OrderPlacedData>;

export const OrderPlaced = defineContract<OrderPlacedData>({
  source: 'hybridge.shop',
  detailType: 'OrderPlaced',
  version: 1,
  description: 'A new order was committed in SQL.',
  schema: OrderPlacedData,
  example: { orderId: '9007199254740993', customerId: '42', total: '99.95' },
});
