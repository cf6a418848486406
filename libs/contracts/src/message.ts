import { z } from 'zod';
import { ContractError } from './errors.ts';

/**
 * A message on the bus: its EventBridge `source` and `detail-type`, its major version, the schema of its data, and
 * an example that the tests hold against the schema. Rules, catalogue and documentation are made from it.
 */
export interface Contract<Data = unknown> {
  readonly source: string;
  readonly detailType: string;
  readonly version: number;
  readonly description: string;
  readonly schema: z.ZodType<Data>;
  readonly example: Data;
}

export const defineContract = <Data>(contract: Contract<Data>): Contract<Data> => contract;

/** What every message says about itself. */
export const Metadata = z.object({
  /** Stable across redelivery: consumers deduplicate by it. */
  id: z.string().min(1),
  version: z.number().int().positive(),
  view: z.string().min(1),
  /** The item: partition and sort key in the view table. */
  key: z.object({ pk: z.string(), sk: z.string() }),
  /** Version of the SQL truth in the item; for one item a larger string is newer. Undefined for commands. */
  itemVersion: z.string().optional(),
  /** When it happened in SQL (or, for commands, when the customer was accepted), ISO 8601. */
  occurredAt: z.iso.datetime(),
});
export type Metadata = z.infer<typeof Metadata>;

export interface Message<Data = unknown> {
  readonly metadata: Metadata;
  readonly data: Data;
}

/** Checks an EventBridge `detail` against a contract. @throws ContractError `HYBRIDGE_CONTRACT_MESSAGE_MALFORMED` */
export function parseMessage<Data>(contract: Contract<Data>, detail: unknown): Message<Data> {
  const parsed = z.object({ metadata: Metadata, data: contract.schema }).safeParse(detail);
  if (parsed.success) return parsed.data as Message<Data>;
  throw new ContractError(
    'HYBRIDGE_CONTRACT_MESSAGE_MALFORMED',
    `Not a ${contract.detailType} v${contract.version}: ${z.prettifyError(parsed.error)}`,
  );
}
