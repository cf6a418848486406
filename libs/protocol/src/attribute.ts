/**
 * The value model of the whole system: DynamoDB's own JSON form of an attribute value.
 *
 * Numbers stay decimal strings (`{ N: '9007199254740993' }`), so no value ever passes through a float, and
 * "identical attributes" can be decided by comparison without asking DynamoDB.
 */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly B: Uint8Array }
  | { readonly L: readonly AttributeValue[] }
  | { readonly M: Attributes };

/** Attribute name → value. */
export type Attributes = { readonly [name: string]: AttributeValue };

/** SQL NULL. It is stored, never omitted, so that an item always carries all of its own columns. */
export const NULL: AttributeValue = { NULL: true };

export const text = (value: string): AttributeValue => ({ S: value });
export const number = (value: number | bigint | string): AttributeValue => ({ N: String(value) });
export const list = (values: readonly AttributeValue[]): AttributeValue => ({ L: values });
export const map = (values: Attributes): AttributeValue => ({ M: values });

/** The string of an `S` or `N` value; undefined for anything else. */
export function scalarOf(value: AttributeValue | undefined): string | undefined {
  if (value === undefined) return undefined;
  if ('S' in value) return value.S;
  if ('N' in value) return value.N;
  return undefined;
}

/** The elements of an `L` value; empty for anything else. */
export const elementsOf = (value: AttributeValue | undefined): readonly AttributeValue[] =>
  value !== undefined && 'L' in value ? value.L : [];

/** The entries of an `M` value; empty for anything else. */
export const entriesOf = (value: AttributeValue | undefined): Attributes =>
  value !== undefined && 'M' in value ? value.M : {};

const NUMBER_FORM = /^(-?)0*(\d*?)(?:\.(\d*?)0*)?(?:[eE]([+-]?\d+))?$/;

/**
 * The one way this system writes a decimal number: no exponent, no leading or trailing zeros, no negative zero.
 * Undefined for text that is not a finite decimal number.
 */
export function canonicalNumber(value: string): string | undefined {
  const match = NUMBER_FORM.exec(value);
  if (match === null || !/\d/.test(value)) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const { digits, point } = shiftPoint(whole, fraction, Number(exponent));
  const integer = digits.slice(0, point).replace(/^0+/, '');
  const decimals = digits.slice(point).replace(/0+$/, '');
  if (integer === '' && decimals === '') return '0';
  return `${sign}${integer === '' ? '0' : integer}${decimals === '' ? '' : `.${decimals}`}`;
}

function shiftPoint(whole: string, fraction: string, exponent: number): { digits: string; point: number } {
  const point = whole.length + exponent;
  const digits = whole + fraction;
  if (point < 0) return { digits: '0'.repeat(-point) + digits, point: 0 };
  return { digits: digits.padEnd(point, '0'), point };
}

const sameNumber = (a: string, b: string): boolean => a === b || canonicalNumber(a) === canonicalNumber(b);

/** Deep equality as DynamoDB's `=` sees it: numbers by value, everything else by content. */
export function sameValue(a: AttributeValue | undefined, b: AttributeValue | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  if ('L' in a) return 'L' in b && sameList(a.L, b.L);
  if ('M' in a) return 'M' in b && sameAttributes(a.M, b.M);
  return sameLeaf(a, b);
}

function sameLeaf(a: AttributeValue, b: AttributeValue): boolean {
  if ('N' in a) return 'N' in b && sameNumber(a.N, b.N);
  if ('S' in a) return 'S' in b && a.S === b.S;
  if ('BOOL' in a) return 'BOOL' in b && a.BOOL === b.BOOL;
  if ('B' in a) return 'B' in b && Buffer.compare(a.B, b.B) === 0;
  return 'NULL' in a && 'NULL' in b;
}

const sameList = (a: readonly AttributeValue[], b: readonly AttributeValue[]): boolean =>
  a.length === b.length && a.every((value, i) => sameValue(value, b[i]));

export function sameAttributes(a: Attributes, b: Attributes): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => sameValue(a[name], b[name]));
}
