import { LosslessNumber, isLosslessNumber, parse, stringify } from 'lossless-json';

/** A JSON value whose numbers keep every digit: `LosslessNumber` carries the literal text of the number. */
export type JsonValue =
  null | boolean | string | LosslessNumber | readonly JsonValue[] | { readonly [name: string]: JsonValue };

/** Plain JSON as a consumer sees it. Numbers that a float cannot hold exactly are given as strings. */
export type PlainJson =
  null | boolean | string | number | readonly PlainJson[] | { readonly [name: string]: PlainJson };

/** Parses JSON without passing any number through a float. @throws SyntaxError */
export const parseJson = (text: string): JsonValue => parse(text) as JsonValue;

/** Writes JSON, `LosslessNumber`s with their own digits. */
export const formatJson = (value: JsonValue): string => stringify(value) as string;

export const isJsonNumber = (value: unknown): value is LosslessNumber => isLosslessNumber(value);

export const jsonNumber = (digits: string): LosslessNumber => new LosslessNumber(digits);
