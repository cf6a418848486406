import { z } from 'zod';
import { defineContract } from '../../message.ts';

export const CustomerChangedData = z.object({ customerId: z.string(), changed: z.array(z.string()).min(1) });
export type CustomerChangedData = z.infer<typeof CustomerChangedData>;

export const CustomerChanged = defineContract<CustomerChangedData>({
  source: 'hybridge.shop',
  detailType: 'CustomerChanged',
  version: 1,
  description: 'Details of a customer changed in SQL. Names the attributes, not their values: they are personal data.',
  schema: CustomerChangedData,
  example: { customerId: '42', changed: ['city', 'street'] },
});
