import { z } from 'zod';
import { defineContract } from '../../message.ts';

export const CustomerChangeAppliedData = z.object({
  changeId: z.string(),
  at: z.iso.datetime(),
  /** PARTIAL: some of what the customer set was left out; undefined: all of it was applied. */
  code: z.string().optional(),
  /** Names what was left out. */
  message: z.string().optional(),
});
export type CustomerChangeAppliedData = z.infer<typeof CustomerChangeAppliedData>;

export const CustomerChangeApplied = defineContract<CustomerChangeAppliedData>({
  source: 'hybridge.views',
  detailType: 'CustomerChangeApplied',
  version: 1,
  description: 'SQL committed a customer’s change, and the item shows it as truth.',
  schema: CustomerChangeAppliedData,
  example: { changeId: '01K8ZP5V3Q8S4T6W9XACDEFGHJ', at: '2026-11-22T16:07:14.761Z' },
});
