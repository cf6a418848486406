import { z } from 'zod';

/** A DynamoDB attribute value in JSON; binary values travel as base64 under `B`. */
export type WireAttribute =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly B: string }
  | { readonly L: readonly WireAttribute[] }
  | { readonly M: { readonly [name: string]: WireAttribute } };

export const WireAttribute: z.ZodType<WireAttribute> = z.lazy(() =>
  z.union([
    z.strictObject({ S: z.string() }),
    z.strictObject({ N: z.string() }),
    z.strictObject({ BOOL: z.boolean() }),
    z.strictObject({ NULL: z.literal(true) }),
    z.strictObject({ B: z.base64() }),
    z.strictObject({ L: z.array(WireAttribute) }),
    z.strictObject({ M: z.record(z.string(), WireAttribute) }),
  ]),
);
