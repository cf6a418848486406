import { type AttributeValue, type Item, elementsOf, entriesOf, scalarOf } from '@hybridge/protocol';

/** Bytes that a list or a map takes beside its elements, and each element beside its own. */
const CONTAINER_BYTES = 3;
const ELEMENT_BYTES = 1;

/**
 * Bytes of an item as DynamoDB counts them for capacity (developer guide, "DynamoDB item sizes and formats"). Numbers
 * are an estimate there too: one byte, and one for every two digits.
 */
export const itemBytes = (item: Item): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);

function valueBytes(value: AttributeValue): number {
  if ('L' in value) return containerBytes(elementsOf(value));
  if ('M' in value) return containerBytes(Object.values(entriesOf(value))) + keyBytes(Object.keys(entriesOf(value)));
  if ('N' in value) return 1 + Math.ceil((scalarOf(value) ?? '').replaceAll(/\D/g, '').length / 2);
  return 'S' in value ? Buffer.byteLength(scalarOf(value) ?? '') : 1;
}

const containerBytes = (values: readonly AttributeValue[]): number =>
  values.reduce((sum, value) => sum + ELEMENT_BYTES + valueBytes(value), CONTAINER_BYTES);

const keyBytes = (names: readonly string[]): number => names.reduce((sum, name) => sum + Buffer.byteLength(name), 0);
