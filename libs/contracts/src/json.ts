import { LosslessNumber, parse, stringify } from 'lossless-json';
import { countInexactNumbers, isExactNumber } from './json-number.ts';

/** A number of a JSON text: plain, or with the digits it was written in. */
export type JsonNumber = number | LosslessNumber;

/**
 * A JSON value whose numbers keep every digit: a plain number stands for itself, `LosslessNumber` carries the literal
 * text of one that a double may not hold.
 */
export type JsonValue =
  null | boolean | string | JsonNumber | readonly JsonValue[] | { readonly [name: string]: JsonValue };

/** Plain JSON as a consumer sees it. Numbers that a float cannot hold exactly are given as strings. */
export type PlainJson =
  null | boolean | string | number | readonly PlainJson[] | { readonly [name: string]: PlainJson };

/** Parses JSON without passing any number through a float: each one keeps its spelling. @throws SyntaxError */
export const parseJson = (text: string): JsonValue => parse(text) as JsonValue;

/**
 * Parses JSON, keeping the value of every number but not its spelling, which `numberText` makes one. Natively, and so
 * many times faster, unless some number of the text might not survive being a double. Of a name given twice the last
 * value stands. @param known how many inexact numbers the caller has no use for, asked of the value parsed natively
 * @throws SyntaxError
 */
export function parseJsonValue(text: string, known: (value: unknown) => number = () => 0): JsonValue {
  const inexact = countInexactNumbers(text);
  if (inexact === 0) return JSON.parse(text) as JsonValue;
  if (inexact < Infinity) {
    const value = JSON.parse(text) as JsonValue;
    if (known(value) === inexact) return value;
  }
  return parse(text, undefined, { onDuplicateKey: ({ newValue }) => newValue }) as JsonValue;
}

/** The text of a number, the same whether it was parsed natively or losslessly. */
export function numberText(value: JsonNumber): string {
  if (typeof value === 'number') return String(value);
  return isExactNumber(value.value) ? String(Number(value.value)) : value.value;
}

/** Writes JSON, `LosslessNumber`s with their own digits. */
export const formatJson = (value: JsonValue): string => stringify(value) as string;

export const isJsonNumber = (value: unknown): value is JsonNumber =>
  typeof value === 'number' || value instanceof LosslessNumber;

export const jsonNumber = (digits: string): LosslessNumber => new LosslessNumber(digits);
