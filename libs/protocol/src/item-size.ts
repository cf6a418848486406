import type { AttributeValue, Attributes } from './attribute.ts';

/**
 * Bytes that DynamoDB counts for an item, about: names and values as UTF-8, two digits of a number in a byte.
 * Source: DynamoDB developer guide, "Item sizes and formats".
 */
export const itemBytes = (item: Attributes): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);

const CONTAINER_BYTES = 3;
const ELEMENT_BYTES = 1;

function valueBytes(value: AttributeValue): number {
  if ('S' in value) return Buffer.byteLength(value.S);
  if ('N' in value) return Math.ceil(value.N.replace(/^-?0*\.?0*/, '').length / 2) + 1;
  if ('B' in value) return value.B.byteLength;
  if ('L' in value) return value.L.reduce((sum, part) => sum + valueBytes(part) + ELEMENT_BYTES, CONTAINER_BYTES);
  if ('M' in value) return itemBytes(value.M) + CONTAINER_BYTES + ELEMENT_BYTES * Object.keys(value.M).length;
  return 1;
}

/** One write capacity unit writes so many bytes of an item. */
export const WRITE_UNIT_BYTES = 1_024;

export const writeUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES));
