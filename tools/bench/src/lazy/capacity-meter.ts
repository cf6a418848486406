import { type Item, itemBytes } from '@hybridge/protocol';
import type { createDynamoDbClient } from '@hybridge/sink-dynamodb';

/** What calls cost: write and read capacity units, and how many calls there were. */
export interface Cost {
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly calls: number;
}

export interface CapacityMeter {
  /** What everything since the last reading cost. */
  read(): Cost;
}

const WRITE_UNIT_BYTES = 1024;
const NOTHING: Cost = { writeUnits: 0, readUnits: 0, calls: 0 };

/**
 * Counts what the calls of a client cost, as the table says it (`ReturnConsumedCapacity: TOTAL`), and by the rules of
 * the developer guide where it says nothing: a refused condition costs the size of the item that was there, at least one
 * unit ("Capacity units consumed by conditional writes"); a consistent read of an absent key costs one unit, which
 * DynamoDB Local does not count.
 */
export function meterCapacity(client: ReturnType<typeof createDynamoDbClient>): CapacityMeter {
  let cost = NOTHING;
  client.middlewareStack.add(
    (next) => async (args) => {
      Object.assign(args.input, { ReturnConsumedCapacity: 'TOTAL' });
      try {
        const result = await next(args);
        cost = plus(cost, costOfAnswer(args.input as Request, result.output as Answer));
        return result;
      } catch (error) {
        if (isRefusal(error)) cost = plus(cost, { writeUnits: unitsOfRefusal(error), readUnits: 0, calls: 1 });
        throw error;
      }
    },
    { step: 'initialize', name: 'meterCapacity' },
  );
  return {
    read() {
      const read = cost;
      cost = NOTHING;
      return read;
    },
  };
}

interface Consumed {
  readonly CapacityUnits?: number;
}
/** Of the calls that are measured, only batched reads name keys by table, and answer with a list: one entry a table. */
interface Request {
  readonly RequestItems?: Readonly<Record<string, { readonly Keys: readonly unknown[] }>>;
}
interface Answer {
  readonly ConsumedCapacity?: Consumed | readonly Consumed[];
  readonly Responses?: Readonly<Record<string, readonly unknown[]>>;
}

function costOfAnswer({ RequestItems }: Request, { ConsumedCapacity, Responses }: Answer): Cost {
  const consumed = [ConsumedCapacity ?? []].flat() as readonly Consumed[];
  const units = consumed.reduce((sum, { CapacityUnits }) => sum + (CapacityUnits ?? 0), 0);
  if (RequestItems === undefined) return { writeUnits: units, readUnits: 0, calls: 1 };
  const asked = Object.values(RequestItems).reduce((sum, { Keys }) => sum + Keys.length, 0);
  const found = Object.values(Responses ?? {}).reduce((sum, items) => sum + items.length, 0);
  return { writeUnits: 0, readUnits: units + asked - found, calls: 1 };
}

interface Refusal {
  readonly Item?: Item;
}

const isRefusal = (error: unknown): error is Refusal =>
  error instanceof Error && error.name === 'ConditionalCheckFailedException';

const unitsOfRefusal = ({ Item }: Refusal): number =>
  Math.max(1, Math.ceil((Item === undefined ? 0 : itemBytes(Item)) / WRITE_UNIT_BYTES));

const plus = (a: Cost, b: Cost): Cost => ({
  writeUnits: a.writeUnits + b.writeUnits,
  readUnits: a.readUnits + b.readUnits,
  calls: a.calls + b.calls,
});
