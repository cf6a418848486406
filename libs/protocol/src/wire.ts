import type { AttributeValue, Attributes } from './attribute.ts';
import { ProtocolError } from './errors.ts';
import type { ChangeOperation, PendingChange } from './item.ts';

/** An attribute value as JSON can carry it: binary values are base64 text under `B`. */
export type WireValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly B: string }
  | { readonly L: readonly WireValue[] }
  | { readonly M: WireValues };

export type WireValues = { readonly [name: string]: WireValue };

/** A pending change as messages carry it; everything but binary values is as in the item. */
export interface WirePending {
  readonly id: string;
  readonly n: number;
  readonly op: ChangeOperation;
  readonly set: WireValues;
  readonly base: WireValues;
  readonly baseVersion: string;
  readonly at: number;
  readonly by: string;
}

/** Pending changes of one item, ready for `JSON.stringify`. */
export const pendingToWire = (pending: readonly PendingChange[]): WirePending[] =>
  pending.map((change) => ({ ...change, set: valuesToWire(change.set), base: valuesToWire(change.base) }));

/** The reverse of `pendingToWire`. @throws ProtocolError `HYBRIDGE_PROTOCOL_ITEM_MALFORMED` for bytes that are not base64 */
export const pendingFromWire = (wire: readonly WirePending[]): PendingChange[] =>
  wire.map((change) => ({ ...change, set: valuesFromWire(change.set), base: valuesFromWire(change.base) }));

const valuesToWire = (values: Attributes): WireValues => mapValues(values, valueToWire);
const valuesFromWire = (values: WireValues): Attributes => mapValues(values, valueFromWire);

function valueToWire(value: AttributeValue): WireValue {
  if ('B' in value) return { B: Buffer.from(value.B).toString('base64') };
  if ('L' in value) return { L: value.L.map(valueToWire) };
  if ('M' in value) return { M: valuesToWire(value.M) };
  return value;
}

function valueFromWire(value: WireValue): AttributeValue {
  if ('B' in value) return { B: bytesOf(value.B) };
  if ('L' in value) return { L: value.L.map(valueFromWire) };
  if ('M' in value) return { M: valuesFromWire(value.M) };
  return value;
}

function bytesOf(base64: string): Uint8Array {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.toString('base64') !== base64) {
    throw new ProtocolError('HYBRIDGE_PROTOCOL_ITEM_MALFORMED', 'A binary value of a message is not base64.');
  }
  return new Uint8Array(bytes);
}

/** `fromEntries` defines own properties, so that a name like `__proto__` stays a name. */
const mapValues = <From, To>(values: { readonly [name: string]: From }, convert: (value: From) => To) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, convert(value)])) as {
    readonly [name: string]: To;
  };
