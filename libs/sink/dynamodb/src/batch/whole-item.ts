import type { AttributeValue, Item, Write } from '@hybridge/protocol';
import { type Clauses, clausesOf } from './clauses.ts';

/**
 * The whole item that a write makes where none is.
 * @throws Error for a write whose values DynamoDB computes: it makes no item that is known beforehand
 */
export function wholeItem(write: Write): Item {
  const clauses = knownClausesOf(write);
  if (clauses === undefined)
    throw new Error(`${write.expression} has values that DynamoDB computes; it cannot be put.`);
  const item: Record<string, AttributeValue> = { pk: { S: write.key.pk }, sk: { S: write.key.sk } };
  for (const { name, value } of clauses.set) item[name] = write.values[value] as AttributeValue;
  return item;
}

/** Writes of one shape share their names. */
const known = new WeakMap<Write['names'], Clauses>();

function knownClausesOf(write: Write): Clauses | undefined {
  const found = known.get(write.names) ?? clausesOf(write);
  if (found !== undefined) known.set(write.names, found);
  return found;
}
