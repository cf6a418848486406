import { z } from 'zod';
import { defineContract } from '../../message.ts';
import { WireAttribute } from './attribute-value.ts';

const attributes = z.record(z.string(), WireAttribute);

export const WireChange = z.object({
  id: z.string().min(1),
  n: z.number().int().positive(),
  op: z.enum(['u', 'i', 'd']),
  set: attributes,
  base: attributes,
  baseVersion: z.string(),
  at: z.number().int(),
  by: z.string(),
});
export type WireChange = z.infer<typeof WireChange>;

/** Sent again by the sweeper: changes SQL has answered already are to be answered once more. Default false. */
const sweep = z.boolean().optional();

export const ApplyCustomerChangeData = z.union([
  z.object({ pending: z.array(WireChange).min(1), truncated: z.literal(false), sweep }),
  /** The list was too large for one event: the receiver reads it from the item. */
  z.object({ pending: z.array(WireChange).length(0), truncated: z.literal(true), sweep }),
]);
export type ApplyCustomerChangeData = z.infer<typeof ApplyCustomerChangeData>;

/**
 * Asks the writeback to apply every unanswered change of one item, oldest first. It always carries the whole list, so
 * that neither order nor loss of these messages matters.
 */
export const ApplyCustomerChange = defineContract<ApplyCustomerChangeData>({
  source: 'hybridge.views',
  detailType: 'ApplyCustomerChange',
  version: 1,
  description: 'A customer changed an item; SQL is to apply or refuse every change the item still waits for.',
  schema: ApplyCustomerChangeData,
  example: {
    truncated: false,
    pending: [
      {
        id: '01K8ZP5V3Q8S4T6W9XACDEFGHJ',
        n: 1,
        op: 'u',
        set: { city: { S: 'Utrecht' } },
        base: { city: { S: 'Leiden' } },
        baseVersion: '0000.0000000000000000.0000000000000000.00000000002a',
        at: 1795363634930,
        by: 'customer:42',
      },
    ],
  },
});
