import { z } from 'zod';
import { defineContract } from '../../message.ts';

export const OrderStatusChangedData = z.object({
  orderId: z.string(),
  status: z.string(),
  /** Undefined when the view did not hold the order before. */
  previousStatus: z.string().optional(),
});
export type OrderStatusChangedData = z.infer<typeof OrderStatusChangedData>;

export const OrderStatusChanged = defineContract<OrderStatusChangedData>({
  source: 'hybridge.shop',
  detailType: 'OrderStatusChanged',
  version: 1,
  description: 'An order moved to another status.',
  schema: OrderStatusChangedData,
  example: { orderId: '9007199254740993', status: 'shipped', previousStatus: 'packed' },
});
