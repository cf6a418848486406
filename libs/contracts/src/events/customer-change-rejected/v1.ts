import { z } from 'zod';
import { defineContract } from '../../message.ts';

export const CustomerChangeRejectedData = z.object({
  changeId: z.string(),
  /**
   * CONFLICT, DEPENDENT, MISSING, POLICY, UNIQUE, FK, CHECK, NOT_NULL, EXCLUSION, RANGE, INVALID, TRIGGER, EXPIRED,
   * POISON, or a code that the view's own rule gave.
   */
  code: z.string(),
  message: z.string(),
  at: z.iso.datetime(),
});
export type CustomerChangeRejectedData = z.infer<typeof CustomerChangeRejectedData>;

export const CustomerChangeRejected = defineContract<CustomerChangeRejectedData>({
  source: 'hybridge.views',
  detailType: 'CustomerChangeRejected',
  version: 1,
  description: 'SQL refused a customer’s change; the item shows the truth again.',
  schema: CustomerChangeRejectedData,
  example: {
    changeId: '01K8ZP5V3Q8S4T6W9XACDEFGHJ',
    code: 'CONFLICT',
    message: 'city is "Delft" in SQL, the change was made on "Leiden"',
    at: '2026-11-22T16:07:14.761Z',
  },
});
